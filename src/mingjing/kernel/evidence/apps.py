"""Registers the kernel app `evidence`."""

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "mingjing.kernel.evidence"
    label = "evidence"
