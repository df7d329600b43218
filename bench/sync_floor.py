"""The floors of the bench of sync: the same bytes hashed, written, synced, the same rows inserted, and nothing else.

No session, no check, no signature, no idempotency, no ledger. Two of them under one server:

* bare, a WSGI application: PUT keeps a photo under its digest, POST /KIND writes the rows that a visit of that kind
  left in the real thing (bench.sync_rows; files `rows-KIND.json` in BENCH_FLOOR);
* a plain Django view, as the goals were measured (the study of the peers, 1-2): POST /plain/KIND/N brings the
  visit and its N photos as one multipart body; no middleware.
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

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.urls import path

from bench.sync_rows import Rows, write

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingjing.config.settings")
django.setup()

FOLDER = Path(os.environ["BENCH_FLOOR"])
READY = local()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Keep a photo, or write a visit; or let Django do it."""
    if environ["PATH_INFO"].startswith("/plain/"):
        return PLAIN(environ, start_response)
    body = environ["wsgi.input"]
    if environ["REQUEST_METHOD"] == "PUT":
        keep(body)
    else:
        json.loads(body.read())
        lone()
        write(rows(environ["PATH_INFO"].strip("/")))
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


def visit(request: HttpRequest, kind: str, photos: int) -> HttpResponse:
    """A visit with its photos in one body, as Django reads it."""
    files = request.FILES.getlist("photo")
    if len(files) != photos:
        return HttpResponse(status=400)
    for file in files:
        keep(file)
    json.loads(request.POST["visit"])
    lone()
    write(rows(kind))
    return HttpResponse("ok", headers={"Content-Length": "2"})


def lone() -> None:
    """Let this thread's connection write rows whose neighbours are not there."""
    from django.db import connection

    if not getattr(READY, "done", False):
        with connection.cursor() as cursor:
            off = "PRAGMA foreign_keys=OFF" if connection.vendor == "sqlite" else "SET session_replication_role=replica"
            cursor.execute(off)
        READY.done = True


@lru_cache
def rows(kind: str) -> Rows:
    found: Rows = json.loads((FOLDER / f"rows-{kind}.json").read_text("utf-8"))
    return found


urlpatterns = [path("plain/<str:kind>/<int:photos>", visit)]
settings.MIDDLEWARE, settings.ROOT_URLCONF = [], __name__
PLAIN = WSGIHandler()
