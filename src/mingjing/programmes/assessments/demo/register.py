"""The demonstration's roster: the district's workbook of communities, as offices write one, handed in and applied."""

import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from random import Random

from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.tables import write_xlsx
from mingjing.programmes.assessments.actions.rosters import approve_roster, request_roster
from mingjing.programmes.assessments.demo.clock import standing_at
from mingjing.programmes.assessments.demo.invented import Community
from mingjing.programmes.assessments.models import Roster

__all__ = ["FILE", "PILOT_FILE", "build", "position", "rows", "write"]

FILE = "荷塘区物管小区名册（演示数据）.xlsx"
PILOT_FILE = "荷塘区试点小区名册（演示数据）.xlsx"
HEADER = (
    "小区编号", "小区名称", "街道", "社区", "地址", "物业企业", "统一社会信用代码", "竣工年份", "收费标准", "楼栋数",
    "户数", "建筑面积", "现企业服务月数", "入住率", "纬度", "经度", "坐标系",
)  # fmt: skip
CENTRE = (27.8336, 113.1734)
"""Somewhere in the district, WGS-84."""


def build(
    area: Area, name: str, invented: Sequence[Community], officer: Person, director: Person, at: datetime
) -> None:
    """Hand the roster called `name` in, and approve it, unless that was done."""
    if Roster.objects.filter(file_name=name, applied_at__isnull=False).exists():
        return
    with standing_at(at), tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        write(path, invented)
        with path.open("rb") as file:
            roster = request_roster(area=area, file=file, file_name=name, by=officer, at=at)
        drain()
        roster.refresh_from_db()
        approve_roster(roster=roster, by=director, at=at)
        drain()


def write(path: Path, invented: Sequence[Community]) -> None:
    """The roster as a workbook."""
    write_xlsx(path, rows(invented), sheet="名册")


def rows(invented: Sequence[Community]) -> list[list[str]]:
    """The table of the roster, with the words and units people put into its cells."""
    return [list(HEADER), *(_row(one) for one in invented)]


def position(number: int) -> tuple[float, float]:
    """Where community `number` lies: made up, within the district, the same every time."""
    chance = Random(number)  # noqa: S311 - decides nothing
    return round(CENTRE[0] + chance.uniform(-0.04, 0.04), 6), round(CENTRE[1] + chance.uniform(-0.04, 0.04), 6)


def _row(one: Community) -> list[str]:
    chance = Random(one.number)  # noqa: S311 - decides nothing
    town = one.area.parent.name if one.area.parent else ""
    latitude, longitude = position(one.number)
    buildings = chance.randint(3, 65)
    households = buildings * chance.randint(24, 60)
    about = [
        f"HT-{one.number:03d}",
        one.name,
        town,
        one.area.name,
        f"{one.area.name}{chance.randint(1, 300)}号（演示）",
    ]
    size = [f"{buildings}栋", f"{households}户", f"{households * 96 / 10_000:.1f}万㎡"]
    known = [one.words.get("服务月数", "36"), one.words.get("入住率", "80")]
    company = [one.company.name, one.company.credit_code, f"{one.year}年", f"{one.fee}元/平米/月"]
    return [*about, *company, *size, *known, str(latitude), str(longitude), "WGS84"]
