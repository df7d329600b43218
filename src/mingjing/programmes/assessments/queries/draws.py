"""What may be known of draws: everything that tells who goes where leaves this module only once its day has come.

The seeds of a draw and its whole file give every day away, so they too stay sealed until the last day, or until the
round has left fieldwork. No right lifts the seal: not a director's, an auditor's nor an administrator's. The one thing
that is told earlier is on which days one is on duty oneself (queries.visits.days_of, queries.due).
"""

import json
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from mingjing.engine.chain import canonical
from mingjing.engine.drawing import Settings
from mingjing.kernel.parties.guard import may
from mingjing.kernel.parties.models import Person
from mingjing.programmes.assessments.models import Draw, Round, TeamDay, TeamMember
from mingjing.programmes.assessments.policy.draw_days import day_plan
from mingjing.programmes.assessments.policy.draws import published_commitment, settings_of

__all__ = [
    "commitment_files", "day_file", "days_open", "draw_file", "draws_of", "is_public", "measures_of",
    "settings_of_draw", "standing_draw", "team_days_seen",
]  # fmt: skip


def standing_draw(round: Round) -> Draw | None:
    """The draw that counts: the one not called off, whatever its state."""
    return round.draws.filter(cancelled_at=None).first()


def draws_of(round: Round) -> list[Draw]:
    """Every draw of the round, newest first, those called off too; without inputs and document, which are large."""
    return list(round.draws.defer("inputs", "document").select_related("committed_by", "cancelled_by", "revealed_by"))


def team_days_seen(person: Person, round: Round, today: date) -> "QuerySet[TeamDay]":
    """The team-days of the standing draw whose day has come, and that `person` may see: those of their own teams, or
    all for whoever may see the round. Nothing later, whoever asks."""
    unsealed = TeamDay.objects.filter(draw__round=round, draw__cancelled_at=None, day__lte=today)
    if may(person, "assessments.round.view", area=round.area, on=today):
        return unsealed
    return unsealed.filter(Exists(TeamMember.objects.filter(team_day=OuterRef("pk"), person=person, removed_at=None)))


def is_public(draw: Draw, today: date) -> bool:
    """Whether the whole draw may be seen: its last day has come, or the round has left fieldwork."""
    if draw.drawn_at is None:
        return False
    return draw.round.review_at is not None or _days(draw)[-1] <= today.isoformat()


def draw_file(draw: Draw, today: date) -> bytes | None:
    """The draw as a file whose SHA-256 the ledger holds; None while it is sealed."""
    return draw.document.encode() if is_public(draw, today) else None


def days_open(draw: Draw, today: date) -> list[str]:
    """The days whose plans may be seen, oldest first."""
    if draw.drawn_at is None:
        return []
    over = draw.round.review_at is not None
    return [day for day in _days(draw) if over or day <= today.isoformat()]


def day_file(draw: Draw, day: str, today: date) -> bytes | None:
    """The plan of one day as a file whose SHA-256 the ledger holds; None while it is sealed."""
    return canonical(day_plan(json.loads(draw.document), day)) if day in days_open(draw, today) else None


def commitment_files(draw: Draw) -> dict[str, bytes]:
    """The published commitments as files, by their digest: made and given out before any seed is revealed."""
    digests = draw.seeds.order_by("id").values_list("commitment", flat=True)
    return {digest: canonical(published_commitment(draw.inputs_digest, digest)) for digest in digests}


def measures_of(draw: Draw) -> Mapping[str, Any]:
    """What people ask about a finished draw: counts, metres and shares, and the chances of each cell; no assignment."""
    if draw.drawn_at is None:
        return {}
    document = json.loads(draw.document)
    measures = document["measures"]
    percent = round(100 * Fraction(measures["pair_share"]))
    return {"measures": measures, "chances": document["chances"], "pair_percent": percent}


def settings_of_draw(draw: Draw) -> Settings:
    """The settings a draw was committed to."""
    return settings_of(json.loads(draw.inputs)["settings"])


def _days(draw: Draw) -> list[str]:
    days: list[str] = json.loads(draw.inputs)["settings"]["days"]
    return days
