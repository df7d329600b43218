"""Figures of a brief: shares, the middle and the upper end of a list, the change on a year before. Exact.

Not here: counting (queries.brief).
"""

from collections.abc import Sequence
from fractions import Fraction

__all__ = ["Shares", "change", "per_hundred", "percent", "ranked", "tenths"]


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


def tenths(value: Fraction | None) -> str:
    """One digit behind the point, halves away from zero; empty where there is nothing to tell.

    >>> tenths(Fraction(1, 3)), tenths(Fraction(-5, 100)), tenths(None)
    ('0.3', '-0.1', '')
    """
    if value is None:
        return ""
    whole = int(abs(value) * 10 + Fraction(1, 2))
    return f"{'-' if value < 0 and whole else ''}{whole // 10}.{whole % 10}"


class Shares:
    """The shares of a line of figures: `visits` on site, `every` inspection with those off site, what they came to."""

    __slots__ = ()
    visits: int
    before: int
    every: int
    joint: int
    off_site: int
    found: int
    warnings: int

    @property
    def change(self) -> Fraction | None:
        """Percent more or fewer visits on site than in the same days of the year before."""
        return change(self.visits, self.before)

    @property
    def joint_share(self) -> Fraction | None:
        """Percent that were joint."""
        return percent(self.joint, self.every)

    @property
    def off_site_share(self) -> Fraction | None:
        """Percent for which nobody came."""
        return percent(self.off_site, self.every)

    @property
    def finding_rate(self) -> Fraction | None:
        """Percent that found something."""
        return percent(self.found, self.every)

    @property
    def per_hundred(self) -> Fraction | None:
        """Warnings for a hundred inspections."""
        return per_hundred(self.warnings, self.every)
