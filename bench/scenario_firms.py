"""A file of 100,000 firms for the register of inspections: read and previewed, applied, then read again unchanged.

The floors do the least that must be done with the same rows: csv read and bare inserts of the lines; bare inserts of as
many organisations, sites, codes, firms and grades. Told besides is how long others wait who want to write: the
longest part, and the last transaction, which puts all firms on the register. MINGJING_BENCH_SCALE=0.05 tries 5,000.
"""

import io
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bench.bare_rows import Bare
from bench.figures import SCALE, Figure, Skip, best_of, django, peak_bytes

ROWS = int(100_000 * SCALE)
AT = datetime(2026, 1, 5, 1, 30, tzinfo=UTC)
HEADER = "统一社会信用代码,企业名称,住所,行业,规模以上,高危,风险等级,评定日期,评定依据"
LINES = "inspections_rosterline"
MADE = (
    "parties_organisation", "places_site", "places_entrycode", "inspections_firm", "inspections_grade"
)  # fmt: skip


def measure() -> list[Figure]:
    """Read, apply, read again; memory is measured on a tenth, for tracing makes everything slow."""
    django()
    from django.db import connection

    if connection.vendor != "sqlite":
        raise Skip("its floors are written for SQLite; leave DATABASE_URL empty")
    from tests.programmes.inspections import scenes

    from mingjing.programmes.inspections.models import Firm

    scene = scenes.build(bodies=1, firms=1)
    hand_in(scene, table("MC", 10))  # dictionaries of readings are loaded once
    peak = peak_bytes(lambda: hand_in(scene, table("MD", ROWS // 10)))
    content, found = table("MB", ROWS), []
    read = best_of(1, lambda: found.append(hand_in(scene, content)))
    assert found[0].counts["added"] == ROWS, found[0].problems
    with holding_others_up() as held:
        applied = best_of(1, lambda: approve(scene, found[0]))
    assert Firm.objects.count() == ROWS + 1
    again = best_of(1, lambda: found.append(hand_in(scene, content)))
    assert found[1].counts["same"] == ROWS
    with tempfile.TemporaryDirectory() as folder:
        bare = Bare(Path(folder) / "floor.sqlite3", content, LINES, MADE)
        read_floor, apply_floor = best_of(2, bare.read), best_of(2, bare.apply)
        bare.close()
    per: dict[str, Any] = {"per": ROWS, "what": "firms"}
    return [
        Figure("firms-read", read, floor=read_floor, **per),
        Figure("firms-apply", applied, floor=apply_floor, **per),
        Figure("firms-read-again", again, floor=read_floor, **per),
        Figure(
            "firms-part", max(held["take_part"]), floor=apply_floor / len(held["take_part"]), what="the longest part"
        ),
        Figure("firms-last", max(held["apply_intake"]), floor=apply_floor, what="the last transaction"),
        Figure("firms-memory", peak, unit="bytes"),
    ]


def hand_in(scene: Any, content: bytes) -> Any:
    """A file that was handed in and read."""
    from mingjing.kernel.jobs.worker import drain
    from mingjing.programmes.inspections.actions import rosters
    from mingjing.programmes.inspections.queries.rosters import shipped_rosters

    text = shipped_rosters()["firms"].read_text("utf-8")
    made = rosters.request_roster(
        area=scene.area, file=io.BytesIO(content), file_name="f.csv", mapping_text=text, by=scene.supervisor, at=AT
    )
    drain()
    made.refresh_from_db()
    return made


def approve(scene: Any, made: Any) -> None:
    """Have a previewed file applied."""
    from django.utils import timezone

    from mingjing.kernel.jobs.worker import drain
    from mingjing.programmes.inspections.actions import rosters

    rosters.approve_roster(roster=made, by=scene.supervisor, at=timezone.now())
    drain()
    made.refresh_from_db()
    assert made.state == "applied", made.told_problems


@contextmanager
def holding_others_up() -> Iterator[dict[str, list[float]]]:
    """How many seconds each transaction of taking in a file goes on, by the name of the action that it is."""
    from mingjing.programmes.inspections.actions import rosters

    held: dict[str, list[float]] = {"take_part": [], "apply_intake": []}

    def timed(name: str, action: Any) -> Any:
        def acted(**told: Any) -> Any:
            start = time.perf_counter()
            try:
                return action(**told)
            finally:
                held[name].append(time.perf_counter() - start)

        return acted

    with ExitStack() as stack:
        for name, whose in (("take_part", rosters), ("apply_intake", rosters.intakes)):
            stack.enter_context(patch.object(whose, name, timed(name, getattr(whose, name))))
        yield held


def table(stem: str, rows: int) -> bytes:
    """Firms as a register of the market authority lists them, each with a grade."""
    from stdnum.cn import uscc

    lines = [HEADER]
    for n in range(rows):
        code = f"91430202{stem}{n:07d}"
        flags = f"{'是' if n % 20 == 0 else ''},{'高危' if n % 50 == 0 else ''},{'ABCD'[n % 4]}级"
        lines.append(f"{code}{uscc.calc_check_digit(code)},导入企业{n},示例路{n}号,制造,{flags},2026/1/1,年度评价")
    return ("\n".join(lines) + "\n").encode()
