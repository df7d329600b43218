"""Every write to the calendar: a closure recorded or withdrawn, the notice of a year recorded.

Deadlines told earlier stay as they were told; programmes that let a closure move them react to its fact. Not here: who
may (guard).
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.engine.workdays import HOLIDAYS, REACH
from mingjing.kernel.calendar.models import Closure, Notice
from mingjing.kernel.calendar.queries import newest_notices
from mingjing.kernel.db.locks import exclusive
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.actions.people import is_line
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area

__all__ = ["LONGEST", "record_closure", "record_notice", "withdraw_closure"]

LONGEST = 60
"""Days of one closure: more is likely a wrong year."""

Off = tuple[date, date, str]
Working = tuple[date, str]


def record_closure(
    *, area: Area, first_day: date, last_day: date, reason: str, by: Person | None, at: datetime
) -> Closure:
    """Say that the offices of `area` and below are closed on these days, past or to come. Raises Refusal."""
    reason = " ".join(reason.split())
    problems = []
    if not is_line(reason, 200):
        text = N_("Say in 1 to 200 characters why the office is closed.")
        problems.append(Problem("calendar.closure.reason", text, {}, "reason"))
    if not timedelta(0) <= last_day - first_day < timedelta(days=LONGEST):
        text = N_("A closure ends on or after the day it begins, and lasts {limit} days at most.")
        problems.append(Problem("calendar.closure.days", text, {"limit": LONGEST}, "last_day"))
    if problems:
        raise Refusal(problems)
    with transaction.atomic():
        exclusive(f"calendar.closures:{area.pk}")
        same = Closure.objects.standing().filter(area=area, first_day__lte=last_day, last_day__gte=first_day).first()
        if same:
            text = N_(
                "Days from {first} to {last} are recorded as closed already; withdraw that first, or leave them out."
            )
            params = {"first": same.first_day.isoformat(), "last": same.last_day.isoformat()}
            raise Refusal([Problem("calendar.closure.overlap", text, params, "first_day")])
        closure = Closure.objects.create(
            area=area, first_day=first_day, last_day=last_day, reason=reason, recorded_by=by, recorded_at=at
        )
        _told(closure, "recorded", by, at)
    return closure


def withdraw_closure(*, closure: Closure, reason: str, by: Person | None, at: datetime) -> Closure:
    """Take it back: the office was open after all. Raises Refusal without a reason, or if it was."""
    reason = " ".join(reason.split())
    if not is_line(reason, 300):
        raise Refusal([Problem("calendar.closure.why", N_("Say why, in 1 to 300 characters."), {}, "reason")])
    with transaction.atomic():
        found = Closure.objects.select_for_update(of=("self",)).select_related("area").get(pk=closure.pk)
        if found.withdrawn_at:
            raise Refusal([Problem("calendar.closure.withdrawn", N_("This closure was withdrawn already."))])
        found.withdrawn_by, found.withdrawn_at, found.withdrawal_reason = by, at, reason
        found.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawal_reason"])
        _told(found, "withdrawn", by, at)
    return found


def record_notice(
    *,
    year: int,
    reference: str,
    published_on: date,
    off: Sequence[Off],
    working: Sequence[Working],
    by: Person | None,
    at: datetime,
) -> Notice:
    """Record how the State Council arranges the holidays of `year`; a second one for a year replaces the first.

    It holds for the whole installation. Raises Refusal with every problem.
    """
    reference = " ".join(reference.split())
    if problems := [
        *_named(reference, published_on, year),
        *_off_problems(off, year),
        *_make_up_problems(off, working, year),
    ]:
        raise Refusal(problems)
    notice = Notice(year=year, reference=reference, published_on=published_on, known_from=at, recorded_by=by)
    notice.off = [[first.isoformat(), last.isoformat(), why] for first, last, why in sorted(off)]
    notice.working = [[day.isoformat(), why] for day, why in sorted(working)]
    with transaction.atomic():
        exclusive("calendar.notices")
        before = newest_notices(Notice.objects.filter(year=year)).get(year)
        if before and before.digest() == notice.digest():
            text = N_("This notice is on record already; nothing was changed.")
            raise Refusal([Problem("calendar.notice.same", text, {}, "reference")])
        notice.save(force_insert=True)
        data = {"year": year, "digest": notice.digest(), "replaces": before.pk if before else None}
        subject = f"calendar.notice:{notice.pk}"
        writer.append(kind="calendar.notice.recorded", subject=subject, data=data, area=None, by=by, at=at)
    return notice


def _named(reference: str, published_on: date, year: int) -> Iterable[Problem]:
    if not is_line(reference, 100):
        text = N_("Give the number of the notice, such as 国办发明电〔2025〕7号.")
        yield Problem("calendar.notice.reference", text, {}, "reference")
    if not 2000 <= year <= 2200:
        yield Problem("calendar.notice.year", N_("Give the year of the holidays, such as 2027."), {}, "year")
    elif not date(year - 1, 1, 1) <= published_on <= date(year, 12, 31):
        text = N_("A notice for {year} is published in that year or the one before.")
        yield Problem("calendar.notice.published", text, {"year": year}, "published_on")


def _off_problems(off: Sequence[Off], year: int) -> Iterable[Problem]:
    if not off:
        yield Problem("calendar.notice.empty", N_("A notice gives some days off; enter them."))
    seen: set[date] = set()
    for first, last, why in off:
        days = {first + timedelta(days=step) for step in range(min((last - first).days, 30) + 1)}
        place = why if why in HOLIDAYS else ""
        if last < first or len(days) > 20 or not _within(first, year) or not _within(last, year):
            text = N_("{first} to {last}: give first and last day, in {year}, 20 days at most.")
            params = {"first": first.isoformat(), "last": last.isoformat(), "year": year}
            yield Problem("calendar.notice.days", text, params, place)
        elif seen & days:
            text = N_("{day} stands in two holidays; enter days of a joint holiday once.")
            yield Problem("calendar.notice.twice", text, {"day": min(seen & days).isoformat()}, place)
        seen |= days


def _make_up_problems(off: Sequence[Off], working: Sequence[Working], year: int) -> Iterable[Problem]:
    for day, _why in working:
        if not _within(day, year) or day.weekday() < 5:
            text = N_("{day} is no Saturday or Sunday of {year}, so it cannot be a make-up working day.")
            yield Problem("calendar.notice.make_up", text, {"day": day.isoformat(), "year": year}, "working")
        elif any(first <= day <= last for first, last, _holiday in off):
            text = N_("{day} is given off and worked at once.")
            yield Problem("calendar.notice.both", text, {"day": day.isoformat()}, "working")
    if len({day for day, _why in working}) < len(working):
        yield Problem("calendar.notice.repeated", N_("A make-up working day stands there twice."), {}, "working")


def _within(day: date, year: int) -> bool:
    """Of that year, or of the last week before it."""
    return year in (day.year, (day + REACH).year)


def _told(closure: Closure, what: str, by: Person | None, at: datetime) -> None:
    data = {"first": closure.first_day.isoformat(), "last": closure.last_day.isoformat(), "digest": closure.digest()}
    kind, subject = f"calendar.closure.{what}", f"calendar.closure:{closure.pk}"
    writer.append(kind=kind, subject=subject, data=data, area=closure.area, by=by, at=at)
