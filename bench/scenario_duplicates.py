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
from datetime import UTC, datetime

from bench.figures import SCALE, Figure, Skip, django

HASHES = int(1_000_000 * SCALE)
SEARCHES, CHECKED = 200, 20
LOT = 5_000
AT = datetime(2026, 11, 28, tzinfo=UTC)


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
    """The rows, as bare as they can be: what is measured is the search."""
    from django.db import connection, transaction

    from mingjing.kernel.places.models import Area, Level

    area = Area.objects.create(code="43", name="省", level=Level.PROVINCE, source="bench", version="1")
    for start in range(0, len(hashes), LOT):
        exhibits, fingerprints = _rows(start, hashes[start : start + LOT], area.pk)
        with transaction.atomic(), connection.cursor() as cursor:
            _write(cursor, "evidence_exhibit", EXHIBIT, exhibits)
            _write(cursor, "evidence_fingerprint", FINGERPRINT, fingerprints)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE evidence_fingerprint")


EXHIBIT = (
    "id", "sha256", "size", "media_type", "file_name", "area_id", "subject", "access", "origin", "caption", "facts",
    "recorded_at", "withdrawal_reason",
)  # fmt: skip
FINGERPRINT = ("exhibit_id", "bits", "band0", "band1", "band2", "band3")


def _rows(start: int, lot: list[int], area: int) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    from mingjing.kernel.db.ids import uuid7
    from mingjing.kernel.evidence.looks import bands_of, signed

    keys = [uuid7().hex for _ in lot]
    exhibits: list[tuple[object, ...]] = [
        (key, f"{n:064x}", 1, "image/jpeg", "", area, f"assessments.visit:{n // 20}", "internal", "camera", "", "{}",
         AT, "")
        for n, key in enumerate(keys, start)
    ]  # fmt: skip
    return exhibits, [(key, signed(bits), *bands_of(bits)) for key, bits in zip(keys, lot, strict=True)]


def _write(cursor, table: str, columns: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:  # type: ignore[no-untyped-def]
    places = f"({', '.join(['%s'] * len(columns))})"
    start = f"INSERT INTO {table} ({', '.join(columns)}) VALUES "
    for first in range(0, len(rows), 500):
        some = rows[first : first + 500]
        cursor.execute(start + ", ".join([places] * len(some)), [value for row in some for value in row])


def _linear(hashes: list[int], bits: int, within: int) -> int:
    return sum((bits ^ other).bit_count() <= within for other in hashes)


def _seconds(work) -> float:  # type: ignore[no-untyped-def]
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    print(json.dumps(_measured()))
