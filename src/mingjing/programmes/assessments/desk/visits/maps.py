"""A map of a visit without tiles: the site, where each photo was taken and how exactly, and a scale. Drawn as SVG.

Metres on a plane around the site, which is exact enough for some hundred metres. Not here: the photos (photos).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mingjing.engine.geo import EARTH_RADIUS_M, Position

__all__ = ["HEIGHT", "WIDTH", "Map", "Point", "Spot", "drawn"]

WIDTH, HEIGHT = 720, 400
EDGE = 44  # units of the picture kept free around what is shown
FARTHEST = 400  # metres: what lies farther off stands at the edge, or nothing else could be told apart
SMALLEST = 60  # metres that the picture covers at least
BARS = (5, 10, 20, 50, 100, 200, 500, 1000)
BAR_UNITS = 160  # units of the picture that the scale bar takes at most


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a photo was taken: its number, and how exact the position is, in metres."""

    number: int
    position: Position
    accuracy: int


@dataclass(frozen=True, slots=True)
class Point:
    """A spot on the picture; `radius` is that of its accuracy, `off` says that it lies beyond the edge."""

    number: int
    x: float
    y: float
    radius: float
    off: bool


@dataclass(frozen=True, slots=True)
class Map:
    """The picture: where the site is (None: nobody has said), the points, and a bar of so many metres and units."""

    site: tuple[float, float] | None
    points: tuple[Point, ...]
    bar_metres: int
    bar: float
    width: int = WIDTH
    height: int = HEIGHT


def drawn(site: Position | None, spots: Sequence[Spot]) -> Map | None:
    """The map; None where no photo has a position."""
    if not spots:
        return None
    middle = site or spots[0].position
    places = [_plane(middle, spot.position) for spot in spots]
    near = [place for place in places if math.hypot(*place) <= FARTHEST]
    shown = [*near, (0.0, 0.0)] if site else near or [(0.0, 0.0)]
    scale, origin = _frame(shown)
    points = tuple(_point(spot, place, scale, origin) for spot, place in zip(spots, places, strict=True))
    metres = max((bar for bar in BARS if bar * scale <= BAR_UNITS), default=BARS[0])
    return Map(_on(0, 0, scale, origin) if site else None, points, metres, round(metres * scale, 1))


def _plane(middle: Position, place: Position) -> tuple[float, float]:
    """Metres east and north of the middle."""
    degree = math.radians(1) * EARTH_RADIUS_M
    east = (place.lon - middle.lon) * degree * math.cos(math.radians(middle.lat))
    return east, (place.lat - middle.lat) * degree


def _frame(shown: Sequence[tuple[float, float]]) -> tuple[float, tuple[float, float]]:
    """Units for a metre, and the metres that stand in the middle of the picture."""
    easts, norths = [east for east, _ in shown], [north for _, north in shown]
    across, up = max(max(easts) - min(easts), SMALLEST), max(max(norths) - min(norths), SMALLEST)
    scale = min((WIDTH - 2 * EDGE) / across, (HEIGHT - 2 * EDGE) / up)
    return scale, ((max(easts) + min(easts)) / 2, (max(norths) + min(norths)) / 2)


def _on(east: float, north: float, scale: float, origin: tuple[float, float]) -> tuple[float, float]:
    return round(WIDTH / 2 + (east - origin[0]) * scale, 1), round(HEIGHT / 2 - (north - origin[1]) * scale, 1)


def _point(spot: Spot, place: tuple[float, float], scale: float, origin: tuple[float, float]) -> Point:
    x, y = _on(*place, scale, origin)
    held = min(max(x, EDGE / 2), WIDTH - EDGE / 2), min(max(y, EDGE / 2), HEIGHT - EDGE / 2)
    off = held != (x, y)
    return Point(spot.number, *held, 0 if off else round(min(spot.accuracy * scale, WIDTH), 1), off)
