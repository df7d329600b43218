"""Registers the kernel app `parties`."""

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "mingjing.kernel.parties"
    label = "parties"

    def ready(self) -> None:
        from mingjing.kernel import registry
        from mingjing.kernel.parties import checks  # noqa: F401 - importing registers the system checks
        from mingjing.kernel.parties.manifest import MANIFEST

        registry.register(MANIFEST)
