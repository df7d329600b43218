"""The rows that a visit leaves, taken from a database and written again: the floor of the bench of sync.

    python -m bench.sync_rows SUBJECT OUT      the rows of a visit that was just sent, as JSON by table

A row is written anew with other keys, in one transaction and by plain SQL. Not here: any check, any signature.
"""

import json
import sys
import time
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from os import urandom
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import django

__all__ = ["Rows", "write"]

Rows = Mapping[str, tuple[Sequence[str], Sequence[Sequence[Any]]]]
ANEW = {"sha256", "record_id", "seq", "entry_id", "visit_id", "serial", "case_id", "fact_id"}
"""Columns that are unique, alone or with others, besides those that hold a UUID."""


def main() -> None:
    """Take the rows of a visit."""
    django.setup()
    subject, out = sys.argv[1], Path(sys.argv[2])
    out.write_text(json.dumps({table: rows_of(table, where, subject) for table, where in TABLES.items()}), "utf-8")


TABLES = {
    "assessments_visitrecord": "id = {record}",
    "assessments_sheetedit": "record_id = {record}",
    "sync_received": "subject = '{subject}'",
    "sync_capture": "subject = '{subject}'",
    "evidence_exhibit": "subject = '{subject}'",
    "evidence_custody": "exhibit_id IN (SELECT id FROM evidence_exhibit WHERE subject = '{subject}')",
    "cases_case": "subject LIKE '{subject}/%%'",
    "cases_step": "case_id IN (SELECT id FROM cases_case WHERE subject LIKE '{subject}/%%')",
    "jobs_delivery": "fact_id IN (SELECT seq FROM ledger_fact WHERE data LIKE '%%\"{subject}\"%%')",
    "ledger_fact": "data LIKE '%%\"{subject}\"%%' OR data LIKE '%%\"{subject}/%%' OR subject = '{subject}'",
}
"""The tables that a sync writes to, and which of their rows are of the visit."""


def rows_of(table: str, where: str, subject: str) -> tuple[list[str], list[list[Any]]]:
    """The columns and rows, without keys that the database gives."""
    from django.db import connection

    with connection.cursor() as cursor:
        asked = where.format(subject=subject, record=int(subject.partition(":")[2])).replace("%%", "%")
        cursor.execute(f"SELECT * FROM {table} WHERE {asked}")
        columns = [column[0] for column in cursor.description]
        rows = [list(map(plain, row)) for row in cursor.fetchall()]
    if "id" in columns and (not rows or isinstance(rows[0][columns.index("id")], int)):
        place = columns.index("id")
        columns.pop(place)
        rows = [row[:place] + row[place + 1 :] for row in rows]
    return columns, rows


def plain(value: Any) -> Any:
    if isinstance(value, UUID | date | datetime):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return {"bytes": b64encode(bytes(value)).decode()}
    return json.dumps(value) if isinstance(value, dict | list) else value if value is None else native(value)


def native(value: Any) -> Any:
    return value if isinstance(value, str | int | bool) else str(value)


def write(rows: Rows) -> None:
    """Write them once more, all keys other ones."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        record = time.time_ns() & 0x7FFFFFFFFFFF
        for table, (columns, lines) in rows.items():
            if lines:
                names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join(["%s"] * len(columns))
                fresh = [
                    [anew(name, value, record) for name, value in zip(columns, line, strict=True)] for line in lines
                ]
                cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", fresh)


def anew(name: str, value: Any, record: int) -> Any:
    """The value, or another of its kind where it has to be unique."""
    if name in ("seq", "case_id", "fact_id"):
        return time.time_ns()
    if name == "serial":
        return int.from_bytes(urandom(4)) >> 1
    if name in ("record_id", "entry_id"):
        return record
    if name == "sha256":
        return urandom(32).hex()
    if isinstance(value, dict):
        return b64decode(value["bytes"])
    if isinstance(value, str) and len(value) in (32, 36) and name in KEYS:
        return uuid4().hex if len(value) == 32 else str(uuid4())
    return value


KEYS = {"id", "command", "exhibit_id", "visit_id"}

if __name__ == "__main__":
    main()
