"""The draw itself: planned, committed to, seeds revealed, made in the background, or called off with a reason.

Facts hold digests only. No seed stands in one, nor leaves the house before the last day: with all of them anybody could
work out every later day (queries.draws).
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils import timezone

from mingjing.engine.chain import canonical
from mingjing.engine.drawing import SEED_BYTES, Settings, commitment
from mingjing.engine.kept import keep
from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.models import Person
from mingjing.programmes.assessments.actions.draws.locked import (
    lock_draw,
    lock_inputs,
    lock_round,
    reason_given,
    refuse,
)
from mingjing.programmes.assessments.models import (
    Draw,
    DrawSeed,
    Entry,
    Part,
    Round,
    TeamDay,
    TeamMember,
    VisitRecord,
)
from mingjing.programmes.assessments.policy.draw_days import day_digests
from mingjing.programmes.assessments.policy.draws import commit, settings_of
from mingjing.programmes.assessments.queries.draw_inputs import prepare
from mingjing.programmes.assessments.queries.draws import standing_draw

__all__ = [
    "add_seed", "cancel_draw", "commit_draw", "fail_draw", "keep_draw", "plan_draw", "reveal_draw", "reveal_seed",
]  # fmt: skip

HEX = re.compile(r"[0-9a-f]{64}")
BATCH = 1_000


@transaction.atomic
def plan_draw(*, round: Round, settings: Settings, by: Person | None, at: datetime) -> None:
    """Keep the settings of the round's draw; whether they can be met is asked before committing. Raises Refusal."""
    found = lock_inputs(round)
    if (draw := standing_draw(found)) and draw.state == "drawn":
        raise refuse("draw.drawn", N_("The draw is made; call it off, saying why, before planning another."))
    document = settings.document()
    settings_of(document)
    if outside := [
        day for day in settings.days if not found.first_day.isoformat() <= day <= found.last_day.isoformat()
    ]:
        text = N_("{days} lie outside the round, which lasts from {first} to {last}; choose days within it.")
        params = {"days": tuple(outside), "first": found.first_day.isoformat(), "last": found.last_day.isoformat()}
        raise refuse("draw.outside", text, params, "days")
    found.plan = document
    found.save(update_fields=["plan"])
    digest = sha256(canonical(document)).hexdigest()
    data = {"round": found.pk, "plan_digest": digest}
    writer.append(kind="assessments.draw.planned", subject=found.subject, data=data, area=found.area, by=by, at=at)
    round.plan = document


@transaction.atomic
def commit_draw(*, round: Round, by: Person | None, at: datetime) -> Draw:
    """Close the inputs and commit the house to its own seed: both stand in the ledger before anything is drawn.

    Raises Refusal unless the round is frozen and not in fieldwork, no draw stands, and nothing stands in its way.
    """
    found = lock_round(round)
    if found.state != "frozen":
        text = N_("Only a frozen round whose fieldwork has not begun can be drawn; this one is not.")
        raise refuse("draw.round_state", text)
    if standing_draw(found):
        raise refuse("draw.standing", N_("A draw of this round stands already; call it off first, saying why."))
    prepared = prepare(found)
    if problems := [*prepared.problems, *_past_days(prepared.settings, at)]:
        raise Refusal(problems)
    inputs = prepared.inputs
    secret, published = commit(inputs, secrets.token_bytes(SEED_BYTES))
    text = canonical(inputs.document()).decode()
    draw = Draw.objects.create(round=found, inputs=text, inputs_digest=inputs.digest, committed_by=by, committed_at=at)
    draw.seeds.create(commitment=published["commitment"], secret=secret["seed"], committed_at=at)
    counts = {"sites": len(inputs.sites), "experts": len(inputs.experts), "conflicts": len(inputs.conflicts)}
    data = {"inputs_digest": inputs.digest, "commitment": published["commitment"], "team_days": inputs.slots, **counts}
    _tell("draw.committed", draw, data, by, at)
    return draw


def _past_days(settings: Settings | None, at: datetime) -> list[Problem]:
    past = [day for day in settings.days if day < timezone.localdate(at).isoformat()] if settings else []
    text = N_("{days} lie in the past; plan other days.")
    return [Problem("draw.past", text, {"days": tuple(past)}, "days")] if past else []


@transaction.atomic
def add_seed(*, draw: Draw, commitment: str, label: str = "", by: Person, at: datetime) -> DrawSeed:
    """A witness commits to a seed that only they know. Raises Refusal once seeds are being revealed to draw.

    `label` says on whose behalf: a company association, a notary. It is shown on the page, never in a fact.
    """
    found = _open_draw(draw)
    digest = commitment.strip().lower()
    if not HEX.fullmatch(digest):
        text = N_("A commitment has 64 hexadecimal digits; take it from the commitment's file.")
        raise refuse("draw.commitment", text, {}, "commitment")
    if found.seeds.filter(holder=by).exists() or found.seeds.filter(commitment=digest).exists():
        text = N_(
            "You have committed to a seed for this draw already, or somebody has to this one; one each is enough."
        )
        raise refuse("draw.seed_twice", text, {}, "commitment")
    if found.seeds.exclude(seed="").exists():
        text = N_("A seed of this draw is revealed already; who commits now could have chosen theirs knowing it.")
        raise refuse("draw.seed_late", text, {}, "commitment")
    seed = found.seeds.create(holder=by, label=label.strip()[:100], commitment=digest, committed_at=at)
    _tell("draw.seed_committed", found, {"inputs_digest": found.inputs_digest, "commitment": digest}, by, at)
    return seed


@transaction.atomic
def reveal_seed(*, seed: DrawSeed, secret: str, by: Person, at: datetime) -> None:
    """A witness reveals the seed they committed to. It stays sealed in the house until the last day. Raises Refusal."""
    draw = _open_draw(seed.draw)
    found = DrawSeed.objects.select_for_update().get(pk=seed.pk, draw=draw)
    if found.holder_id is None or found.seed:
        raise refuse("draw.revealed_twice", N_("This seed is revealed already; nothing was changed."))
    if found.holder_id != by.pk:
        raise refuse("draw.not_holder", N_("Only who committed to a seed reveals it."))
    digits = secret.strip().lower()
    if not HEX.fullmatch(digits) or commitment(bytes.fromhex(digits)) != found.commitment:
        text = N_("This is not the seed of commitment {digest}; take the 64 digits from the seed's file.")
        raise refuse("draw.wrong_seed", text, {"digest": found.commitment}, "secret")
    found.seed, found.revealed_at = digits, at
    found.save(update_fields=["seed", "revealed_at"])
    _tell("draw.seed_revealed", draw, {"commitment": found.commitment}, by, at)
    seed.refresh_from_db()


def _open_draw(draw: Draw) -> Draw:
    """The draw, locked; refuses one that no longer takes seeds."""
    found = lock_draw(draw)
    if found.state != "committed":
        text = N_("This draw takes no more seeds: it was revealed or called off.")
        raise refuse("draw.closed", text)
    return found


@transaction.atomic
def reveal_draw(*, draw: Draw, by: Person | None, at: datetime) -> None:
    """All seeds are in: reveal the house's own and draw, in the background. Raises Refusal naming who is missing."""
    found = _open_draw(draw)
    seeds = list(found.seeds.select_for_update(of=("self",)).select_related("holder").order_by("id"))
    missing = tuple(seed.label or str(seed.holder) for seed in seeds if seed.holder_id and not seed.seed)
    if missing:
        text = N_(
            "These have not revealed their seeds: {missing}. Without all of them there is no draw; "
            "if they will not, call the draw off, which shows whose seed is missing."
        )
        raise refuse("draw.seeds_missing", text, {"missing": missing})
    for seed in seeds:
        if seed.holder_id is None:
            seed.seed, seed.secret, seed.revealed_at = seed.secret, "", at
            seed.save(update_fields=["seed", "secret", "revealed_at"])
    found.revealed_by, found.revealed_at = by, at
    found.save(update_fields=["revealed_by", "revealed_at"])
    data = {"inputs_digest": found.inputs_digest, "commitments": sorted(seed.commitment for seed in seeds)}
    _tell("draw.revealed", found, data, by, at)
    draw.refresh_from_db()


@transaction.atomic
def cancel_draw(*, draw: Draw, reason: str, by: Person | None, at: datetime) -> None:
    """Call a draw off, saying why; it stays on record with whose seeds were missing. Raises Refusal in fieldwork."""
    reason = reason_given(reason)
    found = lock_draw(draw)
    if found.cancelled_at:
        raise refuse("draw.cancelled", N_("This draw was called off already; nothing was changed."))
    if found.round.fieldwork_at:
        text = N_("Fieldwork goes by this draw; replace members of teams instead.")
        raise refuse("draw.in_use", text)
    before = found.state
    missing = found.seeds.filter(holder__isnull=False, seed="").order_by("commitment")
    records = VisitRecord.objects.standing().filter(team_day__draw=found)
    voided = records.update(voided_at=at, voided_by=by, void_reason=reason)
    found.cancelled_by, found.cancelled_at, found.cancel_reason = by, at, reason
    found.save(update_fields=["cancelled_by", "cancelled_at", "cancel_reason"])
    data = {"was": before, "records": voided, "seeds_missing": list(missing.values_list("commitment", flat=True))}
    _tell("draw.cancelled", found, data, by, at)
    draw.refresh_from_db()


@transaction.atomic
def keep_draw(*, draw: Draw, document: Mapping[str, Any], by: None, at: datetime) -> bool:
    """Store what was drawn, whole or not at all: file, team-days, members, visit records. False when it came too late.

    The fact holds the digests of the file and of each day's plan, so that each can be checked on its day.
    """
    found = lock_draw(draw)
    if found.state != "drawing":
        return False
    raw = canonical(document)
    found.document, found.document_digest, found.drawn_at = raw.decode(), sha256(raw).hexdigest(), at
    found.save(update_fields=["document", "document_digest", "drawn_at"])
    team_days = _keep_team_days(found, document)
    _keep_members(found, document, team_days, at)
    records = _keep_records(found, document, team_days)
    digests = [{"day": day, "digest": digest} for day, digest in day_digests(document).items()]
    counts = {"team_days": len(team_days), "sites": records}
    data = {"inputs_digest": found.inputs_digest, "document_digest": found.document_digest, "days": digests, **counts}
    _tell("draw.drawn", found, data, by, at)
    return True


def _keep_team_days(draw: Draw, document: Mapping[str, Any]) -> list[TeamDay]:
    """One for each team-day of the file, in its order."""
    return TeamDay.objects.bulk_create(
        [TeamDay(draw=draw, day=entry["day"], team=entry["team"]) for entry in document["team_days"]], BATCH
    )


def _keep_members(draw: Draw, document: Mapping[str, Any], team_days: Sequence[TeamDay], at: datetime) -> None:
    people = dict(draw.round.experts.values_list("key", "person_id"))
    staff: dict[int, list[int]] = {}
    for team, person in draw.round.staff.values_list("team", "person_id"):
        staff.setdefault(team, []).append(person)
    members = []
    for team_day, entry in zip(team_days, document["team_days"], strict=True):
        going = [(person, Part.STAFF) for person in staff.get(team_day.team, ())]
        going += [(people[key], Part.EXPERT) for key in entry["experts"]]
        members += [TeamMember(team_day=team_day, person_id=person, part=part, added_at=at) for person, part in going]
    TeamMember.objects.bulk_create(members, BATCH)


def _keep_records(draw: Draw, document: Mapping[str, Any], team_days: Sequence[TeamDay]) -> int:
    numbers = dict(Entry.objects.filter(round=draw.round_id).values_list("number", "id"))
    pairs = zip(team_days, document["team_days"], strict=True)
    records = [
        VisitRecord(round_id=draw.round_id, entry_id=numbers[site], team_day=team_day)
        for team_day, entry in pairs
        for site in entry["sites"]
    ]
    return len(VisitRecord.objects.bulk_create(records, BATCH))


@transaction.atomic
def fail_draw(*, draw: Draw, problems: Sequence[Problem], by: None, at: datetime) -> bool:
    """Nothing can be drawn: keep every reason. False when the draw was called off meanwhile."""
    found = lock_draw(draw)
    if found.state != "drawing":
        return False
    found.problems = [keep(problem) for problem in problems]
    found.save(update_fields=["problems"])
    _tell("draw.failed", found, {"codes": sorted({problem.code for problem in problems})}, by, at)
    return True


def _tell(kind: str, draw: Draw, data: Mapping[str, Any], by: Person | None, at: datetime) -> None:
    whole = {"draw": draw.pk, "round": draw.round_id, **data}
    writer.append(kind=f"assessments.{kind}", subject=draw.subject, data=whole, area=draw.round.area, by=by, at=at)
