"""A first look at what is near many places at once, in arrays: the same offers as a look at each, sooner.

The only module of drawing that uses NumPy. Whole numbers throughout; the root of a float is set right in them. Not
here: who may go where, looking farther (market).
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from mingjing.engine.drawing.ground import FARTHEST, METRE, TIE_PRIME, Offer, Point

__all__ = ["offers_near"]

TOGETHER = 4096
"""Units looked at together."""
Columns = NDArray[np.int64]


def offers_near(
    here: Sequence[Point], own: Sequence[int], there: Sequence[Point], ties: Sequence[int], reach: int
) -> Iterator[list[Offer]]:
    """For each place `here` what those of `there` cost that lie within `reach` metres, cheapest first.

    Nothing at all where that is more than FARTHEST.
    """
    if reach > FARTHEST:
        return
    points, own_ties = np.array(there, dtype=np.int64), np.array(ties, dtype=np.int64)
    order = np.argsort(points[:, 0], kind="stable")
    for start in range(0, len(here), TOGETHER):
        some = slice(start, start + TOGETHER)
        places, of_places = np.array(here[some], dtype=np.int64), np.array(own[some], dtype=np.int64)
        yield from _of(places, of_places, points[order], own_ties[order], order, reach)


def _of(
    here: Columns, own: Columns, there: Columns, ties: Columns, names: Columns, reach: int
) -> Iterator[list[Offer]]:
    """`there` stands from west to east: looked through is a strip as wide as the reach.

    The root of a float is set right in whole numbers.
    """
    wide, most = 1000 * reach, (1000 * reach - 500) ** 2
    first = np.searchsorted(there[:, 0], here[:, 0] - wide)
    count = np.searchsorted(there[:, 0], here[:, 0] + wide, side="right") - first
    place = np.repeat(np.arange(len(here)), count)
    other = np.arange(len(place)) - np.repeat(np.cumsum(count) - count - first, count)
    (here_east, here_north), (there_east, there_north) = np.ascontiguousarray(here.T), np.ascontiguousarray(there.T)
    north = there_north[other] - here_north[place]
    near = np.flatnonzero(np.abs(north) < wide)  # first, for of a strip most is too far north or south
    place, other, north = place[near], other[near], north[near]
    east = there_east[other] - here_east[place]
    square = east * east + north * north
    near = np.flatnonzero(square < most)
    place, other, square = place[near], other[near], square[near]
    root = np.sqrt(square).astype(np.int64)
    root -= root * root > square
    root += (root + 1) * (root + 1) <= square
    cost, name = (root + 500) // 1000 * METRE + own[place] * ties[other] % TIE_PRIME, names[other]
    sort = np.lexsort((cost, place))  # `place` is in order already; names decide between equal costs, of which few are
    if np.any((np.diff(cost[sort]) == 0) & (np.diff(place[sort]) == 0)):
        sort = np.lexsort((name, cost, place))
    offers = list(zip(cost[sort].tolist(), name[sort].tolist(), strict=True))
    ends = np.cumsum(np.bincount(place, minlength=len(here))).tolist()
    return (offers[start:end] for start, end in pairwise([0, *ends]))
