"""Which class a community belongs to: the scheme's rule over its values, and the votes of people where it cannot tell.

A value may be known only as a range (the fees of an estate): then every value between must lead to the same class.
Not here: where values come from, who may vote.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, product
from typing import Any

from mingjing.engine.chain import content_digest
from mingjing.engine.kept import keep
from mingjing.engine.outcome import N_, Phrase, Problem, Reason, Refusal, Titled
from mingjing.engine.quantities import decimal_text
from mingjing.engine.rules import Interval, Row, Table, Undetermined, Value, shown_value
from mingjing.programmes.assessments.policy.scheme import Scheme

__all__ = ["NEEDED", "Proposal", "class_inputs", "class_measures", "propose", "settled_reason", "settles"]

NEEDED = 2
"""How many different people must agree on a class that the rule leaves open."""

CONDITION = N_("{measure} is {found}; the rule asks for {asked}.")

Range = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the class rule says. `class_code` is empty where it cannot tell; `borderline` where people must agree."""

    class_code: str
    borderline: bool
    reasons: tuple[Reason, ...]

    @property
    def settled(self) -> bool:
        """Whether nobody needs to look at it."""
        return bool(self.class_code) and not self.borderline


def class_measures(scheme: Scheme) -> tuple[str, ...]:
    """The codes of the values that the class rule asks about."""
    return tuple(dict.fromkeys(code for row in scheme.class_rule.rows for code in row.when))


def class_inputs(scheme: Scheme, texts: Mapping[str, str], ranges: Mapping[str, Range]) -> str:
    """The digest of all that a class rests on: votes given on other values do not count."""
    asked = class_measures(scheme)
    return content_digest(
        {
            "rule": scheme.document["class_rule"],
            "values": {code: texts[code] for code in asked if code in texts},
            "ranges": {code: list(ranges[code]) for code in asked if code in ranges},
        }
    )


def propose(scheme: Scheme, texts: Mapping[str, str], ranges: Mapping[str, Range]) -> Proposal:
    """The class of a community whose values are `texts` by code; those in `ranges` lie between two."""
    values, unread = _read(scheme, texts)
    table = scheme.class_rule
    bounds, unread_bounds = _read_ranges(scheme, ranges, values)
    values = table.complete(values)
    spans = {code: _points(table, code, *ends) for code, ends in bounds.items()}
    cases = [values | dict(zip(spans, chosen, strict=True)) for chosen in product(*spans.values())]
    rows: dict[int, Row] = {}
    for case in cases:
        match table.decide(case):
            case Undetermined(measures):
                return Proposal("", False, (*unread, *unread_bounds, *_missing(scheme, measures)))
            case matched:
                rows |= {id(row): row for row in matched}
    classes = tuple(dict.fromkeys(row.result for row in rows.values()))
    if len(classes) > 1:
        return Proposal("", True, (*_divided(scheme, classes, bounds), *_known(scheme, values)))
    reasons = tuple(_unique(_conditions(scheme, row, values, bounds) for row in rows.values()))
    if any(row.borderline for row in rows.values()):
        text = N_("The scheme calls this case borderline: it leads to {class_title} once two people agree.")
        reason = Reason("class.borderline", text, {"class_title": scheme.classes[classes[0]]})
        return Proposal(classes[0], True, (reason, *reasons))
    return Proposal(classes[0], False, reasons)


def settles(votes: Iterable[tuple[Any, str]]) -> str:
    """The class that enough different people agree on, or nothing. `votes` are (who, class), oldest first.

    Somebody who changed their mind counts once, with the newest vote.

    >>> settles([("a", "A"), ("b", "B"), ("b", "A")])
    'A'
    """
    newest = dict(votes)
    codes = list(newest.values())
    return next((code for code in dict.fromkeys(codes) if codes.count(code) >= NEEDED), "")


def settled_reason(scheme: Scheme, class_code: str) -> Reason:
    """Said of a class that people settled."""
    text = N_("{count} different people looked at it and agreed on {class_title}.")
    return Reason("class.confirmed", text, {"count": NEEDED, "class_title": scheme.classes[class_code]})


def _read(scheme: Scheme, texts: Mapping[str, str]) -> tuple[dict[str, Value], tuple[Problem, ...]]:
    values: dict[str, Value] = {}
    problems: list[Problem] = []
    for code in class_measures(scheme):
        if code in texts:
            try:
                values[code] = scheme.attribute(code, texts[code])
            except Refusal as refusal:
                problems += refusal.problems
    return values, tuple(problems)


def _read_ranges(
    scheme: Scheme, ranges: Mapping[str, Range], values: Mapping[str, Value]
) -> tuple[dict[str, tuple[Fraction, Fraction]], tuple[Problem, ...]]:
    bounds: dict[str, tuple[Fraction, Fraction]] = {}
    problems: list[Problem] = []
    for code in class_measures(scheme):
        if code in ranges and code not in values:
            try:
                low, high = (scheme.attribute(code, text) for text in ranges[code])
            except Refusal as refusal:
                problems += refusal.problems
            else:
                if isinstance(low, Fraction) and isinstance(high, Fraction):
                    bounds[code] = (low, high)
    return bounds, tuple(problems)


def _points(table: Table, code: str, low: Fraction, high: Fraction) -> list[Fraction]:
    """Both ends of a range, and between them one value for every answer the rule can give."""
    edges = {low, high}
    for row in table.rows:
        condition = row.when.get(code)
        if isinstance(condition, Interval):
            edges |= {edge for edge in (condition.low, condition.high) if edge is not None and low < edge < high}
    found = sorted(edges)
    return sorted({*found, *((one + other) / 2 for one, other in pairwise(found))})


def _missing(scheme: Scheme, measures: tuple[str, ...]) -> Iterator[Reason]:
    if not measures:
        yield Reason("class.no_row", N_("No row of the class rule fits these values."))
    for code in measures:
        text = N_("{measure} is not known; record it with its source, or let two people agree on the class.")
        yield Reason("class.value_missing", text, {"measure": scheme.attributes[code].title})


def _divided(
    scheme: Scheme, classes: tuple[str, ...], bounds: Mapping[str, tuple[Fraction, Fraction]]
) -> Iterator[Reason]:
    titles = tuple(scheme.classes[code] for code in classes)
    for code, (low, high) in bounds.items():
        text = N_("{measure} runs from {low} to {high}, which leads to more than one class: {classes}.")
        params = {"low": decimal_text(low), "high": decimal_text(high), "classes": titles}
        yield Reason("class.range_divided", text, {"measure": scheme.attributes[code].title, **params})


def _known(scheme: Scheme, values: Mapping[str, Value]) -> Iterator[Reason]:
    """What else the rule went by, where several rows fit."""
    for code in class_measures(scheme):
        if code in values:
            params = {"measure": scheme.attributes[code].title, "found": shown_value(values[code])}
            yield Reason("class.value", N_("{measure} is {found}."), params)


def _conditions(
    scheme: Scheme, row: Row, values: Mapping[str, Value], bounds: Mapping[str, tuple[Fraction, Fraction]]
) -> Iterator[Reason]:
    for code, condition in row.when.items():
        found: object
        if code in bounds:
            low, high = (decimal_text(end) for end in bounds[code])
            found = Reason("class.range", N_("{low} to {high}"), {"low": low, "high": high})
        else:
            found = shown_value(values[code]) if code in values else Phrase(N_("not known"))
        asked: str | Phrase | Titled = shown_value(str(condition))
        yield Reason(
            "rules.condition_met", CONDITION,
            {"measure": scheme.attributes[code].title, "found": found, "asked": asked},
        )  # fmt: skip


def _unique(groups: Iterable[Iterable[Reason]]) -> Iterator[Reason]:
    seen: set[str] = set()
    for reason in (reason for group in groups for reason in group):
        key = content_digest(keep(reason))
        if key not in seen:
            seen.add(key)
            yield reason
