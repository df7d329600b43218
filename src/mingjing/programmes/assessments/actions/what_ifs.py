"""What-ifs: asked, and answered round by round by replays that touch nothing else.

Not here: carrying a record over to another scheme (policy.what_ifs), when it runs (jobs.what_ifs).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.models import Person
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.assessments.actions.replays import close, give_up, latest
from mingjing.programmes.assessments.models import Replay, ReplayPurpose, Round, WhatIf
from mingjing.programmes.assessments.queries.schemes import scheme_of

__all__ = ["answer_round", "ask_what_if", "refuse_round"]

JUDGED_IN = ("fieldwork", "review", "deciding", "decided")
"""The states of a round in which there is something to judge."""


@transaction.atomic
def ask_what_if(*, scheme: Version, rounds: Sequence[Round], by: Person | None, at: datetime) -> WhatIf:
    """Ask what `rounds` would have come to under `scheme`, even a draft. Raises Refusal, with its mistakes too."""
    if problems := tuple(_faults(scheme, rounds)):
        raise Refusal(problems)
    digest = scheme_of(scheme).digest
    asked = WhatIf.objects.create(
        area=rounds[0].area, scheme=scheme, scheme_text=scheme.document, scheme_digest=digest,
        requested_by=by, requested_at=at,
    )  # fmt: skip
    asked.rounds.set(rounds)
    text = "" if scheme.is_published else scheme.document
    for round_ in rounds:
        Replay.objects.create(
            area=asked.area, scheme=scheme, purpose=ReplayPurpose.WHAT_IF, round=round_, what_if=asked,
            scheme_text=text, input_digest=round_.roster_digest, requested_by=by, requested_at=at,
        )  # fmt: skip
    data = {"what_if": asked.pk, "scheme_version": scheme.pk, "scheme": digest, "rounds": [r.pk for r in rounds]}
    writer.append(kind="assessments.what_if.requested", subject=asked.subject, data=data, area=asked.area, by=by, at=at)
    return asked


def _faults(scheme: Version, rounds: Sequence[Round]) -> Iterator[Problem]:
    if not rounds:
        yield Problem("what_if.no_round", N_("Choose at least one round."), {}, "rounds")
    if len({round_.area_id for round_ in rounds}) > 1:
        yield Problem("what_if.two_areas", N_("Choose rounds of one district only."), {}, "rounds")
    for round_ in rounds:
        if round_.state not in JUDGED_IN:
            text = N_("{round} has no visits yet; choose rounds whose fieldwork has begun.")
            yield Problem("what_if.nothing_to_judge", text, {"round": round_.title}, "rounds")
    try:
        scheme_of(scheme)
    except Refusal as refusal:
        yield from refusal.problems


@transaction.atomic
def answer_round(
    *,
    replay: Replay,
    attempt: int,
    results: int,
    results_root: str,
    class_totals: Mapping[str, str],
    tiers: Mapping[str, Mapping[str, int]],
    told: Mapping[str, Any],
    by: None,
    at: datetime,
) -> None:
    """All results of one round are stored; `told` is what could not be carried over, in numbers. Raises Superseded."""
    found = latest(replay, attempt)
    close(found, results, results_root, at)
    data = {
        **_what(found),
        "results": results,
        "results_root": results_root,
        "class_totals": dict(class_totals),
        "tiers": {code: dict(counts) for code, counts in tiers.items()},
        **told,
    }
    _append("answered", found, data, at)


@transaction.atomic
def refuse_round(*, replay: Replay, attempt: int, problems: Sequence[Problem], by: None, at: datetime) -> None:
    """One round cannot be judged so; keep every problem. Raises Superseded."""
    found = latest(replay, attempt)
    _append("failed", found, {**_what(found), **give_up(found, problems, at)}, at)


def _what(replay: Replay) -> dict[str, Any]:
    return {"what_if": replay.what_if_id, "round": replay.round_id, "replay": replay.pk}


def _append(what: str, found: Replay, data: dict[str, Any], at: datetime) -> None:
    kind, subject = f"assessments.what_if.{what}", f"assessments.what_if:{found.what_if_id}"
    writer.append(kind=kind, subject=subject, data=data, area=found.area, by=None, at=at)
