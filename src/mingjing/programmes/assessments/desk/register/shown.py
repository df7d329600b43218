"""Lines of a roster in the words of a page: what would change, from what to what; doubts as sentences.

A page of lines costs a query for the areas it names, one for the companies, one for the schemes. Not here: requests.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mingjing.engine.kept import recall
from mingjing.engine.outcome import Reason, spoken
from mingjing.engine.rules import Measure
from mingjing.kernel.parties.models import Organisation
from mingjing.kernel.places.models import Area
from mingjing.programmes.assessments.models import Management, RosterLine
from mingjing.programmes.assessments.policy.rosters import ATTRIBUTE
from mingjing.programmes.assessments.queries.communities import attributes_of, names_of_places

__all__ = ["TITLES", "ShownLine", "shown_lines"]

TITLES: Mapping[str, Any] = {
    "name": _("Name"),
    "place": _("Neighbourhood"),
    "address": _("Address"),
    "management": _("Management"),
    "company_name": _("Company"),
    "company": _("Organisation"),
    "since": _("In charge since"),
    "completed_year": _("Year completed"),
    "fee_low": _("Lowest fee"),
    "fee_high": _("Highest fee"),
    "buildings": _("Buildings"),
    "households": _("Households"),
    "floor_area": _("Floor area"),
    "group": _("Visited together with"),
    "latitude": _("Latitude"),
    "longitude": _("Longitude"),
    "datum": _("Datum"),
    "removed": _("Taken off the register"),
}
"""The fields of a line in the order of a page, attributes after them."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a line: what stands there, and what would."""

    title: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line with everything a page says of it."""

    line: RosterLine
    name: str
    place: str
    company: str
    changes: tuple[FieldChange, ...]
    warnings: tuple[Reason, ...]


def shown_lines(lines: Iterable[RosterLine], area: Area) -> list[ShownLine]:
    """The lines of one page."""
    lines = list(lines)
    words = _Words(lines, attributes_of(area))
    return [words.shown(line) for line in lines]


class _Words:
    def __init__(self, lines: list[RosterLine], attributes: Mapping[str, Measure]) -> None:
        told = [values for line in lines for values in (line.values, line.before)]
        self.attributes = attributes
        self.places = names_of_places({values["place"] for values in told if values.get("place")})
        companies = {values["company"] for values in told if values.get("company")}
        self.companies = dict(Organisation.objects.filter(pk__in=companies).values_list("pk", "name"))

    def shown(self, line: RosterLine) -> ShownLine:
        said = line.values
        return ShownLine(
            line=line,
            name=said.get("name", ""),
            place=self.places.get(said.get("place"), ""),
            company=said.get("company_name") or (self.said("management", said.get("management")) if said else ""),
            changes=tuple(self.change(key, line) for key in self.ordered(line.before)),
            warnings=tuple(recall(kept) for kept in line.warnings),
        )

    def ordered(self, before: Mapping[str, Any]) -> list[str]:
        order = list(TITLES)
        told = [key for key in before if key != "company" or "company_name" not in before]
        return sorted(told, key=lambda key: (order.index(key) if key in TITLES else len(order), key))

    def change(self, key: str, line: RosterLine) -> FieldChange:
        return FieldChange(self.title(key), self.said(key, line.before[key]), self.said(key, line.values.get(key)))

    def title(self, key: str) -> str:
        if key in TITLES:
            return str(TITLES[key])
        code = key.removeprefix(ATTRIBUTE)
        return str(spoken(self.attributes[code].title, gettext)) if code in self.attributes else code

    def said(self, key: str, value: Any) -> str:
        match key, value:
            case _, None | "":
                return "—"
            case "place", int():
                return self.places.get(value, "—")
            case "company", int():
                return self.companies.get(value, "—")
            case "management", str():
                return str(Management(value).label) if value in Management.values else value
            case "since", str():
                return date.fromisoformat(value).isoformat()
            case _, bool():
                return gettext("yes") if value else gettext("no")
            case _:
                return str(value)
