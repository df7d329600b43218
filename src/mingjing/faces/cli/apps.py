"""Registers the face `cli`."""

from django.apps import AppConfig


class CliConfig(AppConfig):
    name = "mingjing.faces.cli"
    label = "cli"
