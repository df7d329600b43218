"""Files for the register as tests hand them in: rows, tables, the way of a file to its end."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from django.utils import timezone
from stdnum.cn import uscc
from tests.programmes.inspections import scenes
from tests.programmes.inspections.scenes import SINCE, Scene

from mingjing.engine.outcome import Refusal
from mingjing.kernel.jobs.worker import drain
from mingjing.programmes.inspections.actions import rosters
from mingjing.programmes.inspections.models import Roster
from mingjing.programmes.inspections.queries.rosters import shipped_rosters

Row = Mapping[str, str]


def undisturbed(settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """A register of one authority and one firm, where work does not rest for others."""
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr("mingjing.programmes.inspections.jobs.rosters.REST_SECONDS", 0)
    return scenes.build(bodies=1, firms=1)


def code(number: int, stem: str = "91") -> str:
    text = f"{stem}430202MB{number:07d}"
    return text + str(uscc.calc_check_digit(text))


def table(rows: Sequence[Row], encoding: str = "gb18030") -> io.BytesIO:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return io.BytesIO(text.getvalue().encode(encoding))


def firm(number: int, **more: str) -> dict[str, str]:
    row = {
        "统一社会信用代码": code(number),
        "企业名称": f"导入企业{number}",
        "住所": f"示例路{number}号",
        "行业": "制造",
    }
    row |= {"规模以上": "是", "高危": "", "风险等级": "B级", "评定日期": "2026/1/1", "评定依据": "年度评价"}
    return row | more


def read(scene: Scene, kind: str, rows: Sequence[Row]) -> Roster:
    """A file that was handed in, once the background work has read it."""
    text = shipped_rosters()[kind].read_text("utf-8")
    made = rosters.request_roster(
        area=scene.area, file=table(rows), file_name="名册.csv", mapping_text=text, by=scene.supervisor, at=SINCE
    )
    drain()
    made.refresh_from_db()
    return made


def take(scene: Scene, kind: str, rows: Sequence[Row]) -> dict[str, int]:
    """Hand a file in, approve it, let it be taken in: how many lines of which kind. Raises Refusal where it failed."""
    made = read(scene, kind, rows)
    if made.state == "previewed" and (made.counts["added"] or made.counts["changed"]):
        rosters.approve_roster(roster=made, by=scene.supervisor, at=timezone.now())
        drain()
        made.refresh_from_db()
    if made.state == "failed":
        raise Refusal(made.told_problems)
    return {name: made.counts[name] for name in ("added", "changed", "same")}
