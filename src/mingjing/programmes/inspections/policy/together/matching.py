"""From what is wanted to a proposal: the quick plan first, the solver after it, the gain in words.

Without the solver (an extra) there is no proposal that would be called the fewest: `SolverLacking` says how to get it.
"""

from collections.abc import Sequence

from mingjing.engine.outcome import N_, Problem, Reason, Refusal
from mingjing.programmes.inspections.policy.together import greedy
from mingjing.programmes.inspections.policy.together.values import Proposal, Standstill, Terms, Wanted, visits_of

__all__ = ["EFFORT", "MOST_WANTED", "SolverLacking", "match"]

EFFORT = 2.0
"""CP-SAT's deterministic time for one question: some seconds on a small machine."""
MOST_WANTED = 3_000
MOST_DAYS = 60_000  # days of all windows together: what the model can hold


class SolverLacking(Refusal):
    """The extra `together` is not installed here."""

    def __init__(self) -> None:
        text = N_(
            "Joint inspections are worked out by OR-Tools, which is not installed here: whoever keeps this "
            "installation runs “{command}” and starts it again."
        )
        super().__init__([Problem("together.solver", text, {"command": "script/setup together"})])


def match(wanted: Sequence[Wanted], terms: Terms, *, effort: float = EFFORT) -> Proposal | Standstill:
    """The fewest visits in which everything wanted is done, or why that is impossible. Raises Refusal."""
    wanted = sorted(wanted, key=lambda one: one.key)
    _checked(wanted)
    if not wanted:
        return Proposal((), 0, 0, (_gain(0, 0),))
    try:
        from mingjing.programmes.inspections.policy.together import conflicts, solver
    except ImportError as error:
        raise SolverLacking from error
    open_ones = all(terms.open(one) for one in wanted)
    start = greedy.plan(wanted, terms) if open_ones else None
    found = solver.solve(wanted, terms, start, effort)
    if found.impossible:
        return conflicts.in_words(*solver.core(wanted, terms, effort / 4), wanted, terms)
    if (days := found.days or start) is None:
        text = N_("No plan was found within the effort allowed; narrow the firms or the days.")
        raise Refusal([Problem("together.effort", text)])
    visits = visits_of(days, wanted)
    bound = max(found.bound, greedy.fewest(wanted, terms))
    return Proposal(visits, len(wanted), bound, _told(len(wanted), len(visits), bound))


def _told(before: int, after: int, bound: int) -> tuple[Reason, ...]:
    if after == bound:
        return (_gain(before, after), Reason("together.fewest", N_("Fewer are impossible under these terms.")))
    text = N_("It may go with fewer: the search ended before that was known; below {bound} nobody gets.")
    return (_gain(before, after), Reason("together.bound", text, {"bound": bound}))


def _gain(before: int, after: int) -> Reason:
    return Reason("together.gain", N_("{before} visits become {after}."), {"before": before, "after": after})


def _checked(wanted: Sequence[Wanted]) -> None:
    """Raise Refusal for what no model is made of."""
    if len({one.key for one in wanted}) < len(wanted):
        raise ValueError("Every key is there once.")
    days = sum(max(0, (one.last - one.first).days + 1) for one in wanted)
    if any(one.last < one.first for one in wanted):
        raise ValueError("A window ends on or after its first day.")
    if len(wanted) > MOST_WANTED or days > MOST_DAYS:
        text = N_("These are too many at once ({count} visits, {days} days): narrow the firms or the days.")
        raise Refusal([Problem("together.too_many", text, {"count": len(wanted), "days": days})])
