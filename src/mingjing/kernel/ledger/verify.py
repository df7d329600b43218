"""Checking the ledger: one pass over what the database really holds, in constant memory, beside running appends.

The rules are those of `engine.chain.walk`; here is where the facts come from, and whether the guards stand.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.db import connection

from mingjing.engine.chain import START, Entry, Mark, Walk, fact_content
from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.db.guards import guards_on
from mingjing.kernel.ledger.exports import read_export
from mingjing.kernel.ledger.queries import head

__all__ = ["Report", "verify", "verify_export"]

BATCH = 5000  # facts in memory at a time
FAULT_LIMIT = 100  # faults reported: the first ones say where it broke
GUARDS = {
    "ledger_fact": frozenset({"no_update", "no_delete"}),
    "ledger_head": frozenset({"forward", "no_delete"}),
}


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found: how many facts it read, where the chain ends, and the faults (none: the ledger is whole).

    Of `withheld` facts a file holds the digest alone: they stand in the chain, their contents are not for its reader.
    """

    count: int
    end: Mark
    problems: tuple[Problem, ...]
    withheld: int = 0

    @property
    def whole(self) -> bool:
        return not self.problems


class _Stored:
    """The facts of the database as they are, in order, while others may be appending; `head` is read after the last."""

    columns = "seq, kind, subject, data, at, by, digest, previous, hash"

    def __init__(self) -> None:
        self.head = START

    def __iter__(self) -> Iterator[Entry]:
        after: Any = -(2**63)
        while rows := self._rows(after) or self._arrived(after):
            yield from map(_entry, rows)
            after = rows[-1][0]

    def _rows(self, after: Any) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            query = f"SELECT {self.columns} FROM ledger_fact WHERE seq > %s ORDER BY seq LIMIT {BATCH}"  # noqa: S608 - constants
            cursor.execute(query, [after])
            return list(cursor.fetchall())

    def _arrived(self, after: Any) -> list[tuple[Any, ...]]:
        """What was appended since the last batch; whatever the head, read first, counts is visible then."""
        self.head = head()
        return self._rows(after)


def _entry(row: tuple[Any, ...]) -> Entry:
    seq, kind, subject, data, at, by, digest, previous, hash_ = row
    try:
        content = fact_content(seq=seq, kind=kind, subject=subject, data=data, at=at, by=by or None)
    except TypeError:  # SQLite keeps whatever was put into a column
        content = b""
    return Entry(seq if isinstance(seq, int) else 0, content, digest, previous, hash_)


def verify(checkpoints: Iterable[Mark] = ()) -> Report:
    """Check the ledger of this installation, and against `checkpoints`; raises for nothing that it finds."""
    stored = _Stored()
    return _follow(stored, lambda: stored.head, checkpoints, _unguarded())


def verify_export(file: BinaryIO, checkpoints: Iterable[Mark] = ()) -> Report:
    """Check an exported ledger, without a database; a line that cannot be read ends the check and is its last fault."""
    try:
        end, entries = read_export(file)
    except Refusal as refusal:
        return Report(0, START, refusal.problems)
    return _follow(entries, lambda: end, checkpoints, ())


def _follow(
    entries: Iterable[Entry], head: Callable[[], Mark], checkpoints: Iterable[Mark], problems: Iterable[Problem]
) -> Report:
    """Walk to the end and collect the first faults, and the first of each kind however late it shows."""
    walk = Walk({mark.seq: mark.hash for mark in checkpoints})
    faults = _Faults(problems)
    try:
        for entry in entries:
            faults.add(walk.step(entry))
        faults.add(walk.end(head()))
    except Refusal as refusal:
        faults.add(refusal.problems)
    return Report(walk.count, Mark(walk.seq, walk.hash or ""), tuple(faults.kept), walk.withheld)


class _Faults:
    def __init__(self, problems: Iterable[Problem]) -> None:
        self.kept = list(problems)

    def add(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            if len(self.kept) < FAULT_LIMIT or problem.code not in {known.code for known in self.kept}:
                self.kept.append(problem)


def _unguarded() -> Iterator[Problem]:
    for table, needed in GUARDS.items():
        if needed - guards_on(table):
            text = N_("The database no longer guards {table} against changes: find out who removed its triggers.")
            yield Problem("ledger.unguarded", text, {"table": table})
