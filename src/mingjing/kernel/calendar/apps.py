"""Registers the kernel app `calendar`."""

from django.apps import AppConfig


class CalendarConfig(AppConfig):
    name = "mingjing.kernel.calendar"
    label = "calendar"

    def ready(self) -> None:
        from mingjing.kernel import registry
        from mingjing.kernel.calendar import checks  # noqa: F401 - registers them
        from mingjing.kernel.calendar.manifest import MANIFEST

        registry.register(MANIFEST)
