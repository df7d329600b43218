"""Rosters of invented communities of Hetang, handed in and applied by the real actions."""

from datetime import datetime
from io import BytesIO
from typing import Any

from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.programmes.assessments.actions import rosters
from mingjing.programmes.assessments.models import Community, Roster

HEADER = "小区编号,小区名称,街道,社区,物业企业,统一社会信用代码,竣工年份,收费标准,楼栋数,户数,建筑面积"
ROWS = (
    "HT-001,桂花苑,月塘街道,文化路社区,示例物业服务有限公司000,,2008年6月,0.3至0.5元/平米/月,12栋,860户,6.2万㎡",
    "HT-002,东湖小区,,东湖,无名物业有限公司,,1998,免费,65栋,约3005户,12.6万㎡",
    "HT-003,自在园,茨菇塘,,业主自治,,2015,1.2元/㎡·月,,,",
)


def hand_in(text: str, by: Person | None, at: datetime, name: str = "小区名册.csv", **options: Any) -> Roster:
    """A roster that was handed in, and what the background work made of it."""
    content = text.encode(options.pop("encoding", "utf-8"))
    area = Area.objects.get(code="430202")
    roster = rosters.request_roster(area=area, file=BytesIO(content), file_name=name, by=by, at=at)
    drain()
    return Roster.objects.get(pk=roster.pk)


def table(*rows: str, header: str = HEADER) -> str:
    """A roster as text."""
    return "\n".join((header, *rows)) + "\n"


def apply(roster: Roster, by: Person | None, at: datetime, **options: Any) -> Roster:
    """The roster once it was approved and applied."""
    rosters.approve_roster(roster=roster, by=by, at=at, **options)
    drain()
    return Roster.objects.get(pk=roster.pk)


def registered(by: Person | None, at: datetime, *rows: str) -> list[Community]:
    """The communities of a roster, on the register."""
    apply(hand_in(table(*(rows or ROWS)), by, at), by, at)
    return list(Community.objects.order_by("number"))


def warnings(roster: Roster) -> dict[str, list[str]]:
    """The codes of the warnings by the number of the community."""
    return {line.number: [kept["reason"] for kept in line.warnings] for line in roster.lines.all() if line.warnings}


def codes(roster: Roster) -> set[tuple[str, str]]:
    """Where the problems of a roster are, and their codes."""
    return {(problem.place, problem.code) for problem in roster.told_problems}
