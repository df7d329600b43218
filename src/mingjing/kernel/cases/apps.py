"""Registers the kernel app `cases`."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "mingjing.kernel.cases"
    label = "cases"
