"""What others ask of complaints, petitions and lawsuits one by one: how many are the company's, and whether none is.

None is known only where files that were taken in have every record of every day asked for, and everything in them was
decided by people; more than none is known from the first. As things stood at the moment asked for. Not here: ranks and
rates (queries.known), what anybody concludes from it.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet

from mingjing.engine.outcome import N_, Phrase, Reason
from mingjing.kernel.places.models import Site
from mingjing.kernel.registry import Answer
from mingjing.programmes.complaints.models import Complaint, Decision, Intake, Origin
from mingjing.programmes.complaints.policy.periods import first_uncovered
from mingjing.programmes.complaints.policy.standings import UNDECIDED, site_answering

__all__ = ["hotline", "lawsuits", "petitions"]

WORDS = {
    Origin.HOTLINE: N_("complaints of the hotline"),
    Origin.PETITION: N_("petitions"),
    Origin.LAWSUIT: N_("lawsuits"),
}


@dataclass(frozen=True, slots=True)
class Matched:
    """Records by site of which the company answers for them, and by path of their area those that nobody decided."""

    company: Counter[int]
    undecided: Counter[str]


def _matched(origin: Origin, sites: Collection[int], first: date, last: date, at: datetime) -> Mapping[int, Answer]:
    paths = dict(Site.objects.filter(pk__in=list(sites)).values_list("pk", "area__path"))
    found, periods = _records(origin, first, last, at), _periods(origin, at)
    told: dict[str, Any] = {"records": Phrase(WORDS[origin]), "first": first.isoformat(), "last": last.isoformat()}
    missing = {
        path: first_uncovered((days for area, days in periods if path.startswith(area)), first, last)
        for path in set(paths.values())
    }
    open_ones = {
        path: sum(count for area, count in found.undecided.items() if path.startswith(area)) for path in missing
    }
    return {site: _answer(found.company[site], missing[path], open_ones[path], told) for site, path in paths.items()}


def hotline(sites: Collection[int], first_day: date, last_day: date, at: datetime) -> Mapping[int, Answer]:
    """How many complaints of the hotline are valid and the company's, repeats among them."""
    return _matched(Origin.HOTLINE, sites, first_day, last_day, at)


def petitions(sites: Collection[int], first_day: date, last_day: date, at: datetime) -> Mapping[int, Answer]:
    """How many petitions are."""
    return _matched(Origin.PETITION, sites, first_day, last_day, at)


def lawsuits(sites: Collection[int], first_day: date, last_day: date, at: datetime) -> Mapping[int, Answer]:
    """How many lawsuits are."""
    return _matched(Origin.LAWSUIT, sites, first_day, last_day, at)


def _answer(count: int, missing: date | None, undecided: int, told: Mapping[str, Any]) -> Answer:
    if count:
        text = N_("{count} {records} from {first} to {last} are valid and the company’s.")
        return Answer(str(count), Reason("complaints.matched", text, {**told, "count": count}))
    if missing:
        text = N_("No file that was taken in has all {records} from {first} to {last}: {day} is the first day without.")
        return Answer("", Reason("complaints.uncovered", text, {**told, "day": missing.isoformat()}))
    if undecided:
        text = N_("Nobody has decided yet on {count} {records} of the district from {first} to {last}.")
        return Answer("", Reason("complaints.undecided", text, {**told, "count": undecided}))
    text = N_("Of all {records} from {first} to {last}, none is valid and the company’s.")
    return Answer("0", Reason("complaints.none", text, told))


def _records(origin: Origin, first: date, last: date, at: datetime) -> Matched:
    """As they stood: what nobody decided on since stands so still, the others by their decisions until then."""
    since = Exists(Decision.objects.filter(complaint=OuterRef("pk"), at__gt=at))
    rows = Complaint.objects.filter(origin=origin, opened_on__range=(first, last), recorded_at__lte=at)
    grouped = rows.annotate(since=since).order_by().values_list("since", "area__path", "site", "validity", "duty")
    found = Matched(Counter(), Counter())
    revised = False
    for changed, path, site, validity, duty, count in grouped.annotate(count=Count("pk")):
        revised = revised or changed
        if not changed:
            _tell(found, path, site_answering(_as_decided(validity, duty, site)), count)
    if revised:
        _as_then(found, rows.filter(since), at)
    return found


def _as_decided(validity: str, duty: str, site: int | None) -> list[tuple[str, str, int | None]]:
    decided = (("validity", validity, None), ("duty", duty, site))
    return [one for one in decided if one[1]]


def _tell(found: Matched, path: str, site: int | None, count: int) -> None:
    if site == UNDECIDED:
        found.undecided[path] += count
    elif site is not None:
        found.company[site] += count


def _as_then(found: Matched, rows: "QuerySet[Complaint]", at: datetime) -> None:
    """Add those on which somebody decided after the moment, as they stood at it: one statement."""
    paths: dict[int, str] = {}
    decided: dict[int, list[tuple[str, str, int | None]]] = {}
    columns = ("decisions__at", "decisions__matter", "decisions__verdict", "decisions__site")
    for pk, path, when, *one in rows.order_by("pk", "decisions__number").values_list("pk", "area__path", *columns):
        paths[pk] = path
        if when <= at:
            decided.setdefault(pk, []).append((one[0], one[1], one[2]))
    for pk, path in paths.items():
        _tell(found, path, site_answering(decided.get(pk, ())), 1)


def _periods(origin: Origin, at: datetime) -> list[tuple[str, tuple[date, date]]]:
    """The days of which files taken in until then have every record, with the path of their area."""
    taken = Intake.objects.filter(origin=origin, applied_at__lte=at, first_day__isnull=False, last_day__isnull=False)
    rows = taken.order_by().values_list("area__path", "first_day", "last_day").distinct()
    return [(path, (begins, ends)) for path, begins, ends in rows if begins and ends]
