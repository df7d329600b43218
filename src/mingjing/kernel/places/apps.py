"""Registers the kernel app `places`."""

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "mingjing.kernel.places"
    label = "places"

    def ready(self) -> None:
        from mingjing.kernel import registry
        from mingjing.kernel.places.manifest import MANIFEST

        registry.register(MANIFEST)
