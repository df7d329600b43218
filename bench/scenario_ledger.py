"""The ledger: facts appended one transaction each, and all of them verified, from the database and from a file.

The floors do the least that must be done with the same bytes: the rows of the appended facts, inserted bare and hashed
twice; the rows read bare and hashed twice. MINGJING_BENCH_SCALE=50 verifies a million facts.
"""

import io
import sqlite3
import tempfile
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

from bench.figures import SCALE, Figure, Skip, best_of, django, peak_bytes

APPENDED = 500  # each in a transaction of its own
VERIFIED = int(20_000 * SCALE)
AT = datetime(2024, 9, 4, 1, 30, tzinfo=UTC)
BY = SimpleNamespace(token="u5Zx0dKJm3w8")
PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON")


def measure() -> list[Figure]:
    """Append and verify, with the size of a published scheme's fact: a digest, a version, three counts."""
    django()
    from django.db import connection

    if connection.vendor != "sqlite":
        raise Skip("its floors are written for SQLite; leave DATABASE_URL empty")
    from mingjing.kernel.ledger.exports import export
    from mingjing.kernel.ledger.verify import verify, verify_export

    grow(VERIFIED, each_alone=False)
    with tempfile.TemporaryDirectory() as folder:
        bare = Bare(Path(folder) / "floor.sqlite3")
        append_floor = best_of(3, bare.append)
        verify_floor = best_of(3, bare.verify)
        bare.close()
    file = b"".join(export(at=AT))
    verified = best_of(3, lambda: check(verify()))
    verified_file = best_of(2, lambda: check(verify_export(io.BytesIO(file))))
    memory = peak_bytes(verify)
    appended = best_of(3, lambda: grow(APPENDED, each_alone=True))
    per = {"per": VERIFIED, "what": "facts"}
    return [
        Figure("ledger-append", appended, floor=append_floor, per=APPENDED, what="facts"),
        Figure("ledger-verify", verified, floor=verify_floor, **per),
        Figure("ledger-verify-file", verified_file, floor=verify_floor, **per),
        Figure("ledger-verify-memory", memory, unit="bytes"),
    ]


def check(report) -> None:
    """A wrong answer is not worth timing."""
    assert report.whole, report.problems


def grow(size: int, *, each_alone: bool) -> None:
    """Append `size` facts, in a transaction each or all in one."""
    from contextlib import nullcontext

    from django.db import transaction

    from mingjing.kernel.ledger import writer

    data = {"digest": "ab" * 32, "version": 17, "checks": 65, "items": 13, "vetoes": 4}
    with nullcontext() if each_alone else transaction.atomic():
        for number in range(size):
            with transaction.atomic() if each_alone else nullcontext():
                subject = f"jobs.delivery:{number}"
                writer.append(kind="jobs.delivery.retried", subject=subject, data=data, area=None, by=BY, at=AT)


class Bare:
    """The same rows without the ledger: one table, no chain, no checks."""

    columns = "seq, kind, subject, data, at, by, digest, previous, hash"

    def __init__(self, path: Path) -> None:
        from django.db import connection

        self.connection = sqlite3.connect(path, isolation_level=None)
        for pragma in PRAGMAS:
            self.connection.execute(f"PRAGMA {pragma}")
        with connection.cursor() as cursor:
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = 'ledger_fact'")
            self.connection.execute(cursor.fetchone()[0])
            cursor.execute(f"SELECT {self.columns} FROM ledger_fact")
            self.rows = cursor.fetchall()
        self.connection.execute("BEGIN")
        self.connection.executemany(self.insert, self.rows)
        self.connection.execute("COMMIT")
        self.next = len(self.rows)

    insert = f"INSERT INTO ledger_fact ({columns}, scope) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '')"

    def append(self) -> None:
        """Rows like the ledger's, a transaction each, hashed as often."""
        for row in self.rows[:APPENDED]:
            self.next += 1
            twice_hashed(row)
            self.connection.execute("BEGIN IMMEDIATE")
            self.connection.execute(self.insert, (self.next, *row[1:]))
            self.connection.execute("COMMIT")

    def verify(self) -> None:
        """Every row read and hashed twice, nothing compared."""
        for row in self.connection.execute(
            f"SELECT {self.columns} FROM ledger_fact WHERE seq <= {VERIFIED} ORDER BY seq"
        ):
            twice_hashed(row)

    def close(self) -> None:
        self.connection.close()


def twice_hashed(row: tuple) -> bytes:
    """As many bytes as a fact's content, and a link's, through SHA-256."""
    text = f"{row[4]}{row[5]}{row[3]}{row[1]}{row[0]}{row[2]}{row[6]}".encode()
    return sha256(sha256(text).digest() * 2).digest()
