"""Inputs of draws for tests: made from a number, in all the shapes that may trip a draw."""

import random
from fractions import Fraction

from mingjing.engine.drawing import Conflict, Expert, Inputs, Settings, Site


def small_inputs(number: int, *, sites: int | None = None) -> Inputs:
    """A small case: some possible, some not; absences, conflicts, groups, equal places, shares of sites."""
    chance = random.Random(number)
    days = [f"2026-03-{day:02d}" for day in range(2, 2 + chance.randint(2, 4))]
    teams, size = chance.randint(1, 3), chance.randint(2, 3)
    slots = len(days) * teams
    count = sites or chance.randint(slots, 3 * slots + 2)
    spread = chance.choice([0, 3, 30_000])
    places = [
        Site(
            key=f"s{site:03d}",
            stratum=chance.choice(["", "north", "south"]),
            kind=chance.choice("AB"),
            lat=31_800_000 + chance.randint(-spread, spread),
            lon=117_200_000 + chance.randint(-spread, spread),
            company=chance.choice(["", "c1", "c2", "c3", "c4", "c5"]),
            group=chance.choice(["g1", "g2"]) if chance.random() < 0.1 else "",
        )
        for site in range(count)
    ]
    experts = [
        Expert(
            key=f"e{expert:02d}",
            home=chance.choice(["", "", "c1", "north", "elsewhere"]),
            days=tuple(sorted(chance.sample(days, len(days) - 1))) if chance.random() < 0.2 else (),
        )
        for expert in range(teams * size + chance.randint(0, max(1, slots * (size - 1) + 1 - teams * size)))
    ]
    conflicts = [
        Conflict(chance.choice(experts).key, site=chance.choice(places).key) for _ in range(chance.randint(0, 5))
    ]
    settings = Settings(
        title="测试",
        days=tuple(days),
        teams=teams,
        team_size=size,
        most=-(-count // slots) + chance.randint(0, 1),
        share=Fraction(1) if chance.random() < 0.8 else Fraction(2, 3),
    )
    return Inputs(tuple(places), tuple(experts), tuple(conflicts), settings)


def district(sites: int, *, teams: int, days: int, experts: int, size: int = 3, seed: int = 1) -> Inputs:
    """A district like a real one: housing in clusters, companies, a few conflicts each; always possible."""
    chance = random.Random(seed)
    hubs = [(chance.randint(31_700, 31_950), chance.randint(117_100, 117_450)) for _ in range(max(3, sites // 150))]
    places = []
    for number in range(sites):
        lat, lon = chance.choice(hubs)
        places.append(
            Site(
                key=f"S{number:05d}",
                stratum=f"street {number % 12}",
                kind="AB"[number % 2],
                lat=lat * 1000 + chance.randint(-20_000, 20_000),
                lon=lon * 1000 + chance.randint(-20_000, 20_000),
                company=f"company {chance.randrange(max(2, sites // 10))}",
            )
        )
    people = [Expert(key=f"E{number:04d}", home=f"office {number % 9}") for number in range(experts)]
    conflicts = [
        Conflict(f"E{chance.randrange(experts):04d}", site=f"S{chance.randrange(sites):05d}")
        for _ in range(sites // 25)
    ]
    names = tuple(f"2026-{3 + day // 28:02d}-{1 + day % 28:02d}" for day in range(days))
    settings = Settings(days=names, teams=teams, team_size=size, most=4)
    return Inputs(tuple(places), tuple(people), tuple(conflicts), settings)
