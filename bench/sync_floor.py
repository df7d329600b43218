"""The floor of the bench of sync, a WSGI application: the same bytes hashed, written, synced, the same rows inserted.

No session, no check, no signature, no idempotency, no ledger: PUT keeps a photo under its digest, POST /N writes the
rows that a visit with N photos left in the real thing (bench.sync_rows; files `rows-N.json` in BENCH_FLOOR).
"""

import json
import os
from collections.abc import Callable, Iterable
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import local
from typing import Any

from bench.sync_rows import Rows, write

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingjing.config.settings")

import django

django.setup()

FOLDER = Path(os.environ["BENCH_FLOOR"])
READY = local()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Keep a photo, or write a visit."""
    body = environ["wsgi.input"]
    if environ["REQUEST_METHOD"] == "PUT":
        keep(body)
    else:
        json.loads(body.read())
        lone()
        write(rows(int(environ["PATH_INFO"].strip("/"))))
    start_response("200 OK", [("Content-Length", "2")])
    return [b"ok"]


def keep(stream: Any) -> None:
    """Hash, write, sync, name."""
    digest = sha256()
    with NamedTemporaryFile(dir=FOLDER, delete=False) as file:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    target = FOLDER / digest.hexdigest()[:2] / digest.hexdigest()
    target.parent.mkdir(exist_ok=True)
    Path(file.name).replace(target)


def lone() -> None:
    """Let this thread's connection write rows whose neighbours are not there."""
    from django.db import connection

    if not getattr(READY, "done", False):
        with connection.cursor() as cursor:
            off = "PRAGMA foreign_keys=OFF" if connection.vendor == "sqlite" else "SET session_replication_role=replica"
            cursor.execute(off)
        READY.done = True


@lru_cache
def rows(photos: int) -> Rows:
    found: Rows = json.loads((FOLDER / f"rows-{photos}.json").read_text("utf-8"))
    return found
