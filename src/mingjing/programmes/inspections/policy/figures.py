"""Figures of a brief: shares, the middle and the upper end of a list, the change on a year before. Exact.

Not here: counting (queries.brief).
"""

from collections.abc import Sequence
from fractions import Fraction

__all__ = ["change", "per_hundred", "percent", "ranked"]


def percent(part: int, whole: int) -> Fraction | None:
    """So many of a hundred; None of none.

    >>> percent(1, 8)
    Fraction(25, 2)
    """
    return Fraction(100 * part, whole) if whole else None


def per_hundred(count: int, visits: int) -> Fraction | None:
    """As `percent`, of what there can be more than one of for each visit."""
    return percent(count, visits)


def change(now: int, before: int) -> Fraction | None:
    """Percent more (or fewer) than before; None where there was nothing before.

    >>> change(75, 100)
    Fraction(-25, 1)
    """
    return Fraction(100 * (now - before), before) if before else None


def ranked(values: Sequence[int], hundredths: int) -> int | None:
    """The value that so many of a hundred do not exceed (nearest rank); None of nothing.

    >>> [ranked([1, 2, 9, 4], share) for share in (50, 95)]
    [2, 9]
    """
    if not values:
        return None
    rank = max(1, -(-len(values) * hundredths // 100))
    return sorted(values)[rank - 1]
