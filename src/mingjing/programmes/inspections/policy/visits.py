"""A visit as the rules see it, and which of a firm's records stand. Not here: where the records come from."""

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType

from msgspec import Struct

from mingjing.programmes.inspections.policy.conditions import Condition, Facts

__all__ = ["NOTHING", "Visit", "standing"]

NOTHING: Mapping[str, str | int | None] = MappingProxyType({})


class Visit(Struct, frozen=True, kw_only=True):
    """One authority's part in one entry of one firm.

    `day` is the day of entry, whenever it was recorded. `record` names the record it stands in; the parts of a joint
    visit are several visits with one `joint`. `order` says which of two records of one day came first. `corrects` names
    the record that this one replaces; `void` records count nowhere.
    """

    record: str
    day: date
    firm: str
    authority: str = ""
    site: str = ""
    joint: str = ""
    items: tuple[str, ...] = ()
    officers: tuple[str, ...] = ()
    order: int = 0
    corrects: str = ""
    void: bool = False
    facts: Facts = NOTHING

    def meets(self, condition: Condition) -> bool:
        """Whether a condition is known to hold of it."""
        return condition.verdict(self.facts) is True

    @property
    def unit(self) -> str:
        """What counts as one: the joint visit it is a part of, or the record."""
        return f"joint {self.joint}" if self.joint else f"record {self.record}"


def standing(visits: Iterable[Visit]) -> list[Visit]:
    """Those that count, in order: neither void nor replaced by a later record."""
    every = list(visits)
    replaced = {visit.corrects for visit in every if visit.corrects}
    kept = [visit for visit in every if not visit.void and visit.record not in replaced]
    return sorted(kept, key=lambda visit: (visit.day, visit.order, visit.record, visit.authority))
