"""The public board under load: pages as files and through the application, against the same bytes (G11, G12).

A district of 136 communities is published. A file server (granian's, in Rust: nginx is not part of the house) serves
the published folder and, as the floor, the same bytes in a plain folder; the application serves the page and, as its
floor, a view that returns those bytes from memory through every middleware. Rounds are interleaved, the least
disturbed is told. The load is bounded: a few thousand requests each.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from bench.board_load import answer_of, rate
from bench.figures import Figure, best_of, django

AT = datetime(2024, 9, 4, 9, 30, tzinfo=timezone(timedelta(hours=8)))
COMMUNITIES = 136
UNIT = "/board/assessments/430202"
ROUNDS = 8
FILES, PAGES, LIVE = 800, 400, 32
"""Requests of one round: of files, of pages through the application, of pages that answer live."""


def measure() -> list[Figure]:
    """Published pages as files, through the application, and live; and what it takes to write them."""
    django()
    edition = _published()
    from mingjing.faces.board.folders import root

    here = root() / UNIT.strip("/")
    page = here / "zh/communities/HT-00001/index.html.gz"
    path = f"{UNIT}/{page.relative_to(here).as_posix().removesuffix('index.html.gz')}"
    plain = root().parent / "plain"
    shutil.copytree(here, plain / UNIT.strip("/"))
    plain_unit = plain / UNIT.strip("/")
    with _server(page, here, UNIT) as published, _server(page, plain_unit, UNIT) as floor, _server(page) as app:
        return [*_loads(path, page, published, floor, app), *_writing(edition)]


def _published() -> Any:
    """The edition of a district, made as the tests make it."""
    from tests.faces import district
    from tests.programmes.assessments.boarded import publish

    from mingjing.programmes.assessments.board import files

    edition = publish(district.build(AT), AT, COMMUNITIES)
    files.write(edition.round.area)
    return edition


def _loads(path: str, page: Path, published: int, floor: int, app: int) -> Iterator[Figure]:
    file = f"{path}index.html"
    search = f"{UNIT}/zh/search/?q=ghhy"
    _head, body = answer_of(app, path)
    assert body == page.read_bytes(), "the application serves other bytes than the file"
    runs: dict[str, list[float]] = {}
    jobs = (
        ("published", published, file, FILES), ("plain", floor, file, FILES), ("page", app, path, PAGES),
        ("memory", app, "/bench-floor/", PAGES), ("search", app, search, LIVE),
    )  # fmt: skip
    for _ in range(ROUNDS):
        for name, port, asked, requests in jobs:
            encoding = "identity" if port != app else "gzip"
            runs.setdefault(name, []).append(rate(port, asked, requests=requests, encoding=encoding))
    took = {name: min(found) for name, found in runs.items()}
    size = f"{page.stat().st_size / 1000:.1f} KB"
    yield Figure("board-file", took["published"], floor=took["plain"], per=1, what="published pages as files")
    yield Figure("board-page", took["page"], floor=took["memory"], per=1, what=f"pages of {size} through Django")
    yield Figure("board-page-over-file", took["page"], floor=took["plain"], per=1, what="the same, against files")
    yield Figure("board-search", took["search"], floor=took["memory"], per=1, what="searches, live")


def _writing(edition: Any) -> Iterator[Figure]:
    """All files of the district, against compressing and writing the same bytes."""
    from mingjing.faces.board.folders import Unit, publish, writing
    from mingjing.programmes.assessments.board import files

    made = list(files.files_of(edition.round.area))

    def bare() -> None:
        unit = Unit("tests/bench")
        with writing(unit):
            publish(unit, made)

    took, floor = best_of(1, lambda: files.write(edition.round.area)), best_of(1, bare)
    yield Figure("board-write", took, floor=floor, per=len(made), what=f"files of {COMMUNITIES} communities")


@contextmanager
def _server(page: Path, mount: Path | None = None, route: str = "") -> Iterator[int]:
    """granian with one worker; with `mount` its own file server below `route`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--workers", "1",
        "--blocking-threads", "4", "--log-level", "warning", "bench.board_app:application",
    ]  # fmt: skip
    if mount:
        command[-1:-1] = ["--static-path-route", route, "--static-path-mount", str(mount)]
    environment = os.environ | {"BENCH_PAGE": str(page)}
    process = subprocess.Popen(command, cwd=Path(__file__).resolve().parent.parent, env=environment)
    try:
        for _ in range(300):
            try:
                answer_of(port, "/bench-floor/")
                break
            except (OSError, ValueError):
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(20)
