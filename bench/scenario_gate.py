"""The gate asked over HTTP with a key, against many stored visits, on SQLite and on PostgreSQL (G8).

The real server answers (key, limit of questions, two statements, every rule, the warnings an entry would take part in
with all reasons in both languages, the question synced to the disk before its answer). It has two floors under the same
kind of server: the bare one, a WSGI application that asks one indexed query of the same rows; and the study's (the goal
of G8 is told in it), decide and insert in a plain Django view. All three take turns from 16 connections in the same
run, drawn on the same cores by one thread that does the least it can (gate_load). What the view writes is as durable as
our record: SQLite syncs each commit, and so does PostgreSQL. MINGJING_GATE_VISITS names the numbers of visits, such as
"1000000,10000000"; without it they are ten times smaller, for filling ten million rows takes long.
"""

import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from bench.figures import Figure
from bench.gate_load import ask
from bench.scenario_sync import environment, processor_seconds, run, serving

CONNECTIONS = 16
QUESTIONS = 100
"""Of each connection in one turn."""
TURNS = 3
GRANIAN = ["-m", "granian", "--interface", "wsgi", "--workers", "2", "--blocking-threads", "4"]
BARE, VIEW = "bench.gate_floor:application", "bench.gate_view:application"


def measure() -> list[Figure]:
    """Seconds of a question against the floor's, its 99th percentile, and how both grow with what is stored."""
    from tools.postgres import server

    sizes = [int(one) for one in os.environ.get("MINGJING_GATE_VISITS", "100000,1000000").split(",")]
    figures = []
    for name in os.environ.get("MINGJING_GATE_DATABASES", "sqlite,postgres").split(","):
        told = []
        for visits in sizes:
            with server(durable=True) if name == "postgres" else nullcontext("") as url:
                told.append(on_database(name, visits, url or ""))
        figures += list(_figures(name, sizes, told))
    return figures


def _figures(name: str, sizes: list[int], told: list[dict[str, list[float]]]) -> Iterator[Figure]:
    mean = [{who: statistics.median(rates) for who, rates in one.items() if " " not in who} for one in told]
    for size, visits, one, each in zip(
        ("small", "large"), (sizes[0], sizes[-1]), (mean[0], mean[-1]), (told[0], told[-1]), strict=True
    ):
        what = f"{visits:,} visits"
        yield Figure(f"gate-{name}-{size}", one["ours"], floor=one["view"], what=f"questions, {what}, plain view")
        yield Figure(f"gate-{name}-{size}-bare", one["ours"], floor=one["bare"], what=f"questions, {what}, bare query")
        yield Figure(
            f"gate-{name}-{size}-p99", percentile(each["ours each"], 99), floor=percentile(each["view each"], 99),
            what=what,
        )  # fmt: skip
    yield Figure(f"gate-{name}-growth", mean[-1]["ours"], floor=mean[0]["ours"], what="a question, with more stored")


def on_database(name: str, visits: int, url: str) -> dict[str, list[float]]:
    """Fill a database, start the servers on it, and let them take turns."""
    with tempfile.TemporaryDirectory(prefix="mingjing-bench-gate-") as folder:
        place = Path(folder)
        env, out, start = environment(place, url), place / "told.json", time.perf_counter()
        run([sys.executable, "-m", "mingjing", "migrate"], env)
        run([sys.executable, "-m", "bench.gate_district", str(visits), str(CONNECTIONS), str(out)], env)
        told = json.loads(out.read_text("utf-8"))
        print(f"   {name}: {visits:,} visits stored in {time.perf_counter() - start:.0f} s", flush=True)
        with (
            serving(["-m", "mingjing", "serve", "--no-worker"], env) as ours,
            serving([*GRANIAN, BARE], env) as bare,
            serving([*GRANIAN, VIEW], env) as view,
        ):
            found = compared(told, {"ours": ours, "bare": bare, "view": view})
        say(name, found)
        return found


def compared(told: dict[str, Any], servers: dict[str, tuple[int, int]]) -> dict[str, list[float]]:
    """Of each server: seconds of a question on average by turn, its processor time (`cpu`), and of `each` question."""
    chance = random.Random(8)
    for port, _pid in servers.values():
        ask(port, told, chance, 4)
    found: dict[str, list[float]] = {}
    for _ in range(TURNS):
        for who, (port, pid) in servers.items():
            before = processor_seconds(pid)
            average, took = ask(port, told, chance, QUESTIONS)
            found.setdefault(who, []).append(average)
            found.setdefault(f"{who} cpu", []).append((processor_seconds(pid) - before) / len(took))
            found.setdefault(f"{who} each", []).extend(took)
    return found


def say(name: str, found: dict[str, list[float]]) -> None:
    """A line for each server, for people."""
    ours = statistics.median(found["ours"])
    for who in ("ours", "view", "bare"):
        each, seconds = found[f"{who} each"], statistics.median(found[who])
        print(
            f"   {name}, {who}: {1 / seconds:.0f} questions/s (ours is {seconds / ours:.2f} of it);"
            f" p50 {percentile(each, 50) * 1e3:.1f} p99 {percentile(each, 99) * 1e3:.1f} ms;"
            f" processor {statistics.median(found[f'{who} cpu']) * 1e3:.2f} ms",
            flush=True,
        )


def percentile(seconds: list[float], percent: int) -> float:
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]
