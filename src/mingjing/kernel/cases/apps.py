"""Registers the kernel app `cases`."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "mingjing.kernel.cases"
    label = "cases"

    def ready(self) -> None:
        from mingjing.kernel import registry
        from mingjing.kernel.cases.manifest import MANIFEST

        registry.register(MANIFEST)
