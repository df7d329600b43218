"""The way out: the smallest set of repairs that would have changed a tier.

A repair takes a check one step nearer to flawless. The search is exact: for every number of repairs it knows the most
points they could win back (with each number of critical checks cleared), so the first number that reaches a better tier
is the smallest there is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mingjing.engine.lists import ListRules, TierOf
from mingjing.engine.scoring import Check, Rubric, Score, Sheet, counted_steps, improved, score

__all__ = ["Repair", "WayOut", "way_out"]


@dataclass(frozen=True, slots=True)
class Repair:
    """`steps` repairs on one check, which win back `points` hundredths."""

    check: Check
    steps: int
    points: int


@dataclass(frozen=True, slots=True)
class WayOut:
    """The fewest repairs that would have led to a better tier, and the score they would have led to."""

    repairs: tuple[Repair, ...]
    tier: str
    score: Score

    @property
    def steps(self) -> int:
        """How many repairs in all."""
        return sum(repair.steps for repair in self.repairs)


Choice = tuple[tuple[Check, int], ...]
Best = dict[tuple[int, int], tuple[int, Choice]]
"""(repairs, critical checks cleared) → most points won back, and how."""


def way_out(rubric: Rubric, rules: ListRules, sheet: Sheet, tier_of: TierOf) -> WayOut | None:
    """The smallest way out, or None where no set of repairs would have changed the tier.

    Among equally small sets the one that wins back most points is given, then the first in the rulebook's order.
    """
    now = score(rubric, sheet)
    if not now.assessed:
        return None
    steps, critical = counted_steps(rubric, sheet)
    place = rules.place(tier_of(now))
    best = _best_by_size(rubric, steps, critical)
    for (_, cleared), (gained, choice) in sorted(
        best.items(), key=lambda entry: (entry[0][0], -entry[1][0], entry[0][1])
    ):
        then = improved(rubric, sheet, now, gained, now.open_critical - cleared)
        if rules.place(tier := tier_of(then)) < place:
            repairs = tuple(Repair(check, count, _won(check, steps[check.code], count)) for check, count in choice)
            return WayOut(repairs, tier, then)
    return None


def _won(check: Check, steps: int, repaired: int) -> int:
    return check.rule.lost(steps) - check.rule.lost(steps - repaired)


def _best_by_size(rubric: Rubric, steps: Mapping[str, int], critical: set[str]) -> Best:
    best: Best = {(0, 0): (0, ())}
    for code, check in rubric.checks.items():
        if count := steps.get(code, 0):
            best = _with_check(best, check, count, code in critical)
    return best


def _with_check(best: Best, check: Check, steps: int, critical: bool) -> Best:
    """`best` once repairs on one more check may be chosen."""
    merged = dict(best)
    for repaired in _sensible(check, steps):
        won = _won(check, steps, repaired)
        clears = int(critical and repaired == steps)
        for (size, cleared), (gained, choice) in best.items():
            key = (size + repaired, cleared + clears)
            if key not in merged or merged[key][0] < gained + won:
                merged[key] = (gained + won, (*choice, (check, repaired)))
    return merged


def _sensible(check: Check, steps: int) -> Sequence[int]:
    """Numbers of repairs that win more than one fewer would (far beyond the cap the first repairs win nothing)."""
    return [n for n in range(1, steps + 1) if n == steps or _won(check, steps, n) > _won(check, steps, n - 1)]
