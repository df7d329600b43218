"""Registers the kernel app `ledger`."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "mingjing.kernel.ledger"
    label = "ledger"

    def ready(self) -> None:
        from mingjing.kernel import registry
        from mingjing.kernel.ledger.manifest import MANIFEST

        registry.register(MANIFEST)
