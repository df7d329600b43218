"""What a draw is made from: sites, experts, conflicts and settings, in one order, with one digest.

Not here: how they are read from tables (the programme's business) and what is done with them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from mingjing.engine.chain import content_digest

__all__ = ["Conflict", "Expert", "Inputs", "Settings", "Site"]

RECUSALS = ("company", "stratum")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A place to visit.

    `lat` and `lon` are millionths of a degree, of one datum in all sites; sites of one `group` are visited together.
    """

    key: str
    stratum: str = ""
    kind: str = ""
    lat: int = 0
    lon: int = 0
    company: str = ""
    group: str = ""

    def document(self) -> dict[str, Any]:
        """The site as the draw file holds it."""
        return {
            "key": self.key,
            "stratum": self.stratum,
            "class": self.kind,
            "lat": self.lat,
            "lon": self.lon,
            "company": self.company,
            "group": self.group,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Expert:
    """Someone who may be drawn. `days` are ISO dates; none given means every day. `home` is the employer."""

    key: str
    home: str = ""
    days: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        """The expert as the draw file holds it."""
        return {"key": self.key, "home": self.home, "days": list(self.days)}


@dataclass(frozen=True, slots=True, order=True)
class Conflict:
    """`expert` may visit neither `site` nor any site of `company`; one of the two is empty."""

    expert: str
    site: str = ""
    company: str = ""

    def document(self) -> dict[str, Any]:
        """The conflict as the draw file holds it."""
        return {"expert": self.expert, "site": self.site, "company": self.company}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The rules of one draw.

    `teams` of `team_size` experts go out on each of `days`; a team visits at most `most` sites a day. `share` of the
    sites of each stratum and class is drawn (rounded up; 1: all). `recuse` names what of a site bars experts whose
    home it is (`company`, `stratum`). No pair of experts should share more than `pair_share` of the duties of either.
    """

    title: str = ""
    days: tuple[str, ...]
    teams: int
    team_size: int
    most: int
    share: Fraction = Fraction(1)
    recuse: tuple[str, ...] = RECUSALS
    pair_share: Fraction = Fraction(1, 4)

    def document(self) -> dict[str, Any]:
        """The settings as the draw file holds them."""
        return {
            "title": self.title,
            "days": list(self.days),
            "teams": self.teams,
            "team_size": self.team_size,
            "most": self.most,
            "share": str(self.share),
            "recuse": list(self.recuse),
            "pair_share": str(self.pair_share),
        }


@dataclass(frozen=True)
class Inputs:
    """Everything a draw depends on besides its seeds; the order in which it was given does not matter."""

    sites: tuple[Site, ...]
    experts: tuple[Expert, ...]
    conflicts: tuple[Conflict, ...]
    settings: Settings

    def __post_init__(self) -> None:
        object.__setattr__(self, "sites", tuple(sorted(self.sites, key=lambda site: site.key)))
        object.__setattr__(self, "experts", tuple(sorted(self.experts, key=lambda expert: expert.key)))
        object.__setattr__(self, "conflicts", tuple(sorted(set(self.conflicts))))

    def document(self) -> dict[str, Any]:
        """The inputs as the draw file holds them."""
        return {
            "sites": [site.document() for site in self.sites],
            "experts": [expert.document() for expert in self.experts],
            "conflicts": [conflict.document() for conflict in self.conflicts],
            "settings": self.settings.document(),
        }

    @cached_property
    def digest(self) -> str:
        """The digest that is published with the commitments."""
        return content_digest(self.document())

    @cached_property
    def slots(self) -> int:
        """How many team-days there are."""
        return len(self.settings.days) * self.settings.teams

    @cached_property
    def available(self) -> list[list[int]]:
        """For each day the experts who can come, by their place in the list."""
        return [
            [number for number, expert in enumerate(self.experts) if not expert.days or day in expert.days]
            for day in self.settings.days
        ]

    @cached_property
    def barred(self) -> list[frozenset[int]]:
        """For each site the experts who may not visit it: declared conflicts, and recusal for their home."""
        number = {expert.key: place for place, expert in enumerate(self.experts)}
        by_site: dict[str, set[int]] = {}
        by_company: dict[str, set[int]] = {}
        for conflict in self.conflicts:
            if conflict.expert in number:
                table, key = (by_site, conflict.site) if conflict.site else (by_company, conflict.company)
                table.setdefault(key, set()).add(number[conflict.expert])
        homes: dict[str, set[int]] = {}
        for expert in self.experts:
            homes.setdefault(expert.home, set()).add(number[expert.key])
        return [self._barred(site, by_site, by_company, homes) for site in self.sites]

    def _barred(self, site: Site, *tables: Mapping[str, set[int]]) -> frozenset[int]:
        by_site, by_company, homes = tables
        found = by_site.get(site.key, set()) | (by_company.get(site.company, set()) if site.company else set())
        if "company" in self.settings.recuse and site.company:
            found = found | homes.get(site.company, set())
        if "stratum" in self.settings.recuse and site.stratum:
            found = found | homes.get(site.stratum, set())
        return frozenset(found)
