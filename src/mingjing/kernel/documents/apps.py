"""Registers the kernel app `documents`."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "mingjing.kernel.documents"
    label = "documents"

    def ready(self) -> None:
        from mingjing.kernel import registry
        from mingjing.kernel.documents.manifest import MANIFEST

        registry.register(MANIFEST)
