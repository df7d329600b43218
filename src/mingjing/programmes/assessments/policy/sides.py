"""What a row says besides its checks: class, attributes, bonus, vetoes, and whether the visit took place."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from operator import itemgetter
from typing import Generic, TypeVar

from mingjing.engine.mappings.columns import Place
from mingjing.engine.mappings.forms import Source
from mingjing.engine.mappings.texts import Unreadable, normal, parse_day
from mingjing.engine.outcome import N_, Reason, Refusal
from mingjing.engine.quantities import decimal_text
from mingjing.engine.rules import Undetermined, Value
from mingjing.engine.scoring import Claim, Sheet, Veto
from mingjing.programmes.assessments.policy.cells import MEMO
from mingjing.programmes.assessments.policy.columns import Columns
from mingjing.programmes.assessments.policy.mapping import AttributeColumn, ClaimColumns, ClassBy, VetoColumns
from mingjing.programmes.assessments.policy.mapping import Mapping as FileMapping
from mingjing.programmes.assessments.policy.regions import Region, Regions
from mingjing.programmes.assessments.policy.scheme import Scheme

__all__ = ["Faults", "Side", "SideReader"]

Read = TypeVar("Read")
Faults = list[tuple[str, Reason]]
"""Columns that cannot be read, each with the reason."""


@dataclass(frozen=True, slots=True)
class Side:
    """What a row says besides its checks.

    `region` says which conditions of the scheme's rules the attributes meet; `faults` are the columns that cannot be
    read, each with the reason.
    """

    class_code: str
    attributes: Mapping[str, Value]
    region: tuple[Region | None, ...]
    claims: tuple[Claim, ...]
    vetoes: tuple[Veto, ...]
    assessed: bool
    period: tuple[str, str] | None
    faults: tuple[tuple[str, Reason], ...]

    def sheet(self) -> Sheet:
        """A sheet without findings: all that can be scored of this."""
        return Sheet((), (), self.claims, self.vetoes, self.attributes, self.period, self.assessed)


class _Part(Generic[Read]):
    """Some columns that are read together; equal texts are read once."""

    def __init__(self, positions: Iterable[int | None], read: Callable[[Sequence[str], Faults], Read]) -> None:
        used = sorted({at for at in positions if at is not None})
        self.pick: Callable[[Sequence[str]], object] = itemgetter(*used) if used else _nothing
        self.read = read
        self.known: dict[object, tuple[Read, Faults]] = {}

    def of(self, cells: Sequence[str], faults: Faults) -> Read:
        """What the columns say in this row; what is wrong with them joins `faults`."""
        texts = self.pick(cells)
        found = self.known.get(texts)
        if found is None:
            if len(self.known) >= MEMO:
                self.known.clear()
            mine: Faults = []
            found = self.known[texts] = (self.read(cells, mine), mine)
        faults += found[1]
        return found[0]


def _nothing(cells: Sequence[str]) -> object:
    """The texts of no columns."""
    return None


@dataclass(frozen=True, slots=True)
class _AttributePlace:
    """An attribute with the place of its text and the words of its choices, normalised."""

    column: AttributeColumn
    place: Place
    words: Mapping[str, str]
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Granted:
    """A bonus or veto: its code, the column that says yes or no, and the places of its further texts."""

    code: str
    said: Place
    more: tuple[Place, ...]

    @property
    def positions(self) -> tuple[int | None, ...]:
        """The columns it is read from."""
        return (self.said.at, *(place.at for place in self.more))


class SideReader:
    """Reads what a row says besides its checks; what does not fit joins the problems of `columns`."""

    def __init__(self, mapping: FileMapping, scheme: Scheme, columns: Columns) -> None:
        self.scheme = scheme
        self.values = mapping.values
        self.period = mapping.period
        self.regions = Regions([scheme.class_rule, scheme.list_rules.table])
        self.class_reader = _ClassReader(mapping.class_by, scheme, columns)
        places = [_bound(entry, scheme, columns) for entry in mapping.attributes]
        self.attributes = {
            entry.column.code: _Part([entry.place.at], partial(self._attribute, entry)) for entry in places
        }
        rubrics = scheme.rubrics.values()
        bonus = _granted(columns, "bonus", mapping.bonus, {code for rubric in rubrics for code in rubric.bonus_points})
        vetoes = _granted(
            columns, "vetoes", mapping.vetoes, {code for rubric in rubrics for code in rubric.veto_levels}
        )
        self.claims = _Part([at for entry in bonus for at in entry.positions], partial(self._claims, bonus))
        self.vetoes = _Part([at for entry in vetoes for at in entry.positions], partial(self._vetoes, vetoes))
        assessed = columns.place(Source(column=mapping.assessed), "visit.assessed") if mapping.assessed else None
        self.assessed = _Part([assessed.at if assessed else None], partial(self._assessed, assessed))
        on = columns.place(Source(column=mapping.visit_on), "visit.on")
        by = columns.place(Source(column=mapping.visit_by), "visit.by")
        self.visit = _Part([on.at, by.at], partial(self._when_and_who, on, by))
        self.last: Side | None = None

    def of(self, cells: Sequence[str]) -> Side:
        """The side of the row `cells`; the same object as for the row before where nothing differs."""
        faults: Faults = []
        read = {code: part.of(cells, faults) for code, part in self.attributes.items()}
        region = tuple(None if found is None else found[1] for found in read.values())
        attributes = {code: found[0] for code, found in read.items() if found is not None}
        class_code = self.class_reader.of(cells, attributes, region, faults)
        claims, vetoes = self.claims.of(cells, faults), self.vetoes.of(cells, faults)
        assessed = self.assessed.of(cells, faults)
        side = Side(class_code, attributes, region, claims, vetoes, assessed, self.period, tuple(faults))
        if self.last is None or side != self.last:
            self.last = side
        return self.last

    def _assessed(self, place: Place | None, cells: Sequence[str], faults: Faults) -> bool:
        return place is None or self._flag(place, cells, faults)

    def when_and_who(self, cells: Sequence[str], faults: Faults) -> tuple[str, str]:
        """The day of the visit (ISO 8601) and who made it; empty where the mapping names no columns for them."""
        return self.visit.of(cells, faults)

    def _when_and_who(self, on: Place, by: Place, cells: Sequence[str], faults: Faults) -> tuple[str, str]:
        text = on.of(cells).strip()
        return (_tried(on, faults, partial(self.values.day, text)) or "") if text else "", by.of(cells).strip()

    def _flag(self, place: Place, cells: Sequence[str], faults: Faults) -> bool:
        return bool(_tried(place, faults, partial(self.values.flag, place.of(cells))))

    def _attribute(self, entry: _AttributePlace, cells: Sequence[str], faults: Faults) -> tuple[Value, Region] | None:
        """An attribute's value with its region; None where it is blank or cannot be read."""
        text = normal(entry.place.of(cells))
        if not text or self.values.words.get(text.casefold()) in ("blank", "not_applicable"):
            return None
        value = _tried(entry.place, faults, partial(self._value, entry, text))
        return None if value is None else (value, self.regions.of(entry.column.code, value))

    def _value(self, entry: _AttributePlace, text: str) -> Value:
        """The value of an attribute; raises Unreadable or Refusal."""
        code = entry.column.code
        measure = self.scheme.attributes[code]
        if measure.choices == ("yes", "no") and not entry.words:
            return "yes" if self.values.flag(text) else "no"
        if measure.choices:
            return self.scheme.attribute(code, entry.words.get(text.casefold(), text))
        if entry.column.part == "year" and (day := parse_day(text, self.values.dates)):
            return self.scheme.attribute(code, str(day.year))
        unit = next((unit for unit in entry.units if text.endswith(unit)), "")
        return self.scheme.attribute(code, decimal_text(self.values.number(text.removesuffix(unit))))

    def _claims(self, entries: Sequence[_Granted], cells: Sequence[str], faults: Faults) -> tuple[Claim, ...]:
        return tuple(
            Claim(entry.code, *(place.of(cells).strip() for place in entry.more))
            for entry in entries
            if self._flag(entry.said, cells, faults)
        )

    def _vetoes(self, entries: Sequence[_Granted], cells: Sequence[str], faults: Faults) -> tuple[Veto, ...]:
        found = []
        for entry in entries:
            if self._flag(entry.said, cells, faults):
                document, approver, day = entry.more
                text = day.of(cells).strip()
                on = _tried(day, faults, partial(self.values.day, text)) if text else ""
                found.append(Veto(entry.code, document.of(cells).strip(), approver.of(cells).strip(), on or ""))
        return tuple(found)


class _ClassReader:
    """Says the class of a row: fixed, by the words of a column, or by the scheme's class rule."""

    def __init__(self, by: ClassBy, scheme: Scheme, columns: Columns) -> None:
        for code in {*by.words.values(), by.fixed} - {""}:
            columns.known(code, tuple(scheme.classes), "class")
        self.scheme = scheme
        self.fixed = by.fixed
        self.place = columns.place(Source(column=by.column), "class.column") if by.column else None
        self.words = _folded({code: code for code in scheme.classes} | dict(by.words))
        self.decided: dict[object, str | Reason] = {}

    def of(self, cells: Sequence[str], attributes: Mapping[str, Value], region: object, faults: Faults) -> str:
        """The class; empty, with the reason among the faults, where there is none."""
        if self.fixed:
            return self.fixed
        known = region if self.place is None else self.place.of(cells)
        if known not in self.decided:
            found = self._by_rule(attributes) if self.place is None else self._by_word(self.place.of(cells))
            if len(self.decided) >= MEMO:
                self.decided.clear()
            self.decided[known] = found
        found = self.decided[known]
        if isinstance(found, str):
            return found
        faults.append((self.place.column if self.place else "", found))
        return ""

    def _by_word(self, text: str) -> str | Reason:
        said = N_("{found} is not a class; the classes are {classes}.")
        params = {"found": repr(text), "classes": tuple(self.scheme.classes)}
        return self.words.get(normal(text).casefold()) or Reason("row.class", said, params)

    def _by_rule(self, attributes: Mapping[str, Value]) -> str | Reason:
        rule = self.scheme.class_rule
        chosen = rule.decide(rule.complete(attributes))
        if not isinstance(chosen, Undetermined):
            return chosen[0].result
        said = N_("The class cannot be decided: {measures} is missing.")
        titles = tuple(rule.measures[code].title for code in chosen.measures)
        return Reason("row.class_undetermined", said, {"measures": titles})


def _tried(place: Place, faults: Faults, read: Callable[[], Read]) -> Read | None:
    """What `read` gives, or None with the reason among the faults."""
    try:
        return read()
    except Unreadable as error:
        faults.append((place.column, error.reason))
    except Refusal as refusal:
        faults.extend((place.column, problem) for problem in refusal.problems)
    return None


def _folded(words: Mapping[str, str]) -> dict[str, str]:
    return {normal(word).casefold(): code for word, code in words.items()}


def _bound(entry: AttributeColumn, scheme: Scheme, columns: Columns) -> _AttributePlace:
    asked = f"attributes.{entry.code}"
    place = columns.place(entry.source, asked)
    if columns.known(entry.code, tuple(scheme.attributes), asked):
        for word in entry.words.values():
            columns.known(word, scheme.attributes[entry.code].choices, f"{asked}.words")
    return _AttributePlace(entry, place, _folded(entry.words), tuple(normal(unit) for unit in entry.units))


def _granted(
    columns: Columns, kind: str, entries: Sequence[ClaimColumns | VetoColumns], codes: Collection[str]
) -> tuple[_Granted, ...]:
    """The bound columns of bonuses or vetoes."""
    found = []
    for entry in entries:
        asked = f"{kind}.{entry.code}"
        columns.known(entry.code, sorted(codes), asked)
        said = columns.place(Source(column=entry.column), f"{asked}.column")
        more = tuple(columns.place(source, asked) for source in entry.more)
        found.append(_Granted(entry.code, said, more))
    return tuple(found)
