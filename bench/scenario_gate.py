"""The gate asked over HTTP with a key, against many stored visits, on SQLite and on PostgreSQL (G8).

The real server answers (key, limit of questions, six statements, every rule, the warnings an entry would take part in,
the question put on record); its floor is a bare WSGI application under the same kind of server that asks one indexed
query of the same rows. Both take turns from 16 connections in the same run. MINGJING_GATE_VISITS names the numbers of
visits, such as "1000000,10000000"; without it they are ten times smaller, for filling ten million rows takes long.
"""

import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from bench.figures import Figure
from bench.scenario_sync import environment, run, serving

CONNECTIONS = 16
QUESTIONS = 40
"""Of each connection in one turn."""
TURNS = 3
GRANIAN = ["-m", "granian", "--interface", "wsgi", "--workers", "2", "--blocking-threads", "4",
           "bench.gate_floor:application"]  # fmt: skip


def measure() -> list[Figure]:
    """Seconds of a question against the floor's, its 99th percentile, and how both grow with what is stored."""
    from tools.postgres import server

    sizes = [int(one) for one in os.environ.get("MINGJING_GATE_VISITS", "100000,1000000").split(",")]
    figures = []
    for name in os.environ.get("MINGJING_GATE_DATABASES", "sqlite,postgres").split(","):
        told = []
        for visits in sizes:
            with server() if name == "postgres" else nullcontext("") as url:
                told.append(on_database(name, visits, url or ""))
        figures += list(_figures(name, sizes, told))
    return figures


def _figures(name: str, sizes: list[int], told: list[dict[str, float]]) -> Iterator[Figure]:
    for size, visits, one in zip(("small", "large"), (sizes[0], sizes[-1]), (told[0], told[-1]), strict=True):
        what = f"questions, {visits:,} visits"
        yield Figure(f"gate-{name}-{size}", one["ours"], floor=one["floor"], per=1, what=what)
        yield Figure(f"gate-{name}-{size}-p99", one["p99"], floor=one["floor_p99"], what=f"{visits:,} visits")
    yield Figure(f"gate-{name}-growth", told[-1]["ours"], floor=told[0]["ours"], what="a question, with more stored")


def on_database(name: str, visits: int, url: str) -> dict[str, float]:
    """Fill a database, start both servers on it, and let them take turns."""
    with tempfile.TemporaryDirectory(prefix="mingjing-bench-gate-") as folder:
        place = Path(folder)
        env, out, start = environment(place, url), place / "told.json", time.perf_counter()
        run([sys.executable, "-m", "mingjing", "migrate"], env)
        run([sys.executable, "-m", "bench.gate_district", str(visits), str(CONNECTIONS), str(out)], env)
        told = json.loads(out.read_text("utf-8"))
        print(f"   {name}: {visits:,} visits stored in {time.perf_counter() - start:.0f} s", flush=True)
        with (
            serving(["-m", "mingjing", "serve", "--no-worker"], env) as (port, _pid),
            serving(GRANIAN, env) as (bare, _),
        ):
            return compared(name, told, port, bare)


def compared(name: str, told: dict[str, Any], port: int, bare: int) -> dict[str, float]:
    chance = random.Random(8)
    ask(port, told, chance, questions=4)
    ask(bare, told, chance, questions=4)
    rates: list[tuple[float, float]] = []
    ours: list[float] = []
    floor: list[float] = []
    for _ in range(TURNS):
        one, took = ask(port, told, chance)
        other, bare_took = ask(bare, told, chance)
        rates.append((one, other))
        ours, floor = ours + took, floor + bare_took
    found = {
        "ours": statistics.median(one for one, _ in rates), "floor": statistics.median(other for _, other in rates),
        "p50": percentile(ours, 50), "p99": percentile(ours, 99), "floor_p99": percentile(floor, 99),
    }  # fmt: skip
    print(
        f"   {name}: {1 / found['ours']:.0f} questions/s, floor {1 / found['floor']:.0f}"
        f" ({found['floor'] / found['ours']:.2f} of it); p50 {found['p50'] * 1e3:.1f} p99 {found['p99'] * 1e3:.1f} ms,"
        f" floor's p99 {found['floor_p99'] * 1e3:.1f} ms",
        flush=True,
    )
    return found


def ask(
    port: int, told: dict[str, Any], chance: random.Random, questions: int = QUESTIONS
) -> tuple[float, list[float]]:
    """Seconds of a question on average, and of each, from all connections at once; each has a key of its own."""
    lots = [
        (secret, [body(told, 1 + chance.randrange(told["firms"])) for _ in range(questions)])
        for secret in told["secrets"]
    ]  # fmt: skip

    def work(lot: tuple[str, list[bytes]]) -> list[float]:
        connection, took = HTTPConnection("127.0.0.1", port, timeout=60), []
        headers = {"Authorization": f"Bearer {lot[0]}", "Content-Type": "application/json"}
        for asked in lot[1]:
            start = time.perf_counter()
            connection.request("POST", "/api/inspections/gate", asked, headers)
            answer = connection.getresponse()
            said = answer.read()
            took.append(time.perf_counter() - start)
            assert answer.status == 200, said[:500]
        return took

    start = time.perf_counter()
    with ThreadPoolExecutor(len(lots)) as pool:
        found = [seconds for took in pool.map(work, lots) for seconds in took]
    return (time.perf_counter() - start) / len(found), found


def body(told: dict[str, Any], firm: int) -> bytes:
    asked = {"firm": f"F{firm:017d}", **{name: told[name] for name in ("authority", "officers", "items")}}
    return json.dumps({**asked, "purpose": "routine", "trigger": "plan", "method": "on_site"}).encode()


def percentile(seconds: list[float], percent: int) -> float:
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]
