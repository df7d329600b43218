"""Conditions over what is known of a visit or of an arrival: data that a person, Python and SQL read alike.

A condition holds, does not hold, or cannot be told because a fact is unknown. Not here: what follows from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from mingjing.engine.mappings.sections import Section

__all__ = ["ALWAYS", "NUMBERS", "TEXTS", "Condition", "Facts", "Test", "read_condition"]

Facts = Mapping[str, str | int | None]
"""What is known: words and whole numbers by the name of the fact; an absent one, "" and None are unknown."""

TEXTS = (
    "purpose", "trigger", "method", "level", "field", "grade", "ordered", "clue", "draw", "gate", "code", "finding",
    "open_finding", "reason", "left", "conduct", "campaign",
)  # fmt: skip
"""Words that a visit can carry; docs/reference/inspection-rules.md says what each means."""
NUMBERS = ("days_late", "filed_days", "result_days", "minutes", "over_plan", "team", "team_over", "rating", "eligible")
"""Whole numbers that a visit can carry."""
AT_THE_GATE = (
    "listed", "published", "in_scope", "covered", "approved", "filed", "quiet_day", "exception", "exempt", "as_noticed",
    "valid_officers", "distance",
)  # fmt: skip
"""Facts that are asked for at the gate only."""
KNOWN = frozenset((*TEXTS, *NUMBERS, *AT_THE_GATE))
WHOLE = frozenset((*NUMBERS, "valid_officers", "distance"))
KEPT = 1000
"""Combinations of facts of which a condition remembers what it said."""


@dataclass(frozen=True, slots=True)
class Test:
    """One fact, held against words (`words` is not None) or against bounds."""

    fact: str
    words: frozenset[str] | None = None
    low: int | None = None
    high: int | None = None

    def verdict(self, facts: Facts) -> bool | None:
        """Whether it holds; None where the fact is unknown and the words do not name the unknown ("") itself."""
        value = facts.get(self.fact)
        if self.words is not None:
            return True if (value or "") in self.words else None if value in ("", None) else False
        if not isinstance(value, int):
            return None
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)

    def holds(self, facts: Facts) -> bool:
        """Whether it is known to hold."""
        if self.words is not None:
            return (facts.get(self.fact) or "") in self.words
        return self.verdict(facts) is True


@dataclass(frozen=True, slots=True)
class Condition:
    """All of `only` hold, and none of `unless` holds whole: an exception must be known to be one.

    `names` are the facts that it asks for.
    """

    only: tuple[Test, ...] = ()
    unless: tuple[tuple[Test, ...], ...] = ()
    names: list[str] = field(default_factory=list, init=False, repr=False, compare=False)
    _said: dict[tuple[Any, ...], bool | None] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        tests = (*self.only, *(test for tests in self.unless for test in tests))
        self.names.extend(dict.fromkeys(test.fact for test in tests))

    def verdict(self, facts: Facts) -> bool | None:
        """Whether it holds, or None where that cannot be told: what it said of the same facts before, it says again."""
        asked = tuple(map(facts.get, self.names))
        try:
            return self._said[asked]
        except KeyError:
            if len(self._said) >= KEPT:
                self._said.clear()
            said = self._said[asked] = self._verdict(facts)
            return said

    def _verdict(self, facts: Facts) -> bool | None:
        known = True
        for test in self.only:
            found = test.verdict(facts)
            if found is False:
                return False
            known = known and found is True
        if self._is_excepted(facts):
            return False
        return known or None

    def holds(self, facts: Facts) -> bool:
        """Whether it is known to hold."""
        return self.verdict(facts) is True

    def _is_excepted(self, facts: Facts) -> bool:
        for tests in self.unless:
            for test in tests:
                if not test.holds(facts):
                    break
            else:
                return True
        return False

    def unknown(self, facts: Facts) -> tuple[str, ...]:
        """The facts that are missing."""
        return tuple(test.fact for test in self.only if test.verdict(facts) is None)


ALWAYS = Condition()


def read_condition(part: Section) -> Condition:
    """`{ only = {fact = [words] | {from, to}}, unless = [ {…}, … ] }`; an empty table holds always."""
    only = _tests(part.section("only"))
    entries = part.any("unless")
    if entries is not None and not isinstance(entries, list):
        part.fault("unless", entries, "a list of tables of facts")
        entries = []
    unless = [
        _tests(Section(one, f"{part.place('unless')}[{at}]", part.problems)) for at, one in enumerate(entries or [])
    ]
    for at, tests in enumerate(unless):
        if not tests:
            part.fault(f"unless[{at}]", entries[at], "a table of facts that is not empty")
    part.close()
    return _one_of_each(Condition(only, tuple(unless)))


@lru_cache(maxsize=1000)
def _one_of_each(condition: Condition) -> Condition:
    """The same object for the same condition: a visit remembers which it meets."""
    return condition


def _tests(part: Section) -> tuple[Test, ...]:
    made = []
    for fact in part.table:
        if fact not in KNOWN:
            part.fault(fact, fact, "one of " + ", ".join(sorted(KNOWN)))
        value: Any = part.table[fact]
        if fact in KNOWN and (fact in WHOLE) is not isinstance(value, Mapping):
            part.fault(fact, value, "{from, to}" if fact in WHOLE else "a list of words")
        if isinstance(value, Mapping):
            made.append(_bounds(part, fact))
        else:
            words = part.texts(fact)
            if not words:
                part.fault(fact, value, "a list of words, or {from, to}")
            made.append(Test(fact, frozenset(words)))
    return tuple(made)


def _bounds(part: Section, fact: str) -> Test:
    inner = part.section(fact)
    low, high = (_whole(inner, key) for key in ("from", "to"))
    if (low is None and high is None) or (low is not None and high is not None and low > high):
        part.fault(fact, dict(inner.table), "from, to or both, and from not above to")
    inner.close()
    return Test(fact, None, low, high)


def _whole(part: Section, key: str) -> int | None:
    value = part.any(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        part.fault(key, value, "a whole number")
        return None
    return value
