"""Registers the face `field`."""

from django.apps import AppConfig


class FieldConfig(AppConfig):
    name = "mingjing.faces.field"
    label = "field"
