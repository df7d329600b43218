"""Registers the kernel app `proceedings`."""

from django.apps import AppConfig


class ProceedingsConfig(AppConfig):
    name = "mingjing.kernel.proceedings"
    label = "proceedings"

    def ready(self) -> None:
        from mingjing.kernel import registry
        from mingjing.kernel.proceedings.manifest import MANIFEST

        registry.register(MANIFEST)
