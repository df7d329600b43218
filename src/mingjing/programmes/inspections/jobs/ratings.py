"""Closes the keys of ratings whose time is over, each day, and has what is shown from then on judged.

Not here: what closing does (actions.ratings), judging (actions.warnings).
"""

from django.utils import timezone

from mingjing.kernel.jobs.worker import Run
from mingjing.programmes.inspections.actions.ratings import close_keys
from mingjing.programmes.inspections.actions.warnings import judge_ratings
from mingjing.programmes.inspections.models import Authority

__all__ = ["close"]


def close(run: Run) -> None:
    """A day has begun."""
    now = timezone.now()
    close_keys(at=now)
    for authority in Authority.objects.filter(rating_keys__closed_on__isnull=False).distinct().select_related("area"):
        judge_ratings(authority=authority, at=now)
