"""`mingjing inspections warnings`: other cities' files in other shapes, clear refusals, and nothing half-written."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from tests.programmes.inspections.houses import HEADER, MAPPING, ROWS, RULES, House, workbook, written

from mingjing.programmes.inspections.cli import COLUMNS


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def shapes(folder: Path, shape: str) -> Path:
    every = [HEADER, *ROWS]
    match shape:
        case "xlsx":
            return workbook(folder, every)
        case "gz":
            return written(folder, every, name="in.csv.gz")
        case "tabs":
            return written(folder, every, mark="\t", encoding="utf-16")
        case "semicolons":
            return written(folder, every, mark=";", encoding="utf-8-sig")
        case _:
            return written(folder, every, encoding=shape)


@pytest.mark.parametrize("shape", ["utf-8", "gb18030", "gz", "tabs", "xlsx"])
def test_one_file_in_many_shapes(house: House, shape: str) -> None:
    if shape == "xlsx":
        house.map(MAPPING + "\n[file]\nheader = 2\n")
    assert house.run(shapes(house.folder, shape)) == 0
    (one,) = house.told()
    assert tuple(one) == COLUMNS
    assert {name: one[name] for name in COLUMNS[:7]} == {
        "rule": "often", "level": "red", "authority": "消防", "firm": "甲公司", "first": "2025-03-01",
        "last": "2025-03-15", "count": "2",
    }  # fmt: skip
    assert one["records"] == ("3; 4" if shape == "xlsx" else "2; 3")
    assert one["source"] == "here"
    assert "Come together." in one["avoid"]


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda text: text.replace('"日期"', '"日子"'), "日子"),
        (lambda text: text.replace('columns = ["企业"]', 'columns = ["company"]'), "company"),
        (lambda text: text.replace('otherwise = "other"', ""), "群众举报核查|fields.purpose.words"),
        (lambda text: text.replace('otherwise = "other"', 'else = "other"'), "fields.purpose.else"),
        (lambda text: text.replace('dates = ["%d.%m.%Y", "%Y年%m月%d日"]', ""), "row 2, column 日期"),
        (lambda text: text + '\n[fields.grade]\ncolumns = ["类型"]\ntext = "A"\n', "fields.grade.columns"),
        (lambda text: text + "\n[fields.grads]\n", "fields.grads"),
        (lambda text: text + '\n[fields.team]\ncolumns = ["单位"]\n', "row 2, column 单位"),
        (lambda text: text.replace("/1", "/9"), "mingjing.inspections.mapping/1"),
        (lambda text: text + "[[", "TOML"),
    ],
    ids=["column", "firm", "word", "key", "day", "two sources", "field", "number", "format", "toml"],
)  # fmt: skip
def test_what_does_not_fit_is_refused_with_its_place(
    house: House, edit: Any, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if "群众" in said:
        house.map(edit(MAPPING).replace(', case = ["*举报*"]', ""))
    else:
        house.map(edit(MAPPING))
    assert house.run(written(house.folder, [HEADER, *ROWS])) != 0
    error = capsys.readouterr().err
    for part in said.split("|"):
        assert part in error
    assert house.left() == []


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["合计", "", "", "", "4"], "row 3, column 日期: The day is missing"),
        (["甲公司", "1900-01-01", "消防", "日常", ""], "row 3, column 日期: “1900-01-01” is no day of the years 1990"),
        (["甲公司", "32.03.2025", "消防", "日常", ""], "row 3, column 日期: “32.03.2025” is not a possible day"),
    ],
    ids=["total", "placeholder", "no such day"],
)
def test_rows_without_a_day_say_what_to_do(
    house: House, row: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    source = written(house.folder, [HEADER, ROWS[0], row])
    assert house.run(source) != 0
    assert said in capsys.readouterr().err
    house.map(MAPPING + '\n[rows]\nskip = [{ column = "日期", words = ["", "1900-01-01", "32.03.2025"] }]\n')
    assert house.run(source) == 0


def test_a_column_whose_name_has_other_capitals_is_shown(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    house.map(MAPPING.replace('columns = ["企业"]', 'columns = ["fhrsid"]'))
    assert house.run(written(house.folder, [["FHRSID", *HEADER[1:]], *ROWS])) != 0
    assert "the nearest is FHRSID" in capsys.readouterr().err


def test_a_broken_row_anywhere_leaves_nothing_behind(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    house.output.write_text("of last time", "utf-8")
    source = written(house.folder, [HEADER, *ROWS * 50, ["甲公司", "someday", "消防", "日常", ""], ["x"]])
    assert house.run(source) != 0
    error = capsys.readouterr().err
    assert "202" in error
    assert "203" in error
    assert house.output.read_text("utf-8") == "of last time"
    assert house.left() == ["out.csv"]


def test_a_full_disk_or_a_missing_folder_is_told(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    house.output = house.folder / "nowhere" / "out.csv"
    assert house.run(written(house.folder, [HEADER, *ROWS])) != 0
    assert "nowhere" in capsys.readouterr().err


@pytest.mark.parametrize("rules", ["no-such-rules", "mapping.toml"])
def test_rules_that_are_none_are_told(house: House, rules: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert house.run(written(house.folder, [HEADER, *ROWS]), rules=rules) != 0
    error = capsys.readouterr().err
    assert "JSON" in error or "chicago" in error
    assert house.left() == []


def test_every_mistake_of_a_pack_is_told_at_once(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    first = {**RULES["rules"][0], "source": "", "from": "soon"}  # type: ignore[index]
    second = {**RULES["rules"][0], "count": {"per": ["planet"], "window": "week"}, "colour": 1}  # type: ignore[index]
    (house.folder / "rules.json").write_text(json.dumps({**RULES, "rules": [first, second]}), "utf-8")
    assert house.run(written(house.folder, [HEADER, *ROWS])) != 0
    error = capsys.readouterr().err
    for part in ("rules[0].source", "rules[0].from", "rules[1].count.per", "rules[1].count.window", "rules[1].colour"):
        assert part in error


def test_one_code_does_not_hold_twice_on_a_day(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    (house.folder / "rules.json").write_text(json.dumps({**RULES, "rules": RULES["rules"] * 2}), "utf-8")  # type: ignore[operator]
    assert house.run(written(house.folder, [HEADER, *ROWS])) != 0
    assert "2020-01-01" in capsys.readouterr().err


def test_rules_that_the_file_cannot_answer_are_told(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    assert house.run(written(house.folder, [HEADER, *ROWS]), rules="default") == 0
    said = capsys.readouterr().out
    assert "B2: " in said
    assert "method" in said
    assert "C1" in said


def test_rows_of_nobody_are_left_out_and_counted(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    house.map(MAPPING.replace('columns = ["企业"]', 'columns = ["企业"]\nnobody = ["无", "0"]'))
    rows = [[name, "2025-03-01", "消防", "日常", ""] for name in ("无", "０", "", "0", "丙")]
    assert house.run(written(house.folder, [HEADER, *rows])) == 0
    assert house.told() == []
    assert "4" in capsys.readouterr().out.splitlines()[1]


@pytest.mark.parametrize(("way", "count"), [("joint", []), ("last", ["2"]), ("refused", None)])
def test_a_record_that_comes_twice(house: House, way: str, count: list[str] | None) -> None:
    house.map(
        MAPPING.replace("[values]", f'[values]\nrepeated_records = "{way}"').replace(
            "[fields]", '[fields]\nrecord = "编号"'
        )
    )
    rows = [["1", *ROWS[1]], ["1", *ROWS[1]], ["2", "甲公司", "2025-03-20", "消防", "日常", ""]]
    if way == "joint":
        rows = rows[:2]
    ended = house.run(written(house.folder, [["编号", *HEADER], *rows]))
    assert (ended != 0) is (count is None)
    assert [one["count"] for one in house.told()] == count if count is not None else house.left() == []


def test_a_day_in_three_columns_and_a_time_after_it(house: House) -> None:
    house.map(MAPPING.replace('day = "日期"', 'day = ["年", "月", "日"]').replace("[values]", "").replace(
        'dates = ["%d.%m.%Y", "%Y年%m月%d日"]', '[values]\ndates = ["%Y-%m-%d"]'))  # fmt: skip
    header = ["企业", "年", "月", "日", "单位", "类型", "性质"]
    rows = [["甲", "2025", "3", str(day), "消防", "日常", ""] for day in (1, 9)]
    assert house.run(written(house.folder, [header, *rows])) == 0
    assert [(one["first"], one["last"]) for one in house.told()] == [("2025-03-01", "2025-03-09")]


def test_the_output_may_be_a_workbook_but_never_the_input(house: House) -> None:
    source = written(house.folder, [HEADER, *ROWS])
    house.output = house.folder / "out.xlsx"
    assert house.run(source) == 0
    assert house.output.read_bytes()[:2] == b"PK"
    house.output = source
    before = source.read_bytes()
    assert house.run(source) != 0
    assert source.read_bytes() == before


def test_names_that_a_spreadsheet_would_run_are_defused(house: House) -> None:
    rows = [["=cmd()", day, "消防", "日常", ""] for day in ("2025-03-01", "2025-03-02")]
    assert house.run(written(house.folder, [HEADER, *rows])) == 0
    assert [one["firm"] for one in house.told()] == ["'=cmd()"]


def test_what_ships_is_whole(house: House) -> None:
    header = "记录编号 入企时间 录入时间 检查地点 执法领域 风险等级 检查单位 检查事项 统一社会信用代码 企业名称"
    header += " 检查类型 检查事由 检查方式"
    row = "{n} 2025/3/{n} 2025/3/20 一厂 食品 C 市监局 冷链、标签 91430200MA4L0000X0 甲公司 日常检查 计划 现场检查"
    rows = [row.format(n=number).split() for number in (1, 2, 3)]
    assert house.run(written(house.folder, [header.split(), *rows]), rules="default", mapping="entries") == 0
    found = {(one["rule"], one["level"], one["count"], one["records"]) for one in house.told()}
    assert found == {
        ("B1", "info", "2", "1; 2"), ("B2", "red", "3", "1; 2; 3"), ("B4", "yellow", "3", "1; 2; 3"),
        ("B5", "red", "3", "1; 2; 3"), ("C2", "red", "1", "1"), ("C2", "red", "1", "2"), ("C2", "red", "1", "3"),
    }  # fmt: skip
    assert os.path.getsize(house.output)


REPORTED = [
    ["甲公司", "05.03.2025", "消防", "", ""],  # nobody scanned within a day of it
    ["甲公司", "2025-03-02", "市监局", "", ""],
]


def test_reports_without_an_entry_come_from_a_file_of_their_own(house: House) -> None:
    reports = written(house.folder, [HEADER, *REPORTED], name="reports.csv")
    assert house.run(written(house.folder, [HEADER, *ROWS]), "--reports", str(reports), rules="default") == 0
    assert [(one["firm"], one["authority"], one["first"], one["records"]) for one in house.told()
            if one["rule"] == "C1"] == [("甲公司", "消防", "2025-03-05", "2")]  # fmt: skip


def test_reports_may_stand_among_the_entries(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    house.map(MAPPING + '\n[fields.report]\ncolumns = ["来源"]\nwords = { yes = ["处罚"] }\notherwise = "no"\n')
    rows = [[*row, "扫码"] for row in ROWS] + [[*row, "处罚"] for row in REPORTED]
    source = written(house.folder, [[*HEADER, "来源"], *rows])
    assert house.run(source, rules="default") == 0
    assert [one["records"] for one in house.told() if one["rule"] == "C1"] == ["6"]
    house.map(MAPPING + '\n[fields.report]\ncolumns = ["来源"]\n')
    assert house.run(source, rules="default") != 0
    assert "row 2, column 来源" in capsys.readouterr().err


DRAWN = """
[fields.officers]
columns = ["人员"]
separator = "、"
[fields.draw]
text = "yes"
[fields.campaign]
columns = ["专项"]
[fields.eligible]
columns = ["应检"]
[fields.trigger]
columns = ["事由"]
words = { media = ["曝光"], plan = ["计划"] }
"""


def test_draws_shares_and_campaigns_are_judged_over_the_whole_file(house: House) -> None:
    house.map(MAPPING + DRAWN)
    header = ["企业", "日期", "单位", "类型", "性质", "人员", "专项", "应检", "事由"]
    rows = [
        [f"企业{at}", f"2025-03-{at + 1:02}", "消防", "日常", "", "张、李", "春查", "10", "曝光"] for at in range(10)
    ]
    rows += [["企业0", f"2025-0{month}-15", "消防", "日常", "", "李、张", "", "", "计划"] for month in (4, 5)]
    assert house.run(written(house.folder, [header, *rows]), rules="default") == 0
    told = {one["rule"]: one for one in house.told()}
    assert told["B9.share"]["reason"].startswith("10 ")
    assert (told["B9.share"]["firm"], told["B9.share"]["authority"]) == ("", "消防")
    assert (told["B8"]["about"], told["B8"]["count"]) == ("campaign 春查", "10")
    assert (told["C9"]["firm"], told["C9"]["records"]) == ("企业0", "2; 12; 13")
