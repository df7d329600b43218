"""Registers the kernel app `visits`."""

from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "mingjing.kernel.visits"
    label = "visits"
