"""The decision of a round: asked for once nothing is missing, made in the background, stored whole or not at all.

The fact that the round is decided carries the Merkle root over all results and the totals of each class; it is appended
in the transaction that completes them, in which the proceedings about adverse listings are opened too. Not here:
scoring (policy.judging), when it runs (jobs.decisions).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from mingjing.engine.outcome import Problem, Refusal
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.models import Person
from mingjing.programmes.assessments.actions.listings import open_listings
from mingjing.programmes.assessments.actions.replays import close, give_up, latest
from mingjing.programmes.assessments.models import Replay, ReplayPurpose, Round
from mingjing.programmes.assessments.policy.rounds import STEPS, obstacles
from mingjing.programmes.assessments.queries.rounds import facts_of

__all__ = ["complete_decision", "fail_decision", "request_decision"]


@transaction.atomic
def request_decision(*, round: Round, by: Person | None, at: datetime) -> Replay:
    """Ask for the round to be decided; from now on nothing of it changes. Raises Refusal with all that is missing."""
    found = _locked(round)
    if problems := obstacles(STEPS["decide"], facts_of(found)):
        raise Refusal(problems)
    replay = Replay.objects.create(
        area=found.area, scheme=found.scheme, purpose=ReplayPurpose.DECISION, round=found,
        input_digest=found.roster_digest, requested_by=by, requested_at=at,
    )  # fmt: skip
    found.deciding_by, found.deciding_at = by, at
    found.save(update_fields=["deciding_by", "deciding_at"])
    writer.append(
        kind="assessments.round.decision_requested", subject=found.subject, data=_what(replay, found),
        area=found.area, by=by, at=at,
    )  # fmt: skip
    return replay


@transaction.atomic
def complete_decision(
    *,
    replay: Replay,
    attempt: int,
    results: int,
    results_root: str,
    class_totals: Mapping[str, str],
    tiers: Mapping[str, Mapping[str, int]],
    by: None,
    at: datetime,
) -> None:
    """All results of the round are stored, so it is decided; what is given is as for a file. Raises Superseded."""
    found = latest(replay, attempt)
    round_ = _locked(found.round)
    close(found, results, results_root, at)
    round_.decided_at = at
    round_.save(update_fields=["decided_at"])
    data = {
        **_what(found, round_),
        "results": results,
        "results_root": results_root,
        "class_totals": dict(class_totals),
        "tiers": {code: dict(counts) for code, counts in tiers.items()},
    }
    writer.append(kind="assessments.round.decided", subject=round_.subject, data=data, area=round_.area, by=by, at=at)
    open_listings(replay=found, by=by, at=at)


@transaction.atomic
def fail_decision(*, replay: Replay, attempt: int, problems: Sequence[Problem], by: None, at: datetime) -> None:
    """The round cannot be decided as it stands: it is back in review, with every problem kept. Raises Superseded."""
    found = latest(replay, attempt)
    round_ = _locked(found.round)
    told = give_up(found, problems, at)
    round_.deciding_by, round_.deciding_at = None, None
    round_.save(update_fields=["deciding_by", "deciding_at"])
    data = {**_what(found, round_), **told}
    writer.append(
        kind="assessments.round.decision_failed", subject=round_.subject, data=data, area=round_.area, by=by, at=at
    )


def _locked(round_: Round | None) -> Round:
    assert round_ is not None
    return Round.objects.select_for_update(of=("self",), no_key=True).select_related("area", "scheme").get(pk=round_.pk)


def _what(replay: Replay, round_: Round) -> dict[str, Any]:
    """What a decision is made of, as facts say it."""
    digests = {"roster": round_.roster_digest, "scheme": round_.scheme.digest}
    return {"replay": replay.pk, "round": round_.pk, "scheme_version": round_.scheme_id, **digests}
