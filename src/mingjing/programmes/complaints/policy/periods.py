"""Of which days a file has every record: what may be said of it, and whether several files together leave no day out.

Not here: the files themselves (queries.intakes), what a covered day without a record means (queries.known).
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from mingjing.engine.outcome import N_, Problem
from mingjing.programmes.complaints.policy.mapping import HOTLINE

__all__ = ["first_uncovered", "period_problems"]

DAY = timedelta(days=1)


def period_problems(origin: str, first: date | None, last: date | None, today: date) -> Iterator[Problem]:
    """What is wrong with the days that a file is said to cover, each at the name of its field."""
    if (first is None) != (last is None) or (first is None and origin != HOTLINE):
        text = N_(
            "Say from which day to which the file has every record: otherwise nobody knows whether a community that is "
            "not in it has none."
        )
        yield Problem("intake.no_period", text, {}, "last_day" if first else "first_day")
    elif first and last and first > last:
        yield Problem(
            "intake.period_order", N_("The last day comes before the first; correct one of them."), {}, "last_day"
        )
    elif last and last > today:
        text = N_("The last day lies in the future; a file has the records of days that are over.")
        yield Problem("intake.period_future", text, {}, "last_day")


def first_uncovered(periods: Iterable[tuple[date, date]], first: date, last: date) -> date | None:
    """The first day from `first` to `last` that lies in none of the periods; None where there is no such day.

    >>> july, august = (date(2024, 7, 1), date(2024, 7, 31)), (date(2024, 8, 1), date(2024, 8, 31))
    >>> first_uncovered([august, july], date(2024, 7, 5), date(2024, 8, 31))
    >>> first_uncovered([july], date(2024, 7, 5), date(2024, 8, 31))
    datetime.date(2024, 8, 1)
    """
    wanted = first
    for begins, ends in sorted(periods):
        if begins > wanted:
            break
        wanted = max(wanted, ends + DAY)
    return wanted if wanted <= last else None
