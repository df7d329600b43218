"""Reads a table of organisations and reports everything that is wrong with it at once.

Only what the table itself can tell is judged here; what it refers to is looked up by `actions`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.parties.credit_codes import read_credit_code
from mingjing.kernel.parties.models import OrganisationKind
from mingjing.kernel.tables import Row, Table, read_table

__all__ = ["Entry", "name_fault", "read_roster"]

# What the columns are called, in English and in Chinese; the last three may be absent.
COLUMNS = {
    "credit_code": ("credit_code", "统一社会信用代码"),
    "name": ("name", "名称", "单位名称"),
    "kind": ("kind", "类型"),
    "area_code": ("area_code", "区划代码"),
    "parent_credit_code": ("parent_credit_code", "上级统一社会信用代码"),
}
REQUIRED = ("credit_code", "name")


class Entry(NamedTuple):
    """One line of a table of organisations; None stands for a column that the table lacks, no kind for one not said."""

    place: str
    credit_code: str
    name: str
    kind: str
    area_code: str | None
    parent_code: str | None


def read_roster(file: Path | str | IO[bytes], name: str = "") -> dict[str, Entry]:
    """The lines of `file` by credit code; raises Refusal with every problem of the table."""
    entries: dict[str, Entry] = {}
    problems: list[Problem] = []
    with read_table(file, name=name) as table:
        columns = _columns(table)
        for row in table.rows:
            if isinstance(row, Problem):
                problems.append(row)
                continue
            entry = _entry(row, columns, problems)
            problems += _faults(entry, entries)
            entries.setdefault(entry.credit_code, entry)
    if not problems and not entries:
        text = N_("The table has a header and no rows; export it again.")
        problems.append(Problem("parties.organisations.empty", text))
    if problems:
        raise Refusal(problems)
    return entries


def name_fault(name: str, place: str = "") -> Problem | None:
    """What is wrong with the name of an organisation, if anything."""
    if 0 < len(name) <= 200 and name.isprintable():
        return None
    text = N_("The name of an organisation has 1 to 200 printable characters; correct it.")
    return Problem("parties.organisation.name", text, {}, place)


def _columns(table: Table) -> dict[str, int]:
    header = [cell.strip().lower() for cell in table.header]
    found = {
        column: header.index(name) for column, names in COLUMNS.items() for name in reversed(names) if name in header
    }
    missing = [column for column in REQUIRED if column not in found]
    if missing:
        text = N_("The table has no column called {missing}; it may have: {known}.")
        params = {"missing": tuple(missing), "known": tuple(" / ".join(names) for names in COLUMNS.values())}
        raise Refusal([Problem("parties.organisations.columns", text, params, "row 1")])
    return found


def _entry(row: Row, columns: dict[str, int], problems: list[Problem]) -> Entry:
    """The line as read; codes that are none are reported and left as they are."""
    cells = {column: row.cells[position].strip() for column, position in columns.items()}
    for column in ("credit_code", "parent_credit_code"):
        if column == "credit_code" or cells.get(column):
            try:
                cells[column] = read_credit_code(cells[column], f"row {row.number}, column {column}")
            except Refusal as refusal:
                problems += refusal.problems
    return Entry(
        f"row {row.number}",
        cells["credit_code"],
        cells["name"],
        cells.get("kind", ""),
        cells.get("area_code"),
        cells.get("parent_credit_code"),
    )


def _faults(entry: Entry, entries: dict[str, Entry]) -> Iterator[Problem]:
    if problem := name_fault(entry.name, f"{entry.place}, column name"):
        yield problem
    if entry.kind and entry.kind not in OrganisationKind.values:
        text = N_("“{kind}” is no kind of organisation; use one of {known}, or leave it empty.")
        params = {"kind": entry.kind, "known": tuple(OrganisationKind.values)}
        yield Problem("parties.organisation.kind", text, params, f"{entry.place}, column kind")
    if entry.credit_code and (first := entries.get(entry.credit_code)):
        text = N_("The code {code} stands in {first} already; keep one of the two.")
        params = {"code": entry.credit_code, "first": first.place}
        yield Problem("parties.organisations.repeated", text, params, f"{entry.place}, column credit_code")
