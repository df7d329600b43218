"""Many score sheets at once, in arrays: the same numbers as `engine.scoring.score`, which is the specification.

A sheet is a column of steps, one per check, −1 where the check does not apply. Integers throughout: no float decides
anything, and a rubric whose numbers could leave 63 bits is refused. Not here: lists,
explanations, anything about a single sheet.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from mingjing.engine.quantities import HUNDREDTHS
from mingjing.engine.scoring import Check, Method, Rubric

__all__ = ["Bulk", "BulkScores", "competition_ranks", "repeated"]

Whole: TypeAlias = NDArray[np.int64]
BLOCK = 8192
"""Sheets scored at a time, so that the intermediate arrays stay in the processor's cache."""

SPAN = 1 << 20
"""Ranks are counted, not sorted, where the totals lie no further apart than this many hundredths."""

LOST, APPLICABLE, COUNTED, CRITICAL = 0, 24, 48, 56
"""Bit positions of the four sums that one 64-bit table entry carries, so that each check costs a single look-up."""


@dataclass(frozen=True, slots=True)
class BulkScores:
    """Per sheet, in hundredths; where `scored` is false nothing was scored and `base` and `total` mean nothing."""

    scored: NDArray[np.bool_]
    earned: Whole
    applicable: Whole
    base: Whole
    total: Whole
    checks: Whole
    open_critical: Whole

    def rows(self) -> list[tuple[int | None, int | None, int, int]]:
        """Base, total, checks counted and open critical checks of each sheet, as plain numbers."""
        parts = (self.scored, self.base, self.total, self.checks, self.open_critical)
        every = zip(*(part.tolist() for part in parts), strict=True)
        return [
            (base, total, checks, critical) if scored else (None, None, checks, critical)
            for scored, base, total, checks, critical in every
        ]


class Bulk:
    """Scores many sheets of one rubric.

    `fits` says whether a rubric can be scored so: its base must come from the checks alone, and its sums must fit.
    """

    def __init__(self, rubric: Rubric) -> None:
        if not self.fits(rubric):
            raise ValueError("this rubric is beyond the bulk kernel; use engine.scoring.score")
        self.rubric = rubric
        self.tables = [_table(check) for check in rubric.checks.values()]

    @staticmethod
    def fits(rubric: Rubric) -> bool:
        """Whether every sum of this rubric fits the kernel's integers."""
        checks = rubric.checks.values()
        lost = sum(check.rule.losses[-1] for check in checks)
        sums = max(lost, rubric.all_points) < 1 << 24 and len(checks) < 1 << 8
        critical = sum(check.critical for check in checks) < 1 << 7
        return len(rubric.components) == 1 and sums and critical and rubric.full_marks < 1 << 24

    def score(self, steps: Sequence[Any], bonus: Any = 0) -> BulkScores:
        """The scores of sheets given as one array of steps per check, in the rubric's order (or a matrix of them).

        `steps` may be anything NumPy reads as whole numbers (`array.array`, an int8 or int16 matrix); −1 means not
        applicable, steps beyond the end of a rule's losses cost what its last step costs. `bonus` is in hundredths.
        """
        columns = [np.asarray(column) for column in steps]
        if len(columns) != len(self.tables) or len({len(column) for column in columns}) > 1:
            raise ValueError("one array of steps is needed for each check, all of one length")
        count = len(columns[0]) if columns else 0
        sums = np.zeros(count, np.int64)
        for start in range(0, count, BLOCK):
            self._add(sums[start : start + BLOCK], [column[start : start + BLOCK] for column in columns])
        return self._scores(sums, np.broadcast_to(np.asarray(bonus, np.int64), count))

    def _add(self, sums: Whole, columns: list[NDArray[Any]]) -> None:
        index, entry = np.empty(len(sums), np.intp), np.empty(len(sums), np.int64)
        for table, column in zip(self.tables, columns, strict=True):
            np.add(column, 1, out=index, dtype=np.intp, casting="unsafe")
            table.take(index, out=entry, mode="clip")
            np.add(sums, entry, out=sums)

    def _scores(self, sums: Whole, bonus: Whole) -> BulkScores:
        lost, applicable = _part(sums, LOST, 24), _part(sums, APPLICABLE, 24)
        scored = applicable > 0
        base = self._base(lost, applicable, scored)
        if self.rubric.unscored_total is not None:
            base, scored = np.where(scored, base, self.rubric.unscored_total), np.ones_like(scored)
        total = np.maximum(base - bonus, 0) if self.rubric.lower_is_better else base + bonus
        counted, critical = _part(sums, COUNTED, 8), _part(sums, CRITICAL, 7)
        return BulkScores(scored, applicable - lost, applicable, base, total, counted, critical)

    def _base(self, lost: Whole, applicable: Whole, scored: NDArray[np.bool_]) -> Whole:
        kept = 10**self.rubric.rounding.decimals
        match self.rubric.method:
            case Method.REBASED:
                upper = (applicable - lost) * (self.rubric.full_marks * kept)
                lower = np.where(scored, applicable * HUNDREDTHS, 1)
            case Method.EARNED:
                upper, lower = (applicable - lost) * kept, np.full_like(lost, HUNDREDTHS)
            case Method.DEDUCTED:
                upper, lower = np.maximum(self.rubric.full_marks - lost, 0) * kept, np.full_like(lost, HUNDREDTHS)
            case Method.DEMERITS:
                upper, lower = lost * kept, np.full_like(lost, HUNDREDTHS)
        rounded = ROUNDED[self.rubric.rounding.rule](upper, lower)
        base: Whole = rounded * (HUNDREDTHS // kept)
        return base


def _table(check: Check) -> Whole:
    """What each number of steps adds to the sums; entry 0 (not applicable) adds nothing."""
    flawless = (check.points << APPLICABLE) + (1 << COUNTED)
    entries = [0]
    for step, loss in enumerate(check.rule.losses):
        entries.append(flawless + (loss << LOST) + ((check.critical and step > 0) << CRITICAL))
    if check.critical and len(check.rule.losses) == 1:
        entries.append(entries[-1] + (1 << CRITICAL))
    return np.array(entries, np.int64)


def _part(sums: Whole, position: int, bits: int) -> Whole:
    found: Whole = (sums >> position) & ((1 << bits) - 1)
    return found


def _half_up(upper: Whole, lower: Whole) -> Whole:
    found: Whole = np.floor_divide(2 * upper + lower, 2 * lower)
    return found


def _half_even(upper: Whole, lower: Whole) -> Whole:
    quotient, rest = np.divmod(upper, lower)
    above = (2 * rest > lower) | ((2 * rest == lower) & (quotient % 2 == 1))
    found: Whole = quotient + above
    return found


def _down(upper: Whole, lower: Whole) -> Whole:
    found: Whole = np.floor_divide(upper, lower)
    return found


def _up(upper: Whole, lower: Whole) -> Whole:
    found: Whole = -np.floor_divide(-upper, lower)
    return found


ROUNDED: Mapping[str, Callable[[Whole, Whole], Whole]] = {
    "half_up": _half_up,
    "half_even": _half_even,
    "down": _down,
    "up": _up,
}
"""The rounding rules of `engine.quantities`, over arrays."""


def competition_ranks(totals: Any, *, lower_is_better: bool = False) -> Whole:
    """The rank of each total among all of them: 1, 2, 2, 4.

    >>> competition_ranks([9000, 8500, 8500, 8000]).tolist()
    [1, 2, 2, 4]
    """
    found = np.asarray(totals, np.int64)
    if not len(found):
        return found
    lowest, highest = int(found.min()), int(found.max())
    if highest - lowest > SPAN:
        ordered, places = np.unique(found, return_inverse=True)
        lowest, highest, found = 0, len(ordered) - 1, places
    place = found - lowest if lower_is_better else highest - found
    counts = np.bincount(place, minlength=highest - lowest + 1)
    better = np.cumsum(counts) - counts
    ranks: Whole = better[place] + 1
    return ranks


def repeated(hashes: Any) -> list[list[int]]:
    """The positions that share a 64-bit hash, in order; each group is a suspicion to be confirmed, not a fact.

    >>> repeated([7, 5, 7])
    [[0, 2]]
    """
    found = np.asarray(hashes, np.int64)
    order = np.argsort(found, kind="stable")
    same = found[order][1:] == found[order][:-1]
    groups: list[list[int]] = []
    last = -2
    for at in np.flatnonzero(same).tolist():
        if at != last + 1:
            groups.append([int(order[at])])
        groups[-1].append(int(order[at + 1]))
        last = at
    return groups
