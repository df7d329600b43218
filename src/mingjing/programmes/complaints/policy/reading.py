"""Rows of a hotline's table as records, by a mapping: every problem of the file is collected, with its row and column.

Who called leaves here as a token only, and what people wrote without what tells who they are. Not here: opening files
(queries.files), whether a community is known (queries.places).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from mingjing.engine.chain import canonical
from mingjing.engine.mappings.columns import Columns, Log
from mingjing.engine.mappings.texts import normal, parse_day, quoted
from mingjing.engine.outcome import N_, Problem, Reason, Refusal
from mingjing.programmes.complaints.policy.door import CALLER, ROW
from mingjing.programmes.complaints.policy.mapping import Decided, Mapping
from mingjing.programmes.complaints.policy.ranking import Complaint
from mingjing.programmes.complaints.policy.texts import caller_text, without_identity

__all__ = ["LIMITS", "Reader", "Record"]

LIMITS = {"number": 60, "community": 200, "category": 100, "place": 200, "text": 2000, "channel": 60}
"""Characters that are kept of each text; a number, a community or a category that is longer is refused."""
CUT = ("text", "place", "channel")
MEANINGS = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One complaint as its source tells it. `caller` is a token; `valid` and `duty` are what the source claims."""

    row: int
    number: str
    opened: date
    closed: date | None
    community: str
    category: str
    place: str
    text: str
    channel: str
    caller: str
    valid: bool | None
    duty: str
    duplicate: bool

    @property
    def values(self) -> dict[str, Any]:
        """What it says, as JSON, without where it stood."""
        told = asdict(self) | {"opened": self.opened.isoformat(), "closed": self.closed and self.closed.isoformat()}
        del told["row"]
        return told

    @property
    def digest(self) -> str:
        """The SHA-256 of what it says: two rows of one digest are the same."""
        return sha256(canonical(self.values)).hexdigest()

    def complaint(self, community: str) -> Complaint:
        """As a ranking takes it, the claims of the source in place of people's decisions."""
        return Complaint(
            number=self.number, community=community, category=self.category, opened=self.opened, closed=self.closed,
            caller=self.caller, place=self.place, valid=self.valid, duty=self.duty,
        )  # fmt: skip


class Reader:
    """Reads the rows below `header` by `mapping`; `token` makes of a caller's text what is kept of it.

    `log` collects what is wrong with rows; a header that does not fit is refused at once.
    """

    def __init__(self, mapping: Mapping, header: Sequence[str], token: Callable[[str], str]) -> None:
        problems: list[Problem] = []
        columns = Columns(header, problems)
        self.mapping, self.token, self.log = mapping, token, Log()
        self.at = {name: columns.at(column, f"columns.{name}") for name, column in mapping.columns.items()}
        self.keys = [columns.at(name, "caller.key") for name in mapping.caller.key]
        self.telling = [columns.at(name, "caller.columns") for name in mapping.caller.columns]
        self.token_at = columns.at(CALLER, "caller") if mapping.kept else None
        self.row_at = columns.at(ROW, "row") if mapping.kept else None
        self.decided = {
            name: columns.optional(said.source.column, f"decided.{name}") for name, said in _claims(mapping).items()
        }
        self.skipped = [
            (columns.at(skip.column, "rows.skip"), {normal(word) for word in skip.words}) for skip in mapping.skip
        ]
        if problems:
            raise Refusal(problems)
        self.unread = tuple(name for at, name in enumerate(columns.header) if at not in columns.used and name)
        self.words = {
            name: {normal(word): code for word, code in said.words.items()} for name, said in _claims(mapping).items()
        }
        self.nowhere = {normal(word) for word in mapping.nowhere}
        self.categories = {normal(word): code for word, code in mapping.categories.items()}

    def records(self, rows: Iterable[Any]) -> Iterator[Record]:
        """The rows that can be read, one at a time; the others are problems in `log`."""
        for row in rows:
            if isinstance(row, Problem):
                self.log.add(row)
            elif not any(normal(row.cells[at]) in words for at, words in self.skipped):
                stood = row.number if self.row_at is None else int(row.cells[self.row_at])
                record = self.record(stood, row.cells)
                if record:
                    yield record

    def record(self, row: int, cells: Sequence[str]) -> Record | None:
        """One row; None when something is wrong with it."""
        before = self.log.count
        names = [cells[at] for at in self.telling]
        text = {name: self._text(row, cells, name) for name in ("number", "category", "community")}
        free = {name: without_identity(self._raw(cells, name), names)[: LIMITS[name]] for name in CUT}
        opened, closed = self._day(row, cells, "opened"), self._day(row, cells, "closed")
        if opened and closed and closed < opened:
            said = Reason("record.closed_before", N_("It was closed before it was opened; correct one of the days."))
            self.log.at(row, said, self.mapping.columns["closed"])
        claims = {name: self._claim(row, cells, name) for name in self.decided}
        if self.log.count > before or opened is None:
            return None
        return Record(
            row=row, opened=opened, closed=closed, caller=self._caller(cells),
            valid=MEANINGS.get(claims["valid"]), duty=claims["duty"], duplicate=claims["duplicate"] == "yes",
            **text, **free,
        )  # fmt: skip

    def _caller(self, cells: Sequence[str]) -> str:
        if self.token_at is not None:
            return cells[self.token_at]
        known = caller_text(cells[at] for at in self.keys)
        return self.token(known) if known else ""

    def _raw(self, cells: Sequence[str], name: str) -> str:
        return cells[self.at[name]] if name in self.at else ""

    def _cell(self, cells: Sequence[str], name: str) -> str:
        return normal(cells[self.at[name]]) if name in self.at else ""

    def _text(self, row: int, cells: Sequence[str], name: str) -> str:
        found, limit = self._cell(cells, name), LIMITS[name]
        if name == "category":
            found = self.categories.get(found, found)
        if name == "community" and found in self.nowhere:
            return ""
        if not found and name == "number":
            self.log.at(row, Reason("record.no_number", N_("The number is missing.")), self.mapping.columns[name])
        if len(found) > limit:
            text = N_("This text has {found} characters; at most {limit} can be taken.")
            self.log.at(
                row,
                Reason("record.too_long", text, {"found": len(found), "limit": limit}),
                self.mapping.columns[name],
            )
        # People are named everywhere: a community or a category is no place for a telephone number.
        return without_identity(found) if name != "number" else found

    def _day(self, row: int, cells: Sequence[str], name: str) -> date | None:
        found = self._cell(cells, name)
        if not found and (name == "closed" or name not in self.at):
            return None
        day = parse_day(found, self.mapping.dates)
        if day is None or not 1990 <= day.year <= 2200:
            text = N_("{found} is not a possible day in the forms the mapping names.")
            self.log.at(row, Reason("cell.not_a_day", text, {"found": quoted(found)}), self.mapping.columns[name])
            return None
        return day

    def _claim(self, row: int, cells: Sequence[str], name: str) -> str:
        at, said = self.decided[name], _claims(self.mapping)[name]
        if at is None:
            return said.source.text
        word = normal(cells[at])
        if not word or word in self.words[name]:
            return self.words[name].get(word, "")
        if name == "duplicate":
            return ""
        text = N_("{found} is none of the words that the mapping names for this column.")
        self.log.at(row, Reason("record.unknown_word", text, {"found": quoted(word)}), said.source.column)
        return ""


def _claims(mapping: Mapping) -> dict[str, Decided]:
    return {"valid": mapping.valid, "duty": mapping.duty, "duplicate": mapping.duplicate}
