"""Registers the programme `assessments`."""

from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    name = "mingjing.programmes.assessments"
    label = "assessments"

    def ready(self) -> None:
        from mingjing.kernel import registry
        from mingjing.programmes.assessments.programme import MANIFEST

        registry.register(MANIFEST)
