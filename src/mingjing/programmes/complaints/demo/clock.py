"""The demonstration's clock: what lies months back goes through the same actions and background work as today's.

Used by the one process that builds the demonstration, and by nothing else.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from unittest.mock import patch

from django.utils import timezone

__all__ = ["moment", "standing_at"]


@contextmanager
def standing_at(at: datetime) -> Iterator[datetime]:
    """While it lasts, the house's clock says `at`."""
    with patch.object(timezone, "now", lambda: at.astimezone(UTC)):
        yield at


def moment(day: date, hour: int) -> datetime:
    """A time of the day, where the district is."""
    return datetime.combine(day, time(hour), tzinfo=timezone.get_default_timezone())
