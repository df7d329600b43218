"""Placing units on slots at the least total cost: an exact min-cost flow in whole numbers, with its proof.

Each unit goes to one slot; a slot takes from `low` to `high` units (which differ by at most one). Units enter one by
one along the cheapest chain of moves (successive shortest paths with prices), then slots below `low` are filled the
same way. The prices that remain prove the result, see `proof`. Not here: what the costs mean.
"""

from collections.abc import Sequence
from heapq import heappop, heappush

from mingjing.engine.drawing.ground import FAR_MM
from mingjing.engine.drawing.market import METRE, Market

__all__ = ["Placement", "Unplaceable"]

NEVER = 1 << 100


class Unplaceable(Exception):
    """No placement exists: `units` fit only on `slots`, which are too few; or `slots` cannot be filled up."""

    def __init__(self, units: Sequence[int], slots: Sequence[int]) -> None:
        self.units, self.slots = tuple(units), tuple(slots)
        super().__init__(f"{len(units)} units on {len(slots)} slots")


class Placement:
    """A placement in the making, optimal for the units placed so far.

    `at[unit]` is its slot, `prices[slot]` its price: no unit has a slot where cost plus price is less than on its own.
    A slot with units above `low` has a price of 0 or more, one below `high` a price of 0 or less.
    """

    def __init__(self, market: Market, units: int, low: Sequence[int], high: Sequence[int]) -> None:
        self.market, self.low, self.high = market, low, high
        self.at = [-1] * units
        self.paid = [0] * units
        self.prices = [0] * len(low)
        self.members: list[list[int]] = [[] for _ in low]

    def solve(self, order: Sequence[int]) -> None:
        """Place every unit, in any order: the result does not depend on it. Raises Unplaceable."""
        for unit in order:
            self._enter(unit)
        dearest = max((paid + self.prices[slot] for paid, slot in zip(self.paid, self.at, strict=True)), default=0)
        for slot, low in enumerate(self.low):
            while len(self.members[slot]) < low:
                self._fill(slot, dearest)

    @property
    def cost(self) -> int:
        """What the placed units cost together."""
        return sum(self.paid)

    def _move(self, unit: int, slot: int, cost: int) -> None:
        if self.at[unit] >= 0:
            self.members[self.at[unit]].remove(unit)
        self.at[unit], self.paid[unit] = slot, cost
        self.members[slot].append(unit)

    # --- chains of moves ------------------------------------------------------------------------------------------

    def _enter(self, unit: int) -> None:
        """Take the cheapest chain from `unit` to a slot with room: each unit of it moves on by one."""
        if self._walk_in(unit):
            return
        search = _Entering(self, unit)
        search.run()
        if search.end < 0:
            slots = sorted(search.done)
            raise Unplaceable([unit, *(member for slot in slots for member in self.members[slot])], slots)
        for slot, far in search.done.items():
            self.prices[slot] += max(0, search.best - far)
        end = search.end
        while end >= 0:
            moved, before, cost = search.via[end]
            self._move(moved, end, cost)
            end = before

    def _walk_in(self, unit: int) -> bool:
        """Place `unit` on its nearest slot where that has room: no chain is cheaper, for prices are 0 or more."""
        offers = self.market.slots_of(unit)
        if not offers.listed:
            self.market.more_slots(unit)
        if not offers.listed:
            return False
        cost, slot = offers.listed[0]
        if len(self.members[slot]) >= self.high[slot]:
            return False
        self._move(unit, slot, cost)
        return True

    def _fill(self, slot: int, dearest: int) -> None:
        """Take the cheapest chain from a slot that can spare a unit to `slot`; no unit pays more than `dearest`."""
        search = _Filling(self, slot, dearest)
        search.run()
        if search.end < 0:
            raise Unplaceable((), sorted(search.done))
        for there, far in search.done.items():
            self.prices[there] -= max(0, search.best - far)
        end = search.end
        while end != slot:
            moved, end, cost = search.via[end]
            self._move(moved, end, cost)


class _Search:
    """Dijkstra's search over slots. The heap also holds, as `~number`, lists to be made longer in their turn."""

    def __init__(self, placement: Placement) -> None:
        self.placement = placement
        self.best, self.end = NEVER, -1
        self.known: dict[int, int] = {}
        self.via: dict[int, tuple[int, int, int]] = {}  # who moves, the slot at the other end, what it costs there
        self.done: dict[int, int] = {}
        self.heap: list[tuple[int, int]] = []

    def run(self) -> None:
        """Go on until no chain can be cheaper than the best one found."""
        heap, done = self.heap, self.done
        while heap:
            far, node = heappop(heap)
            if far >= self.best:
                return
            if node < 0:
                self.widen(~node)
            elif node not in done:
                done[node] = far
                self.visit(node, far)

    def widen(self, number: int) -> None:
        raise NotImplementedError

    def visit(self, slot: int, far: int) -> None:
        raise NotImplementedError


class _Entering(_Search):
    """From a unit to the nearest slot with room. Prices are 0 or more here, and 0 where there is room."""

    def __init__(self, placement: Placement, unit: int) -> None:
        super().__init__(placement)
        self.base: dict[int, int] = {}
        self.offer(unit, 0, -1)

    def visit(self, slot: int, far: int) -> None:
        """Every unit of a full slot may move on."""
        placement = self.placement
        price = placement.prices[slot]
        for unit in placement.members[slot]:
            self.offer(unit, far - placement.paid[unit] - price, slot)

    def offer(self, unit: int, base: int, slot: int) -> None:
        """Look where `unit` could go, and remember to look farther."""
        self.base[unit] = base
        self.scan(unit, 0, slot)

    def widen(self, number: int) -> None:
        """Look at slots farther away from a unit."""
        listed = len(self.placement.market.slots_of(number).listed)
        if self.placement.market.more_slots(number):
            self.scan(number, listed, self.placement.at[number])

    def scan(self, unit: int, start: int, slot: int) -> None:
        """Look at the offers to `unit` from number `start` on."""
        placement, known, base = self.placement, self.known, self.base[unit]
        prices, members, high = placement.prices, placement.members, placement.high
        offers = placement.market.slots_of(unit)
        for cost, there in offers.listed[start:] if start else offers.listed:
            if base + cost >= self.best:
                return
            far = base + cost + prices[there]
            if far < known.get(there, self.best):
                known[there], self.via[there] = far, (unit, slot, cost)
                if len(members[there]) < high[there]:
                    self.best, self.end = min((self.best, self.end), (far, there))
                else:
                    heappush(self.heap, (far, there))
        if offers.covered < FAR_MM:
            heappush(self.heap, (base + offers.covered * METRE, ~unit))


class _Filling(_Search):
    """From a slot that lacks a unit back to one that can spare one, which costs that slot's price."""

    def __init__(self, placement: Placement, slot: int, dearest: int) -> None:
        super().__init__(placement)
        self.dearest = dearest
        self.known[slot] = 0
        self.heap.append((0, slot))

    def visit(self, slot: int, far: int) -> None:
        """Look who could come to `slot`."""
        placement = self.placement
        if len(placement.members[slot]) > placement.low[slot]:
            self.best, self.end = min((self.best, self.end), (far + placement.prices[slot], slot))
        self.scan(slot, 0)

    def widen(self, number: int) -> None:
        """Look at units farther away from a slot."""
        listed = len(self.placement.market.units_of(number).listed)
        if self.placement.market.more_units(number):
            self.scan(number, listed)

    def scan(self, slot: int, start: int) -> None:
        """Look at the units that could come to `slot`, from number `start` on."""
        placement, known, done = self.placement, self.known, self.done
        base = done[slot] + placement.prices[slot]
        offers = placement.market.units_of(slot)
        for cost, unit in offers.listed[start:]:
            if base + cost - self.dearest >= self.best:
                return
            there = placement.at[unit]
            far = base + cost - placement.paid[unit] - placement.prices[there]
            if there not in done and far < known.get(there, self.best):
                known[there], self.via[there] = far, (unit, slot, cost)
                heappush(self.heap, (far, there))
        if offers.covered < FAR_MM:
            heappush(self.heap, (base + offers.covered * METRE - self.dearest, ~slot))
