"""Distances in whole metres that come out the same on every machine, zones, and what is near what.

engine.geo measures with floating point, whose last digit may differ between machines; a draw must not. Over a district
the two agree within a thousandth. Not here: datums (engine.geo).
"""

from collections.abc import Sequence
from math import isqrt

from mingjing.engine.drawing.model import Site
from mingjing.engine.drawing.stream import Stream

__all__ = [
    "FARTHEST", "METRE", "TIE_PRIME", "Grid", "Offer", "Placed", "Point", "cosine", "metres", "plane", "zones",
]  # fmt: skip

Point = tuple[int, int]  # millimetres east and north
Placed = tuple[int, int, int]  # the number of a point, and where it is
Offer = tuple[int, int]  # cost, and the number of the slot (or of the unit, seen from a slot)

METRE = 1 << 40
"""The cost of a metre; ties of up to 65,536 sites together stay below it."""
TIE_PRIME = 16_777_213
FARTHEST = 1_000_000
"""Metres of a first look that is made in columns: the square of as many millimetres fits into 64 bits, a cost too."""

DEGREE_MM = 111_195_080  # of the mean sphere, 6 371 008.8 m
SCALE = 10**18
PI = 3_141_592_653_589_793_238
FAR_MM = 1 << 36  # farther than any two places on earth


def cosine(lat: int) -> int:
    """10**9 times the cosine of a latitude in millionths of a degree, by its series in whole numbers.

    >>> cosine(60_000_000), cosine(0)
    (500000000, 1000000000)
    """
    angle = abs(lat) * PI // 180_000_000
    square = angle * angle // SCALE
    total, term = 0, SCALE
    for step in range(1, 16):
        total += term if step % 2 else -term
        term = term * square // SCALE // (2 * step * (2 * step - 1))
    return (total + SCALE // 10**9 // 2) // 10**9


def plane(sites: Sequence[Site]) -> list[Point]:
    """The sites on a plane, millimetres east and north; one parallel, that of the median latitude, gives the width."""
    if not sites:
        return []
    width = cosine(sorted(site.lat for site in sites)[len(sites) // 2])
    return [(site.lon * DEGREE_MM * width // 10**15, site.lat * DEGREE_MM // 10**6) for site in sites]


def metres(here: Point, there: Point) -> int:
    """Whole metres between two points of the plane, halves up."""
    east, north = here[0] - there[0], here[1] - there[1]
    return (isqrt(east * east + north * north) + 500) // 1000


def zones(points: Sequence[Point], count: int, stream: Stream) -> list[Point]:
    """The centres of `count` compact zones with as many points each, within one; there are at least as many points.

    The points are halved across their longer side, again and again; equal ones stand in the order of the stream.
    """
    centres: list[Point] = []
    pending = [(stream.shuffled(range(len(points))), count)]
    while pending:
        members, parts = pending.pop()
        if parts == 1:
            size = len(members)
            east = sum(points[member][0] for member in members) // size
            north = sum(points[member][1] for member in members) // size
            centres.append((east, north))
            continue
        spans = [max(axis) - min(axis) for axis in zip(*(points[member] for member in members), strict=True)]
        along = 0 if spans[0] >= spans[1] else 1
        members.sort(key=lambda member: points[member][along])
        left = parts // 2
        each, rest = divmod(len(members), parts)
        cut = each * left + rest * left // parts
        pending += [(members[cut:], parts - left), (members[:cut], left)]
    return centres


class Grid:
    """Points in square cells, to find those near a place without looking at all."""

    def __init__(self, points: Sequence[Point]) -> None:
        wide = max((max(axis) - min(axis) for axis in zip(*points, strict=True)), default=0)
        self.cell = max(1000, wide // max(1, isqrt(len(points))))
        self.nearby = max(1, self.cell // 2000)  # metres of a first look, half a cell: most need no more
        self.points = points
        self._cells: dict[Point, list[Placed]] = {}
        for number, (east, north) in enumerate(points):
            self._cells.setdefault((east // self.cell, north // self.cell), []).append((number, east, north))

    def within(self, here: Point, reach: int) -> list[Placed]:
        """A superset of the points within `reach` millimetres of `here`."""
        east, north, cell = here[0], here[1], self.cell
        columns = range((east - reach) // cell, (east + reach) // cell + 1)
        rows = range((north - reach) // cell, (north + reach) // cell + 1)
        if len(columns) * len(rows) >= len(self._cells):
            return [(number, east, north) for number, (east, north) in enumerate(self.points)]
        found: list[Placed] = []
        for column in columns:
            for row in rows:
                found += self._cells.get((column, row), ())
        return found
