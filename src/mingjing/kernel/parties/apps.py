"""Registers the kernel app `parties`."""

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "mingjing.kernel.parties"
    label = "parties"
