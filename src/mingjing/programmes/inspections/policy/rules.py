"""Rule packs: which entries raise which warning, as a document of dated rules with a source beside each.

The format is docs/reference/inspection-rules.md. A rule holds for visits of the days from `from` to `to`: a pack keeps
what held before, so that an old visit is judged by the rules of its day. Not here: judging (gate, counting, conduct).
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import IntEnum
from itertools import pairwise
from typing import Any

from mingjing.engine.mappings.sections import Section
from mingjing.engine.outcome import N_, Phrase, Problem, Refusal, Titled
from mingjing.programmes.inspections.policy.conditions import ALWAYS, KEPT, Condition, Facts, read_condition

__all__ = [
    "FORMAT", "KEYS", "KIND", "KINDS", "Count", "Level", "Pack", "Rule", "Step", "Window", "check_rules", "read_rules",
]  # fmt: skip

KIND = "inspections.rules"
"""The kind of rulebook that these documents are."""
FORMAT = "mingjing.inspections.rules/1"
KINDS = ("gate", "visit", "count", "unscanned", "streak", "share", "blanket")
KEYS = ("site", "authority", "item", "field")
"""What the visits of a firm can be told apart by before they are counted."""
PERIODS = ("day", "month", "quarter", "year")
MOST = 100_000


class Level(IntEnum):
    """How much a warning weighs; the worst is the highest."""

    INFO = 1
    YELLOW = 2
    RED = 3

    @property
    def code(self) -> str:
        """As it stands in documents and files."""
        return self.name.lower()


LEVELS = {level.code: level for level in Level}


@dataclass(frozen=True, slots=True)
class Window:
    """The days that are counted together: the last `days` up to a visit's, or its calendar `period`."""

    period: str = ""
    days: int = 0

    @property
    def phrase(self) -> Phrase | str:
        """How a sentence names it; `days` are given beside it."""
        return _PERIODS[self.period]


_PERIODS = {
    "": Phrase(N_("running days")),
    "day": Phrase(N_("one day")),
    "month": Phrase(N_("one calendar month")),
    "quarter": Phrase(N_("one calendar quarter")),
    "year": Phrase(N_("one calendar year")),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One level: reached where `when` holds (visit, gate), or by `least` visits for which `when` holds (count)."""

    level: Level
    least: int = 1
    when: Condition = ALWAYS


@dataclass(frozen=True, slots=True)
class Count:
    """Which visits are counted, apart by what and over which days; only those that `judged` holds for can warn.

    `what` is "visits" (a joint one once) or "authorities". With `caps` (by the firm's grade, "" for none, None: no cap)
    a visit warns when the cap is "reached" or "over" it.
    """

    what: str
    per: tuple[str, ...]
    window: Window
    visits: Condition
    judged: Condition
    caps: Mapping[str, int | None]
    when: str

    def allowed(self, grade: str) -> int | None:
        """The cap of a firm of that grade; that of firms without a grade where the grade has none of its own."""
        return self.caps[grade] if grade in self.caps else self.caps.get("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule for the days from `first` to `last`; `steps` are ordered from the worst level down."""

    code: str
    kind: str
    title: Titled
    source: str
    avoid: Titled
    first: date
    last: date
    steps: tuple[Step, ...]
    unknown: Level
    count: Count | None = None
    numbers: Mapping[str, int]

    def __hash__(self) -> int:
        """Rules that are equal have the same; what is said of a rule can be kept by it."""
        return hash((self.code, self.first))

    def holds(self, day: date) -> bool:
        """Whether it is in force on that day."""
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Pack:
    """Rules in the order of the document."""

    title: Titled
    rules: tuple[Rule, ...]
    _said: dict[tuple[Any, int, tuple[Any, ...]], Any] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _names: dict[int, tuple[str, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _turns: list[date] = field(default_factory=list, init=False, repr=False, compare=False)
    _held: dict[tuple[int, tuple[str, ...]], tuple[Rule, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        ended = {rule.last + timedelta(days=1) for rule in self.rules if rule.last < date.max}
        self._turns.extend(sorted({rule.first for rule in self.rules} | ended))

    def of(self, *kinds: str) -> Iterator[Rule]:
        """Its rules of these kinds."""
        return (rule for rule in self.rules if rule.kind in kinds)

    def on(self, day: date, *kinds: str) -> tuple[Rule, ...]:
        """Its rules of these kinds that hold on that day: looked up once for all days between two changes."""
        between = (bisect_right(self._turns, day), kinds)
        if (held := self._held.get(between)) is None:
            held = self._held.setdefault(between, tuple(rule for rule in self.of(*kinds) if rule.holds(day)))
        return held

    def told_before(self, held: tuple[Rule, ...], facts: Facts, say: Callable[[tuple["Rule", ...], Facts], Any]) -> Any:
        """What the levels of these rules, as `on` gave them, `say` to these facts: worked out once, and remembered."""
        asked = say, id(held), tuple(map(facts.get, self._asked_by(held)))  # of no rules there is but one
        found = self._said.get(asked)
        if found is None:
            if len(self._said) >= KEPT:
                self._said.clear()
            found = self._said[asked] = say(held, facts)
        return found

    def _asked_by(self, held: tuple[Rule, ...]) -> tuple[str, ...]:
        """The facts that the levels of these rules, as `on` gave them, ask for: looked up once."""
        if (found := self._names.get(id(held))) is None:
            asked = (name for rule in held for step in rule.steps for name in step.when.names)
            found = self._names[id(held)] = tuple(dict.fromkeys(asked))
        return found


def check_rules(document: Mapping[str, Any]) -> list[Problem]:
    """Everything that is wrong with a document of rules."""
    problems: list[Problem] = []
    _read(document, problems)
    return problems


def read_rules(document: Mapping[str, Any]) -> Pack:
    """The pack in a document; raises Refusal with everything that is wrong with it."""
    problems: list[Problem] = []
    pack = _read(document, problems)
    if problems:
        raise Refusal(problems)
    return pack


def _read(document: Mapping[str, Any], problems: list[Problem]) -> Pack:
    root = Section(document, "", problems)
    if (found := root.text("format")) != FORMAT:
        root.fault("format", found, FORMAT)
    entries = root.any("rules")
    if not isinstance(entries, list) or not entries:
        root.fault("rules", entries, "a list of rules")
        entries = []
    rules = tuple(_rule(Section(one, f"rules[{at}]", problems)) for at, one in enumerate(entries))
    pack = Pack(_title(root, "title"), rules)
    root.close()
    _refuse_overlaps(pack, problems)
    return pack


def _refuse_overlaps(pack: Pack, problems: list[Problem]) -> None:
    for one, other in pairwise(sorted(pack.rules, key=lambda rule: (rule.code, rule.first))):
        if one.code == other.code and other.first <= one.last:
            text = N_("The rule {code} holds twice from {day} on; let one end before the other begins.")
            problems.append(Problem("rules.overlap", text, {"code": one.code, "day": other.first.isoformat()}, "rules"))


def _rule(part: Section) -> Rule:
    kind = part.choice("kind", KINDS, KINDS[1])
    rule = Rule(
        code=_needed(part, "code"), kind=kind, title=_title(part, "title"), source=_needed(part, "source"),
        avoid=_title(part, "avoid"), first=_day(part, "from", date.min), last=_day(part, "to", date.max),
        steps=_steps(part), unknown=LEVELS[part.choice("unknown", tuple(LEVELS), "yellow")],
        count=_count(part.section("count")) if kind in ("count", "streak", "share") else None,
        numbers=_numbers(part, kind),
    )  # fmt: skip
    if not part.has("from"):
        part.fault("from", None, "the first day, such as 2024-01-01")
    if rule.last < rule.first:
        part.fault("to", rule.last.isoformat(), "a day not before from")
    if part.any("kind") in (None, *KINDS):
        part.close()  # which keys belong to a rule of an unknown kind, nobody can say
    return rule


NUMBERS = {"unscanned": ("days",), "streak": ("times",), "share": ("percent",), "blanket": ("percent",)}
"""The whole numbers that rules of a kind need besides their levels."""


def _numbers(part: Section, kind: str) -> dict[str, int]:
    return {name: _bounded(part, name, 1 if name == "days" else None) for name in NUMBERS.get(kind, ())}


def _bounded(part: Section, name: str, default: int | None, least: int = 1) -> int:
    if default is None and not part.has(name):
        part.fault(name, None, f"a whole number from {least} to {MOST}")
    found = part.whole(name, default or least, least)
    if found > MOST:
        part.fault(name, found, f"a whole number from {least} to {MOST}")
        return MOST
    return found


def _steps(part: Section) -> tuple[Step, ...]:
    entries = part.any("levels")
    if not isinstance(entries, list) or not entries:
        part.fault("levels", entries, "a list of levels, the worst first")
        return (Step(Level.INFO),)
    steps = tuple(_step(Section(one, f"{part.place('levels')}[{at}]", part.problems)) for at, one in enumerate(entries))
    if any(one.level < other.level for one, other in pairwise(steps)):
        part.fault("levels", [step.level.code for step in steps], "the worst level first")
    return steps


def _step(part: Section) -> Step:
    level = part.choice("level", tuple(LEVELS), "")
    if not level:
        part.fault("level", None, " | ".join(LEVELS))
    least = _bounded(part, "at_least", 1)
    when = read_condition(part.section("when"))
    part.close()
    return Step(LEVELS.get(level, Level.INFO), least, when)


def _count(part: Section) -> Count:
    caps, when = _caps(part), part.choice("when", ("over", "reached"), "over")
    count = Count(
        what=part.choice("what", ("visits", "authorities"), "visits"), per=part.texts("per"), window=_window(part),
        visits=read_condition(part.section("visits")), judged=read_condition(part.section("judged")), caps=caps,
        when=when,
    )  # fmt: skip
    if set(count.per) - set(KEYS) or len(set(count.per)) < len(count.per):
        part.fault("per", list(count.per), "some of " + ", ".join(KEYS))
    if count.what == "authorities" and ("authority" in count.per or caps):
        part.fault("what", count.what, "visits, where they are counted for each authority or against a cap")
    part.close()
    return count


def _caps(part: Section) -> dict[str, int | None]:
    table = part.section("cap")
    found: dict[str, int | None] = {}
    for grade in table.table:
        none = table.any(grade) is None or table.any(grade) == "none"
        found[grade] = None if none else table.whole(grade, 0)
    return found


def _window(part: Section) -> Window:
    value = part.any("window")
    if isinstance(value, str) and value in PERIODS:
        return Window(period=value)
    if isinstance(value, Mapping):
        inner = part.section("window")
        made = Window(days=_bounded(inner, "days", None))
        inner.close()
        return made
    part.fault("window", value, 'one of "day", "month", "quarter", "year", or {"days": 30}')
    return Window(period="year")


def _needed(part: Section, key: str) -> str:
    found = part.text(key).strip()
    if not found or len(found) > 600:
        part.fault(key, found or None, "a text of 1 to 600 characters")
    return found


def _day(part: Section, key: str, default: date) -> date:
    value = part.any(key)
    if value is None:
        return default
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        part.fault(key, value, "a day such as 2024-01-01")
        return default


def _title(part: Section, key: str) -> Titled:
    value = part.any(key)
    known = {"zh-Hans", "en"}
    if isinstance(value, Mapping) and value and set(value) <= known and all(_is_title(text) for text in value.values()):
        return Titled(dict(value))
    part.fault(key, value, 'a text such as {"zh-Hans": "…", "en": "…"}')
    return Titled({"en": key})


def _is_title(text: object) -> bool:
    return isinstance(text, str) and 0 < len(text.strip()) <= 300
