"""`mingjing backup FOLDER`: one self-describing folder with the database and every original, taken while people work.

    FOLDER/mingjing-20260101T020000Z/
        backup.json          what is in it: each file's size and SHA-256, and where the ledger ended
        database.sqlite3     or database.dump (pg_dump's custom format)
        originals/…          every original, from the folder or the S3 store they are in

Originals never change and are written before the rows that name them, so copying them after the database misses none.
With --without-originals they are listed and not copied: for a bucket that is kept safe by means of its own.
Restoring is `restores`. Not here: where backups are kept and for how long.
"""

import argparse
import json
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import UTC
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingjing import __version__
from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.evidence import store
from mingjing.kernel.ledger.models import Head

FORMAT = "mingjing.backup/1"
CONTENTS = "backup.json"
ORIGINALS = "originals"
DATABASES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
BLOCK = 1 << 20  # bytes


def configure_backup(parser: argparse.ArgumentParser) -> None:
    """Where to put it."""
    parser.add_argument("folder", type=Path, help=_("folder that receives the backup, in a new folder of its own"))
    parser.add_argument(
        "--without-originals",
        action="store_true",
        help=_("list the originals and do not copy them: they are in an S3 store that is backed up by itself"),
    )


def run_backup(args: argparse.Namespace) -> int:
    """Write a backup and print its folder; nothing with its final name is left when it fails."""
    made_at = timezone.now().astimezone(UTC)
    target: Path = args.folder / f"mingjing-{made_at:%Y%m%dT%H%M%SZ}"
    if target.exists():
        raise Refusal([Problem("backup.exists", N_("There is a backup of this second already."), {}, str(target))])
    draft = target.with_name(f".{target.name}.partial")
    draft.mkdir(parents=True)
    try:
        contents = fill(draft, with_originals=not args.without_originals) | {"made_at": made_at.isoformat()}
        _write_durably(draft / CONTENTS, json.dumps(contents, ensure_ascii=False, indent=1).encode())
        draft.replace(target)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    print(target)
    return 0


def fill(folder: Path, *, with_originals: bool = True) -> dict[str, Any]:
    """Copy the database and (if so) the originals into `folder`; returns what backup.json says of them."""
    head = copy_sqlite(folder) if connection.vendor == "sqlite" else dump_postgresql(folder)
    files = {path.name: described(path) for path in folder.iterdir()}
    elsewhere = [] if with_originals else list(store.digests())
    for digest in store.digests() if with_originals else ():
        name = f"{ORIGINALS}/{digest[:2]}/{digest[2:4]}/{digest}"
        files[name] = fetched(digest, folder / name)
    return {
        "format": FORMAT,
        "version": __version__,
        "database": connection.vendor,
        "ledger": {"seq": head[0], "hash": head[1]},
        "files": dict(sorted(files.items())),
        "elsewhere": elsewhere,
    }


def copy_sqlite(folder: Path) -> tuple[int, str]:
    """Copy a running SQLite database by its own backup interface; returns where the copy's ledger ends."""
    connection.ensure_connection()
    with closing(sqlite3.connect(folder / DATABASES["sqlite"])) as copy:
        connection.connection.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, without -wal and -shm beside it
        row = copy.execute(str(Head.objects.values_list("seq", "hash").query)).fetchone()
    return int(row[0]), str(row[1])


def dump_postgresql(folder: Path) -> tuple[int, str]:
    """Dump a running PostgreSQL database; returns where the ledger ended in the very snapshot that was dumped."""
    target = folder / DATABASES["postgresql"]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        head = Head.objects.get()
        run_postgresql(["pg_dump", "--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={target}"])
    return head.seq, head.hash


def run_postgresql(command: list[str]) -> None:
    """Run one of PostgreSQL's own programs on our database; raises Refusal with what it said."""
    wanted = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    env = os.environ | {name: str(wanted[key]) for name, key in names.items() if wanted[key]}
    try:
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)  # noqa: S603 - a fixed program
    except FileNotFoundError as error:
        text = N_("{program} is not installed. Install PostgreSQL's client programs (Debian: postgresql-client).")
        raise Refusal([Problem("backup.client", text, {"program": command[0]})]) from error
    if done.returncode:
        text = N_("{program} failed: {detail}")
        raise Refusal([Problem("backup.postgresql", text, {"program": command[0], "detail": done.stderr.strip()})])


def fetched(digest: str, target: Path) -> dict[str, Any]:
    """Copy one original as it is, changed or not, describing what was written."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with store.open_original(digest) as source, target.open("wb") as file:
        shutil.copyfileobj(source, file, BLOCK)
    return described(target)


def copied(source: Path, target: Path) -> dict[str, Any]:
    """Copy one file, describing what was written."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    return described(target)


def described(path: Path) -> dict[str, Any]:
    """Size and SHA-256 of a file."""
    digest = sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return {"size": path.stat().st_size, "sha256": digest.hexdigest()}


def _write_durably(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
