"""Background work: answers a what-if, one round after the other. A restart goes on with the rounds still unanswered."""

from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from mingjing.engine.outcome import Refusal
from mingjing.kernel.jobs.worker import Run
from mingjing.programmes.assessments.actions import what_ifs as actions
from mingjing.programmes.assessments.actions.replays import Superseded, begin_replay
from mingjing.programmes.assessments.jobs.judging import Said, judge
from mingjing.programmes.assessments.models import Entry, Replay, Round
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.policy.what_ifs import Carrier, Losses
from mingjing.programmes.assessments.queries.results import scheme_behind
from mingjing.programmes.assessments.queries.schemes import scheme_of
from mingjing.programmes.assessments.queries.what_ifs import baselines

__all__ = ["answer_what_if"]

LISTED = 300
"""Codes named in the fact of what could not be carried over; real schemes have 65 checks."""


def answer_what_if(run: Run) -> None:
    """Judge each round of the question by its scheme; rounds answered by an earlier attempt stay answered."""
    replays = Replay.objects.filter(what_if=run.fact.values["what_if"]).select_related("scheme", "round__scheme")
    asked = list(replays.order_by("id"))
    sizes = [2 * Entry.objects.filter(round=replay.round_id).count() for replay in asked]
    for at, replay in enumerate(asked):
        _answer(run, replay, sum(sizes[:at]), sum(sizes))


def _answer(run: Run, asked: Replay, before: int, steps: int) -> None:
    try:
        attempt = begin_replay(replay=asked, by=None, at=timezone.now())
        try:
            other = scheme_behind(asked)
            assert asked.round is not None
            carrier = Carrier(scheme_of(asked.round.scheme), other)
            said = _said(asked.round, carrier)
            found = judge(asked, attempt, other, said, lambda done: run.progress(min(before + done, steps), steps))
        except Refusal as refusal:
            actions.refuse_round(replay=asked, attempt=attempt, problems=refusal.problems, by=None, at=timezone.now())
            return
        told = _told(carrier.losses)
        actions.answer_round(replay=asked, attempt=attempt, told=told, by=None, at=timezone.now(), **found.told())
    except Superseded:
        return


def _said(round_: Round, carrier: Carrier) -> Iterator[Said]:
    own: Scheme = carrier.own
    for base in baselines(round_, own, carrier.other):
        carried = carrier.carry(base.class_code, base.sheet, base.attributes)
        if carried is not None:
            expected = (base.total, base.tier)
            yield Said(base.entry, base.number, base.name, carried.class_code, carried.sheet, expected)


def _told(losses: Losses) -> dict[str, Any]:
    counted = ("findings", "absences", "filings", "recast")
    codes = {name: dict(getattr(losses, name).most_common(LISTED)) for name in counted}
    return {"lost": codes, "reclassed": losses.reclassed, "unclassed": losses.unclassed}
