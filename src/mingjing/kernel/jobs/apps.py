"""Registers the kernel app `jobs`."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "mingjing.kernel.jobs"
    label = "jobs"

    def ready(self) -> None:
        from mingjing.kernel import registry
        from mingjing.kernel.jobs.manifest import MANIFEST

        registry.register(MANIFEST)
