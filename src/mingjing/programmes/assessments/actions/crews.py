"""A crew for a second visit to which no team can go: called together for a day, saying why, and drawn.

Calling fixes who could go and commits to a seed that nobody knows; drawing tells it and makes the sealed assignment. No
fact names the community or who goes: the ledger holds digests and counts. Not here: who could go (queries.crews), the
order they are drawn in (policy.crews), what a crew does there (actions.visits).
"""

import json
from collections.abc import Iterator
from datetime import date, datetime
from hashlib import sha256
from secrets import token_hex

from django.db import transaction

from mingjing.engine.chain import canonical
from mingjing.engine.drawing import commitment
from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.parties.models import Person
from mingjing.programmes.assessments.actions.draws.locked import reason_given
from mingjing.programmes.assessments.actions.seconds import gone_days, live_round, sent_again, tell_second
from mingjing.programmes.assessments.models import (
    CrewDraw,
    Entry,
    Part,
    Purpose,
    Round,
    TeamDay,
    TeamMember,
    VisitRecord,
)
from mingjing.programmes.assessments.policy.crews import Inputs, draw_crew, going, inputs_from
from mingjing.programmes.assessments.queries.crews import able_on, crew_inputs, next_team
from mingjing.programmes.assessments.queries.draws import standing_draw
from mingjing.programmes.assessments.queries.seconds import crews_on, slots_for

__all__ = ["call_crew", "make_crew"]


@transaction.atomic
def call_crew(*, entry: Entry, day: date, reason: str, by: Person, at: datetime) -> CrewDraw:
    """Call a crew together for a community to which no team can go on that day, saying why. Raises Refusal.

    Who could go is fixed and its digest told, with the commitment to a seed nobody knows.
    """
    because = reason_given(reason)
    round_ = live_round(Round.objects.get(pk=entry.round_id))
    found = Entry.objects.get(pk=entry.pk)
    if problems := [*gone_days([day], at), *sent_again(found), *_called(found, day)]:
        raise Refusal(problems)
    inputs = crew_inputs(found, round_, day, able_on(found, round_, day, by))
    if problems := [*_no_team(found, day, round_), *_enough(inputs, frozenset())]:
        raise Refusal(problems)
    secret = token_hex(32)
    crew = CrewDraw.objects.create(
        round=round_, entry=found, day=day, reason=because, inputs=canonical(inputs.document()).decode(),
        inputs_digest=inputs.digest, secret=secret, commitment=commitment(bytes.fromhex(secret)), committed_by=by,
        committed_at=at,
    )  # fmt: skip
    able = sum(len(pool.people) for pool in inputs.pools)
    data = {"crew": crew.pk, "inputs_digest": inputs.digest, "commitment": crew.commitment, "able": able}
    tell_second("crew_called", crew.subject, round_, data, by, at)
    return crew


@transaction.atomic
def make_crew(*, crew: CrewDraw, by: Person, at: datetime) -> VisitRecord:
    """Tell the seed and draw who goes: a sealed assignment like any other. Raises Refusal.

    Who was named and cannot go any more is passed over, and the file says so.
    """
    round_ = live_round(crew.round)
    found = CrewDraw.objects.select_for_update(of=("self",)).select_related("entry", "committed_by").get(pk=crew.pk)
    if found.drawn_at:
        raise Refusal([Problem("seconds.crew_drawn", N_("This crew was drawn already; nothing was changed."))])
    if problems := [*gone_days([found.day], at), *sent_again(found.entry)]:
        raise Refusal(problems)
    inputs = inputs_from(json.loads(found.inputs))
    able = able_on(found.entry, round_, found.day, found.committed_by).tokens()
    gone = frozenset(person for pool in inputs.pools for person in pool.people if person not in able)
    if problems := list(_enough(inputs, gone)):
        raise Refusal(problems)
    raw = canonical(draw_crew(inputs, found.secret, gone))
    record = _assigned(found, round_, going(json.loads(raw)), at)
    found.document, found.document_digest = raw.decode(), sha256(raw).hexdigest()
    found.drawn_by, found.drawn_at, found.team_day = by, at, record.team_day
    found.save(update_fields=["document", "document_digest", "drawn_by", "drawn_at", "team_day"])
    data = {"crew": found.pk, "inputs_digest": found.inputs_digest, "commitment": found.commitment,
            "document_digest": found.document_digest, "record": record.pk, "team_day": record.team_day_id,
            "passed_over": len(gone)}  # fmt: skip
    tell_second("crew_drawn", found.subject, round_, data, by, at)
    return record


def _assigned(crew: CrewDraw, round_: Round, parts: dict[str, str], at: datetime) -> VisitRecord:
    """A sealed record for the crew on a team-day of its own, under a number no team of the round has."""
    draw = standing_draw(round_)
    assert draw is not None
    team_day = TeamDay.objects.create(draw=draw, day=crew.day, team=next_team(draw))
    people = Person.objects.filter(token__in=parts).order_by("token")
    TeamMember.objects.bulk_create(
        TeamMember(team_day=team_day, person=person, part=parts[person.token], added_at=at) for person in people
    )
    return VisitRecord.objects.create(round=round_, entry=crew.entry, team_day=team_day, purpose=Purpose.SECOND)


def _called(entry: Entry, day: date) -> Iterator[Problem]:
    if CrewDraw.objects.filter(entry=entry, day=day).exists():
        text = N_("A crew was called together for it on that day already. Draw it, or choose another day.")
        yield Problem("seconds.crew_called", text, {}, "day")


def _no_team(entry: Entry, day: date, round_: Round) -> Iterator[Problem]:
    """That nobody went there before the day, or that a team of the round could go on it."""
    if not VisitRecord.objects.standing().filter(entry=entry, team_day__day__lt=day).exists():
        yield Problem("seconds.first", N_("Nobody has been there before that day; choose a later one."), {}, "day")
    crews = crews_on(round_, [day])
    if able := [crews[place].slot.team for place in slots_for([entry], crews, round_)[entry.pk]]:
        text = N_("Team {teams} can go on that day: send it. A crew is called together only where no team can.")
        yield Problem("seconds.team_can", text, {"teams": tuple(able)}, "day")


def _enough(inputs: Inputs, gone: frozenset[str]) -> Iterator[Problem]:
    """That too few could go, by part, past those who are gone."""
    for pool in inputs.pools:
        counts = {"found": len(set(pool.people) - gone), "needed": pool.needed}
        if counts["found"] >= pool.needed:
            continue
        if pool.part == Part.STAFF:
            text = N_(
                "{found} of the centre's staff could go, {needed} are needed: free that day and not there before. "
                "Choose another day, or give more people a role that records visits."
            )
            yield Problem("seconds.staff", text, counts, "day")
        else:
            text = N_(
                "{found} supervisors of the round could go, {needed} are needed: free that day, not there before and "
                "not in conflict. Choose another day, or put more on the list while the round is in fieldwork."
            )
            yield Problem("seconds.supervisors", text, counts, "day")
