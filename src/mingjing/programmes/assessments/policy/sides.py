"""What a row says besides its checks: class, attributes, bonus, vetoes, and whether the visit took place."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from operator import itemgetter
from typing import TypeVar

from mingjing.engine.outcome import N_, Reason, Refusal
from mingjing.engine.quantities import decimal_text
from mingjing.engine.rules import Undetermined, Value
from mingjing.engine.scoring import Claim, Sheet, Veto
from mingjing.programmes.assessments.policy.cells import MEMO, Unreadable, Values, normal
from mingjing.programmes.assessments.policy.columns import Columns, Place
from mingjing.programmes.assessments.policy.mapping import AttributeColumn, ClaimColumns, Source, VetoColumns
from mingjing.programmes.assessments.policy.mapping import Mapping as FileMapping
from mingjing.programmes.assessments.policy.scheme import Scheme

__all__ = ["Side", "SideReader", "bind_sides"]

Read = TypeVar("Read")
Faults = list[tuple[str, Reason]]


@dataclass(frozen=True, slots=True)
class Side:
    """What a row says besides its checks; `faults` are the columns that cannot be read, each with the reason."""

    class_code: str
    attributes: Mapping[str, Value]
    claims: tuple[Claim, ...]
    vetoes: tuple[Veto, ...]
    assessed: bool
    period: tuple[str, str] | None
    faults: tuple[tuple[str, Reason], ...]

    def sheet(self) -> Sheet:
        """A sheet without findings: all that can be scored of this."""
        return Sheet((), (), self.claims, self.vetoes, self.attributes, self.period, self.assessed)


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


@dataclass(slots=True)
class SideReader:
    """Reads the side of a row; equal texts give the same object."""

    scheme: Scheme
    values: Values
    fixed_class: str
    class_place: Place | None
    class_words: Mapping[str, str]
    attributes: tuple[_AttributePlace, ...]
    bonus: tuple[_Granted, ...]
    vetoes: tuple[_Granted, ...]
    assessed: Place | None
    period: tuple[str, str] | None
    pick: Callable[[Sequence[str]], object]
    known: dict[object, Side] = field(default_factory=dict)

    def of(self, cells: Sequence[str]) -> Side:
        """The side of the row `cells`."""
        texts = self.pick(cells)
        found = self.known.get(texts)
        if found is None:
            if len(self.known) >= MEMO:
                self.known.clear()
            found = self.known[texts] = self._read(cells)
        return found

    def _read(self, cells: Sequence[str]) -> Side:
        faults: Faults = []
        attributes = self._attributes(cells, faults)
        return Side(
            self._class(cells, attributes, faults),
            attributes,
            tuple(self._claims(cells, faults)),
            tuple(self._vetoes(cells, faults)),
            self.assessed is None or self._flag(self.assessed, cells, faults),
            self.period,
            tuple(faults),
        )

    def _flag(self, place: Place, cells: Sequence[str], faults: Faults) -> bool:
        return bool(_tried(place, faults, partial(self.values.flag, place.of(cells))))

    def _attributes(self, cells: Sequence[str], faults: Faults) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for entry in self.attributes:
            text = normal(entry.place.of(cells))
            if not text or self.values.words.get(text.casefold()) in ("blank", "not_applicable"):
                continue
            value = _tried(entry.place, faults, partial(self._attribute, entry, text))
            if value is not None:
                found[entry.column.code] = value
        return found

    def _attribute(self, entry: _AttributePlace, text: str) -> Value:
        """The value of an attribute; raises Unreadable or Refusal."""
        code = entry.column.code
        measure = self.scheme.attributes[code]
        if measure.choices == ("yes", "no") and not entry.words:
            return "yes" if self.values.flag(text) else "no"
        if measure.choices:
            return self.scheme.attribute(code, entry.words.get(text.casefold(), text))
        if entry.column.part == "year" and not text.isdecimal():
            return self.scheme.attribute(code, self.values.day(text)[:4])
        unit = next((unit for unit in entry.units if text.endswith(unit)), "")
        return self.scheme.attribute(code, decimal_text(self.values.number(text.removesuffix(unit))))

    def _class(self, cells: Sequence[str], attributes: Mapping[str, Value], faults: Faults) -> str:
        if self.class_place is not None:
            text = normal(self.class_place.of(cells)).casefold()
            if text not in self.class_words:
                said = N_("{found} is not a class; the classes are {classes}.")
                params = {"found": repr(text), "classes": tuple(self.scheme.classes)}
                faults.append((self.class_place.column, Reason("row.class", said, params)))
            return self.class_words.get(text, "")
        if self.fixed_class:
            return self.fixed_class
        rule = self.scheme.class_rule
        chosen = rule.decide(rule.complete(attributes))
        if not isinstance(chosen, Undetermined):
            return chosen[0].result
        said = N_("The class cannot be decided: {measures} is missing.")
        titles = tuple(rule.measures[code].title for code in chosen.measures)
        faults.append(("", Reason("row.class_undetermined", said, {"measures": titles})))
        return ""

    def _claims(self, cells: Sequence[str], faults: Faults) -> list[Claim]:
        return [
            Claim(entry.code, *(place.of(cells).strip() for place in entry.more))
            for entry in self.bonus
            if self._flag(entry.said, cells, faults)
        ]

    def _vetoes(self, cells: Sequence[str], faults: Faults) -> list[Veto]:
        found = []
        for entry in self.vetoes:
            if self._flag(entry.said, cells, faults):
                document, approver, day = entry.more
                text = day.of(cells).strip()
                on = _tried(day, faults, partial(self.values.day, text)) if text else ""
                found.append(Veto(entry.code, document.of(cells).strip(), approver.of(cells).strip(), on or ""))
        return found


def _tried(place: Place, faults: Faults, read: Callable[[], Read]) -> Read | None:
    """What `read` gives, or None with the reason among the faults."""
    try:
        return read()
    except Unreadable as error:
        faults.append((place.column, error.reason))
    except Refusal as refusal:
        faults.extend((place.column, problem) for problem in refusal.problems)
    return None


def bind_sides(mapping: FileMapping, scheme: Scheme, columns: Columns) -> SideReader:
    """The reader of everything besides the checks; what does not fit joins the problems of `columns`."""
    own = Columns(columns.header, columns.problems)
    by, rubrics = mapping.class_by, scheme.rubrics.values()
    for code in {*by.words.values(), by.fixed} - {""}:
        columns.known(code, tuple(scheme.classes), "class")
    reader = SideReader(
        scheme=scheme,
        values=mapping.values,
        fixed_class=by.fixed,
        class_place=own.place(Source(column=by.column), "class.column") if by.column else None,
        class_words=_folded({code: code for code in scheme.classes} | dict(by.words)),
        attributes=tuple(_bound(entry, scheme, own) for entry in mapping.attributes),
        bonus=_granted(own, "bonus", mapping.bonus, {code for rubric in rubrics for code in rubric.bonus_points}),
        vetoes=_granted(own, "vetoes", mapping.vetoes, {code for rubric in rubrics for code in rubric.veto_levels}),
        assessed=own.place(Source(column=mapping.assessed), "visit.assessed") if mapping.assessed else None,
        period=mapping.period,
        pick=itemgetter(*sorted(own.used)) if own.used else _nothing,
    )
    columns.used |= own.used
    return reader


def _nothing(cells: Sequence[str]) -> object:
    """The side of a file that says nothing besides its checks is the same in every row."""
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
