"""The public board under load: pages as files and through the application, against the same bytes (G11, G12).

A district of 136 communities is published. A file server (granian's, in Rust: nginx is not part of the house) serves
the published folder and, as the floor, the same bytes in a plain folder; the application serves the page and, as its
floor, a view that returns those bytes from memory through every middleware. Rounds are interleaved, the least
disturbed is told. The load is bounded: a few thousand requests each. Where nginx is installed it serves the published
folder too, by the very lines of docs/deploy.md.
"""

import getpass
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from bench.board_load import answer_of, rate
from bench.figures import Figure, best_of, django

AT = datetime(2024, 9, 4, 9, 30, tzinfo=timezone(timedelta(hours=8)))
COMMUNITIES = 136
UNIT = "/board/assessments/430202"
ROUNDS = 8
FILES, PAGES, LIVE, BY_NGINX = 800, 400, 32, 4000
"""Requests of one round: of files, of pages through the application, of pages that answer live, of nginx."""


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
        found = list(_loads(path, page, published, floor, app))
    return [*found, *_by_nginx(path, page, plain), *_writing(edition)]


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


def _by_nginx(path: str, page: Path, plain: Path) -> Iterator[Figure]:
    """The published page by the location of docs/deploy.md, against its compressed bytes as a file of that nginx."""
    if not shutil.which("nginx"):
        print("   nginx is not installed: its figure is left out")
        return
    from mingjing.faces.board.folders import root

    with _nginx(root(), plain) as port:
        head, body = answer_of(port, path)
        assert body == page.read_bytes(), "nginx serves other bytes than were published"
        assert b"text/html; charset=utf-8" in head, head
        for elsewhere in (f"{UNIT}/zh/search/?q=x", f"{UNIT}/zh/nothing.html"):
            with suppress(ValueError):
                answer_of(port, elsewhere)
                raise AssertionError(f"nginx has an answer of its own to {elsewhere}")
        runs = [
            (rate(port, path, requests=BY_NGINX), rate(port, f"/plain{path}index.html.gz", requests=BY_NGINX))
            for _ in range(ROUNDS)
        ]
    published, floor = (min(run[at] for run in runs) for at in (0, 1))
    yield Figure("board-nginx", published, floor=floor, per=1, what="published pages by nginx")


@contextmanager
def _nginx(published: Path, plain: Path) -> Iterator[int]:
    """nginx with one worker and the location of the public board as the documentation gives it.

    The floor keeps its files open like the board: what is compared is the rest.
    """
    guide = (Path(__file__).resolve().parent.parent / "docs" / "deploy.md").read_text("utf-8")
    location = guide[guide.index("  location /board/ {") : guide.index("  location @mingjing")]
    location = "\n".join(line for line in location.splitlines() if "brotli_static" not in line)
    location = location.replace("/var/lib/mingjing/data/published", str(published))
    cached = "".join(line for line in location.splitlines(keepends=True) if "open_file_cache" in line)
    with tempfile.TemporaryDirectory(prefix="mingjing-bench-nginx-") as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
        probe.close()
        place, user = Path(folder), getpass.getuser()
        (place / "nginx.conf").write_text(
            f"user {user};\ndaemon off;\nworker_processes 1;\npid {place}/pid;\nerror_log {place}/error.log;\n"
            "events {}\nhttp {\n  access_log off;\n  sendfile on;\n  keepalive_requests 1000000;\n"
            f"  server {{\n  listen 127.0.0.1:{port};\n{location}\n  location @mingjing {{ return 404; }}\n"
            f"  location /plain/ {{ alias {plain}/;\n{cached}  }}\n  }}\n}}\n",
            "utf-8",
        )
        process = subprocess.Popen(
            ["nginx", "-e", str(place / "error.log"), "-p", folder, "-c", str(place / "nginx.conf")]
        )
        try:
            for _ in range(100):
                with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                    break
                time.sleep(0.1)
            yield port
        finally:
            process.terminate()
            process.wait(20)


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
