"""Files that bring the register up to date: which columns are what, and the rows as records, with every mistake by row.

Four kinds: authorities, officers, items, firms. Not here: comparing with what is known (queries.rosters).
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from mingjing.engine.mappings.columns import Columns, Log
from mingjing.engine.mappings.forms import FileForm, Skip, read_form, read_skips
from mingjing.engine.mappings.sections import Section
from mingjing.engine.mappings.texts import normal, parse_day, quoted
from mingjing.engine.outcome import N_, Problem, Reason, Refusal

__all__ = ["FORMAT", "KEYS", "KINDS", "Reader", "Record", "RosterMapping", "parse_roster_mapping"]

FORMAT = "mingjing.inspections.roster/1"
KINDS: Mapping[str, Mapping[str, str]] = MappingProxyType({
    "authorities": {
        "credit_code": "key", "name": "needed", "level": "word", "field": "needed", "delegated_by": "",
        "listed_from": "day", "listed_until": "day?", "basis": "needed", "reference": "needed",
    },
    "officers": {
        "number": "key", "name": "needed", "authority": "needed", "username": "needed", "scope": "list",
        "first_day": "day", "last_day": "day", "status": "word",
    },
    "items": {
        "authority": "key", "code": "key", "title": "needed", "legal_basis": "list!", "object_class": "",
        "method": "word", "checklist": "list", "first_day": "day",
    },
    "firms": {
        "credit_code": "key", "name": "needed", "address": "", "industry": "", "above_scale": "word", "hazard": "word",
        "grade": "word", "graded_from": "day?", "grade_basis": "",
    },
})  # fmt: skip
"""What a row of each kind holds: `key`s name it, `needed` is never empty, `word` has words in the mapping."""
WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "level": ("city", "district"), "status": ("valid", "revoked"), "method": ("on_site", "off_site", "written"),
    "above_scale": ("yes", "no"), "hazard": ("yes", "no"), "grade": ("A", "B", "C", "D", "none"),
})  # fmt: skip
USUAL: Mapping[str, str] = MappingProxyType(
    {"level": "district", "status": "valid", "method": "on_site", "above_scale": "no", "hazard": "no", "grade": "none"}
)
"""What holds of something new where a mapping names no column, or a cell is empty; of what is known it stays."""
KEYS = {kind: tuple(name for name, what in fields.items() if what == "key") for kind, fields in KINDS.items()}
DATES = ("%Y-%m-%d", "%Y年%m月%d日", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "excel")
"""How days are written, unless a mapping says otherwise."""
LIMIT = 300


@dataclass(frozen=True, slots=True)
class RosterMapping:
    """A whole mapping: the columns of what, and the words of those that have words."""

    kind: str
    file: FileForm
    columns: Mapping[str, str]
    words: Mapping[str, Mapping[str, str]]
    dates: tuple[str, ...]
    separators: str
    skip: tuple[Skip, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """One row: its number, what names it, and its values as texts and lists of texts; days as ISO."""

    row: int
    key: tuple[str, ...]
    values: Mapping[str, str | tuple[str, ...]]

    def text(self, name: str) -> str:
        """A value that is a text."""
        return str(self.values.get(name, ""))

    def word(self, name: str) -> str:
        """A value that has words; what is usual where the row says nothing."""
        return self.text(name) or USUAL[name]

    def texts(self, name: str) -> tuple[str, ...]:
        """A value that is a list."""
        held = self.values.get(name, ())
        return held if isinstance(held, tuple) else (held,)


def parse_roster_mapping(text: str, place: str = "") -> RosterMapping:
    """The mapping written in `text`; raises Refusal with everything that is wrong with it."""
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        said = N_("The mapping is not valid TOML: {cause}.")
        raise Refusal([Problem("mapping.toml", said, {"cause": str(error)}, place)]) from error
    problems: list[Problem] = []
    root = Section(document, "", problems)
    if (found := root.text("format")) != FORMAT:
        root.fault("format", found, FORMAT)
    kind = root.choice("kind", tuple(KINDS), "firms")
    made = _parts(root, kind)
    root.close()
    if problems:
        raise Refusal(problems)
    return made


def _parts(root: Section, kind: str) -> RosterMapping:
    part, fields = root.section("columns"), KINDS[kind]
    columns = {name: part.text(name) for name in fields}
    for name, what in fields.items():
        if what in ("key", "needed", "day", "list!") and not columns[name]:
            part.fault(name, None, "the name of a column")
    part.close()
    values = root.section("values")
    dates, separators = values.texts("dates", DATES), values.text("separators", "；;\n")
    values.close()
    words = {}
    section = root.section("words")
    for name in (name for name in fields if name in WORDS):
        one = section.section(name)
        words[name] = {normal(word): code for code in WORDS[name] for word in one.texts(code)}
        one.close()
    section.close()
    return RosterMapping(
        kind=kind, file=read_form(root.section("file")), words=words, dates=dates, separators=separators,
        columns={name: column for name, column in columns.items() if column}, skip=read_skips(root.section("rows")),
    )  # fmt: skip


class Reader:
    """Reads rows of one file by a mapping; what is wrong is noted in `log`, by row and column."""

    def __init__(self, mapping: RosterMapping, header: Sequence[str]) -> None:
        problems: list[Problem] = []
        columns = Columns(header, problems)
        self.mapping, self.log = mapping, Log()
        self.at = {name: columns.at(column, f"columns.{name}") for name, column in mapping.columns.items()}
        self.skips = [
            (columns.at(one.column, "rows.skip"), {normal(word) for word in one.words}) for one in mapping.skip
        ]
        self.seen: dict[tuple[str, ...], int] = {}
        if problems:
            raise Refusal(problems)

    def records(self, rows: Iterable[tuple[int, Sequence[str]] | Problem]) -> Iterator[Record]:
        """The rows that can be read, each key once."""
        for row in rows:
            if isinstance(row, Problem):
                self.log.add(row)
                continue
            number, cells = row
            if any(normal(cells[at]) in words for at, words in self.skips):
                continue
            record = self._record(number, cells)
            first = self.seen.setdefault(record.key, number)
            if first != number and all(record.key):
                text = N_("Row {first} is about the same one; each stands in the file once.")
                self.log.at(number, Reason("inspections.roster.twice", text, {"first": first}))
            yield record

    def _record(self, number: int, cells: Sequence[str]) -> Record:
        values = {
            name: self._value(number, name, what, cells[self.at[name]].strip() if name in self.at else "")
            for name, what in KINDS[self.mapping.kind].items()
        }
        key = tuple(str(values[name]) for name in KEYS[self.mapping.kind])
        return Record(number, key, values)

    def _value(self, row: int, name: str, what: str, cell: str) -> str | tuple[str, ...]:
        column = self.mapping.columns.get(name, name)
        if what in ("key", "needed", "day", "list!") and not cell:
            self.log.at(row, Reason("inspections.roster.empty", N_("This cell is empty, and must not be.")), column)
        if len(cell) > LIMIT and not what.startswith("list"):
            text = N_("This is longer than {limit} characters.")
            self.log.at(row, Reason("inspections.roster.long", text, {"limit": LIMIT}), column)
        if what.startswith("day"):
            return self._day(row, column, cell)
        if what.startswith("list"):
            return self._split(cell)
        return self._word(row, name, column, cell) if what == "word" else cell

    def _day(self, row: int, column: str, cell: str) -> str:
        found = parse_day(cell, self.mapping.dates) if cell else None
        if cell and found is None:
            text = N_("{cell} is not a day that the mapping can read.")
            self.log.at(row, Reason("inspections.roster.day", text, {"cell": quoted(cell)}), column)
        return found.isoformat() if found else ""

    def _split(self, cell: str) -> tuple[str, ...]:
        for sign in self.mapping.separators:
            cell = cell.replace(sign, "\n")
        return tuple(part.strip() for part in cell.split("\n") if part.strip())

    def _word(self, row: int, name: str, column: str, cell: str) -> str:
        if not cell:
            return ""
        words = self.mapping.words.get(name, {})
        found = words.get(normal(cell)) or (cell if cell in WORDS[name] else "")
        if not found:
            text = N_("{cell} is none of the words that the mapping knows.")
            self.log.at(row, Reason("inspections.roster.word", text, {"cell": quoted(cell)}), column)
        return found
