"""A proposal of joint inspections is worked out in the background: the search takes seconds."""

from django.utils import timezone

from mingjing.kernel.jobs.worker import Run
from mingjing.programmes.inspections.actions.matching import work_out

__all__ = ["work_out_match"]


def work_out_match(run: Run) -> None:
    """Work out what was asked for; done once however often it runs."""
    work_out(match_id=int(run.fact.subject.partition(":")[2]), at=timezone.now())
