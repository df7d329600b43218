"""What people ask about a finished draw: is it level, do teams mix, are all linked, how far is it beside the bound."""

from collections import Counter
from fractions import Fraction
from itertools import combinations
from typing import Any

from mingjing.engine.drawing.draw import Draw
from mingjing.engine.drawing.ground import Grid, Point, metres, plane
from mingjing.engine.drawing.teams import links, over_bound

__all__ = ["measures", "nearest_metres"]


def measures(made: Draw) -> dict[str, Any]:
    """Counts, whole metres and exact fractions as text, under names that draw-format.md explains."""
    loads = Counter(made.at)
    duties: Counter[int] = Counter()
    visits: Counter[int] = Counter()
    together: Counter[tuple[int, int]] = Counter()
    for slot, team in enumerate(made.teams):
        duties.update(team)
        visits.update(dict.fromkeys(team, loads[slot]))
        together.update(dict.fromkeys(combinations(team, 2), loads[slot]))
    return {
        "metres": made.metres,
        "metres_bound": nearest_metres(made),
        "load": _range(loads),
        "duties": _range(duties),
        "visits": _range(visits),
        "experts": len(duties),
        "parts": len(links(made.teams)),
        "pairs": len(together),
        "pair_share": str(max(Fraction(both, min(visits[a], visits[b])) for (a, b), both in together.items())),
        "pairs_over": over_bound(made.inputs, made.teams),
    }


def _range(found: Counter[int]) -> list[int]:
    return [min(found.values()), max(found.values())]


def nearest_metres(made: Draw) -> int:
    """The metres if each site went to the nearest team-day, whatever its load and its team: no placement has fewer."""
    grid, points = Grid(made.centres), plane(made.inputs.sites)
    return sum(_nearest(grid, point) for point in points)


def _nearest(grid: Grid, point: Point) -> int:
    reach = grid.cell
    while True:
        near = grid.within(point, reach)
        least = min((metres(point, grid.points[number]) for number, *_ in near), default=reach)
        if least * 1000 + 500 < reach or len(near) == len(grid.points):
            return least
        reach *= 2
