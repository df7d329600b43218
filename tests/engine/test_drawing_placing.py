"""The placement is the cheapest and the only one, as counting all of them shows; prices prove it or are refused."""

import math
import random
from dataclasses import replace
from itertools import product

import pytest
from tests.engine.drawn_inputs import district

from mingjing.engine.drawing import Site, draw
from mingjing.engine.drawing.ground import FARTHEST, METRE, TIE_PRIME, Grid, cosine, metres, plane, zones
from mingjing.engine.drawing.market import Dense, Offers, Sparse, Ties, _offers
from mingjing.engine.drawing.nearest import offers_near
from mingjing.engine.drawing.placing import Placement, Unplaceable
from mingjing.engine.drawing.proof import flaw, unique
from mingjing.engine.drawing.stream import Stream
from mingjing.engine.geo import Position, distance

SEED = bytes(32)


def all_placements(costs: list[dict[int, int]], low: list[int], high: list[int]) -> list[tuple[int, tuple[int, ...]]]:
    """Every placement with its cost, the cheapest first."""
    found = []
    for at in product(*(sorted(row) for row in costs)):
        loads = [at.count(slot) for slot in range(len(low))]
        if all(least <= load <= most for least, load, most in zip(low, loads, high, strict=True)):
            found.append((sum(row[slot] for row, slot in zip(costs, at, strict=True)), at))
    return sorted(found)


@pytest.mark.parametrize("number", range(300))
def test_counting_every_placement_finds_the_same(number: int) -> None:
    chance = random.Random(number)
    slots = chance.randint(1, 4)
    units = chance.randint(0, 6)
    each, rest = divmod(units, slots)
    low, high = [each] * slots, [each + (rest > 0)] * slots
    for slot in range(slots):
        if high[slot] and chance.random() < 0.2:
            low[slot], high[slot] = max(0, low[slot] - 1), high[slot] - 1
    costs = [
        {slot: chance.randint(0, chance.choice([3, 1000])) for slot in range(slots) if chance.random() < 0.85}
        for _ in range(units)
    ]
    right = all_placements(costs, low, high)
    market, placement = Dense(costs, slots), Placement(Dense(costs, slots), units, low, high)
    if not right:
        with pytest.raises(Unplaceable):
            placement.solve(range(units))
        return
    order = list(range(units))
    chance.shuffle(order)
    placement.solve(order)
    assert placement.cost == right[0][0]
    assert flaw(market, placement.at, placement.prices, low, high) == ""
    alone = len(right) == 1 or right[1][0] > right[0][0]
    assert unique(market, placement.at, placement.prices, low, high) == alone
    if alone:
        assert tuple(placement.at) == right[0][1]
    for cost, other in right[1:]:
        if cost > right[0][0]:
            assert flaw(market, other, placement.prices, low, high)


def test_looking_at_near_slots_only_misses_nothing() -> None:
    """The market that lists costs as far as asked gives what the market that lists them all gives."""
    inputs = district(300, teams=5, days=15, experts=40)
    points = plane(inputs.sites)
    centres = zones(points, 75, Stream(SEED, "zones"))
    ties = Ties(300, 75, Stream(SEED, "ties"))
    closed = [frozenset(random.Random(site).sample(range(75), 20)) for site in range(300)]
    sparse = Sparse(range(300), points, centres, closed, ties)
    costs = [{slot: sparse.cost(site, slot) for slot in range(75) if slot not in closed[site]} for site in range(300)]
    found = []
    for market in (sparse, Dense(costs, 75)):
        placement = Placement(market, 300, [4] * 75, [4] * 75)
        placement.solve(range(300))
        found.append(placement.at)
        assert flaw(market, placement.at, placement.prices, [4] * 75, [4] * 75) == ""
        assert unique(market, placement.at, placement.prices, [4] * 75, [4] * 75)
    assert found[0] == found[1]


@pytest.mark.parametrize("spread", [0, 1])
def test_places_in_one_spot_are_still_placed_in_one_way_only(spread: int) -> None:
    inputs = district(120, teams=3, days=10, experts=20)
    sites = tuple(
        Site(key=site.key, lat=31_800_000 + spread * (n % 2), lon=117_200_000) for n, site in enumerate(inputs.sites)
    )
    made = draw(replace(inputs, sites=sites, conflicts=()), [SEED])
    for stage in made.stages:
        assert unique(stage.market, stage.at, stage.prices, stage.low, stage.high)


def test_a_full_district_names_the_units_that_find_no_place() -> None:
    placement = Placement(Dense([{0: 1}, {0: 2}, {0: 3, 1: 1}], 2), 3, [0, 0], [1, 2])
    with pytest.raises(Unplaceable) as refused:
        placement.solve(range(3))
    assert (refused.value.slots, set(refused.value.units)) == ((0,), {0, 1})


# --- the ground ------------------------------------------------------------------------------------------------------


def test_whole_numbers_give_the_cosine_and_the_distance() -> None:
    for lat in range(-90_000_000, 90_000_001, 250_000):
        assert abs(cosine(lat) - 10**9 * math.cos(math.radians(lat / 1e6))) <= 1
    chance = random.Random(5)
    for _ in range(500):
        pair = [
            Site(
                key=str(n),
                lat=31_800_000 + chance.randint(-200_000, 200_000),
                lon=117_000_000 + chance.randrange(10**6),
            )
            for n in range(2)
        ]
        ours = metres(*plane(pair))
        theirs = distance(*(Position(site.lat / 1e6, site.lon / 1e6) for site in pair))
        assert abs(ours - theirs) <= 1 + theirs / 250  # one parallel gives the width of both


def test_zones_are_level_and_whole() -> None:
    points = plane(district(136, teams=6, days=6, experts=24).sites)
    assert len(zones(points, 36, Stream(SEED, "zones"))) == 36
    assert zones([(5, 5)], 1, Stream(SEED, "zones")) == [(5, 5)]


def test_a_grid_hides_nothing() -> None:
    chance = random.Random(3)
    points = [(chance.randint(0, 10**6), chance.randint(0, 10**7)) for _ in range(200)]
    grid = Grid(points)
    for reach in (0, 1000, 300_000, 10**8):
        here = points[7]
        near = {number for number, point in enumerate(points) if math.dist(here, point) <= reach}
        assert near <= {number for number, *_ in grid.within(here, reach)}
    assert Grid([]).within((0, 0), 5) == []
    assert METRE > 65_536 * 16_777_213


def test_a_first_look_in_columns_lists_what_a_look_at_each_would() -> None:
    chance = random.Random(5)
    for spread in (4_000, 10**6, 5 * 10**9):
        here, there = (
            [(chance.randint(-spread, spread), chance.randint(-spread, spread)) for _ in range(many)]
            for many in (60, 90)
        )
        own, ties = ([chance.randrange(1, TIE_PRIME) for _ in places] for places in (here, there))
        for reach in (1, 3, max(1, spread // 4000)):
            looked = offers_near(here, own, there, ties, reach)
            near = [(number, *place) for number, place in enumerate(there)]
            each = [
                sorted(_offers(Offers(), reach, place, near, tie, ties)) for place, tie in zip(here, own, strict=True)
            ]
            assert list(looked) == (each if reach <= FARTHEST else [])
