"""Background work after a round was decided: what its report needs is worked out before anybody asks for it."""

from django.utils import timezone

from mingjing.kernel.jobs.worker import Run
from mingjing.programmes.assessments.actions import reports as actions
from mingjing.programmes.assessments.models import Replay

__all__ = ["keep_losses"]


def keep_losses(run: Run) -> None:
    """Keep what the results of the decision lost on every check."""
    replay = Replay.objects.select_related("scheme__rulebook").get(pk=run.fact.values["replay"])
    actions.keep_losses(replay=replay, by=None, at=timezone.now())
