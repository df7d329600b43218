"""Working days, and deadlines in them: what a calendar of notices and closures says of days, with the reasons.

A Monday to Friday is a working day unless a notice of the State Council gives it off or the office was closed; a
Saturday or Sunday is one only when a notice makes it a make-up day. How a period is counted, and where that stands:

* the day on which it begins (of service) does not count, and the next is the first: Civil Code art. 201, Civil
  Procedure Law art. 85, which the Administrative Reconsideration Law art. 88 and the Administrative Litigation Law
  art. 101 follow;
* it ends at 24:00 of its last day: Civil Code art. 203. That article also lets it end with business hours where there
  are any; we do not, because whoever sends a letter or uploads a file that evening is in time;
* where it is counted in working days, statutory days off do not count: Administrative Penalty Law art. 85 and
  Administrative Licensing Law art. 82 say "working days, without statutory holidays". Weekends are days off, make-up
  days are not;
* where it is counted in calendar days and the last one is a day off, it ends with the next working day: Civil Code
  art. 203, Civil Procedure Law art. 85.

Which kind and how many days is the scheme's to say. Not here: clocks, time zones of a place, and where notices and
closures come from (kernel.calendar).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from itertools import groupby
from typing import Literal

from mingjing.engine.chain import content_digest
from mingjing.engine.outcome import N_, Phrase, Reason

__all__ = [
    "HOLIDAYS", "Calendar", "Deadline", "Kind", "Mark", "Special", "add_calendar_days", "add_working_days", "deadline",
    "is_working", "working_days_between",
]  # fmt: skip

Kind = Literal["working", "calendar"]

ONE = timedelta(days=1)
REACH = timedelta(days=7)
"""A notice reaches back into the December before: those of 2008, 2012 and 2019 changed days from the 29th on."""

HOLIDAYS: Mapping[str, str] = {
    "new_year": N_("New Year's Day"),
    "spring_festival": N_("Spring Festival"),
    "tomb_sweeping": N_("Tomb-sweeping Day"),
    "labour_day": N_("Labour Day"),
    "dragon_boat": N_("Dragon Boat Festival"),
    "mid_autumn": N_("Mid-autumn Festival"),
    "national_day": N_("National Day"),
    "other": N_("another day off by notice"),
}
"""What a notice gives days off for: code → msgid."""


class Mark(StrEnum):
    """How a day differs from its day of the week."""

    OFF = "off"  # by a notice; weekend days within a holiday are marked too
    WORKING = "working"  # a make-up day: a Saturday or Sunday on which offices work
    CLOSED = "closed"  # the office of this area was closed that day


@dataclass(frozen=True, slots=True)
class Special:
    """What a notice or a closure says of one day: `why` is a code of HOLIDAYS, or a closure's reason as written."""

    mark: Mark
    why: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """What is known of days: `special` ones, and the `years` whose notice is known (of all others nothing is)."""

    special: Mapping[date, Special] = field(default_factory=dict)
    years: frozenset[int] = frozenset()

    def knows(self, day: date) -> bool:
        """Whether every notice that can say something of `day` is known: its year's and, at its end, the next one's."""
        return {day.year, (day + REACH).year} <= self.years

    def unknown(self, first: date, last: date) -> tuple[int, ...]:
        """The years whose notice could still change a day of this stretch."""
        touched = range(first.year, (last + REACH).year + 1)
        return tuple(year for year in touched if year not in self.years)

    def digest(self, first: date, last: date) -> str:
        """The SHA-256 of all that this calendar says of the days from `first` to `last`: what an answer rested on."""
        within = ((day, one) for day, one in self.special.items() if first <= day <= last)
        days = sorted([day.isoformat(), one.mark.value, one.why] for day, one in within)
        content = {"format": "mingjing.workdays/1", "first": first.isoformat(), "last": last.isoformat()}
        unknown = list(self.unknown(first, last))
        return content_digest({**content, "unknown": unknown, "special": days})


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a period ends and why. What happens before `at` (24:00 of `last_day`) is in time, at `at` no longer.

    `provisional`: a notice that is not known yet could still move it. `steps` are the reasons, in the order of days;
    `calendar_digest` is `Calendar.digest` from the day it began to its last day.
    """

    at: datetime
    last_day: date
    provisional: bool
    calendar_digest: str
    steps: tuple[Reason, ...]

    def met(self, moment: datetime) -> bool:
        """Whether what happened at `moment` is in time."""
        return moment < self.at


def is_working(calendar: Calendar, day: date) -> bool:
    """Whether `day` is a working day, as far as `calendar` knows.

    >>> notice = Calendar({date(2025, 1, 26): Special(Mark.WORKING, "spring_festival")}, frozenset({2025}))
    >>> [is_working(notice, date(2025, 1, day)) for day in (24, 25, 26)]
    [True, False, True]
    """
    special = calendar.special.get(day)
    return special.mark == Mark.WORKING if special else day.weekday() < 5


def add_working_days(calendar: Calendar, day: date, count: int) -> date:
    """The last of `count` working days after `day`; `day` itself for none. Raises ValueError for fewer.

    >>> add_working_days(Calendar(), date(2024, 9, 6), 5).isoformat()
    '2024-09-13'
    """
    if count < 0:
        raise ValueError("Working days are counted forward.")
    while count:
        day += ONE
        count -= is_working(calendar, day)
    return day


def add_calendar_days(calendar: Calendar, day: date, count: int) -> date:
    """`count` days after `day`, or the first working day from there on. Raises ValueError for fewer than none.

    >>> add_calendar_days(Calendar(), date(2024, 9, 6), 1).isoformat()
    '2024-09-09'
    """
    if count < 0:
        raise ValueError("Days are counted forward.")
    day += count * ONE
    while not is_working(calendar, day):
        day += ONE
    return day


def working_days_between(calendar: Calendar, first: date, last: date) -> int:
    """How many working days come after `first` and not after `last`; negative where `last` is the earlier.

    >>> working_days_between(Calendar(), date(2024, 9, 6), date(2024, 9, 13))
    5
    """
    if last < first:
        return -working_days_between(calendar, last, first)
    return sum(is_working(calendar, day) for day in _days(first, last))


def deadline(calendar: Calendar, start: datetime, days: int, kind: Kind, zone: tzinfo) -> Deadline:
    """When a period of `days` that begins at `start` ends, on the clocks of `zone`. Raises ValueError below 1."""
    if days < 1 or kind not in ("working", "calendar"):
        raise ValueError(f"{days} {kind} days are no period.")
    if start.utcoffset() is None:
        raise ValueError(f"{start!r} has no time zone; an instant needs one.")
    first = start.astimezone(zone).date()
    last = (add_working_days if kind == "working" else add_calendar_days)(calendar, first, days)
    unknown = calendar.unknown(first + ONE, last)
    return Deadline(
        at=datetime.combine(last + ONE, time(), zone),
        last_day=last,
        provisional=bool(unknown),
        calendar_digest=calendar.digest(first, last),
        steps=tuple(_steps(calendar, first, last, days, kind, unknown)),
    )


def _days(after: date, last: date) -> Iterator[date]:
    return (after + step * ONE for step in range(1, (last - after).days + 1))


def _steps(
    calendar: Calendar, first: date, last: date, days: int, kind: Kind, unknown: Iterable[int]
) -> Iterator[Reason]:
    yield Reason("workdays.start", N_("{day}, the day it began, does not count."), {"day": first.isoformat()})
    counted = first if kind == "working" else first + days * ONE
    if kind == "calendar" and counted != last:
        text = N_("Day {days} would be {day}, a day off; the period ends with the next working day.")
        yield Reason("workdays.moved", text, {"days": days, "day": counted.isoformat()})
    passed = counted - ONE if kind == "calendar" else counted
    yield from _skipped(calendar, passed, last)
    for day in _days(passed, last) if kind == "working" else ():
        if (special := calendar.special.get(day)) and special.mark == Mark.WORKING:
            text = N_("{day} counts: a make-up working day for {why}.")
            yield Reason("workdays.make_up", text, {"day": day.isoformat(), "why": _why(special)})
    for year in unknown:
        text = N_("The holidays of {year} are not known yet; its notice may still move this deadline.")
        yield Reason("workdays.provisional", text, {"year": year})
    text = N_("It ends on {day} at 24:00.")
    yield Reason("workdays.end", text, {"day": last.isoformat()})


def _skipped(calendar: Calendar, after: date, last: date) -> Iterator[Reason]:
    """A sentence for each stretch of days off for the same reason."""
    off = ((day, calendar.special.get(day)) for day in _days(after, last) if not is_working(calendar, day))
    stretches = groupby(enumerate(off), key=lambda one: (one[1][1], one[1][0].toordinal() - one[0]))
    for (special, _place), found in stretches:
        days = [day for _number, (day, _special) in found]
        params = {"first": days[0].isoformat(), "last": days[-1].isoformat(), "why": _why(special)}
        text = N_("{first} to {last} do not count: {why}.") if len(days) > 1 else N_("{first} does not count: {why}.")
        yield Reason("workdays.off", text, params)


def _why(special: Special | None) -> Phrase | str:
    if special is None:
        return Phrase(N_("weekend"))
    return special.why if special.mark == Mark.CLOSED else Phrase(HOLIDAYS.get(special.why, HOLIDAYS["other"]))
