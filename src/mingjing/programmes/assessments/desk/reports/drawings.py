"""The pictures of the report as geometry for inline SVG: columns of totals with their cut-offs, bars of shares.

Every picture has its table beside it, and reads in black and white. Not here: the figures (policy.reports).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from mingjing.engine.quantities import points_text
from mingjing.programmes.assessments.policy.reports import ClassFigures, Lost

__all__ = ["bars", "columns"]

WIDTH, HEIGHT, FOOT, HEAD = 480, 150, 22, 16


def columns(found: ClassFigures, rows: Sequence[str]) -> Mapping[str, Any]:
    """How totals of a class are spread: a column for each bin, a broken line for each cut-off.

    `rows` are the addresses of what lies behind each column.
    """
    highest = max((one.count for one in found.bins), default=0)
    if not highest:
        return {}
    low, high = found.bins[0].low, found.bins[-1].high
    unit, each = WIDTH / (high - low), (HEIGHT - HEAD) / highest
    drawn = [
        {
            "x": round((one.low - low) * unit + 1, 1), "width": round((one.high - one.low) * unit - 2, 1),
            "height": round(one.count * each, 1), "y": round(HEIGHT - one.count * each, 1), "count": one.count,
            "label": points_text(one.low, 0), "middle": round((one.low + one.high - 2 * low) / 2 * unit, 1),
            "left": round((one.low - low) * unit, 1), "top": round(HEIGHT - one.count * each - 4, 1),
            "one": one, "rows": address,
        }
        for one, address in zip(found.bins, rows, strict=True)
    ]  # fmt: skip
    cuts = [{"x": round((at - low) * unit, 1), "label": points_text(at, 0)} for at in (one.at for one in found.near)
            if low < at < high]  # fmt: skip
    return {"columns": drawn, "cuts": cuts, "width": WIDTH, "height": HEIGHT + FOOT, "floor": HEIGHT,
            "foot": HEIGHT + FOOT - 6}  # fmt: skip


def bars(found: Sequence[Lost]) -> tuple[tuple[Lost, float], ...]:
    """The checks on which most was lost, each with the length of its bar of 100."""
    return tuple((one, round(100 * one.communities / one.of, 1)) for one in found)
