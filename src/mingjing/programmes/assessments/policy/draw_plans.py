"""From a round's communities and supervisors to what a draw is made from: names that recusal can compare, positions.

Recusal bites only where an expert's home is written exactly as the sites are. So companies are known by the credit code
of the head of their family (a branch's experts do not visit another branch's communities), names are compared without
regard to width, case and spaces, and a name that is nearly one of the round's is pointed out. Not here: the drawing.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from math import floor

from mingjing.engine.drawing import Conflict, Expert, Inputs, Settings, Site
from mingjing.engine.drawing.rules import cells

__all__ = ["Homes", "Listed", "Needs", "Place", "build_inputs", "folded", "needs"]

MICRODEGREES, HALF = 1_000_000, Decimal("0.5")
SHORTEST = 2
"""Characters from which on one name inside another is worth a remark."""
Point = tuple[Decimal, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A community of the round. `names` are all names of its company, `code` the credit code of that family's head."""

    key: str
    stratum: str
    kind: str
    neighbourhood: str
    code: str = ""
    names: tuple[str, ...] = ()
    group: str = ""
    position: Point | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A supervisor on the round's list; `home` as it was written down."""

    key: str
    home: str = ""
    days: tuple[str, ...] = ()


@lru_cache(4096)  # the same few companies and subdistricts come thousands of times
def folded(text: str) -> str:
    """A name as it is compared: without differences of width, case and spaces.

    >>> folded("（株洲） ABC 物业") == folded("(株洲)abc物业")
    True
    """
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


@dataclass
class Homes:
    """What the homes of a round's experts may be called: companies and subdistricts, by their folded names."""

    companies: dict[str, str] = field(default_factory=dict)
    strata: dict[str, str] = field(default_factory=dict)

    @classmethod
    def among(cls, places: Iterable[Place]) -> "Homes":
        """Those of the round's communities."""
        found = cls()
        for place in places:
            found.strata[folded(place.stratum)] = place.stratum
            if place.code:
                found.companies.update(dict.fromkeys([folded(place.code), *map(folded, place.names)], place.code))
        for place in places:
            for name in place.names:  # a company without a credit code is known by its name, as first written
                found.companies.setdefault(folded(name), name)
        return found

    def company(self, place: Place) -> str:
        """What the company of `place` is called in the draw; "" where there is none."""
        return place.code or next((self.companies[folded(name)] for name in place.names), "")

    def match(self, home: str) -> str:
        """What `home` is called in the draw; "" when it is neither a company nor a subdistrict of the round."""
        name = folded(home)
        return self.companies.get(name) or self.strata.get(name, "")

    def near(self, home: str) -> tuple[str, ...]:
        """Names that contain `home` or are contained in it, where nothing matches: perhaps one of them is meant."""
        name = folded(home)
        if len(name) < SHORTEST or self.match(home):
            return ()
        known = {**self.strata, **{name: name for name in self.companies}}
        return tuple(sorted(shown for key, shown in known.items() if name in key or (len(key) > 3 and key in name)))[:5]


def build_inputs(
    places: Sequence[Place], listed: Iterable[Listed], conflicts: Iterable[tuple[str, str, str]], settings: Settings
) -> Inputs:
    """The inputs of a draw. Conflicts are (expert's key, community's key or "", company's code or "").

    A conflict with what is not in the round, and a home that matches nothing, bar nobody and are left out: what is
    published says no more of an expert than the draw needs.
    """
    homes = Homes.among(places)
    positions = _positions(places)
    sites = tuple(_site(place, homes, positions[place.key]) for place in places)
    keys, companies = {site.key for site in sites}, {site.company for site in sites if site.company}
    experts = tuple(Expert(key=one.key, home=homes.match(one.home), days=one.days) for one in listed)
    serving = {expert.key for expert in experts}
    barring = tuple(
        Conflict(expert, site, company)
        for expert, site, company in conflicts
        if expert in serving and (site in keys if site else company in companies)
    )
    return Inputs(sites, experts, barring, settings)


@dataclass(frozen=True, slots=True)
class Needs:
    """How large a draw is: sites to visit on so many team-days, each team-day between two loads; and of the experts
    so many are needed every day, so many come on the day with the fewest, each with about so many duties."""

    visits: int
    team_days: int
    load: tuple[int, int]
    experts_a_day: int
    fewest: int
    duties: tuple[int, int]


def needs(inputs: Inputs) -> Needs:
    """The sizes of a draw, whether or not it can be made; zeros where there is nobody and nothing."""
    visits = sum(drawn for _, drawn in cells(inputs).values())
    rules, slots = inputs.settings, max(1, inputs.slots)
    places, experts = slots * rules.team_size, max(1, len(inputs.experts))
    return Needs(
        visits=visits,
        team_days=inputs.slots,
        load=(visits // slots, -(-visits // slots)),
        experts_a_day=rules.teams * rules.team_size,
        fewest=min((len(available) for available in inputs.available), default=0),
        duties=(places // experts, -(-places // experts)),
    )


def _site(place: Place, homes: Homes, at: tuple[int, int]) -> Site:
    return Site(
        key=place.key, stratum=place.stratum, kind=place.kind, lat=at[0], lon=at[1], company=homes.company(place),
        group=place.group,
    )  # fmt: skip


def _positions(places: Sequence[Place]) -> Mapping[str, tuple[int, int]]:
    """Millionths of a degree. Where nobody knows it: the middle of the neighbourhood, else subdistrict, else round."""
    exact = {place.key: _micro(place.position) for place in places if place.position}
    known: dict[tuple[str, ...], list[tuple[int, int]]] = {}
    for place in places:
        if place.key in exact:
            for around in _around(place):
                known.setdefault(around, []).append(exact[place.key])
    middles = {around: _middle(found) for around, found in known.items()}
    return {
        place.key: exact.get(place.key) or next((middles[a] for a in _around(place) if a in middles), (0, 0))
        for place in places
    }


def _around(place: Place) -> tuple[tuple[str, ...], ...]:
    """Where it lies, ever more widely."""
    return (place.stratum, place.neighbourhood), (place.stratum,), ()


def _micro(position: Point) -> tuple[int, int]:
    lat, lon = (floor(degrees * MICRODEGREES + HALF) for degrees in position)
    return lat, lon


def _middle(points: Sequence[tuple[int, int]]) -> tuple[int, int]:
    return sum(lat for lat, _ in points) // len(points), sum(lon for _, lon in points) // len(points)
