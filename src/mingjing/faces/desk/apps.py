"""Registers the face `desk`."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "mingjing.faces.desk"
    label = "desk"

    def ready(self) -> None:
        from mingjing.faces.desk.manifest import MANIFEST
        from mingjing.kernel import registry

        registry.register(MANIFEST)
