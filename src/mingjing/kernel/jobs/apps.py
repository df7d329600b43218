"""Registers the kernel app `jobs`."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "mingjing.kernel.jobs"
    label = "jobs"
