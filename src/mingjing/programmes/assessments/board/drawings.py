"""What public pages draw: the map of positions, the QR code of a sticker. SVG alone: no tiles of anybody else.

Not here: pages.
"""

import io
import math
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import segno
from django.contrib.staticfiles import finders
from django.utils.safestring import SafeString, mark_safe

from mingjing.faces.board.pages import MARK
from mingjing.faces.board.templatetags.board import shape_of
from mingjing.programmes.assessments.board.shown import Told

__all__ = ["map_of", "mark", "qr"]

WIDTH = 960
MARGIN = 24
SIGN = 26
"""Pixels of the drawing: its width, its margin, the size of a sign."""
METRES_PER_DEGREE = 111_195


@lru_cache(maxsize=1)
def mark() -> bytes:
    """The mark of the house."""
    path = finders.find(MARK)
    assert path is not None
    return Path(path).read_bytes()


@lru_cache(maxsize=4096)
def qr(text: str) -> SafeString:
    """A QR code as inline SVG. Its mask is given: to look for the best of eight would take most of the time."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False, mask=3).save(
        out, kind="svg", scale=6, border=4, omitsize=True, xmldecl=False, svgclass="qr", svgns=False
    )
    return mark_safe(out.getvalue().decode())  # noqa: S308 - segno's own drawing of modules


def map_of(rows: Iterable[Told]) -> dict[str, Any]:
    """Every community whose position is known as a sign on a plane: `signs`, the drawing's size, metres of its scale.

    North is up; degrees of longitude are as wide as they are at the middle of the district.
    """
    known = [(one, one.listed.entry.community.site.position) for one in rows]
    placed = [(one, at) for one, at in known if at is not None]
    if not placed:
        return {"signs": [], "width": WIDTH, "height": MARGIN, "scale": 0}
    lats, lons = [at.lat for _, at in placed], [at.lon for _, at in placed]
    wide = math.cos(math.radians((min(lats) + max(lats)) / 2))
    across = max((max(lons) - min(lons)) * wide, max(lats) - min(lats), 1e-4)
    unit = (WIDTH - 2 * MARGIN) / across
    height = math.ceil((max(lats) - min(lats)) * unit) + 2 * MARGIN
    signs = [
        {
            "told": one,
            "x": round(MARGIN + (at.lon - min(lons)) * wide * unit - SIGN / 2, 1),
            "y": round(height - MARGIN - (at.lat - min(lats)) * unit - SIGN / 2, 1),
            "shape": shape_of(one.tone),
        }
        for one, at in placed
    ]
    metres = 10 ** math.floor(math.log10(across * METRES_PER_DEGREE / 3))
    return {
        "signs": signs, "width": WIDTH, "height": height, "scale": metres,
        "scale_end": round(MARGIN + metres / METRES_PER_DEGREE * unit, 1), "scale_start": MARGIN,
        "scale_y": height - 6, "legend": list({one.tone: one for one, _ in placed}.values()), "sign_size": SIGN,
    }  # fmt: skip
