"""Runs the rules over a whole table of visits in DuckDB: in columns, in bounded memory, and no database of ours.

Not here: what the rules ask (queries.expressions), reading files (queries.reading).
"""

import csv
import errno
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import ibis
from ibis import _
from ibis.expr.types import Table

from mingjing.engine.outcome import N_, Problem, Reason, Refusal
from mingjing.programmes.inspections.policy.answerable import APPLIED
from mingjing.programmes.inspections.policy.conditions import NUMBERS, TEXTS
from mingjing.programmes.inspections.policy.conduct import (
    VISIT_TOLD,
    Report,
    blanket_told,
    share_told,
    streak_told,
    unscanned_told,
)
from mingjing.programmes.inspections.policy.rules import Level, Pack, Rule
from mingjing.programmes.inspections.policy.visits import Visit
from mingjing.programmes.inspections.policy.warnings import Warning, counted
from mingjing.programmes.inspections.queries.days import day_of, number, periods
from mingjing.programmes.inspections.queries.expressions import COLUMNS, KEYS, count_rule, standing, visit_rule
from mingjing.programmes.inspections.queries.wider import blanket_rule, share_rule, streak_rule, unscanned_rule

__all__ = ["Columns", "Statements", "expression", "opened", "query", "statements"]

Statements = list[tuple[Rule, str]]

MEMORY = "2GB"
LOT = 2_000
TABLE, REPORTS = "visits", "reports"
NOTHING, APART = "\x1e", "\x1f"
"""What stands for no number, and between the items, in the file on the way in; neither can be part of a text read."""
SHAPE = {
    "record": "string", "seq": "int64", "day": "int32", "month": "int32", "quarter": "int32", "year": "int32",
    "firm": "string", "site": "string", "authority": "string", "joint": "string", "corrects": "string",
    "void": "boolean", "report": "boolean", "officers": "string", 
    **dict.fromkeys(TEXTS, "string"), **dict.fromkeys(NUMBERS, "int32"), "items": "array<string>",
}  # fmt: skip
TYPES = {"string": "VARCHAR", "array<string>": "VARCHAR", "int32": "INTEGER", "int64": "BIGINT", "boolean": "BOOLEAN"}
READ = """
SELECT * REPLACE (CASE WHEN items = '' THEN []::VARCHAR[] ELSE string_split(items, chr(31)) END AS items)
FROM read_csv(?, header = false, auto_detect = false, delim = ',', quote = '"', escape = '"', nullstr = chr(30),
              columns = {})
""".format("{" + ", ".join(f"'{name}': '{TYPES[kind]}'" for name, kind in SHAPE.items()) + "}")
"""Reads what `add` writes."""


def query(rule: Rule, columns: Sequence[str] = tuple(SHAPE), *, joint: bool = True) -> str:
    """The DuckDB query of a rule over a table `visits` with these columns, and one of `reports`."""
    return str(ibis.to_sql(expression(rule, columns, joint=joint), dialect="duckdb"))


def expression(rule: Rule, columns: Sequence[str] = tuple(SHAPE), *, joint: bool = True) -> Table:
    """The same before it is written for one engine."""
    visits = ibis.table({name: SHAPE[name] for name in columns}, name=TABLE)
    match rule.kind:
        case "visit":
            return visit_rule(visits, rule)
        case "count":
            return count_rule(visits, rule, joint=joint)
        case "streak":
            return streak_rule(visits, rule)
        case "share":
            return share_rule(visits, rule)
        case "blanket":
            return blanket_rule(visits, rule)
    told = {name: SHAPE[name] for name in ("record", "day", "firm", "authority")}
    return unscanned_rule(visits, ibis.table(told, name=REPORTS), rule)


def statements(pack: Pack, *, joint: bool = True) -> Statements:
    """The query of each rule that files are held against, its rows in the order of reports."""
    order = ", ".join(f'"{name}"' for name in ("firm", *KEYS, "campaign", "first", "records"))
    return [(rule, f"FROM ({query(rule, joint=joint)}) ORDER BY {order}") for rule in pack.of(*APPLIED)]


class Columns:
    """A table of visits that rules are run over; `add` all of them, then ask for `warnings`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
        self.connection = connection
        self.folder = folder

    def add(self, visits: Iterable[Visit | Report], *, latest: bool = False) -> int:
        """Take visits in, and reports of some, a stream of any length, by way of a file: a line at a time is held here.

        With `latest` only the last row of a record counts.
        """
        path, count = self.folder / "visits.csv", 0
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            for visit in visits:
                writer.writerow(_row(visit))
                count += 1
        last = "QUALIFY seq = max(seq) OVER (PARTITION BY record, report)" if latest else ""
        self.connection.execute(f"CREATE OR REPLACE TABLE loaded AS {READ} {last}", [str(path)])
        path.unlink()
        self._stand()
        return count

    def _stand(self) -> None:
        """Leave out what was corrected or voided; say whether there are joint visits at all."""
        asked = "SELECT bool_or(corrects <> '' OR void), bool_or(joint <> '') FROM loaded WHERE NOT report"
        replaced, joint = self.connection.execute(asked).fetchone() or (False, False)
        self._view(REPORTS, "FROM loaded WHERE report")
        if replaced:
            kept = ibis.to_sql(standing(ibis.table(SHAPE, name="loaded").filter(~_.report)), dialect="duckdb")
            self.connection.execute(f"CREATE OR REPLACE TABLE kept AS {kept}")
        self._view(TABLE, "FROM kept" if replaced else "FROM loaded WHERE NOT report")
        self.joint = bool(joint)

    def _view(self, name: str, asked: str) -> None:
        self.connection.execute(f"CREATE OR REPLACE VIEW {name} AS {asked}")

    def warnings(self, pack: Pack, ready: Statements | None = None) -> Iterator[Warning]:
        """What the rules of the pack about visits and counts find, by rule, then firm, then day.

        `ready` are its statements, where somebody has prepared them for several tables.
        """
        for rule, asked in ready or statements(pack, joint=self.joint):
            found = self.connection.execute(asked)
            while rows := found.fetchmany(LOT):
                for row in rows:
                    yield _warning(rule, dict(zip(COLUMNS, row, strict=True)))


@contextmanager
def opened(memory: str = MEMORY) -> Iterator[Columns]:
    """An empty table in a folder of its own, which is gone afterwards; more than `memory` goes to its disk.

    Raises Refusal where neither memory nor disk suffice.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="mingjing-visits-") as folder:
            settings: dict[str, Any] = {
                "memory_limit": memory,
                "temp_directory": folder,
                "preserve_insertion_order": False,
            }
            with duckdb.connect(str(Path(folder) / "visits.duckdb"), config=settings) as connection:
                yield Columns(connection, Path(folder))
    except (OSError, duckdb.OutOfMemoryException, duckdb.IOException) as error:
        if isinstance(error, OSError) and error.errno != errno.ENOSPC:
            raise
        text = N_("There is no room to work in {folder}; make room there, or name another folder in TMPDIR.")
        raise Refusal([Problem("inspections.no_room", text, {"folder": tempfile.gettempdir()})]) from error


def _row(visit: Visit | Report) -> list[Any]:
    if isinstance(visit, Report):
        said = Visit(record=visit.record, day=visit.day, firm=visit.firm, authority=visit.authority)
        return _cells(said, report=True)
    return _cells(visit, report=False)


def _cells(visit: Visit, *, report: bool) -> list[Any]:
    facts = visit.facts
    texts = [facts.get(name) or "" for name in TEXTS]
    numbers = [NOTHING if facts.get(name) in (None, "") else facts[name] for name in NUMBERS]
    month, quarter, year = periods(visit.day)
    return [
        visit.record, visit.order, number(visit.day), month, quarter, year, visit.firm, visit.site, visit.authority,
        visit.joint, visit.corrects, visit.void, report, APART.join(sorted(set(visit.officers))), *texts, *numbers,
        APART.join(dict.fromkeys(visit.items)),
    ]  # fmt: skip


def _warning(rule: Rule, told: dict[str, Any]) -> Warning:
    per = ("authority", "campaign") if rule.kind == "blanket" else rule.count.per if rule.count else ()
    return Warning(
        rule=rule, level=Level(told["level"]), firm=told["firm"], key=tuple((name, told[name]) for name in per),
        first=day_of(told["first"]), last=day_of(told["last"]), count=told["count"],
        records=tuple(one["record"] for one in told["records"]),
        authorities=tuple(sorted(name for name in told["authorities"] or () if name)),
        because=_because(rule, told["count"], told["among"]),
    )  # fmt: skip


def _because(rule: Rule, count: int, among: int) -> Reason:
    match rule.kind:
        case "count":
            return counted(rule, count)
        case "streak":
            return streak_told(count)
        case "share":
            return share_told(rule, count, among)
        case "blanket":
            return blanket_told(rule, count, among)
        case "unscanned":
            return unscanned_told(rule)
    return VISIT_TOLD
