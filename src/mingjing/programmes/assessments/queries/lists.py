"""Reads of decided rounds: the decision, who was not assessed, the round before this one.

Constant numbers of queries, whatever the number of communities. Not here: sheets (queries.sheets), how a list looks.
"""

from mingjing.programmes.assessments.models import Replay, ReplayPurpose, Round

__all__ = ["decision_of", "decision_underway", "round_before"]


def decision_of(round_: Round) -> Replay | None:
    """The completed replay that decided the round, with its scheme; None while it is not decided."""
    made = Replay.objects.filter(round=round_, purpose=ReplayPurpose.DECISION, completed_at__isnull=False)
    return made.select_related("scheme__rulebook", "area").first()


def decision_underway(round_: Round) -> Replay | None:
    """The latest request to decide the round, whatever became of it."""
    asked = Replay.objects.filter(round=round_, purpose=ReplayPurpose.DECISION)
    return asked.select_related("scheme__rulebook", "area").order_by("-id").first()


def round_before(round_: Round) -> Round | None:
    """The round of the same area that was decided last before this one began."""
    earlier = Round.objects.filter(area=round_.area, decided_at__isnull=False, first_day__lt=round_.first_day)
    return earlier.exclude(pk=round_.pk).order_by("-first_day", "-id").first()
