"""The draw: its file is the one in the ledger and follows from its seeds; teams and records go by it.

Of a day that is still sealed nothing is told but that something does not agree. The team of a day is what the file and
the lists at that moment gave, with every replacement and every later assignment that the ledger knows. A second visit
may have a day beside the file (queries.checks.seconds).
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import Any

from django.utils import timezone

from mingjing.engine.outcome import N_, Problem, Reason
from mingjing.kernel.ledger.models import Fact
from mingjing.programmes.assessments.models import Draw, Part, Purpose, Round, TeamDay, TeamMember, VisitRecord
from mingjing.programmes.assessments.policy.draws import check_draw
from mingjing.programmes.assessments.queries.checks.facts import facts_about
from mingjing.programmes.assessments.queries.checks.seconds import ASSIGNED, Seconds, Slot, Teams, apart, second_slots
from mingjing.programmes.assessments.queries.draws import is_public

__all__ = ["draw_faults"]

DRAWN, REVEALED = "assessments.draw.drawn", "assessments.draw.revealed"
REPLACED = "assessments.team_member.replaced"
OPENED = "assessments.team_day.opened"
LISTS = ("assessments.expert.listed", "assessments.team.staffed", "assessments.team.unstaffed")


def draw_faults(round_: Round, counts: Counter[str]) -> Iterator[Reason]:
    """What of the draws of a round differs from the ledger or from the standing draw's own file."""
    draws = list(Draw.objects.filter(round=round_).order_by("pk"))
    facts = facts_about((draw.subject for draw in draws), DRAWN, REVEALED)
    for draw in draws:
        counts["draws"] += 1
        draw.round = round_
        said = {fact.kind: fact for fact in facts.get(draw.subject, ())}
        if (draw.drawn_at is not None) != (DRAWN in said):
            text = N_("Whether it was drawn differs between the draw's row and the ledger; the ledger counts.")
            yield Problem("check.drawn", text, {}, draw.subject)
        elif draw.drawn_at:
            found = list(_file(draw, said[DRAWN].values))
            yield from found
            if not found and draw.cancelled_at is None:
                yield from _standing(draw, said, counts)
    if round_.fieldwork_at and not any(draw.drawn_at and not draw.cancelled_at for draw in draws):
        yield Problem("check.no_draw", N_("Fieldwork began, and no draw stands; find it in a backup."), {}, round_.code)


def _file(draw: Draw, said: Mapping[str, Any]) -> Iterator[Problem]:
    """The digests of the file and of the inputs, as they are, as their row has them, and as the ledger does."""
    text = N_("Its file, its inputs or their digests are not those the ledger recorded; find them in a backup.")
    document, inputs = (sha256(kept.encode()).hexdigest() for kept in (draw.document, draw.inputs))
    if {document, draw.document_digest} != {said["document_digest"]}:
        yield Problem("check.draw_file", text, {}, draw.subject)
    elif {inputs, draw.inputs_digest} != {said["inputs_digest"]}:
        yield Problem("check.draw_inputs", text, {}, draw.subject)


def _standing(draw: Draw, said: Mapping[str, Fact], counts: Counter[str]) -> Iterator[Reason]:
    document, today = json.loads(draw.document), timezone.localdate()
    if REVEALED in said and document["commitments"] != said[REVEALED].values["commitments"]:
        text = N_("The file was drawn from other seeds than those the ledger says were revealed.")
        yield Problem("check.draw_seeds", text, {}, draw.subject)
    if is_public(draw, today):
        yield from (fault for fault in check_draw(document) if isinstance(fault, Problem))
    else:
        text = N_("The draw is sealed until its last day: its file has the digest in the ledger; recompute it then.")
        yield Reason("check.draw_sealed", text)
    team_days = list(TeamDay.objects.filter(draw=draw).order_by("day", "team"))
    counts["team_days"] += len(team_days)
    expected = _expected(draw, document, team_days, said[DRAWN].seq)
    yield from _slots(draw, expected, team_days, today)
    yield from _records(draw, document, today)
    yield from _members(draw, expected, team_days, today)
    yield from _openings(draw, team_days, today)
    yield from apart(draw.round)


def _slots(draw: Draw, expected: Collection[Slot], team_days: Sequence[TeamDay], today: date) -> Iterator[Problem]:
    for day, team in sorted(set(expected) ^ {_slot(team_day) for team_day in team_days}):
        text = N_("The teams and days that are kept are not those of the draw's file; the file counts.")
        yield Problem("check.team_days", text, {}, _place(draw, (day, team), today))


def _records(draw: Draw, document: Mapping[str, Any], today: date) -> Iterator[Problem]:
    drawn = {site: (entry["day"], entry["team"]) for entry in document["team_days"] for site in entry["sites"]}
    rows = VisitRecord.objects.standing().filter(team_day__draw=draw, purpose=Purpose.FIRST)
    columns = rows.order_by("entry__number").values_list("entry__number", "team_day__day", "team_day__team")
    kept = {number: (day.isoformat(), team) for number, day, team in columns.iterator(chunk_size=1000)}
    for number in sorted(drawn.keys() | kept.keys()):
        slots = [slot for slot in (drawn.get(number), kept.get(number)) if slot]
        if drawn.get(number) != kept.get(number):
            text = N_("The visit record of this community is not with the team and day that were drawn for it.")
            sealed = any(_is_sealed(slot, today) for slot in slots)
            yield Problem("check.record_moved", text, {}, draw.subject if sealed else number)


def _expected(draw: Draw, document: Mapping[str, Any], team_days: Sequence[TeamDay], drawn: int) -> Teams:
    """Who goes on each day, by the file, the lists at that moment, and every change since that the ledger knows."""
    changes = [fact for facts in facts_about([draw.round.subject], *LISTS, ASSIGNED).values() for fact in facts]
    expected = _as_drawn(document, [fact for fact in changes if fact.seq < drawn])
    by_subject = {team_day.subject: _slot(team_day) for team_day in team_days}
    replaced = [fact for facts in facts_about(by_subject, REPLACED).values() for fact in facts]
    later = [*(fact for fact in changes if fact.seq > drawn), *replaced]
    seconds = second_slots(draw.round, {team_day.pk: _slot(team_day) for team_day in team_days}, later)
    _apply(expected, by_subject, seconds, [*later, *(fact for fact in seconds if fact.kind != ASSIGNED)])
    return expected


def _members(draw: Draw, expected: Teams, team_days: Sequence[TeamDay], today: date) -> Iterator[Problem]:
    kept: dict[Slot, dict[str, str]] = {}
    rows = TeamMember.objects.filter(team_day__draw=draw, removed_at=None)
    columns = ("team_day__day", "team_day__team", "person__token", "part")
    for day, team, token, part in rows.values_list(*columns).iterator(chunk_size=1000):
        kept.setdefault((day.isoformat(), team), {})[token] = part
    for slot in map(_slot, team_days):
        if kept.get(slot, {}) != expected.get(slot, {}):
            text = N_("The members of this team are not those drawn, with the replacements that the ledger knows.")
            yield Problem("check.members", text, {}, _place(draw, slot, today))


def _openings(draw: Draw, team_days: Sequence[TeamDay], today: date) -> Iterator[Problem]:
    """An opened day has the seed whose SHA-256 was told when it was opened: what is picked follows from it."""
    facts = facts_about((team_day.subject for team_day in team_days), OPENED)
    for team_day in team_days:
        told = [fact.values.get("picks", "") for fact in facts.get(team_day.subject, ())]
        if told != ([_picks(team_day.pick_seed)] if team_day.opened_at else []):
            text = N_(
                "When it was opened, or the seed of its picks, is not what the ledger recorded; the ledger counts."
            )
            yield Problem("check.picks", text, {}, _place(draw, _slot(team_day), today))


def _picks(seed: str) -> str:
    """What the fact of the opening tells of a seed; nothing of days that were opened before there were any."""
    try:
        return seed and sha256(bytes.fromhex(seed)).hexdigest()
    except ValueError:
        return "not in hex"


def _as_drawn(document: Mapping[str, Any], before: Iterable[Fact]) -> Teams:
    """By team and day, who was to go (tokens) and as what, by the lists as they were when it was drawn."""
    people: dict[str, str] = {}
    staff: dict[str, int] = {}
    for fact in before:
        said = fact.values
        if fact.kind == LISTS[0]:
            people[said["key"]] = said["person"]
        elif fact.kind == LISTS[1]:
            staff[said["person"]] = said["team"]
        elif fact.kind == LISTS[2]:
            staff.pop(said["person"], None)
    found = {}
    for entry in document["team_days"]:
        going = {person: Part.STAFF.value for person, team in staff.items() if team == entry["team"]}
        going |= {people.get(key, key): Part.EXPERT.value for key in entry["experts"]}
        found[(entry["day"], entry["team"])] = going
    return found


def _apply(expected: Teams, by_subject: Mapping[str, Slot], seconds: Seconds, changes: Iterable[Fact]) -> None:
    """What was changed since the draw, in turn: members replaced, staff who joined for the days to come, teams sent
    again."""
    for fact in sorted(changes, key=lambda fact: fact.seq):
        said = fact.values
        if fact.kind == REPLACED:
            going = expected.get(by_subject[fact.subject], {})
            part = going.pop(said["removed"], Part.STAFF.value)
            if said["added"]:
                going[said["added"]] = part
        elif fact.kind == LISTS[1]:
            today = timezone.localdate(fact.at).isoformat()
            for (day, team), going in expected.items():
                if team == said["team"] and day >= today:
                    going.setdefault(said["person"], Part.STAFF.value)
        elif fact in seconds:
            last = {team: going for (_day, team), going in sorted(expected.items())}
            for slot, crew in seconds[fact].items():
                expected.setdefault(slot, dict(last.get(slot[1], {}) if crew is None else crew))


def _slot(team_day: TeamDay) -> Slot:
    return team_day.day.isoformat(), team_day.team


def _is_sealed(slot: Slot, today: date) -> bool:
    return slot[0] > today.isoformat()


def _place(draw: Draw, slot: Slot, today: date) -> str:
    return draw.subject if _is_sealed(slot, today) else f"{slot[0]} #{slot[1]}"
