"""Keeping what the report of a decided round needs. No fact: it says nothing that the results do not.

Not here: working it out (queries.reports).
"""

from datetime import datetime

from django.db import transaction

from mingjing.engine.chain import canonical
from mingjing.programmes.assessments.models import KeptLosses, Replay
from mingjing.programmes.assessments.queries.reports import losses_of

__all__ = ["keep_losses"]


def keep_losses(*, replay: Replay, by: None, at: datetime) -> None:
    """Keep what the results of a decision lost on every check; once is enough."""
    if KeptLosses.objects.filter(replay=replay).exists():
        return
    found = [[*key, [list(row) for row in rows]] for key, rows in losses_of(replay).items()]
    with transaction.atomic():
        KeptLosses.objects.get_or_create(replay=replay, defaults={"found": canonical(found).decode(), "at": at})
