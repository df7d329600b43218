"""How often findings and listings are overturned, by check and by supervisor, and when that is alarming: exact.

The rule: among decided objections and appeals, somebody's overturned ones are alarming where so many, or more, would
come with a chance of less than one in a hundred, divided by the number compared, if their true rate were that of all
the others (one overturned and one upheld added, so that a spotless record of others is not taken for certainty). Where
even all overturned would not be alarming, there is not enough data, and that is the answer. Whole numbers and fractions
only. Not here: counting (queries.overturns).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import comb

__all__ = ["LEVEL", "Rate", "Verdict", "at_least", "rates"]

LEVEL = Fraction(1, 100)
"""The chance below which a rate is alarming, for all that are compared together."""


class Verdict:
    """What can be said of a rate."""

    ALARM, QUIET, TOO_FEW = "alarm", "quiet", "too_few"


@dataclass(frozen=True, slots=True)
class Rate:
    """So many overturned of so many decided; `others` is the rate of all the others, `chance` that of so many."""

    overturned: int
    decided: int
    others: Fraction
    chance: Fraction
    verdict: str


def at_least(count: int, of: int, rate: Fraction) -> Fraction:
    """The chance of `count` or more out of `of` at this rate.

    >>> at_least(2, 2, Fraction(1, 10)), at_least(0, 5, Fraction(1, 3))
    (Fraction(1, 100), Fraction(1, 1))
    """
    return sum((comb(of, n) * rate**n * (1 - rate) ** (of - n) for n in range(count, of + 1)), Fraction(0))


def rates(counts: Mapping[str, tuple[int, int]]) -> dict[str, Rate]:
    """By name the rate of each, from (overturned, decided)."""
    overturned = sum(one for one, _ in counts.values())
    decided = sum(of for _, of in counts.values())
    limit = LEVEL / max(len(counts), 1)
    found = {}
    for name, (count, of) in counts.items():
        others = Fraction(overturned - count + 1, decided - of + 2)
        chance = at_least(count, of, others)
        few = others**of >= limit
        verdict = Verdict.TOO_FEW if few else Verdict.ALARM if chance < limit else Verdict.QUIET
        found[name] = Rate(count, of, others, chance, verdict)
    return found
