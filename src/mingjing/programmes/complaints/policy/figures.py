"""Figures over days: the median and the 90th percentile, exactly, from counts by number of days.

The median of an even number is the middle of two; a percentile is the least value that so many per cent do not exceed
(nearest rank), so it is always a number of days that occurred. Not here: which complaints are counted.
"""

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction

__all__ = ["at_rank", "half_up", "median", "percentile"]


def at_rank(days: Mapping[int, int], rank: int) -> int:
    """The value at a rank (1 is the least) among values with their counts.

    >>> at_rank({3: 2, 10: 1}, 2)
    3
    """
    for value in sorted(days):
        rank -= days[value]
        if rank <= 0:
            return value
    raise ValueError("There are fewer values than that.")


def median(days: Counter[int]) -> Fraction | None:
    """The middle, or halfway between the two in the middle; None of nothing.

    >>> median(Counter({1: 1, 4: 1})), median(Counter())
    (Fraction(5, 2), None)
    """
    count = days.total()
    if not count:
        return None
    return Fraction(at_rank(days, (count + 1) // 2) + at_rank(days, count // 2 + 1), 2)


def percentile(days: Counter[int], percent: int) -> int | None:
    """The value that `percent` per cent do not exceed (nearest rank); None of nothing.

    >>> percentile(Counter({1: 9, 50: 1}), 90), percentile(Counter({1: 8, 50: 2}), 90)
    (1, 50)
    """
    count = days.total()
    return at_rank(days, -(-count * percent // 100)) if count else None


def half_up(value: Fraction, decimals: int) -> Fraction:
    """`value` with so many decimals, halves rounded up.

    >>> half_up(Fraction(1, 8), 2)
    Fraction(13, 100)
    """
    scale = 10**decimals
    return Fraction((2 * value.numerator * scale + value.denominator) // (2 * value.denominator), scale)
