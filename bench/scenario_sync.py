"""Visits through sync: 65 edits, no photos or 20 of 300 KB, from 1, 4 and 16 phones, on SQLite and on PostgreSQL.

The real server answers (sessions, signatures, validation, idempotency, ledger, exhibits); its floors, under the same
server, hash, write and sync the same bytes and insert the same rows by plain SQL: one a bare WSGI application, one a
plain Django view that takes the visit as one multipart body, as the goals were measured. All take turns in one run.
The usual visit finds nothing on a critical check; one that opens five orders is measured beside it, with floors that
write the rows of five orders. What a visit leaves to the worker (exhibits, orders) is done beside, on the same cores,
by a process that does the worker's chores: its processor time counts as the server's, to the end of what it has to do;
the clock stops with the last answer, and what is left then is printed.

The load is drawn on the same two cores, by one process with a thread for each phone. Ours is asked 21 times where plain
Django is asked once, so what the driver does counts against ours: every request is ready as bytes before the clock
runs, and answers are looked at when it has stopped (sync_wire). What the driver takes all the same is printed with the
rates, percentiles and processor time of the servers. Held are the ratios to both floors' seconds.
"""

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import chain
from pathlib import Path
from socket import socket
from typing import Any

from bench.figures import Figure
from bench.sync_load import KINDS, Phone, check_plain, check_sync, phones_of, to_bare, to_plain, to_sync
from bench.sync_wire import drive

ROOT = Path(__file__).resolve().parent.parent
VISITS = {"0-photos": {1: 24, 4: 12, 16: 8}, "20-photos": {1: 6, 4: 3, 16: 2}, "orders": {16: 8}}
"""Visits of each phone in one turn, by kind and the number of phones."""
PHONES = 16
TURNS = 3


def measure() -> list[Figure]:
    """Seconds of a visit against the floor's, by database, photos and phones; memory; bytes on disk."""
    from tools.postgres import server

    return [
        figure
        for name, database in (("sqlite", nullcontext("")), ("postgres", server()))
        for figure in on_database(name, database)
    ]


def on_database(name: str, database: Any) -> list[Figure]:
    """Build a district, start both servers, and let them take turns."""
    with database as url, tempfile.TemporaryDirectory(prefix="mingjing-bench-sync-") as folder:
        place = Path(folder)
        env = environment(place, url)
        told = built(place, env, TURNS * sum(sum(each.values()) for each in VISITS.values()) + len(KINDS))
        phones = phones_of(told)
        with serving(["-m", "mingjing", "serve", "--no-worker"], env) as (port, pid), chores(env) as worker:
            for phone in phones:
                phone.sign_in(port)
            learn(phones[0], told["checks"], port, worker, place, env)
            floor = floor_environment(place, url, env)
            with serving(GRANIAN, floor) as (bare, floor_pid):
                servers = ((port, (pid, worker.pid), worker), (bare, (floor_pid,), None))
                return list(compared(name, told["checks"], phones, servers, place))


GRANIAN = [
    "-m",
    "granian",
    "--interface",
    "wsgi",
    "--workers",
    "2",
    "--blocking-threads",
    "4",
    "bench.sync_floor:application",
]


def compared(name: str, checks: Any, phones: list[Phone], servers: Any, place: Path) -> Iterator[Figure]:
    """Two figures for each kind of visit and number of phones, by the floors; what all of them took of the disk."""
    empty, sent = database_bytes(place), 0
    for kind, counts in VISITS.items():
        for count, each in counts.items():
            turns = [turn(kind, checks, phones[:count], each, servers) for _ in range(TURNS)]
            sent += TURNS * count * each
            seconds = [statistics.median(one[way].seconds for one in turns) / (count * each) for way in range(3)]
            print_line(f"{name} {kind} {count:>2} phones", seconds, turns, TURNS * count * each)
            ours, bare, plain = seconds
            yield Figure(f"sync-{name}-{kind}-{count}", ours, floor=bare, per=1, what="visits")
            yield Figure(f"sync-{name}-{kind}-{count}-django", ours, floor=plain, per=1, what="visits")
    yield Figure(f"sync-{name}-memory", memory(servers[0][1][0]), unit="bytes", what="the server after 16 phones")
    if name == "sqlite":
        grown = (database_bytes(place) - empty) / sent
        yield Figure("sync-sqlite-disk", grown, unit="bytes", what="the database grows by, a visit")


@dataclass(frozen=True, slots=True)
class Took:
    """What one turn took: seconds by the clock, of each visit, and of the server's and the driver's processor time.

    `left` are the seconds in which the worker finished after the last answer.
    """

    seconds: float
    visits: Sequence[float]
    server: float
    driver: float
    left: float


def turn(kind: str, checks: Any, phones: Sequence[Phone], each: int, servers: Any) -> list[Took]:
    """The same visits to ours, the bare floor and plain Django, one after the other."""
    lots = [[(phone, phone.prepare(checks, kind)) for _ in range(each)] for phone in phones]
    real, floor = servers
    ways = ((real, to_sync, check_sync), (floor, to_bare, check_plain), (floor, to_plain, check_plain))
    told = []
    for (port, pids, worker), asked, check in ways:
        ready = [[asked(phone, visit) for phone, visit in lot] for lot in lots]
        server, driver = sum(map(processor_seconds, pids)), time.process_time()
        seconds, took, answers = drive(port, ready)
        driver = time.process_time() - driver
        left = finished(worker) if worker else 0.0
        told.append(Took(seconds, took, sum(map(processor_seconds, pids)) - server, driver, left))
        for (_phone, visit), found in zip(chain.from_iterable(lots), answers, strict=True):
            check(visit, found)
    return told


def print_line(what: str, seconds: Sequence[float], turns: Sequence[Sequence[Took]], visits: int) -> None:
    """A line of ours, the bare floor's and plain Django's: rates, shares, percentiles, processor time."""
    ours, bare, plain = seconds
    ordered = sorted(one for told in turns for one in told[0].visits)
    p50, p95, p99 = (ordered[min(len(ordered) - 1, int(len(ordered) * part))] * 1e3 for part in (0.5, 0.95, 0.99))
    spent, drawn = (
        " / ".join(f"{sum(getattr(told[way], of) for told in turns) / visits * 1e3:.1f}" for way in range(3))
        for of in ("server", "driver")
    )
    left = statistics.median(told[0].left for told in turns)
    print(
        f"   {what}: {1 / ours:7.1f} visits/s; bare floor {1 / bare:7.1f} ({bare / ours:.2f} of it), plain Django"
        f" {1 / plain:7.1f} ({plain / ours:.2f} of it); p50 {p50:.0f} p95 {p95:.0f} p99 {p99:.0f} ms;"
        f" CPU a visit: servers {spent} ms, driver {drawn} ms; the worker went on for {left * 1e3:.0f} ms"
    )


def environment(place: Path, url: str) -> dict[str, str]:
    return os.environ | {
        "MINGJING_MODE": "demo", "MINGJING_DATA": str(place / "data"), "DATABASE_URL": url or "",
        "DJANGO_SETTINGS_MODULE": "mingjing.config.settings",
    }  # fmt: skip


def built(place: Path, env: dict[str, str], visits: int) -> dict[str, Any]:
    """The district with its phones, in a process of its own."""
    out = place / "district.json"
    run([sys.executable, "-m", "mingjing", "migrate"], env)
    run([sys.executable, "-m", "bench.sync_district", str(PHONES), str(visits), str(out)], env)
    told: dict[str, Any] = json.loads(out.read_text("utf-8"))
    return told


@contextmanager
def chores(env: dict[str, str]) -> Iterator["subprocess.Popen[str]"]:
    """A process that does the worker's chores, until the work is done."""
    command = [sys.executable, "-m", "bench.sync_chores"]
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        assert process.stdin
        process.stdin.close()
        process.wait(30)


def finished(worker: "subprocess.Popen[str]") -> float:
    """Wait until the worker has nothing left to do; the seconds that took."""
    assert worker.stdin
    assert worker.stdout
    start = time.perf_counter()
    worker.stdin.write("\n")
    worker.stdin.flush()
    if worker.stdout.readline() != "done\n":
        raise RuntimeError("the worker's chores have ended")
    return time.perf_counter() - start


def learn(
    phone: Phone, checks: Any, port: int, worker: "subprocess.Popen[str]", place: Path, env: dict[str, str]
) -> None:
    """Send one visit of each kind and keep the rows it left, for the floor to write."""
    (place / "floor").mkdir()
    for kind in KINDS:
        visit = phone.prepare(checks, kind)
        _, _, (answers,) = drive(port, [[to_sync(phone, visit)]])
        check_sync(visit, answers)
        finished(worker)
        out = str(place / "floor" / f"rows-{kind}.json")
        run([sys.executable, "-m", "bench.sync_rows", visit.subject, out], env)


def floor_environment(place: Path, url: str, env: dict[str, str]) -> dict[str, str]:
    """The floor has a database of its own, with the same tables, and writes to the same disk."""
    if url:
        import psycopg

        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE floor")
        url = with_name(url, "floor")
    floor = env | {"MINGJING_DATA": str(place / "floor-data"), "DATABASE_URL": url, "BENCH_FLOOR": str(place / "floor")}
    run([sys.executable, "-m", "mingjing", "migrate"], floor)
    return floor


def with_name(url: str, name: str) -> str:
    """The address of another database of the same server."""
    from urllib.parse import urlsplit, urlunsplit

    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def run(command: list[str], env: dict[str, str]) -> None:
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stdout[-2000:] + done.stderr[-4000:])


@contextmanager
def serving(command: list[str], env: dict[str, str]) -> Iterator[tuple[int, int]]:
    """A server on a free port, until the work is done: its port and process."""
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, *command, "--host", "127.0.0.1", "--port", str(port)], cwd=ROOT, env=env,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        answering(port, process)
        yield port, process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def answering(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Wait until it answers; raises RuntimeError with what it said when it does not."""
    for _ in range(150):
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/")
            connection.getresponse().read()
            return
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.2)
    raise RuntimeError(f"the server does not answer: {process.stderr.read1(2000) if process.stderr else b''!r}")


def family(pid: int) -> list[int]:
    """A process and all below it."""
    found = [pid]
    for parent in found:
        children = Path(f"/proc/{parent}/task/{parent}/children")
        found += [int(child) for child in children.read_text().split()] if children.exists() else []
    return found


def processor_seconds(pid: int) -> float:
    """Seconds of processor time that a server and its processes have used."""
    ticks = 0
    for one in family(pid):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def memory(pid: int) -> int:
    """Bytes that a server's processes have for themselves."""
    total = 0
    for one in family(pid):
        lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
        total += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    return total


def database_bytes(place: Path) -> int:
    return sum(file.stat().st_size for file in (place / "data").glob("*.sqlite3*"))
