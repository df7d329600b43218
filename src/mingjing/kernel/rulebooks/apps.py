"""Registers the kernel app `rulebooks`."""

from django.apps import AppConfig


class RulebooksConfig(AppConfig):
    name = "mingjing.kernel.rulebooks"
    label = "rulebooks"
