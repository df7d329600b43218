"""Databases as `mingjing migrate` leaves them: migrated once, and copied by every test and process that wants one.

What was migrated is kept in the folder for temporary files, under a name that says what it was migrated by: whoever
changes a migration has it made anew. On PostgreSQL it is a database of the server under test, gone with it.
Not here: migrating itself (tests/kernel/db), an installation on PostgreSQL (tests/config/test_backups).
"""

import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

__all__ = ["BEGUN", "install", "on_postgresql", "prepare", "put_back", "template"]

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src"
READ = ("**/migrations/*.py", "kernel/db/*.py", "kernel/calendar/**/*.*", "config/settings.py", "config/programmes.py")
"""What migrating depends on, below src/mingjing; and the version of Django, from the lock."""
BEGUN = "TESTS_BEGIN_WITH"
"""The environment may name the installation of a version before: then only what has come since is migrated."""
KEPT_SECONDS = 24 * 3600
FILE = "mingjing.sqlite3"


def install(data: Path) -> Path:
    """An installation of this version without anything in it, in the folder `data`, which may exist; returns it."""
    return shutil.copytree(_first(), data, dirs_exist_ok=True)


def prepare() -> None:
    """Let the test database of this process begin as a copy of a migrated one."""
    from django.db import connection

    if connection.vendor == "postgresql":
        connection.settings_dict["TEST"]["TEMPLATE"] = template()
        return
    creation: Any = connection.creation
    empty = creation._create_test_db

    def copied(*arguments: Any, **named: Any) -> str:
        name = str(empty(*arguments, **named))
        shutil.copyfile(_first() / FILE, name)
        return name

    creation._create_test_db = copied


def put_back() -> None:
    """Make the SQLite database of this process what it began as, whatever has been committed to it."""
    from django.db import connection

    def told(status: int, remaining: int, total: int) -> None:
        assert status not in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}, "a test left a transaction open"

    connection.ensure_connection()
    with closing(sqlite3.connect(f"{(_first() / FILE).as_uri()}?immutable=1", uri=True)) as first:
        first.backup(connection.connection, progress=told)


@cache
def template() -> str:
    """The name of a migrated database on the PostgreSQL server under test; nobody connects to it."""
    import psycopg

    name = f"mingjing_{_named()}"
    with _alone("postgresql"), psycopg.connect(on_postgresql("postgres"), autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            connection.execute(f"DROP DATABASE IF EXISTS {name}_half")
            connection.execute(f"CREATE DATABASE {name}_half")
            _run("django", "migrate", DATABASE_URL=on_postgresql(f"{name}_half"))  # without static files
            connection.execute(f"ALTER DATABASE {name}_half RENAME TO {name}")
    return name


def on_postgresql(database: str) -> str:
    """The address of a database on the server under test."""
    from django.conf import settings

    at = settings.DATABASES["default"]
    port = {"port": at["PORT"]} if at["PORT"] else {}
    query = urlencode({"host": at["HOST"]} | port)
    return f"postgresql://{quote(at['USER'])}:{quote(at['PASSWORD'])}@/{database}?{query}"


@cache
def _first() -> Path:
    kept = Path(tempfile.gettempdir()) / f"mingjing-installed-{os.geteuid()}"
    kept.mkdir(mode=0o700, exist_ok=True)
    assert kept.stat().st_uid == os.geteuid(), f"{kept} belongs to somebody else"
    found = kept / _named()
    with _alone("sqlite"):
        if not found.exists():
            for old in kept.iterdir():
                if time.time() - old.stat().st_mtime > KEPT_SECONDS:
                    shutil.rmtree(old, ignore_errors=True)
            half = Path(tempfile.mkdtemp(dir=kept))
            if begun := os.environ.get(BEGUN):
                shutil.copytree(begun, half, dirs_exist_ok=True)
                _run("django", "migrate", MINGJING_DATA=str(half))
            else:
                _run("mingjing", "migrate", MINGJING_DATA=str(half))
            half.rename(found)
    return found


@contextmanager
def _alone(what: str) -> Iterator[None]:
    """While it lasts no other process of this machine makes the same."""
    with (Path(tempfile.gettempdir()) / f"mingjing-{what}-{os.geteuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _named() -> str:
    files = [ROOT / "requirements" / "dev.txt"]
    files += sorted({path for found in READ for path in (SOURCE / "mingjing").glob(found) if path.suffix != ".pyc"})
    told = sha256(sys.version.encode())
    for file in files:
        told.update(f"{file.relative_to(ROOT)} {sha256(file.read_bytes()).hexdigest()}\n".encode())
    return told.hexdigest()[:16]


def _run(*command: str, **more: str) -> None:
    foreign = ("MINGJING", "DATABASE", "DJANGO")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    env = kept | {"MINGJING_MODE": "demo", "PYTHONPATH": str(SOURCE)} | more
    env["DJANGO_SETTINGS_MODULE"] = "mingjing.config.settings"
    with tempfile.TemporaryDirectory() as aside:
        subprocess.run(
            [sys.executable, "-m", *command],
            env={"MINGJING_DATA": aside} | env,
            check=True,
            capture_output=True,
        )
