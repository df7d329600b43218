"""By when somebody takes the next step of a plan, a task or a correction. Not here: warnings (policy.supervision).

Filing within 30 days of issue and anew on change is Jiujiang's [7], publishing within a month Shanghai's [12], approval
of an emergency on the next working day A7's [13]; the other days are proposals of this project (programmes.md §1.2).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from mingjing.engine.workdays import Kind

__all__ = ["TERMS", "Term"]


@dataclass(frozen=True, slots=True)
class Term:
    """So many days from the step before."""

    days: int
    kind: Kind = "working"


TERMS: Mapping[str, Term] = {
    "approve_plan": Term(3), "file": Term(30, "calendar"), "publish": Term(30, "calendar"), "approve_task": Term(3),
    "approve_emergency": Term(1), "correct": Term(3), "approve_roster": Term(3),
}  # fmt: skip
