"""Registers the programme `inspections`."""

from django.apps import AppConfig

from mingjing.kernel import registry


class InspectionsConfig(AppConfig):
    name = "mingjing.programmes.inspections"
    label = "inspections"

    def ready(self) -> None:
        from mingjing.programmes.inspections.programme import MANIFEST

        registry.register(MANIFEST)
