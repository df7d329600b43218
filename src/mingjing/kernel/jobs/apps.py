"""Registers the kernel app `jobs` and lets it listen to the ledger."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "mingjing.kernel.jobs"
    label = "jobs"

    def ready(self) -> None:
        from mingjing.kernel import registry
        from mingjing.kernel.jobs.manifest import MANIFEST
        from mingjing.kernel.jobs.reactions import note_reactions
        from mingjing.kernel.ledger.signals import fact_appended

        registry.register(MANIFEST)
        fact_appended.connect(note_reactions, dispatch_uid="jobs")
