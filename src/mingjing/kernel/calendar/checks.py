"""A check of the installation: the notice of this year, and from November on of the next, is on record."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _

from mingjing.kernel.calendar.queries import lacking


@register(Tags.database)
def notices_on_record(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Warn of years whose deadlines are provisional."""
    return list(_lacking()) if databases else []


def _lacking() -> Iterator[CheckMessage]:
    try:
        years = lacking(timezone.localdate())
    except DatabaseError:
        return  # another check says what is wrong with the database
    for year in years:
        text = _(
            "The State Council's notice of the holidays of {year} is not on record, so deadlines that reach into that "
            "year are provisional. Record it under Working days, or install a version of mingjing that brings it."
        )
        yield Warning(text.format(year=year), id="mingjing.W003")
