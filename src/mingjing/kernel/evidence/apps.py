"""Registers the kernel app `evidence`."""

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "mingjing.kernel.evidence"
    label = "evidence"

    def ready(self) -> None:
        from mingjing.kernel import registry
        from mingjing.kernel.evidence.manifest import MANIFEST

        registry.register(MANIFEST)
