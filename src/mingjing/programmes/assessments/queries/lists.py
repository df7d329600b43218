"""Reads of decided rounds: the decision, its figures, what is missing before it, the round before this one.

Constant numbers of queries, whatever the number of communities. Not here: sheets (queries.sheets), how a list looks.
"""

from collections.abc import Iterator

from mingjing.engine.outcome import N_, Problem
from mingjing.programmes.assessments.models import (
    STATES,
    Entry,
    Filing,
    Purpose,
    Replay,
    ReplayPurpose,
    Round,
    VisitRecord,
)
from mingjing.programmes.assessments.models.rounds import EntryQuerySet

__all__ = ["decision_of", "decision_underway", "round_before", "undecidable"]

NAMED = 10
"""How many communities are named one by one before it says how many there are."""


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


def undecidable(round_: Round) -> Iterator[Problem]:
    """Everything that stands in the way of deciding the round; nothing when it can be decided."""
    if round_.state != "review":
        text = N_("A round is decided from its review; this one is: {state}.")
        yield Problem("round.not_in_review", text, {"state": str(STATES[round_.state])}, "round")
    entries = Entry.objects.filter(round=round_)
    done = VisitRecord.objects.done().filter(round=round_, purpose=Purpose.FIRST).values("entry")
    missing = entries.to_assess().exclude(pk__in=done).order_by("number")
    text = N_("{count} communities have no locked visit record and are not declared as not assessed: {numbers}")
    yield from _told("round.unvisited", text, missing)
    text = N_("{count} communities have no settled class: {numbers}")
    yield from _told("round.unclassed", text, entries.unclassed().order_by("number"))
    waiting = entries.filter(pk__in=Filing.objects.filter(entry__round=round_, decided_at=None).values("entry"))
    text = N_("{count} communities have a bonus or a veto that nobody has decided on: {numbers}")
    yield from _told("round.filing_undecided", text, waiting.order_by("number"))


def _told(code: str, text: str, entries: EntryQuerySet) -> Iterator[Problem]:
    numbers = list(entries.values_list("number", flat=True))
    if numbers:
        shown = ", ".join(numbers[:NAMED]) + (" …" if len(numbers) > NAMED else "")
        yield Problem(code, text, {"count": len(numbers), "numbers": shown}, "entries")
