"""Registers the face `portal`."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "mingjing.faces.portal"
    label = "portal"
