"""Registers the face `ui`."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "mingjing.faces.ui"
    label = "ui"
