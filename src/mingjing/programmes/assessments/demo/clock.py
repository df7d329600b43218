"""The demonstration's clock: rounds that lie months back go through the same actions and background work as today's.

Used by the one process that builds the demonstration, and by nothing else.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from unittest.mock import patch

from django.utils import timezone

__all__ = ["moment", "standing_at", "weekdays"]


@contextmanager
def standing_at(at: datetime) -> Iterator[datetime]:
    """While it lasts, the house's clock says `at`."""
    with patch.object(timezone, "now", lambda: at.astimezone(UTC)):
        yield at


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    """A time of the day, where the district is."""
    return datetime.combine(day, time(hour, minute), tzinfo=timezone.get_default_timezone())


def weekdays(today: date, before: int, after: int) -> list[date]:
    """`today`, so many weekdays before it, and so many after it."""
    past: list[date] = []
    coming: list[date] = []
    day = today
    while len(past) < before:
        day -= timedelta(days=1)
        if day.weekday() < 5:
            past.append(day)
    day = today
    while len(coming) < after:
        day += timedelta(days=1)
        if day.weekday() < 5:
            coming.append(day)
    return [*reversed(past), today, *coming]
