"""Registers the kernel app `rulebooks`."""

from django.apps import AppConfig


class RulebooksConfig(AppConfig):
    name = "mingjing.kernel.rulebooks"
    label = "rulebooks"

    def ready(self) -> None:
        from mingjing.kernel import registry
        from mingjing.kernel.rulebooks.manifest import MANIFEST

        registry.register(MANIFEST)
