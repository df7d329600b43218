"""Decision tables: rows of conditions over named measures, each row giving a result.

A table is read in steps: the first step with a matching row decides. `engine.proofs` shows that a table decides every
case in exactly one way. Not here: what a measure or a result means.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from mingjing.engine.outcome import N_, Phrase, Problem, Reason, Refusal, Titled
from mingjing.engine.quantities import decimal_text, parse_fraction

__all__ = [
    "FLAG",
    "Condition",
    "Interval",
    "Measure",
    "OneOf",
    "Row",
    "Table",
    "Undetermined",
    "Value",
    "choice_of",
    "parse_condition",
    "shown_value",
]

Value = Fraction | str
"""A measure's value: an exact number, or the code of a choice ("yes"/"no" for flags)."""

FLAG_WORDS = {"yes": "yes", "no": "no", "是": "yes", "否": "no", "true": "yes", "false": "no"}


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


FLAG = ("yes", "no")
"""The choices of a flag."""


def choice_of(measure: Measure, text: str) -> str:
    """The choice a text means: the word itself, or for a flag any of the words for yes and no.

    >>> choice_of(Measure("late", Phrase("late"), FLAG), " 是 ")
    'yes'
    """
    word = text.strip()
    return FLAG_WORDS.get(word.lower(), word) if measure.choices == FLAG else word


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

    @property
    def empty(self) -> bool:
        """Whether no number lies inside."""
        if self.low is None or self.high is None or self.low < self.high:
            return False
        return self.low > self.high or not (self.low_included and self.high_included)

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
        codes = tuple(choice_of(measure, part) for part in text.split("|"))
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
    return None if not position or text[position:].strip() or found.empty else found


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
    """A row: `result` where every condition of `when` holds. `place` says where it was written, for faults.

    `borderline` marks a result that people confirm; `unscored` one that holds also where nothing was scored.
    """

    result: str
    when: Mapping[str, Condition]
    step: int = 1
    title: Titled | Phrase = Phrase("")
    borderline: bool = False
    unscored: bool = False
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
        found = Phrase(N_("not known")) if value is None else shown_value(value)
        asked = shown_value(str(condition)) if isinstance(condition, OneOf) else str(condition)
        return {"measure": self.measures[code].title, "found": found, "asked": asked}


FLAG_TITLES = {"yes": N_("yes"), "no": N_("no")}


def shown_value(value: Value) -> str | Phrase:
    """A value for a sentence: flags in the reader's language, numbers as exact decimals.

    >>> shown_value(Fraction(3, 2))
    '1.5'
    """
    if isinstance(value, Fraction):
        return decimal_text(value)
    return Phrase(FLAG_TITLES[value]) if value in FLAG_TITLES else value
