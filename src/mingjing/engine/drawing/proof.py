"""Whether prices prove a placement cheapest, and the only cheapest: checked without solving anything.

Give every slot a price, the same for whoever comes. If then no unit would be better off elsewhere, and slots that could
take more have no price above 0, those that could do with less none below, no other placement costs less. It is the
only one where no ring of moves costs nothing.
"""

from collections.abc import Iterator, Mapping, Sequence

from mingjing.engine.drawing.ground import FAR_MM
from mingjing.engine.drawing.market import METRE, Market

__all__ = ["flaw", "unique"]


def flaw(market: Market, at: Sequence[int], prices: Sequence[int], low: Sequence[int], high: Sequence[int]) -> str:
    """The first thing that keeps `prices` from proving the placement `at` cheapest; "" when they do."""
    loads = _loads(at, len(prices))
    for slot, load in enumerate(loads):
        if not low[slot] <= load <= high[slot]:
            return f"slot {slot} has {load} units, not {low[slot]} to {high[slot]}"
        if (load > low[slot] and prices[slot] < 0) or (load < high[slot] and prices[slot] > 0):
            return f"slot {slot} has the wrong side of 0 for its price"
    for unit, here, there, gap in _alternatives(market, at, prices):
        if gap < 0:
            return f"unit {unit} would rather go from slot {here} to {there}"
    return ""


def unique(market: Market, at: Sequence[int], prices: Sequence[int], low: Sequence[int], high: Sequence[int]) -> bool:
    """Whether no other placement costs as little; `prices` prove that none costs less."""
    rest = len(prices)  # a node for all that comes and goes
    free: dict[int, set[int]] = {}
    for _, here, there, gap in _alternatives(market, at, prices):
        if gap == 0:
            free.setdefault(here, set()).add(there)
    for slot, load in enumerate(_loads(at, len(prices))):
        if prices[slot] == 0 and load > low[slot]:
            free.setdefault(rest, set()).add(slot)
        if prices[slot] == 0 and load < high[slot]:
            free.setdefault(slot, set()).add(rest)
    return not _has_ring(free)


def _loads(at: Sequence[int], slots: int) -> list[int]:
    loads = [0] * slots
    for slot in at:
        loads[slot] += 1
    return loads


def _alternatives(market: Market, at: Sequence[int], prices: Sequence[int]) -> Iterator[tuple[int, int, int, int]]:
    """Every (unit, its slot, another slot, how much dearer that is) of which the last is 0 or less."""
    lowest = min(prices, default=0)
    for unit, here in enumerate(at):
        pays = market.cost(unit, here) + prices[here]
        offers = market.slots_of(unit)
        while offers.covered < FAR_MM and offers.covered * METRE + lowest <= pays:
            market.more_slots(unit)
        for cost, slot in offers.listed:
            if cost + lowest > pays:
                break
            if cost + prices[slot] <= pays and slot != here:
                yield unit, here, slot, cost + prices[slot] - pays


def _has_ring(steps: Mapping[int, set[int]]) -> bool:
    """Whether a walk along `steps` can come back to where it began: peel off nodes nothing leads to."""
    coming: dict[int, int] = {}
    for targets in steps.values():
        for target in targets:
            coming[target] = coming.get(target, 0) + 1
    open_ = [node for node in steps if node not in coming]
    while open_:
        for target in steps.get(open_.pop(), ()):
            coming[target] -= 1
            if not coming[target]:
                del coming[target]
                open_.append(target)
    return bool(coming)
