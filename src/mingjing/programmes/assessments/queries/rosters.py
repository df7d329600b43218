"""Reads a roster's file against the register, line by line, without writing anything.

A chunk of rows costs the same few queries however long the file is; what is held of all rows is a number and a row
each. Not here: keeping the lines (actions.rosters), when this runs (jobs.rosters, cli).
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from typing import IO, Any

from mingjing.engine.kept import keep
from mingjing.engine.mappings.columns import Log
from mingjing.engine.outcome import N_, Problem, Reason, Refusal
from mingjing.engine.rules import Measure
from mingjing.kernel.db.search import search_words
from mingjing.kernel.parties.credit_codes import read_credit_code
from mingjing.kernel.places.models import Area
from mingjing.kernel.tables import Limits, Row, Table, read_table
from mingjing.programmes.assessments.models import Community, RosterLine
from mingjing.programmes.assessments.policy.rosters import (
    RENAMED,
    Columns,
    Compared,
    Line,
    Places,
    Reader,
    compare,
    find_columns,
)
from mingjing.programmes.assessments.queries.communities import (
    attributes_of,
    companies_known,
    places_of,
    states_by_number,
)

__all__ = ["Reading", "read_lines"]

CHUNK = 500
"""Rows weighed at once."""
LIMITS = Limits(rows=500_000, columns=400)
HEADER_ROWS = 6
"""In how many rows from the top the header is looked for, below a title or a note."""


@dataclass(slots=True)
class Reading:
    """What a reading of a roster has come to so far: counts by kind, columns that were not read, every problem."""

    area: Area
    today: date
    log: Log = field(default_factory=Log)
    counts: Counter[str] = field(default_factory=Counter)
    unread: tuple[str, ...] = ()
    _namesakes: dict[tuple[int, str], str] = field(default_factory=dict)

    def known(self) -> None:
        """Learn the names on the register, for the doubt that two communities are one."""
        rows = Community.objects.current().filter(area=self.area).values_list("place_id", "name", "number")
        self._namesakes = {(place, name): number for place, name, number in rows.iterator()}

    def namesake(self, number: str, place: int, name: str) -> Reason | None:
        """The doubt that a community of this name in this place has two numbers."""
        other = self._namesakes.setdefault((place, name), number)
        if other == number:
            return None
        text = N_("{name} has number {other} in the same place; check that they are two communities.")
        return Reason("roster.namesake", text, {"name": name, "other": other})

    def count(self, compared: Compared) -> None:
        """Count a line."""
        self.counts["read"] += 1
        self.counts[compared.kind] += 1
        self.counts["warned"] += bool(compared.doubts)
        self.counts["renamed"] += any(doubt.code == RENAMED for doubt in compared.doubts)


def read_lines(file: Path | IO[bytes], name: str, reading: Reading) -> Iterator[list[RosterLine]]:
    """The lines of a roster in chunks, weighed against the register, not yet of any Roster.

    Problems go to the log of `reading`; once there is one, chunks are empty, for nothing will be kept. Raises Refusal
    for a file that cannot be used as a whole.
    """
    attributes, places = attributes_of(reading.area), places_of(reading.area)
    companies = companies_known(reading.area)
    reading.known()
    with _opened(file, name, attributes) as (table, columns):
        reading.unread = columns.unread
        reader = Reader(
            columns=columns, attributes=attributes, places=places, companies=companies,
            read_code=read_credit_code, today=reading.today, report=reading.log.add,
        )  # fmt: skip
        while rows := list(islice(table.rows, CHUNK)):
            lines = [line for row in rows if (line := _line(row, reader, reading))]
            weighed = _weigh(lines, reader, reading, places)
            yield [] if reading.log.count else weighed


def _line(row: Row | Problem, reader: Reader, reading: Reading) -> Line | None:
    if isinstance(row, Problem):
        reading.log.add(row)
        return None
    return reader.read(row.number, row.cells)


def _weigh(lines: Sequence[Line], reader: Reader, reading: Reading, places: Places) -> list[RosterLine]:
    known = states_by_number(reading.area, (line.number for line in lines))
    names = {key: place.name for key, place in places.by_key.items()}
    weighed = []
    for line in lines:
        community, state = known.get(line.number, (None, None))
        compared = compare(line, state, names)
        for column, reason in compared.faults:
            reader.fault(line.row, column, reason)
        place = compared.said.get("place", state["place"] if state else None)
        twin = reading.namesake(line.number, place, line.said["name"]) if place else None
        compared = _doubted(compared, twin)
        reading.count(compared)
        weighed.append(_kept(line, compared, community))
    return weighed


def _doubted(compared: Compared, doubt: Reason | None) -> Compared:
    if doubt is None:
        return compared
    return Compared(compared.kind, compared.said, compared.before, (*compared.doubts, doubt), compared.faults)


def _kept(line: Line, compared: Compared, community: Community | None) -> RosterLine:
    values: dict[str, Any] = dict(compared.said) if compared.kind != "same" else {"name": compared.said["name"]}
    if compared.kind == "added" or "name" in compared.before:
        values["words"] = search_words(values["name"], line.number)
    return RosterLine(
        row=line.row, number=line.number, kind=compared.kind, community=community, values=values,
        before=dict(compared.before), warnings=[keep(doubt) for doubt in compared.doubts],
    )  # fmt: skip


@contextmanager
def _opened(file: Path | IO[bytes], name: str, attributes: dict[str, Measure]) -> Iterator[tuple[Table, Columns]]:
    """The table below its header, which may stand under a title; raises Refusal with what is missing."""
    row, columns = _header(file, name, attributes)
    with read_table(file, name=name, header_row=row, merged=True, limits=LIMITS) as table:
        yield table, columns


def _header(file: Path | IO[bytes], name: str, attributes: dict[str, Measure]) -> tuple[int, Columns]:
    best: Columns | None = None
    for row in range(1, HEADER_ROWS + 1):
        try:
            with read_table(file, name=name, header_row=row, merged=True, limits=LIMITS) as table:
                columns = find_columns(table.header, attributes, row)
        except Refusal:
            if best is None:
                raise
            break
        if not columns.problems:
            return row, columns
        if best is None or len(columns.fields) > len(best.fields):
            best = columns
    assert best is not None
    raise Refusal(best.problems)
