"""A folder with rules and a mapping in it, and `mingjing inspections warnings` run there."""

import csv
import gzip
import json
from pathlib import Path
from typing import Any

from openpyxl import Workbook  # type: ignore[import-untyped]

from mingjing.config.commands import main

__all__ = ["HEADER", "MAPPING", "ROWS", "RULES", "House", "workbook", "written"]

RULES = {
    "format": "mingjing.inspections.rules/1", "title": {"en": "Test"}, "rules": [
        {"code": "often", "kind": "count", "title": {"zh-Hans": "频繁", "en": "Often"}, "source": "here",
         "from": "2020-01-01", "levels": [{"level": "red", "at_least": 2}], "avoid": {"en": "Come together."},
         "count": {"per": ["authority"], "window": {"days": 30}, "visits": {"only": {"purpose": ["routine"]}}}},
    ],
}  # fmt: skip
MAPPING = """
format = "mingjing.inspections.mapping/1"
[firm]
columns = ["企业"]
[values]
dates = ["%d.%m.%Y", "%Y年%m月%d日"]
[fields]
day = "日期"
authority = { columns = ["单位"], separator = "、;" }
[fields.purpose]
columns = ["类型", "性质"]
words = { routine = ["日常", "性质=常规"], case = ["*举报*"] }
otherwise = "other"
"""
HEADER = ["企业", "日期", "单位", "类型", "性质"]
ROWS = [
    ["甲公司", "2025年3月1日", "市监局、消防", "日常", ""],
    ["甲公司", "15.03.2025", "消防", "", "常规"],
    ["甲公司", "2025-03-16", "市监局", "群众举报核查", ""],
    ["乙公司", "2025-03-16", "市监局", "日常", ""],
]


class House:
    """A folder with rules and a mapping, and the command run there."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.output = folder, folder / "out.csv"
        (folder / "rules.json").write_text(json.dumps(RULES), "utf-8")
        self.map(MAPPING)

    def map(self, text: str) -> None:
        (self.folder / "mapping.toml").write_text(text, "utf-8")

    def run(self, source: Path, *more: str, rules: str = "rules.json", mapping: str = "mapping.toml") -> int:
        names = [str(self.folder / name) if "." in name else name for name in (rules, mapping)]
        given = ["--rules", names[0], "--mapping", names[1], "--input", str(source), "--output", str(self.output)]
        return main(["inspections", "warnings", *given, *more])

    def told(self) -> list[dict[str, str]]:
        with self.output.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def left(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir() if "out" in path.name)


def written(
    folder: Path, rows: list[list[str]], *, encoding: str = "utf-8", mark: str = ",", name: str = "in.csv"
) -> Path:
    path = folder / name
    text = "\n".join(mark.join(row) for row in rows) + "\n"
    path.write_bytes(gzip.compress(text.encode(encoding)) if name.endswith(".gz") else text.encode(encoding))
    return path


def workbook(folder: Path, rows: list[list[Any]]) -> Path:
    book = Workbook()
    for row in [["导出时间 2025"], *rows]:
        book.active.append(row)
    book.save(folder / "in.xlsx")
    return folder / "in.xlsx"
