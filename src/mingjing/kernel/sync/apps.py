"""Registers the kernel app `sync`."""

from django.apps import AppConfig


class SyncConfig(AppConfig):
    name = "mingjing.kernel.sync"
    label = "sync"

    def ready(self) -> None:
        from mingjing.kernel import registry
        from mingjing.kernel.sync.manifest import MANIFEST

        registry.register(MANIFEST)
