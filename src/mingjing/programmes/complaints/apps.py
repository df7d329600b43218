"""Registers the programme `complaints`."""

from django.apps import AppConfig

from mingjing.kernel import registry


class ComplaintsConfig(AppConfig):
    name = "mingjing.programmes.complaints"
    label = "complaints"

    def ready(self) -> None:
        from mingjing.programmes.complaints.programme import MANIFEST

        registry.register(MANIFEST)
