"""The way out: the smallest set of repairs that would have changed a tier.

A repair takes a check one step nearer to flawless. The search is exact: for every number of repairs it knows the most
points they could win back (with each number of critical checks closed), so the first number that reaches a better tier
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
"""(repairs, critical checks closed) → most points won back, and how."""


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
            repairs = tuple(
                Repair(check, count, _won(check, steps.get(check.code, 0), count)) for check, count in choice
            )
            return WayOut(repairs, tier, then)
    return None


def _won(check: Check, steps: int, repaired: int) -> int:
    return check.rule.lost(steps) - check.rule.lost(max(0, steps - repaired))


def _best_by_size(rubric: Rubric, steps: Mapping[str, int], critical: Mapping[str, int]) -> Best:
    best: Best = {(0, 0): (0, ())}
    for code, check in rubric.checks.items():
        best = _with_check(best, check, steps.get(code, 0), critical.get(code, 0))
    return best


def _with_check(best: Best, check: Check, steps: int, to_close: int) -> Best:
    """`best` once repairs on one more check may be chosen; `to_close` of them close it (0: it is not open)."""
    merged = dict(best)
    for repaired in _sensible(check, steps, to_close):
        won = _won(check, steps, repaired)
        closes = int(0 < to_close <= repaired)
        for (size, closed), (gained, choice) in best.items():
            key = (size + repaired, closed + closes)
            if key not in merged or merged[key][0] < gained + won:
                merged[key] = (gained + won, (*choice, (check, repaired)))
    return merged


def _sensible(check: Check, steps: int, to_close: int) -> Sequence[int]:
    """Numbers of repairs that win more than one fewer would, or that close the check."""
    most = max(steps, to_close)
    return [n for n in range(1, most + 1) if n == to_close or _won(check, steps, n) > _won(check, steps, n - 1)]
