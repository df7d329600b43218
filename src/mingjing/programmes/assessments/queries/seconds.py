"""Second visits: what a lot is drawn from, who could go, who must be looked at again, and when a lot may be seen.

The first team is never told: what was drawn stays in here until the last of its days, whoever asks, and a record of a
second visit shows like any other, to its own team, from its day on. Not here: the lot (policy.seconds).
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from django.utils import timezone

from mingjing.engine.drawing import Settings
from mingjing.engine.lists import decide
from mingjing.engine.rules import Value
from mingjing.engine.scoring import score
from mingjing.programmes.assessments.models import (
    Entry,
    Purpose,
    Round,
    SecondDraw,
    TeamDay,
    TeamMember,
    TeamStaff,
    VisitRecord,
)
from mingjing.programmes.assessments.policy.listings import adverse_tiers
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.policy.seconds import Inputs, Slot
from mingjing.programmes.assessments.policy.sources import TEAMS_BELOW
from mingjing.programmes.assessments.queries.draw_inputs import Prepared, prepare
from mingjing.programmes.assessments.queries.draws import standing_draw
from mingjing.programmes.assessments.queries.schemes import scheme_of
from mingjing.programmes.assessments.queries.sheets import CHUNK, Known, known_of, sheet_of_entry

__all__ = [
    "Crew", "Revisit", "barred_people", "crews_on", "lot_file", "lot_inputs", "revisits", "share_of", "slots_for",
]  # fmt: skip

NOBODY = Settings(days=(), teams=1, team_size=2, most=1)


@dataclass(frozen=True, slots=True)
class Crew:
    """Who would go as a team on a day, by person; `parts` says as what. `there`: the team-day exists already."""

    slot: Slot
    people: Mapping[int, str]
    there: TeamDay | None


@dataclass(frozen=True, slots=True)
class Revisit:
    """An entry that would be proposed for a tier that takes rights: `again` once another team has a visit to it."""

    entry: Entry
    tier: str
    again: bool


def share_of(scheme: Scheme) -> str:
    """Percent of the communities that are looked at again blindly, by the scheme; "0" where it says nothing."""
    sampling = {one["code"]: one for one in scheme.document.get("sampling", ())}
    return str(sampling.get("blind_revisit", {}).get("share", "0"))


def crews_on(round_: Round, days: Sequence[date]) -> list[Crew]:
    """The teams that could go on these days: those of the draw that go then, else as each went last."""
    draw = standing_draw(round_)
    team_days = list(TeamDay.objects.filter(draw=draw).order_by("day")) if draw else []
    members: dict[int, dict[int, str]] = {}
    for pk, person, part in TeamMember.objects.filter(team_day__in=team_days, removed_at=None).values_list(
        "team_day", "person", "part"
    ):
        members.setdefault(pk, {})[person] = part
    staff = set(TeamStaff.objects.filter(round=round_).values_list("team", flat=True))
    last = {one.team: members.get(one.pk, {}) for one in team_days}
    planned = {(one.day, one.team): one for one in team_days}
    crews = []
    for day in sorted(set(days)):
        for team in sorted(staff | last.keys()):
            there = planned.get((day, team))
            people = members.get(there.pk, {}) if there else last.get(team, {})
            if people and not (there and there.opened_at):
                crews.append(Crew(Slot(day.isoformat(), team), people, there))
    return crews


def slots_for(entries: Iterable[Entry], crews: Sequence[Crew], round_: Round) -> dict[int, tuple[int, ...]]:
    """By entry the places in `crews` of those who could look at it again: later, by other people, without conflicts."""
    keys = [entry.pk for entry in entries]
    first = VisitRecord.objects.standing().filter(entry__in=keys).select_related("team_day").order_by("id")
    visits: dict[int, list[VisitRecord]] = {}
    for record in first:
        visits.setdefault(record.entry_id, []).append(record)
    went: dict[int, set[int]] = {}
    asked = TeamMember.objects.filter(team_day__in={record.team_day_id for record in first})
    for day, person in asked.values_list("team_day", "person"):
        went.setdefault(day, set()).add(person)
    barred = barred_people(round_)
    found = {}
    for entry in entries:
        shut = barred[entry.number]
        places = (n for n, crew in enumerate(crews) if _may_go(crew, visits.get(entry.pk, ()), went, shut))
        found[entry.pk] = tuple(places)
    return found


def barred_people(round_: Round) -> Mapping[str, set[int]]:
    """By number of a community the supervisors in conflict with it, as persons; nobody for a number it has not."""
    prepared = prepare(round_)
    barred = Prepared(prepared.places, prepared.experts, prepared.conflicts, prepared.settings or NOBODY).barred()
    people = {expert.key: expert.person_id for expert in prepared.experts}
    return defaultdict(set, {number: {people[key] for key in keys} for number, keys in barred.items()})


def _may_go(crew: Crew, before: Sequence[VisitRecord], went: Mapping[int, set[int]], barred: set[int]) -> bool:
    """Whether a crew is another team than all that went, goes after them, and nobody of it is in conflict."""
    if not before or any(record.purpose == Purpose.SECOND for record in before):
        return False
    later = all(record.team_day.day.isoformat() < crew.slot.day for record in before)
    apart = all(
        record.team_day.team != crew.slot.team and not went.get(record.team_day_id, set()) & crew.people.keys()
        for record in before
    )
    return later and apart and not barred & crew.people.keys()


def lot_inputs(round_: Round, days: Sequence[date]) -> Inputs:
    """What a lot for second visits on these days is drawn from now."""
    entries = list(Entry.objects.filter(round=round_).to_assess().order_by("number"))
    crews = crews_on(round_, days)
    places = slots_for(entries, crews, round_)
    sites = tuple((entry.number, places[entry.pk]) for entry in entries)
    return Inputs(round_.code, share_of(scheme_of(round_.scheme)), tuple(crew.slot for crew in crews), sites)


def lot_file(lot: SecondDraw, today: date) -> bytes | None:
    """The lot as a file whose SHA-256 the ledger holds; None while any of its days has not passed."""
    if not lot.drawn_at:
        return None
    over = lot.round.deciding_at is not None or _last_day(lot) < today.isoformat()
    return lot.document.encode() if over else None


def _last_day(lot: SecondDraw) -> str:
    return max((visit["day"] for visit in json.loads(lot.document)["visits"]), default="")


def revisits(round_: Round, now: datetime) -> tuple[Revisit, ...]:
    """Whom the rules would propose for a tier that takes rights, or would if a second team found the same; by number.

    Read from the locked records; each needs the eyes of another team before anybody is told that it will be listed.
    """
    scheme = scheme_of(round_.scheme)
    return tuple(_revisits(round_, scheme, now))


def _revisits(round_: Round, scheme: Scheme, now: datetime) -> Iterator[Revisit]:
    adverse = adverse_tiers(scheme.list_rules)
    entries = list(Entry.objects.filter(round=round_).to_assess().select_related("company").order_by("number"))
    second = VisitRecord.objects.standing().filter(round=round_, purpose=Purpose.SECOND)
    again = set(second.filter(team_day__day__lte=timezone.localdate(now)).values_list("entry", flat=True))
    beside: dict[int, Known] = {}
    for start in range(0, len(entries), CHUNK):
        beside |= known_of(entries[start : start + CHUNK], round_, scheme, locked_only=True)
    for entry in entries:
        sheet = sheet_of_entry(entry, beside[entry.pk], scheme, round_)
        numbers = score(scheme.rubrics[entry.class_code], sheet)
        found = decide(scheme.list_rules, numbers, _as_if_twice(sheet.attributes, scheme), None)
        if found.tier in adverse:
            yield Revisit(entry, found.tier, entry.pk in again)


def _as_if_twice(known: Mapping[str, Value], scheme: Scheme) -> Mapping[str, Value]:
    """The values had a second team found what the first one did."""
    values = dict(known)
    for code, source in scheme.sources.items():
        if source.kind == TEAMS_BELOW and isinstance(value := values.get(code), Fraction):
            values[code] = max(value, min(2 * value, Fraction(2)))
    return values
