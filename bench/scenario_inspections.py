"""Warnings over whole tables of visits: queries written by Ibis from a rule pack, against the same by hand.

Four rules of the shipped pack (over cap, frequent, duplicate, should merge) over four years of 40 authorities, twenty
visits for each firm, one in twenty a part of a joint visit. The floor is SQL written by hand for these four alone, on
the same DuckDB, table and limit of memory, in the same run; both must find the same warnings. With
MINGJING_BENCH_VISITS=100000000 so many are judged besides, by ours alone: that takes half an hour and 3 GB of disk.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.figures import SCALE, Figure

SIZES = (int(1_000_000 * SCALE), int(10_000_000 * SCALE))
RULES = ("B2", "B4", "B5", "B6")
MEMORY = "2GB"
WHOLE = int(os.environ.get("MINGJING_BENCH_VISITS", "0"))
TIMES = {SIZES[0]: 3}
"""How often the smaller table is asked; a larger one is asked once, for what takes so long varies less."""
COLUMNS = (
    "record", "seq", "day", "month", "quarter", "year", "firm", "site", "authority", "joint", "items", "purpose",
    "method", "trigger", "grade", "ordered", "clue", "open_finding",
)  # fmt: skip

VISITS = """
CREATE TABLE visits AS
WITH chance AS (
    SELECT i, CASE WHEN i % 40 = 1 THEN i - 1 ELSE i END AS trip FROM range({visits}) t(i)
), told AS (
    SELECT i, trip, hash(trip) % {firms} AS firm, (hash(trip + 1) % 1461)::INTEGER AS since,
           hash(i + 2) % 100 AS why, hash(i + 3) % 100 AS cause, hash(trip + 4) % 3 AS site FROM chance
)
SELECT i::VARCHAR AS record, i AS seq, since + 19723 AS day,
       (year(d) * 12 + month(d) - 1)::INTEGER AS month, (year(d) * 4 + (month(d) - 1) // 3)::INTEGER AS quarter,
       year(d)::INTEGER AS year, 'F' || lpad(firm::VARCHAR, 8, '0') AS firm, 'S' || site AS site,
       'A' || (hash(i + 5) % 40) AS authority, CASE WHEN i % 40 < 2 THEN 'J' || trip ELSE '' END AS joint,
       ['I' || (hash(i + 6) % 300)] AS items,
       CASE WHEN why < 60 THEN 'routine' WHEN why < 80 THEN 'campaign' WHEN why < 90 THEN 'case'
            ELSE 'service' END AS purpose,
       CASE WHEN cause < 80 THEN 'on_site' ELSE 'off_site' END AS method,
       CASE WHEN cause % 10 < 7 THEN 'plan' WHEN cause % 10 < 9 THEN 'complaint'
            ELSE 'emergency' END AS trigger,
       CASE WHEN firm % 4 = 0 THEN 'B' WHEN firm % 4 = 1 THEN 'C' ELSE '' END AS grade,
       CASE WHEN why % 5 = 0 THEN 'above' ELSE 'own' END AS ordered,
       CASE WHEN why % 7 = 0 THEN 'yes' ELSE 'no' END AS clue,
       'no' AS open_finding
FROM told, LATERAL (SELECT DATE '2024-01-01' + since AS d)
"""

INSPECTIONS = "purpose IN ('routine', 'campaign', 'case', 'immediate', 'random')"
EXEMPT = (
    "trigger IN ('complaint', 'superior', 'assist_superior', 'audit', 'off_site_clue', 'media', 'recheck',"
    " 'firm_request', 'permit', 'emergency')"
)
CAPPED = (
    "purpose IN ('routine', 'campaign', 'case') AND method = 'on_site'"
    f" AND NOT (purpose = 'campaign' AND ordered = 'above') AND NOT {EXEMPT}"
)
APART = f"{INSPECTIONS} AND trigger <> 'emergency'"
ON_SITE = f"{APART} AND method = 'on_site'"
TOLD = """
SELECT {keys}, w.worst, min(v.day) AS first, w.last, w.n, list(v.record ORDER BY v.day, v.seq) AS records,
       list(DISTINCT v.authority) AS authorities
FROM base v JOIN runs w ON {match} AND v.day BETWEEN w.start AND w.last GROUP BY {keys}, w.worst, w.last, w.n, w.start
"""


def measure() -> list[Figure]:
    """Ours against the hand-written, for a million and ten million visits, each in a process of its own.

    How the cost grows is told in processor time: two runs minutes apart never meet the same machine.
    """
    figures, seconds = [], {}
    for visits in SIZES:
        told = _apart(visits)
        seconds[visits] = told["ours_cpu"]
        name = f"inspections-{'small' if visits == SIZES[0] else 'large'}"
        what = f"{told['warnings']:,} warnings of {visits:,} visits"
        figures += [
            Figure(f"{name}-warnings", told["ours"], floor=told["hand"], per=visits, what="visits"),
            Figure(f"{name}-memory", told["memory"], unit="bytes", what=what),
        ]
    small, large = SIZES
    figures.append(Figure("inspections-growth", seconds[large] / large, floor=seconds[small] / small, what="per visit"))
    return figures + (_whole(seconds[large] / large) if WHOLE else [])


def _whole(each: float) -> list[Figure]:
    """So many visits as are asked for, by ours alone, against what one of ten million took."""
    told = _apart(WHOLE, "ours")
    return [
        Figure("inspections-whole-growth", told["ours_cpu"] / WHOLE, floor=each, what=f"per visit of {WHOLE:,}"),
        Figure("inspections-whole-memory", told["memory"], unit="bytes", what=f"{WHOLE:,} visits"),
    ]


def _apart(visits: int, *only: str) -> dict[str, int]:
    command = [sys.executable, "-m", "bench.scenario_inspections", str(visits), *only]
    done = subprocess.run(command, env=os.environ | {"DATABASE_URL": ""}, stdout=subprocess.PIPE, text=True, check=True)
    told: dict[str, int] = json.loads(done.stdout.splitlines()[-1])
    return told


def _measured(visits: int, names: list[str]) -> dict[str, float]:
    import duckdb

    from mingjing.programmes.inspections.queries.columns import query
    from mingjing.programmes.inspections.queries.files import load_rules

    rules = {rule.code: rule for rule in load_rules("default").of("count") if rule.code in RULES}
    asked = {"ours": {code: query(rules[code], COLUMNS) for code in RULES}, "hand": HAND}
    with tempfile.TemporaryDirectory() as folder:
        settings = {"memory_limit": MEMORY, "temp_directory": folder, "preserve_insertion_order": False}
        with duckdb.connect(str(Path(folder) / "bench.duckdb"), config=settings) as connection:
            connection.execute(VISITS.format(visits=visits, firms=max(1, visits // 20)))
            best = dict.fromkeys([*names, *(f"{name}_cpu" for name in names)], float("inf"))
            for _ in range(TIMES.get(visits, 1)):
                for name in names:
                    for key, took in zip((name, f"{name}_cpu"), _seconds(connection, name, asked[name]), strict=True):
                        best[key] = min(best[key], took)
            found = {code: [_summary(connection, f"{name}_{code}") for name in names] for code in RULES}
    unequal = {code: pair for code, pair in found.items() if pair[0] != pair[-1]}
    assert not unequal, unequal
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {**best, "memory": memory, "warnings": sum(pair[0][0] for pair in found.values())}


def _seconds(connection, name: str, asked: dict[str, str]) -> tuple[float, float]:  # type: ignore[no-untyped-def]
    """By the clock, and of the processors."""
    start, worked = time.perf_counter(), time.process_time()
    for code, text in asked.items():
        connection.execute(f"CREATE OR REPLACE TABLE {name}_{code} AS {text}")
    return time.perf_counter() - start, time.process_time() - worked


def _summary(connection, table: str) -> tuple[int, ...]:  # type: ignore[no-untyped-def]  # DuckDB's
    """How many warnings there are, over how many firms, with which days and how many records."""
    count = '"count"' if table.startswith("ours") else "n" if not table.endswith("B6") else "len(authorities)"
    asked = f"""SELECT count(*), count(DISTINCT firm), sum("first"), sum("last"), sum({count}), sum(len(records)),
                       sum(len(authorities)) FROM {table}"""
    return tuple(int(value or 0) for value in connection.execute(asked).fetchone())


def _hand(base: str, key: str, runs: str) -> str:
    names = [name.strip() for name in key.split(",")]
    keys, match = ", ".join(f"v.{name}" for name in names), " AND ".join(f"v.{name} = w.{name}" for name in names)
    return f"WITH base AS ({base}), {runs} {TOLD.format(keys=keys, match=match)}"


def _rolling(key: str, days: int, fires: str) -> str:
    """Runs of fires whose windows overlap, by gaps and islands."""
    return f"""
fires AS ({fires}),
marked AS (SELECT *, CASE WHEN day - {days - 1} > lag(day) OVER w THEN 1 ELSE 0 END AS fresh FROM fires
           WINDOW w AS (PARTITION BY {key} ORDER BY day)),
islands AS (SELECT *, sum(fresh) OVER (PARTITION BY {key} ORDER BY day) AS island FROM marked),
runs AS (SELECT {key}, max(worst) AS worst, max(n) AS n, min(day) - {days - 1} AS start, max(day) AS last
         FROM islands GROUP BY {key}, island)"""


def _units(key: str) -> str:
    return (
        f"SELECT * FROM base QUALIFY joint = '' OR row_number() OVER (PARTITION BY {key}, joint ORDER BY day, seq) = 1"
    )


def _count(key: str, days: int, units: str, judged: str, worst: str) -> str:
    """The days with enough units in so many days up to them."""
    fires = f"""SELECT {key}, day, max(n) AS n, max({worst}) AS worst FROM (
    SELECT *, count(*) OVER (PARTITION BY {key} ORDER BY day RANGE BETWEEN {days - 1} PRECEDING AND CURRENT ROW) AS n
    FROM ({units})) WHERE {judged} GROUP BY {key}, day"""
    return _rolling(key, days, fires)


YEARLY = f"""
counted AS (SELECT *, count(*) OVER (PARTITION BY firm, authority, year ORDER BY day) AS n
            FROM ({_units("firm, authority")})),
runs AS (SELECT firm, authority, 3 AS worst, max(n) AS n, (make_date(year, 1, 1) - DATE '1970-01-01') AS start,
                max(day) AS last
         FROM counted WHERE day >= 20216 AND n > CASE grade WHEN 'B' THEN 1 ELSE 2 END
         GROUP BY firm, authority, year)"""
TOGETHER = """SELECT firm, day, count(*) AS n, 2 AS worst FROM (
    SELECT *, min(authority) OVER w AS low, max(authority) OVER w AS high,
           min(unit) OVER w AS one, max(unit) OVER w AS other
    FROM (SELECT *, CASE WHEN joint <> '' THEN joint ELSE record END AS unit FROM base)
    WINDOW w AS (PARTITION BY firm ORDER BY day RANGE BETWEEN 6 PRECEDING AND CURRENT ROW))
WHERE low <> high AND one <> other GROUP BY firm, day"""
BY_ITEM = f"SELECT * REPLACE (unnest(items) AS items) FROM visits WHERE {INSPECTIONS}"
HAND = {
    "B2": _hand(f"SELECT * FROM visits WHERE {CAPPED}", "firm, authority", YEARLY),
    "B4": _hand(
        f"SELECT * FROM visits WHERE {ON_SITE}", "firm, site",
        _count("firm, site", 30, _units("firm, site"), "n >= 3", "CASE WHEN n >= 5 THEN 3 ELSE 2 END"),
    ),
    "B5": _hand(BY_ITEM, "firm, items", _count(
        "firm, items", 90, _units("firm, items"), "n >= 2 AND clue <> 'yes' AND open_finding <> 'yes'", "3"
    )),
    "B6": _hand(f"SELECT * FROM visits WHERE {APART}", "firm", _rolling("firm", 7, TOGETHER)),
}  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(_measured(int(sys.argv[1]), sys.argv[2:] or ["ours", "hand"])))
