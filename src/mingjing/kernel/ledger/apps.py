"""Registers the kernel app `ledger`."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "mingjing.kernel.ledger"
    label = "ledger"
