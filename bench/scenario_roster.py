"""A roster of 100,000 communities: read and previewed, applied to an empty register, then read again unchanged.

The floors do the least that must be done with the same rows: csv read and bare inserts of the lines; bare inserts of
as many sites, communities and engagements. MINGJING_BENCH_SCALE=0.05 tries 5,000.
"""

import io
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from bench.bare_rows import Bare
from bench.figures import SCALE, Figure, Skip, best_of, django, peak_bytes

ROWS = int(100_000 * SCALE)
AT = datetime(2024, 9, 4, 1, 30, tzinfo=UTC)
HEADER = "小区编号,小区名称,街道,社区,地址,物业企业,竣工年份,收费标准,楼栋数,户数,建筑面积,纬度,经度,坐标系"
NAMES = "桂东金星荷月明新和安文湖石长宋仙流湘太华天"
LINES, MADE = "assessments_rosterline", ("places_site", "assessments_community", "assessments_engagement")


def measure() -> list[Figure]:
    """Read, apply, read again; memory is measured on a tenth, for tracing makes everything slow."""
    django()
    from django.db import connection

    if connection.vendor != "sqlite":
        raise Skip("its floors are written for SQLite; leave DATABASE_URL empty")
    from mingjing.programmes.assessments.actions import rosters
    from mingjing.programmes.assessments.models import Community

    rosters.discard_roster(roster=hand_in(table("W", 10)), by=None, at=AT)  # dictionaries of readings are loaded once
    peak = peak_bytes(lambda: rosters.discard_roster(roster=hand_in(table("M", ROWS // 10)), by=None, at=AT))
    content = table("A", ROWS)
    found = []
    read = best_of(1, lambda: found.append(hand_in(content)))
    assert found[0].counts["added"] == ROWS, found[0].problems
    applied = best_of(1, lambda: approve(found[0]))
    assert Community.objects.count() == ROWS
    again = best_of(1, lambda: found.append(hand_in(content)))
    assert found[1].counts["same"] == ROWS
    with tempfile.TemporaryDirectory() as folder:
        bare = Bare(Path(folder) / "floor.sqlite3", content, LINES, MADE)
        read_floor, apply_floor = best_of(2, bare.read), best_of(2, bare.apply)
        bare.close()
    per = {"per": ROWS, "what": "communities"}
    return [
        Figure("roster-read", read, floor=read_floor, **per),
        Figure("roster-apply", applied, floor=apply_floor, **per),
        Figure("roster-read-again", again, floor=read_floor, **per),
        Figure("roster-memory", peak, unit="bytes"),
    ]


def hand_in(content: bytes):
    """A roster that was handed in and read."""
    from mingjing.kernel.jobs.worker import drain
    from mingjing.kernel.places.actions import import_areas
    from mingjing.kernel.places.divisions import DATA
    from mingjing.kernel.places.models import Area
    from mingjing.programmes.assessments.actions import rosters
    from mingjing.programmes.assessments.models import Roster

    if not Area.objects.filter(code="430202").exists():
        import_areas(file=DATA / "areas_430202.csv", source="china-division", version="2.7.0", by=None, at=AT)
    area = Area.objects.get(code="430202")
    roster = rosters.request_roster(area=area, file=io.BytesIO(content), file_name="r.csv", by=None, at=AT)
    drain()
    return Roster.objects.get(pk=roster.pk)


def approve(roster) -> None:
    """Have a previewed roster applied."""
    from mingjing.kernel.jobs.worker import drain
    from mingjing.programmes.assessments.actions import rosters

    rosters.approve_roster(roster=roster, by=None, at=AT)
    drain()


def table(prefix: str, rows: int) -> bytes:
    """A roster as people write one: units, ranges, companies by name."""
    lines = [HEADER]
    for n in range(rows):
        name = "".join(NAMES[n // 21**place % 21] for place in range(4)) + f"小区{n}"
        where = f"月塘街道,文化路社区,新华东路{n}号,示例物业服务有限公司{n % 300}"
        fee = f"{n % 9 / 10 + 0.3:.1f}至{n % 9 / 10 + 0.8:.1f}元/㎡·月"
        size = f"{n % 60 + 1}栋,{n % 3000 + 20}户,{n % 20 + 1}.{n % 10}万㎡"
        year = f"{1990 + n % 34}年{n % 12 + 1}月"
        lines.append(f"{prefix}-{n:06d},{name},{where},{year},{fee},{size},27.{833400 + n},113.{160100 + n},GCJ02")
    return ("\n".join(lines) + "\n").encode()
