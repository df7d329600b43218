"""Reads of files that are handed in: what passes the door, and their lines against what is known.

Not here: what a record is (policy.reading), keeping anything (actions.intakes).
"""

import csv
import io
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any, BinaryIO

from mingjing.engine.mappings.columns import Log
from mingjing.engine.outcome import N_, Problem, Reason
from mingjing.kernel.intakes.models import LineKind
from mingjing.kernel.places.models import Area
from mingjing.kernel.tables.digests import file_digest
from mingjing.programmes.complaints.models import Complaint, Intake, IntakeLine
from mingjing.programmes.complaints.policy.door import Door, kept_mapping
from mingjing.programmes.complaints.policy.mapping import parse_mapping
from mingjing.programmes.complaints.policy.reading import Reader, Record
from mingjing.programmes.complaints.queries.files import caller_token, open_table, reading
from mingjing.programmes.complaints.queries.places import Gazetteer

__all__ = ["Lines", "passed_the_door", "read_lines"]

BATCH = 500
SPOOLED = 4 << 20
"""Bytes of what is kept that stay in memory; beyond, they are in a file without a name."""


@contextmanager
def passed_the_door(file: BinaryIO, name: str, mapping_text: str) -> Iterator[tuple[BinaryIO, str]]:
    """What is kept of a file, as CSV, open for reading, and the digest of the file as it came.

    Raises Refusal for a mapping with mistakes and for a file that cannot be read as a table, with every problem.
    """
    mapping = parse_mapping(mapping_text)
    digest, log = file_digest(file), Log()
    with tempfile.SpooledTemporaryFile(SPOOLED) as kept:
        text = io.TextIOWrapper(kept, "utf-8", newline="", write_through=True)
        writer = csv.writer(text, lineterminator="\n")
        with open_table(file, mapping, name=name) as table:
            door = Door(mapping, table.header, caller_token)
            writer.writerow(door.header)
            for row in table.rows:
                if isinstance(row, Problem):
                    log.add(row)
                else:
                    writer.writerow(door.row(row.number, row.cells))
        log.refuse()
        text.detach()
        kept.seek(0)
        yield kept, digest  # type: ignore[misc]  # a binary file in all but its class


class Lines:
    """The lines of one kept file against what is known in its area: counts by kind, and the digest over them."""

    def __init__(self, intake: Intake) -> None:
        self.area: Area = intake.area
        self.origin = intake.origin
        self.gazetteer = Gazetteer(intake.area)
        self.counts: Counter[str] = Counter()
        self.unknown: Counter[str] = Counter()
        self.digest = sha256()

    def of(self, records: Iterable[Record]) -> Iterator[list[IntakeLine]]:
        """Lines that say something new, a batch at a time."""
        batch: list[Record] = []
        for record in records:
            batch.append(record)
            if len(batch) == BATCH:
                yield self._lines(batch)
                batch = []
        if batch:
            yield self._lines(batch)

    def _lines(self, records: list[Record]) -> list[IntakeLine]:
        numbers = [record.number for record in records]
        rows = Complaint.objects.filter(area=self.area, origin=self.origin, number__in=numbers)
        known = {row.number: row for row in rows}
        return [line for record in records if (line := self._line(record, known.get(record.number)))]

    def _line(self, record: Record, known: Complaint | None) -> IntakeLine | None:
        digest, site = record.digest, self.gazetteer.site(record.community)
        self.digest.update(bytes.fromhex(digest))
        self.counts["read"] += 1
        self.counts["callers"] += bool(record.caller)
        if site is None:
            self.counts["unplaced"] += 1
            if len(self.unknown) < 10_000:
                self.unknown[record.community] += 1
        # A community that became known since the file was first taken in is news too, unless people decided already.
        if known and known.digest == digest and (known.duty or known.site_id == site):
            self.counts["same"] += 1
            return None
        kind = LineKind.CHANGED if known else LineKind.ADDED
        self.counts[str(kind)] += 1
        values = record.values | {"digest": digest}
        before = _before(known, values) if known else {}
        return IntakeLine(
            row=record.row, number=record.number, kind=kind, site_id=site, values=values, before=before
        )  # fmt: skip

    def summary(self) -> dict[str, Any]:
        """What is kept of the reading."""
        names = ("read", "added", "changed", "same", "unplaced", "callers")
        unknown = [[name, count] for name, count in self.unknown.most_common(20) if name]
        return {name: self.counts[name] for name in names} | {"lines": self.digest.hexdigest(), "unknown": unknown}


def _before(known: Complaint, values: dict[str, Any]) -> dict[str, Any]:
    """What stood there, of what would change."""
    stood = {
        "opened": known.opened_on.isoformat(), "closed": known.closed_on.isoformat() if known.closed_on else None,
        "community": known.community_text, "category": known.category, "place": known.place, "text": known.text,
        "channel": known.channel,
    }  # fmt: skip
    return {name: value for name, value in stood.items() if values[name] != value}


@contextmanager
def read_lines(intake: Intake, file: BinaryIO, lines: Lines) -> Iterator[tuple[Reader, Iterator[list[IntakeLine]]]]:
    """The reader of a kept file, and its lines a batch at a time."""
    mapping = kept_mapping(parse_mapping(intake.mapping_text))
    with reading(file, mapping, name="kept.csv") as (reader, records):
        yield reader, lines.of(_of_its_days(intake, reader, records))


def _of_its_days(intake: Intake, reader: Reader, records: Iterable[Record]) -> Iterator[Record]:
    """Those of the days that the file is said to have every record of; the others are problems in the reader's log."""
    first, last = intake.first_day, intake.last_day
    for record in records:
        if first and last and not first <= record.opened <= last:
            text = N_("{day} lies outside the days that the file is said to have: {first} to {last}.")
            days = {"day": record.opened.isoformat(), "first": first.isoformat(), "last": last.isoformat()}
            column = reader.mapping.columns["opened"]
            reader.log.at(record.row, Reason("record.outside_period", text, days), column)
        else:
            yield record
