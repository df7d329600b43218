"""Rows of a table of visits as visits, by a mapping: every problem of the file is collected, with its row and column.

Not here: opening files (queries.files), what rules make of visits.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from fnmatch import fnmatchcase
from functools import cache
from typing import Any
from unicodedata import normalize

from mingjing.engine.mappings.columns import Columns, Log
from mingjing.engine.mappings.texts import normal, parse_day, parse_number, quoted
from mingjing.engine.outcome import N_, Problem, Reason, Refusal
from mingjing.programmes.inspections.policy.conditions import NUMBERS, TEXTS
from mingjing.programmes.inspections.policy.conduct import Report
from mingjing.programmes.inspections.policy.mapping import Field, Mapping
from mingjing.programmes.inspections.policy.visits import Visit

__all__ = ["Reader"]

YES = {"yes": True, "no": False, "": False}
FIRST_YEAR, LAST_YEAR = 1990, 2200
REMEMBERED = 10_000
"""Words, and days as they are written, of which what they mean is kept at hand."""
MANY = 5
"""One row in so many that is about the same visit as the one above it: rows may be violations."""
LONGEST = 300
"""Characters of a name; what is longer is a text, or a cell that was never closed."""


class Reader:
    """Reads the rows below `header` by `mapping`.

    `log` collects what is wrong with rows; a header that does not fit is refused at once. `rows` counts those read,
    `nobody` those left out for naming no firm, `again` those that say word for word what another says, `beside` those
    about the same firm, authority and day as the row above without saying that they are one visit. With `reports`
    every row tells of a visit that may never have been recorded, as a row does whose field `report` is yes.
    """

    def __init__(self, mapping: Mapping, header: Sequence[str], *, reports: bool = False) -> None:
        self.reports = reports
        problems: list[Problem] = []
        columns = Columns(header, problems)
        self.mapping, self.log = mapping, Log()
        self.rows = self.nobody = self.again = self.beside = 0
        self.above: tuple[object, ...] = ()
        self.firm = [columns.at(name, "firm.columns") for name in mapping.firm.columns]
        self.otherwise = [columns.at(name, "firm.otherwise") for name in mapping.firm.otherwise]
        self.nobodies = {normal(word).casefold() for word in mapping.firm.nobody}
        self.empty = {"", *(normal(word).casefold() for word in mapping.firm.empty)}
        self.at = {
            name: [(columns.at(column, f"fields.{name}"), normal(column)) for column in field.columns]
            for name, field in mapping.fields.items()
        }
        self.skipped = [
            (columns.at(skip.column, "rows.skip"), {normal(word) for word in skip.words}) for skip in mapping.skip
        ]
        if problems:
            raise Refusal(problems)
        self.words = {name: _Words(field) for name, field in mapping.fields.items() if field.words is not None}
        self.facts = [name for name in (*TEXTS, *NUMBERS) if name in mapping.fields]
        self.records: dict[str, int] = {}
        self.seen: set[int] = set()
        self.days: dict[str, date | None] = {}
        self.several: dict[tuple[str, ...], tuple[str, ...]] = {}
        self.unread = tuple(name for at, name in enumerate(columns.header) if at not in columns.used and name)

    @property
    def given(self) -> set[str]:
        """The facts and names that the file tells; how late a record is follows from its day."""
        late = ("days_late",) if "recorded" in self.mapping.fields else ()
        return {*self.mapping.fields, *late, *(("report",) if self.reports else ())}

    def visits(self, rows: Iterable[Any]) -> Iterator[Visit | Report]:
        """The visits of the rows that can be read, a part for each authority; the others are problems in `log`."""
        for row in rows:
            if isinstance(row, Problem):
                self.log.add(row)
            elif not any(normal(row.cells[at]) in words for at, words in self.skipped):
                self.rows += 1
                if not self._again(row.cells):
                    yield from self._parts(row.number, row.cells)

    @property
    def by_violation(self) -> bool:
        """Whether so many rows tell of one visit together that each may be a violation; each counts as a visit."""
        return self.mapping.repeated != "joint" and "joint" not in self.at and self.beside * MANY >= self.rows > MANY

    def _beside(self, *visit: object) -> None:
        self.beside += visit == self.above
        self.above = visit

    def _again(self, cells: Sequence[str]) -> bool:
        """Whether a row is left out for saying word for word what another says."""
        mark, known = hash(tuple(cells)), len(self.seen)
        self.seen.add(mark)
        if len(self.seen) > known:
            return False
        self.again += 1
        return self.mapping.rows == "once"

    def _parts(self, row: int, cells: Sequence[str]) -> Iterator[Visit | Report]:
        before = self.log.count
        firm, day, record = self._firm(row, cells), self._day(row, cells, "day"), self._record(row, cells)
        facts = {name: self._fact(row, cells, name) for name in self.facts}
        if "recorded" in self.at and day and (recorded := self._day(row, cells, "recorded")):
            facts.setdefault("days_late", max(0, (recorded - day).days))
        authorities = self._several(row, cells, "authority") or ("",)
        void = YES.get(self._text(row, cells, "void"))
        if void is None:
            self._fault(row, "void", Reason("visit.void", N_("Whether it is void must be yes or no.")))
        report = self.reports or YES.get(self._text(row, cells, "report"))
        if report is None:
            self._fault(row, "report", Reason("visit.report", N_("Whether it is a report must be yes or no.")))
        joint = self._text(row, cells, "joint") or (record if self._shared(authorities) else "")
        site, corrects = self._text(row, cells, "site"), self._text(row, cells, "corrects")
        items, officers = self._several(row, cells, "items"), self._several(row, cells, "officers")
        if firm is None or day is None or self.log.count > before:
            return
        self._beside(firm, authorities, day)
        for authority in authorities:
            if report:
                yield Report(record, day, firm, authority)
                continue
            yield Visit(
                record=record, day=day, firm=firm, authority=authority, joint=joint, order=row, void=bool(void),
                facts=facts, site=site, corrects=corrects, items=items, officers=officers,
            )  # fmt: skip

    def _shared(self, authorities: Sequence[str]) -> bool:
        return len(authorities) > 1 or self.mapping.repeated == "joint"

    def _firm(self, row: int, cells: Sequence[str]) -> str | None:
        """What the firm is known by; None for a row that is about nobody in particular."""
        named = [normal(cells[at]) for at in self.firm]
        known = [name for name in named if name.casefold() not in self.empty]
        if not known or (len(known) < len(named) and self.otherwise):
            known = [name for at in self.otherwise if (name := normal(cells[at])).casefold() not in self.empty]
        if not known or any(name.casefold() in self.nobodies for name in (*named, *known)):
            self.nobody += 1
            return None
        return self._short(row, " · ".join(known), self.mapping.firm.columns[0])

    def _record(self, row: int, cells: Sequence[str]) -> str:
        """What the record is called: its number, or that of its row."""
        if "record" not in self.at:
            return str(row)
        record = self._text(row, cells, "record")
        if not record:
            self._fault(row, "record", Reason("visit.no_record", N_("The number of the record is missing.")))
        elif self.mapping.repeated == "refused" and (other := self.records.setdefault(record, row)) != row:
            text = N_(
                "The record {record} stands in row {other} too; say in the mapping (values.repeated_records) whether"
                " such rows are one joint visit or the last one counts."
            )
            self._fault(row, "record", Reason("visit.repeated", text, {"record": quoted(record), "other": other}))
        return record

    def _day(self, row: int, cells: Sequence[str], name: str) -> date | None:
        found = "-".join(text for _, cell in self._told(name, cells) if (text := normal(cell)))
        if not found and name != "day":
            return None
        if found not in self.days:
            if len(self.days) > REMEMBERED:
                self.days.clear()
            self.days[found] = parse_day(found, self.mapping.dates, self.mapping.zone) if found else None
        day = self.days[found]
        if day is None:
            self._fault(row, name, _no_day(found))
        elif not FIRST_YEAR <= day.year <= LAST_YEAR:
            text = N_(
                "{found} is no day of the years {first} to {last}; leave such rows out (rows.skip) or correct them."
            )
            params = {"found": quoted(found), "first": FIRST_YEAR, "last": LAST_YEAR}
            self._fault(row, name, Reason("visit.not_that_year", text, params))
            return None
        return day

    def _fact(self, row: int, cells: Sequence[str], name: str) -> str | int | None:
        text = self._text(row, cells, name)
        if name in TEXTS:
            return text
        number = parse_number(re.sub(r"\s*\D+$", "", text)) if text else None
        if text and (number is None or number.denominator != 1 or abs(number) > 10**8):
            self._fault(
                row, name, Reason("visit.number", N_("{found} is not a whole number."), {"found": quoted(text)})
            )
        return int(number) if number is not None and number.denominator == 1 else None

    def _text(self, row: int, cells: Sequence[str], name: str) -> str:
        field = self.mapping.fields.get(name)
        if field is None or field.text:
            return field.text if field else ""
        named = [(column, text) for column, cell in self._told(name, cells) if (text := normal(cell))]
        if name in self.words:
            return self._coded(row, name, named)
        return self._short(row, " ".join(text for _, text in named), self._column(name))

    def _told(self, name: str, cells: Sequence[str]) -> Iterator[tuple[str, str]]:
        """The columns of a field and what they say of it: a cell, or its part where several things stand in it."""
        field = self.mapping.fields[name]
        for at, column in self.at[name]:
            pieces = _cut(cells[at], field.cut) if field.cut else [cells[at]]
            yield column, pieces[field.part - 1] if field.part <= len(pieces) else ""

    def _several(self, row: int, cells: Sequence[str], name: str) -> tuple[str, ...]:
        field = self.mapping.fields.get(name)
        if field is None or field.text:
            return (field.text,) if field else ()
        asked = (name, *(cells[at] for at, _ in self.at[name]))
        if (known := self.several.get(asked)) is not None:
            return known
        before, texts = self.log.count, list[str]()
        for column, cell in self._told(name, cells):
            for piece in _split(cell, field.separator):
                texts.append(self._coded(row, name, [(column, piece)]) if name in self.words else piece)
        found = tuple(dict.fromkeys(self._short(row, text, self._column(name)) for text in texts if text))
        if self.log.count == before and len(self.several) < REMEMBERED:
            self.several[asked] = found
        return found

    def _coded(self, row: int, name: str, named: list[tuple[str, str]]) -> str:
        code = self.words[name].code(named)
        if code is None:
            text = N_("{found} is none of the words that the mapping names; add it to {place}, or say otherwise there.")
            params = {"found": quoted(" ".join(text for _, text in named)), "place": f"fields.{name}.words"}
            self._fault(row, name, Reason("visit.unknown_word", text, params))
        return code or ""

    def _short(self, row: int, text: str, column: str) -> str:
        if len(text) > LONGEST:
            said = N_("This text has {found} characters; at most {limit} can be taken.")
            self.log.at(row, Reason("visit.too_long", said, {"found": len(text), "limit": LONGEST}), column)
        return text

    def _column(self, name: str) -> str:
        return " + ".join(self.mapping.fields[name].columns)

    def _fault(self, row: int, name: str, reason: Reason) -> None:
        self.log.at(row, reason, self._column(name))


def _no_day(found: str) -> Reason:
    """What to say of a cell that tells no day."""
    if not found:
        text = N_("The day is missing; fill it in, or leave rows without one out (rows.skip).")
        return Reason("visit.no_day", text)
    text = N_("{found} is not a possible day in the forms the mapping names (values.dates).")
    return Reason("visit.not_a_day", text, {"found": quoted(found)})


class _Words:
    """The words of a field, by their codes: whole words before patterns, all cells together before each."""

    def __init__(self, field: Field) -> None:
        words = {normal(word): code for word, code in (field.words or {}).items()}
        self.whole = {word: code for word, code in words.items() if "*" not in word}
        self.patterns = [(word, code) for word, code in words.items() if "*" in word]
        self.otherwise = field.otherwise
        self.known: dict[tuple[tuple[str, str], ...], str | None] = {}

    def code(self, named: Sequence[tuple[str, str]]) -> str | None:
        """The code of what the cells say; None where no word fits. Nothing is said by empty cells."""
        if not named:
            return self.whole.get("", "")
        key = tuple(named)
        if key not in self.known:
            if len(self.known) > REMEMBERED:
                self.known.clear()
            self.known[key] = self._code(named)
        return self.known[key]

    def _code(self, named: Sequence[tuple[str, str]]) -> str | None:
        every = " ".join(text for _, text in named).casefold()
        asked = [every, *(f"{column}={text}".casefold() for column, text in named),
                 *(text.casefold() for _, text in named)]  # fmt: skip
        for text in asked:
            if text in self.whole:
                return self.whole[text]
        for text in asked:
            for pattern, code in self.patterns:
                if fnmatchcase(text, pattern):
                    return code
        return self.otherwise


def _split(cell: str, separator: str) -> Iterator[str]:
    pieces = _cut(cell, separator) if separator else [cell]
    return (text for piece in pieces if (text := normal(piece)))


def _cut(cell: str, signs: str) -> list[str]:
    """A cell cut at any of some signs, whether they are written in full width or not."""
    return _any_of(signs).split(normalize("NFKC", cell))


@cache
def _any_of(signs: str) -> re.Pattern[str]:
    return re.compile(f"[{re.escape(normalize('NFKC', signs))}]")
