"""Registers the kernel app `places`."""

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "mingjing.kernel.places"
    label = "places"
