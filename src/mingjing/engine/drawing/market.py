"""What each site would cost on each team-day: metres first, then a drawn number that leaves no two plans equal.

Costs are listed nearest first and only as far as somebody asks; what is not listed yet costs more than what is.
"""

from collections.abc import Iterator, Sequence
from math import isqrt
from typing import Protocol

from mingjing.engine.drawing.ground import FAR_MM, FARTHEST, METRE, TIE_PRIME, Grid, Offer, Placed, Point, metres
from mingjing.engine.drawing.stream import Stream

__all__ = ["METRE", "TIE_PRIME", "Dense", "Market", "Offers", "Ties"]


class Ties:
    """The drawn part of each cost: the product of the site's and the slot's number, modulo a prime."""

    def __init__(self, sites: int, slots: int, stream: Stream) -> None:
        self.site = [1 + stream.below(TIE_PRIME - 1) for _ in range(sites)]
        self.slot = [1 + stream.below(TIE_PRIME - 1) for _ in range(slots)]

    def of(self, site: int, slot: int) -> int:
        """The tie-breaking cost of `site` on `slot`."""
        return self.site[site] * self.slot[slot] % TIE_PRIME


class Offers:
    """A list of offers, cheapest first, complete below `METRE * covered`."""

    __slots__ = ("covered", "listed")

    def __init__(self) -> None:
        self.listed: list[Offer] = []
        self.covered = 0


class Market(Protocol):
    """Where a solver finds costs: `slots_of(unit)` and `units_of(slot)`, each made longer by its `more_…`."""

    def slots_of(self, unit: int) -> Offers: ...
    def units_of(self, slot: int) -> Offers: ...
    def more_slots(self, unit: int) -> bool: ...
    def more_units(self, slot: int) -> bool: ...
    def cost(self, unit: int, slot: int) -> int: ...


class Sparse:
    """The market of single sites on the ground; `closed[site]` are the slots it may not go to."""

    def __init__(
        self, sites: Sequence[int], points: Sequence[Point], centres: Sequence[Point],
        closed: Sequence[frozenset[int]], ties: Ties,
    ) -> None:  # fmt: skip
        self._sites, self._points, self._centres = sites, [points[site] for site in sites], centres
        self._closed, self._ties = [closed[site] for site in sites], ties
        self._unit_ties = [ties.site[site] for site in sites]
        self._slot_grid, self._unit_grid = Grid(centres), Grid(self._points)
        self._slots = [Offers() for _ in sites]
        self._units = [Offers() for _ in centres]

    def cost(self, unit: int, slot: int) -> int:
        """Metres and tie of one unit on one slot."""
        tie = self._ties.of(self._sites[unit], slot)
        return metres(self._points[unit], self._centres[slot]) * METRE + tie

    def slots_of(self, unit: int) -> Offers:
        """The slots near a unit, as far as known."""
        return self._slots[unit]

    def units_of(self, slot: int) -> Offers:
        """The units near a slot, as far as known."""
        return self._units[slot]

    def more_slots(self, unit: int) -> bool:
        """List slots twice as far away; whether there were any left to list."""
        offers, closed, here = self._slots[unit], self._closed[unit], self._points[unit]
        if offers.covered >= FAR_MM:
            return False
        if not offers.covered and self._nearest_slots():
            return True
        reach, near = self._wider(offers, self._slot_grid, here)
        found = _offers(offers, reach, here, near, self._unit_ties[unit], self._ties.slot)
        self._extend(offers, reach, [offer for offer in found if offer[1] not in closed] if closed else found)
        return True

    def more_units(self, slot: int) -> bool:
        """List units twice as far away; whether there were any left to list."""
        offers, closed, here = self._units[slot], self._closed, self._centres[slot]
        if offers.covered >= FAR_MM:
            return False
        if not offers.covered and self._nearest_units():
            return True
        reach, near = self._wider(offers, self._unit_grid, here)
        found = _offers(offers, reach, here, near, self._ties.slot[slot], self._unit_ties)
        self._extend(offers, reach, [offer for offer in found if slot not in closed[offer[1]]])
        return True

    def _nearest_slots(self) -> bool:
        """List the slots near every unit at once, in columns; False where the numbers would not fit."""
        reach = self._slot_grid.nearby
        found = _in_columns(self._points, self._unit_ties, self._centres, self._ties.slot, reach)
        for offers, closed, listed in zip(self._slots, self._closed, found, strict=False):
            offers.listed = [one for one in listed if one[1] not in closed] if closed else listed
            offers.covered = reach
        return reach <= FARTHEST

    def _nearest_units(self) -> bool:
        """List the units near every slot at once, likewise; a slot takes several, so it looks twice as far."""
        reach, closed = 2 * self._unit_grid.nearby, self._closed
        found = _in_columns(self._centres, self._ties.slot, self._points, self._unit_ties, reach)
        for slot, (offers, listed) in enumerate(zip(self._units, found, strict=False)):
            offers.listed = [one for one in listed if slot not in closed[one[1]]]
            offers.covered = reach
        return reach <= FARTHEST

    @staticmethod
    def _wider(offers: Offers, grid: Grid, here: Point) -> tuple[int, list[Placed]]:
        reach = 2 * offers.covered or grid.nearby
        near = grid.within(here, reach * 1000)
        return (FAR_MM if len(near) == len(grid.points) else reach), near

    @staticmethod
    def _extend(offers: Offers, reach: int, found: list[Offer]) -> None:
        found.sort()
        offers.listed += found
        offers.covered = reach


def _in_columns(
    here: Sequence[Point], own: Sequence[int], there: Sequence[Point], ties: Sequence[int], reach: int
) -> Iterator[list[Offer]]:
    """`offers_near`, imported when something is placed: NumPy would take a tenth of every start of the program."""
    from mingjing.engine.drawing.nearest import offers_near

    return offers_near(here, own, there, ties, reach)


def _offers(
    known: Offers, reach: int, here: Point, near: Sequence[Placed], tie: int, ties: Sequence[int]
) -> list[Offer]:
    """What those of `near` cost that lie from `known.covered` whole metres to `reach`.

    m = (r + 500) div 1000 metres, of the whole root r of a square, are below n exactly where the square is below
    (1000 n - 500)²: so no root is taken of what is listed already or not yet.
    """
    east, north = here
    least, most = (1000 * known.covered - 500) ** 2 if known.covered else 0, (1000 * reach - 500) ** 2
    found = []
    for number, there_east, there_north in near:
        across, along = there_east - east, there_north - north
        square = across * across + along * along
        if least <= square < most:
            found.append(((isqrt(square) + 500) // 1000 * METRE + tie * ties[number] % TIE_PRIME, number))
    return found


class Dense:
    """The market of a few units whose costs are all given: `costs[unit]` maps open slots to costs."""

    def __init__(self, costs: Sequence[dict[int, int]], slots: int) -> None:
        self._costs = costs
        self._slots = [_whole([(cost, slot) for slot, cost in row.items()]) for row in costs]
        by_slot: list[list[Offer]] = [[] for _ in range(slots)]
        for unit, row in enumerate(costs):
            for slot, cost in row.items():
                by_slot[slot].append((cost, unit))
        self._units = [_whole(column) for column in by_slot]

    def cost(self, unit: int, slot: int) -> int:
        """The given cost."""
        return self._costs[unit][slot]

    def slots_of(self, unit: int) -> Offers:
        """All open slots of a unit."""
        return self._slots[unit]

    def units_of(self, slot: int) -> Offers:
        """All units a slot is open to."""
        return self._units[slot]

    def more_slots(self, unit: int) -> bool:
        """Nothing is left to list."""
        return False

    def more_units(self, slot: int) -> bool:
        """Nothing is left to list."""
        return False


def _whole(offers: list[Offer]) -> Offers:
    made = Offers()
    made.listed, made.covered = sorted(offers), FAR_MM
    return made
