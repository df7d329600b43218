"""Background work: decides a round. At least once; an attempt that was killed leaves nothing that counts."""

from collections.abc import Iterator

from django.utils import timezone

from mingjing.engine.outcome import Refusal
from mingjing.kernel.jobs.worker import Run
from mingjing.programmes.assessments.actions import decisions as actions
from mingjing.programmes.assessments.actions.replays import Superseded, begin_replay
from mingjing.programmes.assessments.jobs.judging import Said, judge
from mingjing.programmes.assessments.models import Entry, Replay, Round
from mingjing.programmes.assessments.queries.schemes import scheme_of
from mingjing.programmes.assessments.queries.sheets import sheets_of

__all__ = ["decide_round"]


def decide_round(run: Run) -> None:
    """Score every community of the round and decide its list, or keep every problem that stands in the way."""
    asked = Replay.objects.select_related("scheme", "round").get(pk=run.fact.values["replay"])
    assert asked.round is not None
    steps = 2 * Entry.objects.filter(round=asked.round).count()
    try:
        attempt = begin_replay(replay=asked, by=None, at=timezone.now())
        try:
            scheme = scheme_of(asked.scheme)
            found = judge(asked, attempt, scheme, _said(asked.round), lambda done: run.progress(done, steps))
        except Refusal as refusal:
            actions.fail_decision(replay=asked, attempt=attempt, problems=refusal.problems, by=None, at=timezone.now())
            return
        actions.complete_decision(replay=asked, attempt=attempt, by=None, at=timezone.now(), **found.told())
    except Superseded:
        return


def _said(round_: Round) -> Iterator[Said]:
    for entry, sheet in sheets_of(Round.objects.select_related("scheme").get(pk=round_.pk)):
        yield Said(entry.pk, entry.number, entry.name, entry.class_code, sheet)
