"""Approved bonuses that the records of others speak against by now, though the round was decided meanwhile.

What other parts of the house know of a site goes on changing after a decision; nothing follows from it by itself, but
whoever may file sees it at once. Not here: filing it (actions.filings), what is known on paper only.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from mingjing.engine.outcome import Problem
from mingjing.programmes.assessments.models import Filing, FilingKind, Round
from mingjing.programmes.assessments.policy.filings import unmatched
from mingjing.programmes.assessments.queries.schemes import scheme_of
from mingjing.programmes.assessments.queries.sourced import elsewhere_of

__all__ = ["Contradicted", "contradicted_in", "looked_at"]

LOOKED_AT = timedelta(days=400)
"""So long after a decision the records of others are asked again."""


@dataclass(frozen=True, slots=True)
class Contradicted:
    """A bonus, and the record that no longer says nothing."""

    filing: Filing
    problem: Problem


def looked_at(now: datetime) -> Q:
    """The condition, of filings: a bonus of a round decided not long ago, and nobody has filed anything against it."""
    return Q(_uncontradicted(), kind=FilingKind.BONUS, approved=True, entry__round__decided_at__gt=now - LOOKED_AT)


def contradicted_in(round_: Round, now: datetime) -> tuple[Contradicted, ...]:
    """Those of a decided round, by number of the community; a few queries, whatever there is."""
    scheme = scheme_of(round_.scheme)
    resting = {code: {item.code for item in rubric.bonus if item.matched} for code, rubric in scheme.rubrics.items()}
    granted = _granted().filter(entry__round=round_).select_related("entry").order_by("entry__number", "pk")
    found = [one for one in granted if one.code in resting.get(one.entry.class_code, ())]
    entries = list({one.entry_id: one.entry for one in found}.values())
    told = elsewhere_of(entries, round_, scheme, now) if entries else {}
    against = []
    for one in found:
        known = {code: said[one.entry_id].text for code, said in told.items()}
        problems = unmatched(scheme.rubrics[one.entry.class_code], one.code, known)
        against += [Contradicted(one, problem) for problem in problems if problem.code == "filing.not_zero"]
    return tuple(against)


def _granted() -> "QuerySet[Filing]":
    """Bonuses that were approved, and of which nobody has filed (or had it refused) that they are contradicted."""
    return Filing.objects.filter(_uncontradicted(), kind=FilingKind.BONUS, approved=True)


def _uncontradicted() -> Q:
    return Q(~Exists(Filing.objects.filter(entry=OuterRef("entry"), kind=FilingKind.REFUTED, code=OuterRef("code"))))
