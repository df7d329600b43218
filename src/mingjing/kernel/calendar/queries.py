"""The calendar of an area, deadlines by it, and the years whose notice is lacking."""

from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from mingjing.engine import workdays
from mingjing.engine.workdays import Calendar, Deadline, Kind, Special
from mingjing.kernel.calendar.models import Closure, Notice, NoticeQuerySet
from mingjing.kernel.parties.guard import Scope
from mingjing.kernel.places.models import Area

__all__ = ["Deadline", "almanac", "calendar_of", "closures_seen", "deadline", "lacking", "newest_notices"]

NOVEMBER = 11
"""The month in which the State Council has told the next year's holidays since 2019; later only once (2022)."""


def calendar_of(area: Area | None, *, as_of: datetime | None = None) -> Calendar:
    """What is known of days in `area` (or in the country), now or as it was known at an instant. Two queries."""
    special: dict[date, Special] = {}
    notices = newest_notices(Notice.objects.known(as_of))
    for notice in notices.values():
        special |= notice.days()
    for closure in Closure.objects.known(as_of).of(area) if area else ():
        special |= closure.days()
    return Calendar(special, frozenset(notices))


def newest_notices(notices: "NoticeQuerySet") -> dict[int, Notice]:
    """The one that counts for each year: the last that became known."""
    return {notice.year: notice for notice in notices.order_by("year", "known_from", "id")}


def almanac(area: Area | None) -> Callable[[datetime], Calendar]:
    """`calendar_of` for any number of instants: what was known of days in `area` at each. Two queries, at the first."""

    @cache
    def rows() -> tuple[list[Notice], list[Closure]]:
        return list(Notice.objects.order_by("year", "known_from", "id")), list(Closure.objects.of(area)) if area else []

    @cache
    def known(as_of: datetime) -> Calendar:
        notices, closures = rows()
        newest = {notice.year: notice for notice in notices if notice.known_from <= as_of}
        special = {day: one for notice in newest.values() for day, one in notice.days().items()}
        for closure in closures:
            if closure.recorded_at <= as_of and not (closure.withdrawn_at and closure.withdrawn_at <= as_of):
                special |= closure.days()
        return Calendar(special, frozenset(newest))

    return known


def deadline(
    area: Area | None, start: datetime, *, days: int, kind: Kind = "working", as_of: datetime | None = None
) -> Deadline:
    """When a period of `days` that begins at `start` ends in `area`; how it is counted, engine.workdays says.

    With `as_of` by what was known at that instant: what was told then can be explained for ever. Raises ValueError
    for fewer than one day. Several at once: take `calendar_of` once and ask engine.workdays.
    """
    return workdays.deadline(calendar_of(area, as_of=as_of), start, days, kind, zone())


def zone() -> ZoneInfo:
    """The clocks that deadlines run by: the installation's."""
    return ZoneInfo(settings.TIME_ZONE)


def lacking(today: date) -> tuple[int, ...]:
    """The years whose notice should be on record and is not: this one's, and from November on the next one's."""
    wanted = [today.year, today.year + 1] if today.month >= NOVEMBER else [today.year]
    known = set(Notice.objects.filter(year__in=wanted).values_list("year", flat=True))
    return tuple(year for year in wanted if year not in known)


def closures_seen(scope: Scope, **narrowed: Any) -> "list[Closure]":
    """The closures that hold within `scope`: its own, those below, and those above it."""
    found = scope.reached(Closure.objects.filter(**narrowed).select_related("area", "recorded_by", "withdrawn_by"))
    return list(found)
