"""The floors of files of registers: the same rows without Django. Not here: what is measured."""

import csv
import io
import json
import sqlite3
from pathlib import Path

PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON")


class Bare:
    """Cells read by csv, kept as JSON, inserted as they are: rows of `lines`, and of the tables that were `made`."""

    def __init__(self, path: Path, content: bytes, lines: str, made: tuple[str, ...]) -> None:
        from django.db import connection

        self.content, self.lines, self.made = content, lines, made
        self.connection = sqlite3.connect(path, isolation_level=None)
        for pragma in PRAGMAS:
            self.connection.execute(f"PRAGMA {pragma}")
        self.rows = {}
        self.count = content.count(b"\n") - 1
        with connection.cursor() as cursor:
            for name in (lines, *made):
                cursor.execute(
                    "SELECT sql FROM sqlite_master WHERE tbl_name = %s AND type IN ('table', 'index')", [name]
                )
                for (statement,) in cursor.fetchall():
                    if statement:
                        self.connection.execute(statement)
                cursor.execute(f"SELECT * FROM {name} LIMIT {self.count}")
                self.rows[name] = cursor.fetchall()
        self.connection.execute("PRAGMA foreign_keys=OFF")

    def read(self) -> None:
        """Every row split into cells, made JSON, and inserted as a line."""
        rows = csv.reader(io.StringIO(self.content.decode()))
        next(rows)
        texts = [json.dumps(row, ensure_ascii=False) for row in rows]
        assert len(texts) == self.count
        self.insert(self.lines, self.rows[self.lines])

    def apply(self) -> None:
        """What the rows made, in one transaction for each table."""
        for name in self.made:
            self.insert(name, self.rows[name])

    def insert(self, name: str, rows: list[tuple]) -> None:
        marks = ", ".join("?" * len(rows[0]))
        self.connection.execute("BEGIN")
        self.connection.execute(f"DELETE FROM {name}")
        self.connection.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)
        self.connection.execute("COMMIT")

    def close(self) -> None:
        self.connection.close()
