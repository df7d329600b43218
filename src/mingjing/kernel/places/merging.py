"""Decides how a table of areas changes the tree that is known: what is new, changed, confirmed, or in contradiction.

Reads, and writes nothing: `actions` carries the plan out in the transaction that made it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.places.divisions import Division, fits_below, shipped_above
from mingjing.kernel.places.models import Area

__all__ = ["SHIPPED", "Plan", "Source", "plan_for"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where codes come from: the source's name and its version."""

    name: str
    version: str


SHIPPED = Source("GB/T 2260", "2007")


@dataclass(slots=True)
class Plan:
    """Areas to add (parents first), to change (with their former paths) and to confirm; how many stay as they are."""

    add: list[Area] = field(default_factory=list)
    change: list[tuple[Area, str]] = field(default_factory=list)
    confirm: list[Area] = field(default_factory=list)
    unchanged: int = 0


@dataclass(slots=True)
class _Tree:
    """The areas listed, known, and shipped from above, by code; and the source that speaks."""

    listed: dict[str, Division]
    known: dict[str, Area]
    above: dict[str, Division]
    source: Source
    take_over: bool
    plan: Plan = field(default_factory=Plan)
    problems: list[Problem] = field(default_factory=list)

    def find(self, code: str) -> Area | None:
        """The area with this code, planted from the shipped provinces and cities if it is one of them."""
        if code in self.known or code not in self.above:
            return self.known.get(code)
        division = self.above[code]
        return self.plant(division, self.find(division.parent_code), SHIPPED)

    def plant(self, division: Division, parent: Area | None, source: Source) -> Area:
        """A new area, to be added."""
        area = Area(code=division.code, name=division.name, level=division.level, parent=parent)
        area.source, area.version, area.path = source.name, source.version, area.path_below(parent)
        self.known[area.code] = area
        self.plan.add.append(area)
        return area

    def merge(self, division: Division) -> None:
        """Weigh one line of the table; its parent has been weighed before it."""
        parent = self.find(division.parent_code)
        listed = self.listed.get(division.parent_code)
        if division.parent_code and (problem := fits_below(division, listed or parent)):
            self.problems.append(problem)
        elif listed and parent is None:
            return  # the parent's own line is a problem already
        elif area := self.known.get(division.code):
            self._compare(area, division, parent)
        else:
            self.plant(division, parent, self.source)

    def _compare(self, area: Area, division: Division, parent: Area | None) -> None:
        path = area.path_below(parent)
        agrees = area.name == division.name and area.path == path
        foreign = area.source != self.source.name
        if foreign and not self.take_over:
            if agrees:
                self.plan.unchanged += 1
            else:
                self.problems.append(_contradiction(area, division))
        elif agrees and not foreign and area.version == self.source.version:
            self.plan.unchanged += 1
        else:
            self._adopt(area, division, parent, agrees)

    def _adopt(self, area: Area, division: Division, parent: Area | None, agrees: bool) -> None:
        former = area.path
        area.name, area.parent, area.path = division.name, parent, area.path_below(parent)
        area.source, area.version = self.source.name, self.source.version
        if agrees:
            self.plan.confirm.append(area)
        else:
            self.plan.change.append((area, former))


def plan_for(divisions: dict[str, Division], source: Source, *, take_over: bool) -> Plan:
    """The plan that brings the known tree up to `divisions` (parents first); raises Refusal with all contradictions."""
    above = {} if all(division.parent_code in divisions for division in divisions.values()) else shipped_above()
    parents = {division.parent_code for division in divisions.values()}
    tree = _Tree(divisions, _known({*divisions, *parents, *above}), above, source, take_over)
    for division in divisions.values():
        tree.merge(division)
    if tree.problems:
        raise Refusal(sorted(tree.problems, key=lambda problem: _row(problem.place)))
    return tree.plan


def _known(codes: Iterable[str]) -> dict[str, Area]:
    return Area.objects.in_bulk(list(codes), field_name="code")


def _contradiction(area: Area, division: Division) -> Problem:
    text = N_(
        "{code} is {name} below {parent} according to {source} {version}, and {other} below {other_parent} here; "
        "leave the row out, or import with “take over” if this source is the one to follow."
    )
    params = {
        "code": area.code,
        "name": area.name,
        "parent": area.ancestor_codes[-1] if area.ancestor_codes else "-",
        "source": area.source,
        "version": area.version,
        "other": division.name,
        "other_parent": division.parent_code or "-",
    }
    return Problem("places.areas.contradiction", text, params, division.place)


def _row(place: str) -> int:
    return int("".join(filter(str.isdigit, place.partition(",")[0])) or 0)
