"""Decision tables: rows of conditions over named measures, each row giving a result.

A table is read in steps. Within a step two rows with different results may never both match, and all steps together
leave no combination of values without a result; `faults` proves both before a rulebook is published and names a
combination of values as witness. Not here: what a measure or a result means.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations

from mingjing.engine.outcome import N_, Phrase, Problem, Reason, Refusal, Titled
from mingjing.engine.quantities import decimal_text, parse_fraction

__all__ = [
    "Condition",
    "Interval",
    "Measure",
    "OneOf",
    "Row",
    "Table",
    "Undetermined",
    "faults",
    "parse_condition",
]

Value = Fraction | str
"""A measure's value: an exact number, or the code of a choice ("yes"/"no" for flags)."""

FLAG_WORDS = {"yes": "yes", "no": "no", "是": "yes", "否": "no", "true": "yes", "false": "no"}
SEARCH_LIMIT = 200_000
"""How many combinations `faults` looks at before it says that a table is too intertwined to prove."""


@dataclass(frozen=True, slots=True)
class Measure:
    """Something a table can ask about.

    `choices` are the codes of a choice (a flag has "yes" and "no"); empty for numbers. Numbers lie between `low` and
    `high` (None: unbounded) and, where `grain` is given, are whole multiples of it. `default` holds where no value was
    given; None means that the value is then unknown.
    """

    code: str
    title: Titled | Phrase
    choices: tuple[str, ...] = ()
    low: Fraction | None = Fraction(0)
    high: Fraction | None = None
    grain: Fraction | None = None
    default: Value | None = None


@dataclass(frozen=True, slots=True)
class Interval:
    """Numbers between two bounds; a bound of None is open-ended."""

    low: Fraction | None = None
    high: Fraction | None = None
    low_included: bool = True
    high_included: bool = True

    def holds(self, value: Value) -> bool:
        """Whether `value` lies inside."""
        if isinstance(value, str):
            return False
        if self.low is not None and (value < self.low or (value == self.low and not self.low_included)):
            return False
        return self.high is None or value < self.high or (value == self.high and self.high_included)

    def meet(self, other: "Interval") -> "Interval":
        """The numbers that lie in both."""
        low, low_included = max(
            ((self.low, self.low_included), (other.low, other.low_included)),
            key=lambda end: (end[0] is not None, end[0] or 0, not end[1]),
        )
        high, high_included = min(
            ((self.high, self.high_included), (other.high, other.high_included)),
            key=lambda end: (end[0] is None, end[0] or 0, end[1]),
        )
        return Interval(low, high, low_included, high_included)

    def __str__(self) -> str:
        if self.low is not None and self.low == self.high:
            return f"= {decimal_text(self.low)}"
        parts = []
        if self.low is not None:
            parts.append(f"{'≥' if self.low_included else '>'} {decimal_text(self.low)}")
        if self.high is not None:
            parts.append(f"{'≤' if self.high_included else '<'} {decimal_text(self.high)}")
        return " ".join(parts)


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of several choices."""

    codes: tuple[str, ...]

    def holds(self, value: Value) -> bool:
        """Whether `value` is one of the codes."""
        return value in self.codes

    def __str__(self) -> str:
        return " | ".join(self.codes)


Condition = Interval | OneOf

_COMPARISON = re.compile(r"(>=|<=|>|<|=)?\s*(-?\d[\d.]*)\s*%?")
_SIGNS = str.maketrans(
    {"≥": ">=", "≤": "<=", "＞": ">", "＜": "<", "＝": "=", "，": " ", ",": " ", "且": " ", "－": "-"}
)


def parse_condition(text: str, measure: Measure, place: str = "") -> Condition:
    """Read a condition as people write it: ">=75 <90", "0", "yes", "gas|steam".

    Raises Refusal (`rules.condition`) that says what may be written there.
    """
    if measure.choices:
        codes = tuple(FLAG_WORDS.get(part.strip().lower(), part.strip()) for part in text.split("|"))
        if set(codes) <= set(measure.choices):
            return OneOf(codes)
        allowed = N_("{found} is not a condition on {measure}; write one of {choices}, several joined by |.")
        params = {"found": repr(text), "measure": measure.title, "choices": measure.choices}
        raise Refusal([Problem("rules.condition", allowed, params, place)])
    condition = _parse_interval(text.translate(_SIGNS).strip())
    if condition is None:
        asked = N_("{found} is not a condition on {measure}; write a number or comparisons such as >=75 <90.")
        raise Refusal([Problem("rules.condition", asked, {"found": repr(text), "measure": measure.title}, place)])
    return condition


def _parse_interval(text: str) -> Interval | None:
    found = Interval()
    position = 0
    for match in _COMPARISON.finditer(text):
        if text[position : match.start()].strip() not in {"", "and"}:
            return None
        position = match.end()
        try:
            found = found.meet(_comparison(match[1] or "=", parse_fraction(match[2])))
        except Refusal:
            return None
    empty = found.low is not None and found.high is not None and found.low > found.high
    return None if not position or text[position:].strip() or empty else found


def _comparison(sign: str, value: Fraction) -> Interval:
    match sign:
        case ">=":
            return Interval(low=value)
        case ">":
            return Interval(low=value, low_included=False)
        case "<=":
            return Interval(high=value)
        case "<":
            return Interval(high=value, high_included=False)
        case _:
            return Interval(low=value, high=value)


@dataclass(frozen=True, slots=True)
class Row:
    """A row: `result` where every condition of `when` holds. `place` says where it was written, for faults."""

    result: str
    when: Mapping[str, Condition]
    step: int = 1
    title: Titled | Phrase = Phrase("")
    borderline: bool = False
    place: str = ""

    def holds(self, values: Mapping[str, Value]) -> bool | None:
        """True or False, or None where an unknown value leaves it open."""
        unknown = False
        for code, condition in self.when.items():
            value = values.get(code)
            if value is None:
                unknown = True
            elif not condition.holds(value):
                return False
        return None if unknown else True


@dataclass(frozen=True, slots=True)
class Undetermined:
    """No row could be chosen because these measures have no value."""

    measures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows over measures, read step by step."""

    measures: Mapping[str, Measure]
    rows: tuple[Row, ...]
    _steps: tuple[tuple[Row, ...], ...] = field(init=False)

    def __post_init__(self) -> None:
        numbers = sorted({row.step for row in self.rows})
        steps = tuple(tuple(row for row in self.rows if row.step == number) for number in numbers)
        object.__setattr__(self, "_steps", steps)

    def complete(self, given: Mapping[str, Value]) -> dict[str, Value]:
        """`given` with the defaults of the measures it does not name."""
        defaults = {code: m.default for code, m in self.measures.items() if m.default is not None}
        return {**defaults, **given}

    def decide(self, values: Mapping[str, Value]) -> tuple[Row, ...] | Undetermined:
        """The matching rows of the first step that has any, or which unknown values stand in the way."""
        for rows in self._steps:
            answers = [(row, row.holds(values)) for row in rows]
            if matched := tuple(row for row, answer in answers if answer):
                return matched
            if any(answer is None for _, answer in answers):
                asked = (code for row, answer in answers if answer is None for code in row.when)
                return Undetermined(tuple(dict.fromkeys(code for code in asked if values.get(code) is None)))
        return Undetermined(())

    def reasons(self, row: Row, values: Mapping[str, Value]) -> tuple[Reason, ...]:
        """One reason per condition of `row`, with the value it met."""
        text = N_("{measure} is {found}; the rule asks for {asked}.")
        return tuple(
            Reason("rules.condition_met", text, self._shown(code, condition, values))
            for code, condition in row.when.items()
        )

    def unmet(self, row: Row, values: Mapping[str, Value]) -> tuple[Reason, ...]:
        """One reason per condition of `row` that does not hold."""
        text = N_("{measure} is {found}; the rule asks for {asked}.")
        return tuple(
            Reason("rules.condition_unmet", text, self._shown(code, condition, values))
            for code, condition in row.when.items()
            if (value := values.get(code)) is None or not condition.holds(value)
        )

    def _shown(self, code: str, condition: Condition, values: Mapping[str, Value]) -> dict[str, object]:
        value = values.get(code)
        found: object = Phrase(N_("not known"))
        if isinstance(value, Fraction):
            found = decimal_text(value)
        elif value is not None:
            found = Phrase(FLAG_TITLES.get(value, value))
        asked = FLAG_TITLES.get(str(condition))
        return {
            "measure": self.measures[code].title,
            "found": found,
            "asked": Phrase(asked) if asked else str(condition),
        }


FLAG_TITLES = {"yes": N_("yes"), "no": N_("no")}


def faults(table: Table) -> Iterator[Problem]:
    """Everything that keeps `table` from deciding every case in exactly one way, each with a witness.

    Codes: `rules.overlap`, `rules.gap`, `rules.dead` (a row earlier steps leave nothing to), `rules.too_intertwined`.
    """
    try:
        yield from _overlaps(table)
        yield from _dead_rows(table)
        if (gap := _uncovered(table, table.rows, _candidates(table))) is not None:
            text = N_("No rule covers {example}; add a rule for it.")
            yield Problem(
                "rules.gap",
                text,
                {"example": _example(table, gap)},
                table.rows[0].place if table.rows else "",
            )
    except _TooIntertwined:
        text = N_("The rules combine too many conditions to be proved free of gaps; use fewer or simpler conditions.")
        yield Problem("rules.too_intertwined", text, {}, table.rows[0].place)


class _TooIntertwined(Exception):
    pass


def _overlaps(table: Table) -> Iterator[Problem]:
    for one, other in combinations(table.rows, 2):
        if one.step != other.step or one.result == other.result:
            continue
        both = _restricted(_restricted(_candidates(table), one), other)
        earlier = [row for row in table.rows if row.step < one.step]
        if (free := _uncovered(table, earlier, both)) is not None:
            witness = {code: both[code][0] for code in {**one.when, **other.when}} | free
            text = N_(
                "{one} and {other} ({where}) both claim {example}; change one of them, or put them in different steps."
            )
            params = {
                "one": one.result,
                "other": other.result,
                "where": one.place,
                "example": _example(table, witness),
            }
            yield Problem("rules.overlap", text, params, other.place)


def _dead_rows(table: Table) -> Iterator[Problem]:
    for row in table.rows:
        earlier = [other for other in table.rows if other.step < row.step]
        if _uncovered(table, earlier, _restricted(_candidates(table), row)) is None:
            text = N_("This rule can never apply: earlier steps decide every case it names. Remove it or move it up.")
            yield Problem("rules.dead", text, {}, row.place)


Candidates = Mapping[str, Sequence[Value]]


def _candidates(table: Table) -> Candidates:
    """For each measure, values such that every region the rows can tell apart contains one of them."""
    return {code: _values_of(table, measure) for code, measure in table.measures.items()}


def _values_of(table: Table, measure: Measure) -> Sequence[Value]:
    if measure.choices:
        return measure.choices
    conditions = [row.when[measure.code] for row in table.rows if measure.code in row.when]
    ends = {
        end for item in conditions if isinstance(item, Interval) for end in (item.low, item.high) if end is not None
    }
    if not ends:
        return [measure.low if measure.low is not None else Fraction(0)]
    if measure.grain is None:
        ordered = sorted(ends)
        between = {(a + b) / 2 for a, b in zip(ordered, ordered[1:], strict=False)}
        found = ends | between | {ordered[0] - 1, ordered[-1] + 1}
    else:
        grain = measure.grain
        floors = {end // grain * grain for end in ends}
        found = {value + shift * grain for value in floors for shift in (-1, 0, 1)}
    inside = {
        v for v in found if (measure.low is None or v >= measure.low) and (measure.high is None or v <= measure.high)
    }
    return sorted(inside | ({measure.low} if measure.low is not None else set()))


def _restricted(candidates: Candidates, row: Row) -> Candidates:
    return {
        code: [value for value in values if code not in row.when or row.when[code].holds(value)]
        for code, values in candidates.items()
    }


def _uncovered(table: Table, rows: Sequence[Row], candidates: Candidates) -> dict[str, Value] | None:
    """Values from `candidates` that no row matches, or None when the rows match them all."""
    if not all(candidates.values()):
        return None
    budget = [SEARCH_LIMIT]

    def search(open_rows: Sequence[tuple[Row, frozenset[str]]], chosen: dict[str, Value]) -> dict[str, Value] | None:
        budget[0] -= 1
        if budget[0] < 0:
            raise _TooIntertwined
        if any(not left for _, left in open_rows):
            return None
        if not open_rows:
            return chosen
        counts: dict[str, int] = {}
        for _, left in open_rows:
            for code in left:
                counts[code] = counts.get(code, 0) + 1
        code = max(sorted(counts), key=counts.__getitem__)
        tried: set[tuple[bool, ...]] = set()
        for value in candidates[code]:
            signature = tuple(code not in left or row.when[code].holds(value) for row, left in open_rows)
            if signature in tried:
                continue
            tried.add(signature)
            kept = [(row, left - {code}) for (row, left), holds in zip(open_rows, signature, strict=True) if holds]
            if (witness := search(kept, {**chosen, code: value})) is not None:
                return witness
        return None

    return search([(row, frozenset(row.when)) for row in rows], {})


def _example(table: Table, witness: Mapping[str, Value]) -> tuple[Reason, ...]:
    """A witness in words; measures it leaves free are not mentioned."""
    shown = {
        code: decimal_text(value) if isinstance(value, Fraction) else Phrase(FLAG_TITLES.get(value, value))
        for code, value in witness.items()
    }
    text = N_("{measure} {value}")
    parts = [
        Reason("rules.example", text, {"measure": table.measures[code].title, "value": value})
        for code, value in shown.items()
    ]
    return tuple(parts) or (Reason("rules.anything", N_("any values"), {}),)
