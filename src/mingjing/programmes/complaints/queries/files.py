"""Reads of files: mappings and rules that ship, tables of complaints as records that stream, tables of households.

Not here: what a record is (policy.reading).
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from mingjing.engine.mappings.columns import Columns, Log
from mingjing.engine.mappings.texts import normal, parse_number, quoted
from mingjing.engine.outcome import N_, Problem, Reason, Refusal
from mingjing.kernel.keys import pseudonym
from mingjing.kernel.tables import Table, read_table
from mingjing.programmes.complaints.policy.mapping import Mapping
from mingjing.programmes.complaints.policy.reading import Reader, Record

__all__ = [
    "caller_token", "latest_only", "load_document", "open_table", "read_households", "reading", "shipped_mappings",
    "shipped_rules",
]  # fmt: skip

SHIPPED = Path(__file__).parent.parent
PURPOSE = "complaints.caller"
Best = dict[str, tuple[int, bytes, int]]


def shipped_mappings() -> dict[str, Path]:
    """The mappings that ship, by name."""
    return {path.stem: path for path in sorted(SHIPPED.glob("mappings/*.toml"))}


def shipped_rules() -> dict[str, Path]:
    """The rules that ship, by name."""
    return {path.stem: path for path in sorted(SHIPPED.glob("rules/*.json"))}


def load_document(path: Path) -> dict[str, Any]:
    """The document in a JSON file; raises Refusal."""
    try:
        document = json.loads(path.read_text("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        text = N_("This is not a JSON file ({cause}).")
        raise Refusal([Problem("rules.json", text, {"cause": str(error)}, path.name)]) from error
    if not isinstance(document, dict):
        raise Refusal([Problem("rules.object", N_("The file holds no JSON object, so no rules."), {}, path.name)])
    return document


def caller_token(known: str) -> str:
    """What is kept of a caller: the same for the same caller in this installation, and nothing anywhere else."""
    return pseudonym(PURPOSE, known)


@contextmanager
def open_table(source: Path | IO[bytes], mapping: Mapping, *, name: str = "") -> Iterator[Table]:
    """The table in a file, read as the mapping says; raises Refusal (kernel.tables)."""
    form = mapping.file
    with read_table(
        source, name=name, encoding=form.encoding, delimiter=form.delimiter, sheet=form.sheet, header_row=form.header,
        merged=form.merged,
    ) as table:  # fmt: skip
        yield table


@contextmanager
def reading(source: Path | IO[bytes], mapping: Mapping, *, name: str = "") -> Iterator[tuple[Reader, Iterator[Record]]]:
    """The records of a file, one at a time, each number once, and the reader that collects its problems.

    Of a number that comes twice the mapping says whether the file is refused or the latest counts; for the latter the
    file is read twice, and only numbers are held.
    """
    best: Best | None = None
    if mapping.latest:
        with open_table(source, mapping, name=name) as table:
            first = Reader(mapping, table.header, str)
            best = latest_only(first.records(table.rows))
    with open_table(source, mapping, name=name) as table:
        reader = Reader(mapping, table.header, caller_token)
        yield reader, _once(reader, reader.records(table.rows), best)


def latest_only(records: Iterable[Record]) -> Best:
    """By number its latest row: the one closed last (an open one before), then by what it says, in any order."""
    best: Best = {}
    for one in records:
        said = "\x1f".join((str(one.opened), one.community, one.category, one.place, one.text, one.duty))
        mine = (one.closed.toordinal() if one.closed else 0, sha256(said.encode()).digest()[:8], -one.row)
        best[one.number] = max(mine, best.get(one.number, mine))
    return best


def _once(reader: Reader, records: Iterable[Record], best: Best | None) -> Iterator[Record]:
    seen: dict[str, int] = {}
    for one in records:
        if best is not None:
            if best[one.number][2] == -one.row:
                yield one
        elif (other := seen.setdefault(one.number, one.row)) != one.row:
            text = N_("The number {number} stands in row {other} too; each complaint has its own.")
            params = {"number": quoted(one.number), "other": other}
            reader.log.at(one.row, Reason("record.repeated_number", text, params), reader.mapping.columns["number"])
        else:
            yield one


def read_households(source: Path, mapping: Mapping) -> dict[str, int]:
    """How many households each community has, from a table with the columns that the mapping names.

    Raises Refusal with everything that is wrong with it.
    """
    found: dict[str, int] = {}
    log, problems = Log(), list[Problem]()
    with read_table(source) as table:
        columns = Columns(table.header, problems)
        name_at = columns.at(mapping.households.community, "households.community")
        count_at = columns.at(mapping.households.households, "households.households")
        if problems:
            raise Refusal(problems)
        for row in table.rows:
            if isinstance(row, Problem):
                log.add(row)
                continue
            name, count = normal(row.cells[name_at]), parse_number(normal(row.cells[count_at]).removesuffix("户"))
            if count is None or count.denominator != 1 or count < 0:
                text = N_("{found} is no number of households.")
                params = {"found": quoted(row.cells[count_at])}
                log.at(row.number, Reason("households.number", text, params), mapping.households.households)
            elif name in found:
                text = N_("{name} stands in the table twice.")
                log.at(row.number, Reason("households.twice", text, {"name": quoted(name)}))
            else:
                found[name] = int(count)
    log.refuse()
    return found
