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

__all__ = ["hotline", "lawsuits", "petitions", "together"]

WORDS = {
    Origin.HOTLINE: N_("complaints of the hotline"),
    Origin.PETITION: N_("petitions"),
    Origin.LAWSUIT: N_("lawsuits"),
}


CODES = {
    "complaints.hotline": Origin.HOTLINE,
    "complaints.petitions": Origin.PETITION,
    "complaints.lawsuits": Origin.LAWSUIT,
}
Answers = Mapping[int, Answer]
Taken = tuple[str, str, date | None, date | None]


@dataclass(frozen=True, slots=True)
class Matched:
    """By origin: records by site of which the company answers, and by path of their area those nobody decided on."""

    company: Counter[tuple[str, int]]
    undecided: Counter[tuple[str, str]]


def hotline(sites: Collection[int], first_day: date, last_day: date, at: datetime) -> Answers:
    """How many complaints of the hotline are valid and the company's, repeats among them."""
    return together(["complaints.hotline"], sites, first_day, last_day, at)["complaints.hotline"]


def petitions(sites: Collection[int], first_day: date, last_day: date, at: datetime) -> Answers:
    """How many petitions are."""
    return together(["complaints.petitions"], sites, first_day, last_day, at)["complaints.petitions"]


def lawsuits(sites: Collection[int], first_day: date, last_day: date, at: datetime) -> Answers:
    """How many lawsuits are."""
    return together(["complaints.lawsuits"], sites, first_day, last_day, at)["complaints.lawsuits"]


def together(
    codes: Collection[str], sites: Collection[int], first_day: date, last_day: date, at: datetime
) -> dict[str, Answers]:
    """Several of these by code: three statements, one where nothing was taken in; one more if people decided since."""
    asked = {code: CODES[code] for code in codes}
    taken = _taken(asked.values(), at)
    paths, found = dict.fromkeys(sites, ""), Matched(Counter(), Counter())
    if taken:
        paths = dict(Site.objects.filter(pk__in=list(sites)).values_list("pk", "area__path"))
        found = _records(asked.values(), first_day, last_day, at)
    return {code: _matched(origin, paths, found, taken, (first_day, last_day)) for code, origin in asked.items()}


def _matched(
    origin: str, paths: Mapping[int, str], found: Matched, taken: Collection[Taken], days: tuple[date, date]
) -> Answers:
    first, last = days
    told: dict[str, Any] = {"records": Phrase(WORDS[Origin(origin)]), "first": first.isoformat()}
    told["last"] = last.isoformat()
    missing, waiting = {}, {}
    for path in set(paths.values()):
        here = ((begins, ends) for of, area, begins, ends in taken if of == origin and path.startswith(area))
        missing[path] = first_uncovered(((one, other) for one, other in here if one and other), first, last)
        waiting[path] = sum(
            count for (of, area), count in found.undecided.items() if of == origin and path.startswith(area)
        )
    return {
        site: _answer(found.company[origin, site], missing[path], waiting[path], told) for site, path in paths.items()
    }


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


def _records(origins: Collection[str], first: date, last: date, at: datetime) -> Matched:
    """As they stood: what nobody decided on since stands so still, the others by their decisions until then."""
    since = Exists(Decision.objects.filter(complaint=OuterRef("pk"), at__gt=at))
    rows = Complaint.objects.filter(origin__in=list(origins), opened_on__range=(first, last), recorded_at__lte=at)
    columns = ("since", "origin", "area__path", "site", "validity", "duty")
    grouped = rows.annotate(since=since).order_by().values_list(*columns)
    found, revised = Matched(Counter(), Counter()), False
    for changed, origin, path, site, validity, duty, count in grouped.annotate(count=Count("pk")):
        revised = revised or changed
        if not changed:
            _tell(found, origin, path, site_answering(_as_decided(validity, duty, site)), count)
    if revised:
        _as_then(found, rows.filter(since), at)
    return found


def _as_decided(validity: str, duty: str, site: int | None) -> list[tuple[str, str, int | None]]:
    decided = (("validity", validity, None), ("duty", duty, site))
    return [one for one in decided if one[1]]


def _tell(found: Matched, origin: str, path: str, site: int | None, count: int) -> None:
    if site == UNDECIDED:
        found.undecided[origin, path] += count
    elif site is not None:
        found.company[origin, site] += count


def _as_then(found: Matched, rows: "QuerySet[Complaint]", at: datetime) -> None:
    """Add those on which somebody decided after the moment, as they stood at it: one statement."""
    kept: dict[int, tuple[str, str]] = {}
    decided: dict[int, list[tuple[str, str, int | None]]] = {}
    columns = ("origin", "area__path", "decisions__at", "decisions__matter", "decisions__verdict", "decisions__site")
    told = rows.order_by("pk", "decisions__number").values_list("pk", *columns)
    for pk, origin, path, when, matter, verdict, site in told:
        kept[pk] = origin, path
        if when <= at:
            decided.setdefault(pk, []).append((matter, verdict, site))
    for pk, (origin, path) in kept.items():
        _tell(found, origin, path, site_answering(decided.get(pk, ())), 1)


def _taken(origins: Collection[str], at: datetime) -> list[Taken]:
    """The files taken in until then: origin, path of the area, and the days of which each has every record, if said."""
    rows = Intake.objects.filter(origin__in=list(origins), applied_at__lte=at).order_by()
    return list(rows.values_list("origin", "area__path", "first_day", "last_day").distinct())
