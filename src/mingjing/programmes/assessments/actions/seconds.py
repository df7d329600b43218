"""Second visits: a lot committed to, drawn, and turned into sealed assignments; and those of the proposed-black.

No fact names a community before its day: the ledger holds digests and counts. Not here: the lot (policy.seconds), who
could go (queries.seconds), what a team does there (actions.visits), a crew where no team can go (actions.crews).
"""

import json
from collections.abc import Sequence
from datetime import date, datetime
from hashlib import sha256
from secrets import token_hex
from typing import Any

from django.db import transaction
from django.utils import timezone

from mingjing.engine.chain import canonical
from mingjing.engine.drawing import commitment
from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.models import Person
from mingjing.programmes.assessments.actions.draws.locked import lock_round
from mingjing.programmes.assessments.actions.records import LIVE
from mingjing.programmes.assessments.models import (
    Entry,
    Purpose,
    Round,
    SecondDraw,
    TeamDay,
    TeamMember,
    VisitRecord,
)
from mingjing.programmes.assessments.policy.seconds import Slot, draw_seconds, inputs_from, wanted
from mingjing.programmes.assessments.queries.draws import standing_draw
from mingjing.programmes.assessments.queries.seconds import Crew, crews_on, lot_inputs, slots_for

__all__ = ["assign_second", "commit_lot", "draw_lot", "gone_days", "live_round", "sent_again", "tell_second"]


@transaction.atomic
def commit_lot(*, round: Round, days: Sequence[date], by: Person, at: datetime) -> SecondDraw:
    """Commit to a lot for the blind second visits of a round on these days. Raises Refusal.

    Its inputs are fixed and their digest told, with the commitment to a seed nobody knows.
    """
    found = live_round(round)
    if problems := [*gone_days(days, at), *_once(found)]:
        raise Refusal(problems)
    inputs = lot_inputs(found, days)
    if not wanted(inputs):
        text = N_("Nobody can be looked at again: no other team goes on these days, or the scheme asks for none.")
        raise Refusal([Problem("seconds.nobody", text, {}, "days")])
    secret = token_hex(32)
    lot = SecondDraw.objects.create(
        round=found, inputs=canonical(inputs.document()).decode(), inputs_digest=inputs.digest, secret=secret,
        commitment=commitment(bytes.fromhex(secret)), committed_by=by, committed_at=at,
    )  # fmt: skip
    data = {"inputs_digest": inputs.digest, "commitment": lot.commitment, "sites": len(inputs.sites)}
    tell_second("committed", lot.subject, found, {"lot": lot.pk, **data, "wanted": wanted(inputs)}, by, at)
    return lot


@transaction.atomic
def draw_lot(*, lot: SecondDraw, by: Person, at: datetime) -> SecondDraw:
    """Tell the seed, draw, and make the sealed assignments. Raises Refusal once it was drawn, and on or after its days.

    Who meanwhile cannot go is replaced on the day, as on every day of a draw.
    """
    round_ = live_round(lot.round)
    found = SecondDraw.objects.select_for_update(of=("self",)).get(pk=lot.pk)
    if found.drawn_at:
        raise Refusal([Problem("seconds.drawn", N_("The lot was drawn already; nothing was changed."))])
    document = draw_seconds(inputs_from(json.loads(found.inputs)), found.secret)
    days = [date.fromisoformat(visit["day"]) for visit in document["visits"]]
    if problems := gone_days(days, at):
        raise Refusal(problems)
    raw = canonical(document)
    found.document, found.document_digest = raw.decode(), sha256(raw).hexdigest()
    found.drawn_by, found.drawn_at = by, at
    found.save(update_fields=["document", "document_digest", "drawn_by", "drawn_at"])
    entries = {entry.number: entry for entry in Entry.objects.filter(round=round_)}
    crews = {crew.slot: crew for crew in crews_on(round_, days)}
    for visit in document["visits"]:
        _assign(round_, entries[visit["key"]], crews[Slot(visit["day"], visit["team"])], at)
    data = {"lot": found.pk, "inputs_digest": found.inputs_digest, "commitment": found.commitment,
            "document_digest": found.document_digest, "visits": len(document["visits"])}  # fmt: skip
    tell_second("drawn", found.subject, round_, data, by, at)
    return found


@transaction.atomic
def assign_second(*, entry: Entry, day: date, team: int, by: Person, at: datetime) -> VisitRecord:
    """Send another team to a community on a day to come: a sealed assignment like any other. Raises Refusal.

    For those who would be listed; nobody of that team went there before, or is in conflict.
    """
    round_ = live_round(Round.objects.get(pk=entry.round_id))
    found = Entry.objects.get(pk=entry.pk)
    problems = [*gone_days([day], at), *sent_again(found)]
    crews = [crew for crew in crews_on(round_, [day]) if crew.slot.team == team]
    if not problems and (not crews or not slots_for([found], crews, round_)[found.pk]):
        text = N_(
            "This team cannot go on that day: it went there before, shares people with who did, or is in conflict. "
            "If that is so of every team, call a crew together for it."
        )
        problems.append(Problem("seconds.same_team", text, {}, "team"))
    if problems:
        raise Refusal(problems)
    record = _assign(round_, found, crews[0], at)
    data = {"record": record.pk, "team_day": record.team_day_id}
    tell_second("assigned", round_.subject, round_, data, by, at)
    return record


def _assign(round_: Round, entry: Entry, crew: Crew, at: datetime) -> VisitRecord:
    """A sealed record for the crew on its day; the day is made where the draw has none."""
    draw = standing_draw(round_)
    assert draw is not None
    day = date.fromisoformat(crew.slot.day)
    team_day, made = TeamDay.objects.get_or_create(draw=draw, day=day, team=crew.slot.team)
    if made:
        TeamMember.objects.bulk_create(
            TeamMember(team_day=team_day, person_id=person, part=part, added_at=at)
            for person, part in crew.people.items()
        )
    return VisitRecord.objects.create(round=round_, entry=entry, team_day=team_day, purpose=Purpose.SECOND)


def live_round(round_: Round) -> Round:
    """The round, locked; refuses one in which nobody goes anywhere."""
    found = lock_round(round_)
    if found.state not in LIVE or standing_draw(found) is None:
        text = N_("Second visits are made while a round is in fieldwork or in review, by the teams of its draw.")
        raise Refusal([Problem("seconds.state", text)])
    return found


def gone_days(days: Sequence[date], at: datetime) -> list[Problem]:
    """That some of the days, or all, are not to come."""
    gone = sorted({day.isoformat() for day in days if day <= timezone.localdate(at)})
    text = N_("{days} are not to come; an assignment is sealed until its day.")
    return [Problem("seconds.past", text, {"days": tuple(gone)}, "days")] if gone or not days else []


def sent_again(entry: Entry) -> list[Problem]:
    """That somebody is sent there again already, or was."""
    if not VisitRecord.objects.standing().filter(entry=entry, purpose=Purpose.SECOND).exists():
        return []
    return [Problem("seconds.twice", N_("Another team is to look at it already, or has."))]


def _once(round_: Round) -> list[Problem]:
    if not SecondDraw.objects.filter(round=round_).exists():
        return []
    return [Problem("seconds.once", N_("A lot for the second visits of this round was committed to already."))]


def tell_second(what: str, subject: str, round_: Round, data: dict[str, Any], by: Person, at: datetime) -> None:
    """Append the fact that this was done."""
    told = {"round": round_.pk, **data}
    kind, area = f"assessments.seconds.{what}", round_.area
    writer.append(kind=kind, subject=subject, data=told, area=area, by=by, at=at)
