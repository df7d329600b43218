"""Photos that look alike among a million: the search by quarters of the hash, against a look at every hash.

The floor of a search is a pass over all hashes in memory with the plain `int.bit_count`, which is what finding them
without an index takes at least (the rows are not even read). Recall is counted against it at the guaranteed distance.
On SQLite, and on a PostgreSQL of its own. MINGJING_BENCH_SCALE=0.1 searches a hundred thousand.
"""

import json
import os
import random
import subprocess
import sys
import time

from bench.figures import SCALE, Figure, Skip, django

HASHES = int(1_000_000 * SCALE)
SEARCHES, CHECKED = 200, 20
LOT = 1_000


def measure() -> list[Figure]:
    """Half of the hashes by chance, half near a few thousand middles: what stairwells and hydrants are like."""
    figures = []
    for vendor in ("sqlite", "postgres"):
        told = _apart(vendor)
        name = f"duplicates-{vendor}"
        figures += [
            Figure(f"{name}-p50", told["p50"], floor=told["floor"], what=f"search among {HASHES:,}"),
            Figure(f"{name}-p95", told["p95"], floor=told["floor"], what=f"search among {HASHES:,}"),
            Figure(f"{name}-missed", told["missed"], unit="hashes", what=f"of {told['near']} within 11 bits"),
            Figure(f"{name}-statements", told["statements"], unit="statements"),
        ]
    return figures


def _apart(vendor: str) -> dict[str, float]:
    """Measured in a process of its own, so that each database is set up alone."""
    command = [sys.executable, "-m", "bench.scenario_duplicates"]
    env = {**os.environ, "DATABASE_URL": ""}
    if vendor == "sqlite":
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    else:
        try:
            from tools import postgres
        except ImportError as error:
            raise Skip(str(error)) from error
        with postgres.server() as url:
            done = subprocess.run(command, env=env | {"DATABASE_URL": url}, capture_output=True, text=True, check=True)
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def _measured() -> dict[str, float]:
    django()
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from mingjing.kernel.evidence.fingerprints import GUARANTEED, NEAR, near_bits

    chance = random.Random(20261128)
    hashes = _hashes(chance)
    _insert(hashes)
    wanted = [_off(chance.choice(hashes), chance, NEAR) for _ in range(SEARCHES)]
    near_bits(wanted[0])
    took = sorted(_seconds(lambda bits=bits: near_bits(bits)) for bits in wanted)
    floor = min(_seconds(lambda: _linear(hashes, wanted[0], NEAR)) for _ in range(3))
    missed = near = 0
    for bits in wanted[:CHECKED]:
        all_of_them = _linear(hashes, bits, GUARANTEED)
        found = len(near_bits(bits, within=GUARANTEED, limit=HASHES))
        near, missed = near + all_of_them, missed + abs(all_of_them - found)
    with CaptureQueriesContext(connection) as asked:
        near_bits(wanted[1])
    at = {"p50": took[len(took) // 2], "p95": took[int(len(took) * 0.95)]}
    return {**at, "floor": floor, "missed": missed, "near": near, "statements": len(asked)}


def _hashes(chance: random.Random) -> list[int]:
    middles = [chance.getrandbits(64) for _ in range(max(1, HASHES // 250))]
    return [
        chance.getrandbits(64) if n % 2 else _off(chance.choice(middles), chance, chance.randrange(24))
        for n in range(HASHES)
    ]


def _off(bits: int, chance: random.Random, places: int) -> int:
    for place in chance.sample(range(64), places):
        bits ^= 1 << place
    return bits


def _insert(hashes: list[int]) -> None:
    """The hashes, without the exhibits they are of: what is measured is the search, which does not look at them."""
    from django.db import connection, transaction

    from mingjing.kernel.db.ids import uuid7
    from mingjing.kernel.evidence.looks import bands_of, signed

    free = {"sqlite": "PRAGMA foreign_keys = OFF", "postgresql": "SET session_replication_role = replica"}
    place = "(%s, %s, %s, %s, %s, %s)"
    start = "INSERT INTO evidence_fingerprint (exhibit_id, bits, band0, band1, band2, band3) VALUES "
    with connection.cursor() as cursor:
        cursor.execute(free[connection.vendor])
        with transaction.atomic():
            for first in range(0, len(hashes), LOT):
                lot = hashes[first : first + LOT]
                rows = [value for bits in lot for value in (uuid7().hex, signed(bits), *bands_of(bits))]
                cursor.execute(start + ", ".join([place] * len(lot)), rows)
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE evidence_fingerprint")


def _linear(hashes: list[int], bits: int, within: int) -> int:
    return sum((bits ^ other).bit_count() <= within for other in hashes)


def _seconds(work) -> float:  # type: ignore[no-untyped-def]
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    print(json.dumps(_measured()))
