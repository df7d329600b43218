"""What the report of a decided round needs and would be slow to work out when somebody asks for it.

It follows from the results alone, which never change, and can be made anew. Not here: the figures (queries.reports).
"""

from django.db import models

from mingjing.programmes.assessments.models.replays import Replay

__all__ = ["KeptLosses"]


class KeptLosses(models.Model):
    """What the results of a decision lost on every check: `found` is JSON, [class, check, [[index, steps, points]]]."""

    replay = models.OneToOneField(Replay, models.PROTECT, related_name="kept_losses")
    found = models.TextField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.replay_id)
