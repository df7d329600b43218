"""Registers the kernel app `submissions`."""

from django.apps import AppConfig


class SubmissionsConfig(AppConfig):
    name = "mingjing.kernel.submissions"
    label = "submissions"

    def ready(self) -> None:
        from mingjing.kernel import registry
        from mingjing.kernel.submissions.manifest import MANIFEST

        registry.register(MANIFEST)
