"""Registers the face `desk`."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "mingjing.faces.desk"
    label = "desk"
