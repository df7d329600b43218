"""Days as numbers, and the numbers of the calendar periods they lie in: what columns are ordered and grouped by."""

from datetime import date, timedelta

__all__ = ["day_of", "number", "periods"]

EPOCH = date(1970, 1, 1)


def number(day: date) -> int:
    """Days since 1970.

    >>> number(date(1970, 1, 2))
    1
    """
    return (day - EPOCH).days


def day_of(number_: int) -> date:
    """The day of a number."""
    return EPOCH + timedelta(days=number_)


def periods(day: date) -> tuple[int, int, int]:
    """The numbers of a day's month, quarter and year; each grows by one from period to period.

    >>> periods(date(2025, 4, 1))
    (24303, 8101, 2025)
    """
    return day.year * 12 + day.month - 1, day.year * 4 + (day.month - 1) // 3, day.year
