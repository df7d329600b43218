"""Registers the kernel app `visits`."""

from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "mingjing.kernel.visits"
    label = "visits"

    def ready(self) -> None:
        from mingjing.kernel import registry
        from mingjing.kernel.visits.manifest import MANIFEST

        registry.register(MANIFEST)
