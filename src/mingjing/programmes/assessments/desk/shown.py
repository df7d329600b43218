"""Schemes in the words of a page: conditions, checks with everything a reader asks of them, tones of tiers.

Not here: requests and responses.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mingjing.engine.lists import UNDETERMINED
from mingjing.engine.outcome import N_, Phrase, Reason, Titled
from mingjing.engine.quantities import Rounding, points_text
from mingjing.engine.rules import Condition, OneOf, Row, Table, shown_value
from mingjing.engine.scoring import Check, Item, Method
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.policy.tiers import tier_title, tones

__all__ = [
    "CheckLine",
    "ClassSection",
    "RuleLine",
    "class_sections",
    "class_spreads",
    "extras",
    "rule_lines",
    "tier_title",
    "tones",
]


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A sub-check as a line of a table."""

    check: Check
    methods: tuple[Titled, ...]
    evidence: tuple[Titled, ...]
    sample: Reason | None
    omitted: bool


@dataclass(frozen=True, slots=True)
class ItemSection:
    """A major item with its lines; `points` are hundredths."""

    item: Item
    points: int
    lines: tuple[CheckLine, ...]


@dataclass(frozen=True, slots=True)
class ClassSection:
    """A class of sites with the items it is scored by."""

    code: str
    title: Titled
    items: tuple[ItemSection, ...]

    @property
    def checks(self) -> int:
        """How many sub-checks the class has."""
        return sum(len(section.lines) for section in self.items)


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A row of a decision table: its conditions in words, and what they lead to."""

    row: Row
    conditions: tuple[Reason, ...]
    result: Titled | Phrase
    tone: str = "plain"


def class_sections(scheme: Scheme) -> tuple[ClassSection, ...]:
    """Every class with its items and checks, in the order of the scheme."""
    raw = {check["code"]: check for item in scheme.document["items"] for check in item["checks"]}
    return tuple(ClassSection(code, title, tuple(_items(scheme, code, raw))) for code, title in scheme.classes.items())


def _items(scheme: Scheme, class_code: str, raw: Mapping[str, Mapping[str, Any]]) -> Iterator[ItemSection]:
    rubric = scheme.rubrics[class_code]
    for item in rubric.items:
        lines = tuple(_line(scheme, check, raw[check.code], check.code in rubric.omitted) for check in item.checks)
        yield ItemSection(item, sum(check.points for check in item.checks), lines)


def _line(scheme: Scheme, check: Check, raw: Mapping[str, Any], omitted: bool) -> CheckLine:
    def titles(kind: str) -> tuple[Titled, ...]:
        return tuple(Titled(scheme.document[kind][code]) for code in raw.get(kind, ()))

    sample = raw.get("sample")
    of = Titled(sample.get("of") or {}) if sample else Titled({})
    reason = sample and Reason("sample", N_("at least {count} {of}"), {"count": sample["minimum"], "of": of})
    return CheckLine(check, titles("methods"), titles("evidence"), reason or None, omitted)


def rule_lines(scheme: Scheme, table: Table, titles: Mapping[str, Titled | Phrase]) -> tuple[RuleLine, ...]:
    """The rows of a table in words; `titles` names its results."""
    shades = tones(scheme.list_rules)
    return tuple(
        RuleLine(row, tuple(_conditions(table, row)), titles[row.result], shades.get(row.result, "plain"))
        for row in table.rows
    )


def _conditions(table: Table, row: Row) -> Iterator[Reason]:
    for code, condition in row.when.items():
        params = {"measure": table.measures[code].title, "asked": _asked(condition)}
        yield Reason("condition", N_("{measure}: {asked}"), params)


def _asked(condition: Condition) -> object:
    return tuple(shown_value(code) for code in condition.codes) if isinstance(condition, OneOf) else str(condition)


METHODS = {
    Method.REBASED: N_("points earned over points that apply, brought to full marks"),
    Method.EARNED: N_("the points earned"),
    Method.DEDUCTED: N_("full marks less the points lost, not below 0"),
    Method.DEMERITS: N_("the points lost; lower is better"),
}
ROUNDINGS = {
    "half_up": N_("half up"),
    "half_even": N_("half to even"),
    "down": N_("always down"),
    "up": N_("always up"),
}
CALENDARS = {"working": N_("{days} working days"), "calendar": N_("{days} calendar days")}


@dataclass(frozen=True, slots=True)
class Promise:
    """A named size or reward of a scheme: `size` in words, and what else it asks for."""

    title: Titled
    size: Reason | str
    more: tuple[Titled, ...] = ()


@dataclass(frozen=True, slots=True)
class Extras:
    """What stands beside the checks and the rules."""

    method: Phrase
    rounding: Reason
    bonus: tuple[Promise, ...]
    deadlines: tuple[Promise, ...]
    sampling: tuple[Promise, ...]
    unassessed: Titled | Phrase


def extras(scheme: Scheme) -> Extras:
    """Bonus, deadlines, sampling sizes, and how points become a total, in words."""
    rubric, document = next(iter(scheme.rubrics.values())), scheme.document
    rounding = {"rule": Phrase(ROUNDINGS[scheme.rounding.rule]), "decimals": scheme.rounding.decimals}
    return Extras(
        method=Phrase(METHODS[rubric.method]),
        rounding=Reason("rounding", N_("{rule}, {decimals} decimals kept"), rounding),
        bonus=tuple(_bonus(entry) for entry in document.get("bonus", {}).get("items", ())),
        deadlines=tuple(
            Promise(Titled(entry["title"]), Reason("days", CALENDARS[entry["calendar"]], {"days": entry["days"]}))
            for entry in document.get("deadlines", ())
        ),
        sampling=tuple(Promise(Titled(entry["title"]), _size(entry)) for entry in document.get("sampling", ())),
        unassessed=tier_title(scheme.list_rules, scheme.list_rules.unassessed),
    )


def _bonus(entry: Mapping[str, Any]) -> Promise:
    more = tuple(Titled(entry[key]) for key in ("proof", "approver") if entry.get(key))
    return Promise(Titled(entry["title"]), entry["points"], more)


def _size(entry: Mapping[str, Any]) -> Reason:
    if "share" in entry:
        return Reason("share", N_("{share} percent"), {"share": entry["share"]})
    return Reason("minimum", N_("at least {count}"), {"count": entry["minimum"]})


@dataclass(frozen=True, slots=True)
class TierShare:
    """How many of a class have a tier; `percent` is of the class."""

    code: str
    title: Titled | Phrase
    tone: str
    count: int
    percent: str


@dataclass(frozen=True, slots=True)
class ClassSpread:
    """How the sites of a class are spread over the tiers, best first."""

    code: str
    title: Titled
    count: int
    tiers: tuple[TierShare, ...]


def class_spreads(scheme: Scheme, counts: Mapping[str, Mapping[str, int]]) -> tuple[ClassSpread, ...]:
    """The spread of each class that has any sites; tiers nobody has are shown too, the undecided only if any."""
    spreads = []
    for code, title in scheme.classes.items():
        found = counts.get(code, {})
        if everybody := sum(found.values()):
            codes = [tier.code for tier in scheme.list_rules.tiers] + [UNDETERMINED] * (UNDETERMINED in found)
            tiers = tuple(_share(scheme, tier, found.get(tier, 0), everybody) for tier in codes)
            spreads.append(ClassSpread(code, title, everybody, tiers))
    return tuple(spreads)


def _share(scheme: Scheme, code: str, count: int, everybody: int) -> TierShare:
    percent = points_text(Rounding("half_up", 1).ratio(100 * count, everybody), 1)
    rules = scheme.list_rules
    return TierShare(code, tier_title(rules, code), tones(rules).get(code, "plain"), count, percent)
