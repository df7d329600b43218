"""The communities of an area as hotlines write them, and what other parts of the house know of them.

Not here: the register itself, which belongs to another programme; it is asked through the kernel's registry.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime

from mingjing.engine.mappings.texts import normal
from mingjing.kernel import registry
from mingjing.kernel.places.models import Area, Site

__all__ = ["Gazetteer", "companies_of", "households_of", "names_of"]


class Gazetteer:
    """Which site a text means: the one site of the area with that name, whatever nobody sees aside."""

    def __init__(self, area: Area) -> None:
        self.found: dict[str, int | None] = {}
        for key, name in Site.objects.under(area).values_list("pk", "name").iterator():
            plain = _plain(name)
            # Two of one name are nobody: a person must say which one is meant.
            self.found[plain] = None if plain in self.found else key

    def site(self, text: str) -> int | None:
        """The key of the site that `text` means; None where there is no such site, or more than one."""
        return self.found.get(_plain(text)) if text else None


def _plain(text: str) -> str:
    return normal(text).casefold().replace(" ", "")


def households_of(sites: Collection[int], first: date, last: date, at: datetime) -> dict[int, int]:
    """How many households the communities at `sites` have, where some part of the house knows."""
    found = registry.answers(registry.known_as("households"), sites, first, last, at)
    return {site: int(answer.text) for site, answer in found.items() if answer.text.isdecimal()}


def companies_of(sites: Collection[int], first: date, last: date, at: datetime) -> Mapping[int, str]:
    """The companies of the communities at `sites`, where some part of the house knows."""
    found = registry.answers(registry.known_as("company"), sites, first, last, at)
    return {site: answer.text for site, answer in found.items()}


def names_of(sites: Iterable[int]) -> dict[int, str]:
    """The names of sites by key."""
    return dict(Site.objects.filter(pk__in=list(sites)).values_list("pk", "name"))
