"""Reads that a round's entries are made of: the registers of an area, what they know, what people recorded since.

Not here: writing entries (actions), how far they are (queries.progress).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, F, OuterRef, Q

from mingjing.engine.outcome import Refusal
from mingjing.engine.quantities import decimal_text
from mingjing.engine.rules import Measure
from mingjing.kernel.db.search import matching
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import CODE_LENGTH, Area, Level, within_subtree
from mingjing.programmes.assessments.models import (
    ClassVote,
    Community,
    Engagement,
    Entry,
    EntryValue,
    Filing,
    Purpose,
    Round,
    VisitRecord,
)
from mingjing.programmes.assessments.models.rounds import EntryQuerySet
from mingjing.programmes.assessments.policy.classes import Proposal, class_inputs, class_measures, propose
from mingjing.programmes.assessments.policy.filings import on_record
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.policy.sources import MONTHS, Sourced, months
from mingjing.programmes.assessments.queries.schemes import scheme_of
from mingjing.programmes.assessments.queries.sourced import sourced_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

__all__ = [
    "COLUMNS", "ENTRY_STATES", "Proposals", "Value", "Wanted", "communities_of", "engagements_of", "entries_wanted",
    "known_values", "numbers_twice", "proposed", "queue_counts", "queue_of", "records_beside", "register_values",
    "strata_in", "strata_of", "stratum_path", "values_of", "values_recorded", "votes_of",
]  # fmt: skip

COLUMNS = ("completed_year", "fee", "buildings", "households", "floor_area", "service_months")
"""The codes under which a scheme may ask for what every register knows."""


def communities_of(area: Area) -> "QuerySet[Community]":
    """Every current community of the registers in the subtree of `area`, with its place."""
    current = Community.objects.current().filter(within_subtree(area.path, "area"))
    return current.select_related("place").order_by("number")


def numbers_twice(area: Area) -> tuple[str, ...]:
    """The numbers that stand for several communities, where `area` has several registers; the first ten."""
    current = Community.objects.current().filter(within_subtree(area.path, "area")).order_by().values("number")
    twice = current.annotate(count=Count("pk")).filter(count__gt=1).order_by("number")
    return tuple(twice.values_list("number", flat=True)[:10])


def engagements_of(area: Area) -> dict[int, Engagement]:
    """The open engagement of each community of `area`, by the community's id."""
    still = Engagement.objects.filter(within_subtree(area.path, "community__area"), last_day=None)
    return {engagement.community_id: engagement for engagement in still}


def strata_of(area: Area) -> Mapping[str, int]:
    """The ids of the subdistricts of `area`, by path."""
    towns = Area.objects.filter(within_subtree(area.path), level=Level.TOWN)
    return dict(towns.values_list("path", "pk"))


def stratum_path(place: Area) -> str:
    """The path of the subdistrict that `place` lies in; its own where it lies above one."""
    return place.path[: CODE_LENGTH * Level.TOWN]


def values_recorded(round_: Round) -> dict[int, dict[str, str]]:
    """By entry the values people recorded for the round, the newest of each."""
    found: dict[int, dict[str, str]] = {}
    rows = EntryValue.objects.filter(entry__round=round_).order_by("id").values_list("entry", "code", "text")
    for entry, code, text in rows:
        found.setdefault(entry, {})[code] = text
    return found


def votes_of(round_: Round) -> dict[int, list[tuple[int, str, str]]]:
    """By entry the votes on its class, oldest first: who, for which class, on which values."""
    found: dict[int, list[tuple[int, str, str]]] = {}
    rows = (
        ClassVote.objects.filter(entry__round=round_).order_by("id").values_list("entry", "by", "class_code", "inputs")
    )
    for entry, by, code, inputs in rows:
        found.setdefault(entry, []).append((by, code, inputs))
    return found


def register_values(
    scheme: Scheme, community: Community, engagement: Engagement | None, first_day: date
) -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
    """What the register says of the attributes the scheme asks for: texts, and those known only as a range."""
    texts, ranges = _columns(community, engagement, first_day)
    if "service_months" in texts:
        known_as = (code for code, source in scheme.sources.items() if source.kind == MONTHS)
        texts |= dict.fromkeys(known_as, texts["service_months"])
    texts |= {code: str(text) for code, text in community.attributes.items() if text not in ("", None)}
    known = {code: text for code, text in texts.items() if code in scheme.attributes and _readable(scheme, code, text)}
    return known, {code: ends for code, ends in ranges.items() if code in scheme.attributes and code not in known}


def _columns(
    community: Community, engagement: Engagement | None, first_day: date
) -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
    served = months(engagement.first_day, first_day) if engagement and engagement.first_day else None
    given: tuple[int | Decimal | None, ...] = (
        community.completed_year, None, community.buildings, community.households, community.floor_area, served
    )  # fmt: skip
    texts = {code: _text(value) for code, value in zip(COLUMNS, given, strict=True) if value is not None}
    if community.fee_low is None or community.fee_high is None:
        return texts, {}
    low, high = _text(community.fee_low), _text(community.fee_high)
    return (texts | {"fee": low}, {}) if low == high else (texts, {"fee": (low, high)})


@lru_cache(maxsize=4096)
def _text(value: int | Decimal) -> str:
    return decimal_text(Fraction(value))


def _readable(scheme: Scheme, code: str, text: str) -> bool:
    try:
        scheme.attribute(code, text)
    except Refusal:
        return False
    return True


Proposals = dict[tuple[Any, ...], tuple[str, Proposal]]
"""What was proposed for values seen before: a register repeats few years and fees thousands of times."""


def proposed(entry: Entry, scheme: Scheme, known: Proposals | None = None) -> Proposal:
    """What the class rule says of an entry as its values stand; also writes the digest they have onto it."""
    known = {} if known is None else known
    ranges = {code: (low, high) for code, (low, high) in entry.ranges.items()}
    key = tuple((entry.attributes.get(code), ranges.get(code)) for code in class_measures(scheme))
    if key not in known:
        inputs = class_inputs(scheme, entry.attributes, ranges)
        known[key] = inputs, propose(scheme, entry.attributes, ranges)
    entry.class_inputs, found = known[key]
    return found


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of entries is narrowed to; empty: everything."""

    text: str = ""
    stratum: str = ""
    class_code: str = ""
    state: str = ""


def entries_wanted(round_: Round, wanted: Wanted, today: date) -> EntryQuerySet:
    """The entries of a round that a list asks for, with what a line about one names."""
    found = round_.entries.select_related("stratum", "place")
    if wanted.text:
        found = found.filter(matching(wanted.text, codes=["number"]))
    if wanted.stratum:
        found = found.filter(stratum__code=wanted.stratum)
    if wanted.class_code:
        found = found.filter(class_code=wanted.class_code)
    return found.filter(_in_state(wanted.state, today)) if wanted.state in ENTRY_STATES else found


ENTRY_STATES = ("unclassed", "not_assessed", "filed", "done", "open", "late")
"""What a list of entries can be narrowed to, besides words, subdistrict and class."""


def _in_state(state: str, today: date) -> Q:
    standing = VisitRecord.objects.standing().filter(entry=OuterRef("pk"), purpose=Purpose.FIRST)
    match state:
        case "unclassed":
            return Q(class_code="")
        case "not_assessed":
            return Q(not_assessed_at__isnull=False)
        case "filed":
            return Q(Exists(Filing.objects.filter(entry=OuterRef("pk"))))
        case "done":
            return Q(not_assessed_at__isnull=False) | Q(Exists(standing.filter(locked_at__isnull=False)))
        case "open":  # their day has come and they are not done: nothing is said of sealed ones
            return Q(not_assessed_at=None) & Q(Exists(standing.unsealed(today).filter(locked_at=None)))
        case _:
            return Q(not_assessed_at=None) & Q(Exists(standing.late(today)))


def records_beside(entries: Iterable[Entry], today: date) -> dict[int, VisitRecord]:
    """The standing record of each of these entries whose day has come, by the entry's id: one query."""
    records = VisitRecord.objects.standing().unsealed(today).filter(entry__in=entries, purpose=Purpose.FIRST)
    return {record.entry_id: record for record in records.select_related("team_day")}


def strata_in(round_: Round) -> list[tuple[str, str]]:
    """The subdistricts that a round's entries lie in: code and name."""
    rows = round_.entries.order_by("stratum__code").values_list("stratum__code", "stratum__name").distinct()
    return [(code, name) for code, name in rows]


@dataclass(frozen=True, slots=True)
class Value:
    """An attribute of an entry: what it is, where it comes from, and what the register would say if it could be read.

    `recorded` is the newest value that somebody recorded; None: it is the register's, the system's, the scheme's
    default or unknown. `system` is what the system itself knows of an attribute with a source, `by_system` says that
    this is what counts: nobody said otherwise.
    """

    code: str
    measure: Measure
    text: str
    ends: tuple[str, str] | None
    recorded: EntryValue | None
    unread: str
    locked: bool
    decides_class: bool
    system: Sourced | None = None
    by_system: bool = False


def values_of(entry: Entry, scheme: Scheme, deciding: tuple[str, ...], sourced: Mapping[str, Sourced]) -> list[Value]:
    """Every attribute the scheme asks for, as it stands for this entry; `deciding` are those its class rests on.

    `sourced` is what the system knows of it (queries.sourced).
    """
    recorded = {value.code: value for value in entry.values.select_related("by").order_by("id")}
    found = []
    for code, measure in scheme.attributes.items():
        own = str(entry.attributes.get(code) or "")
        ends = entry.ranges.get(code)
        given = str(entry.community.attributes.get(code) or "")
        system = sourced.get(code)
        by_system = system is not None and bool(system.text) and code not in recorded and own in ("", system.text)
        text = own or (system.text if system else "")
        value = Value(
            code=code, measure=measure, text=text, ends=(ends[0], ends[1]) if ends else None,
            recorded=recorded.get(code), unread="" if text else given, decides_class=code in deciding,
            locked=entry.frozen_at is not None and code in deciding, system=system,
            by_system=by_system and (not own or own != given),
        )  # fmt: skip
        found.append(value)
    return found


def known_values(entry: Entry, round_: Round) -> dict[str, str]:
    """What is really on record of an entry, by attribute: recorded for the round, or known by the system."""
    scheme = scheme_of(round_.scheme)
    system = {code: one.text for code, one in sourced_of([entry], round_, scheme)[entry.pk].items() if one.text}
    return on_record({value.code: value.text for value in entry.values.order_by("id")}, system)


def queue_of(round_: Round, person: Person, show: str) -> EntryQuerySet:
    """The entries whose class people settle: `mine` wait for the person, `others` have their vote, `settled` are."""
    voted = _voted(round_, person)
    entries = round_.entries.select_related("stratum").prefetch_related("votes__by")
    match show:
        case "settled":
            return entries.exclude(class_code="").filter(Q(borderline=True) | Q(proposed_class=""))
        case "others":
            return entries.unclassed().filter(voted)
        case _:
            return entries.unclassed().filter(~voted)


def queue_counts(round_: Round, person: Person) -> dict[str, int]:
    """How many entries each part of the queue has: one query."""
    voted, people = _voted(round_, person), Q(borderline=True) | Q(proposed_class="")
    return round_.entries.aggregate(
        mine=Count("pk", filter=Q(class_code="") & ~voted),
        others=Count("pk", filter=Q(class_code="") & voted),
        settled=Count("pk", filter=~Q(class_code="") & people),
    )


def _voted(round_: Round, person: Person) -> Q:
    """The condition "an entry about whose class, by its present values, the person voted"."""
    votes = ClassVote.objects.filter(entry__round=round_, by=person, inputs=F("entry__class_inputs"))
    return Q(pk__in=votes.values("entry"))
