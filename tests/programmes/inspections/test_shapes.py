"""Files in other shapes: several things in one cell, words for no licence, rows that come again, Parquet."""

from pathlib import Path

import duckdb
import pytest
from tests.programmes.inspections.houses import HEADER, MAPPING, ROWS, House, workbook, written


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_what_stands_in_one_cell_is_told_apart(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    """“部门/人员” in one column, a licence that is none, the same row twice, and an instant of another zone's day."""
    house.map("""
format = "mingjing.inspections.mapping/1"
[firm]
columns = ["许可证号"]
otherwise = ["企业"]
empty = ["无", "0", "N/A"]
[values]
dates = ["%Y/%m/%d", "%d.%m.%Y"]
zone = "Asia/Shanghai"
repeated_rows = "once"
[fields]
day = { columns = ["日期"], cut = "至" }
authority = { columns = ["部门/人员"], cut = "/" }
officers = { columns = ["部门/人员"], cut = "/", part = 2, separator = "、" }
purpose = { text = "routine" }
""")
    rows = [
        ["部门/人员", "日期", "企业", "许可证号"],
        ["市监局／张三、李四", "2025/3/1 至 2025/3/2", "甲", "无"],
        ["市监局／张三、李四", "2025/3/1 至 2025/3/2", "甲", "无"],
        ["市监局", "2025-03-02T20:00:00Z", "甲", "０"],
        ["消防/王五", "3.3.2025", "乙", "n/a"],
    ]
    assert house.run(written(house.folder, rows, mark=";", encoding="gb18030")) == 0
    (one,) = house.told()
    assert (one["authority"], one["firm"], one["first"], one["last"], one["records"]) == (
        "市监局", "甲", "2025-03-01", "2025-03-03", "2; 4",
    )  # fmt: skip
    said = "Rows left out that say word for word what another says: 1."
    assert capsys.readouterr().out.splitlines()[1] == said


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ('zone = "Mars/Olympus"', "values.zone"),
        ('repeated_rows = "twice"', "values.repeated_rows"),
        ('[fields.site]\ncolumns = ["类型"]\npart = 2', "fields.site.part"),
    ],
)
def test_a_mapping_that_asks_for_what_is_not_there(
    house: House, line: str, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    house.map(MAPPING.replace("[values]", f"[values]\n{line}") if "fields" not in line else MAPPING + line)
    assert house.run(written(house.folder, [HEADER])) == 1
    assert f"mapping.toml, {place}" in capsys.readouterr().err
    assert not house.left()


def test_a_parquet_file_is_read_like_its_text(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    """Numbers held as floats for one that is missing, lists, and days with a zone."""
    house.map(MAPPING.replace('day = "日期"', 'day = "日期"\nitems = { columns = ["事项"], separator = ";" }'))
    source = house.folder / "in.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            """COPY (SELECT * FROM (VALUES
            (7.0::DOUBLE, TIMESTAMPTZ '2025-03-01 09:00:00+00', '消防', '日常', NULL, ['一', '二']),
            (7.0, TIMESTAMPTZ '2025-03-15 09:00:00+00', '消防', '日常', '', []),
            (NULL, NULL, NULL, NULL, NULL, NULL)
            ) AS t(企业, 日期, 单位, 类型, 性质, 事项)) TO '"""
            + str(source)
            + "' (FORMAT parquet)"
        )
    assert house.run(source) == 0
    (one,) = house.told()
    assert (one["firm"], one["first"], one["last"], one["records"]) == ("7", "2025-03-01", "2025-03-15", "2; 3")
    source.write_bytes(source.read_bytes()[:200])
    assert house.run(source) == 1
    assert "in.parquet: " in capsys.readouterr().err


def test_titles_above_the_heading_are_told_with_the_key_that_says_so(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    source = workbook(house.folder, [HEADER, *ROWS])
    assert house.run(source) == 1
    said = capsys.readouterr().err
    for part in ("column 日期", "导出时间 2025", "file.header"):
        assert part in said
    house.map(MAPPING + "\n[file]\nheader = 2\n")
    assert house.run(source) == 0


def test_a_row_for_each_violation_is_one_visit_by_its_number(house: House) -> None:
    """As the documentation says: with the number as the record, its rows are parts of one visit."""
    rows = [
        ["号", *HEADER, "违法"],
        *(["1", "甲", "2025-03-01", "消防", "日常", "", what] for what in ("一", "二", "三")),
    ]
    source = written(house.folder, rows)
    house.map(
        MAPPING.replace("[values]", '[values]\nrepeated_records = "joint"') + '\n[fields.record]\ncolumns = ["号"]\n'
    )
    assert house.run(source) == 0
    assert house.told() == []
    house.map(MAPPING)
    assert house.run(source) == 0
    assert [one["count"] for one in house.told()] == ["3"], "without a number each row is a visit"


def test_a_row_for_each_violation_is_said_not_to_be_a_visit(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    """Three violations of one visit, and a visit of another day: they count, and the run says what to do about it."""
    day, other = ROWS[0], [*ROWS[0]]
    at = HEADER.index("日期")
    other[at] = "2025-12-24"
    note = [*HEADER, "问题"]
    rows = [note, *([*day, f"问题{n}"] for n in range(3)), *([[*other, f"问题{n}"] for n in range(3)])]
    house.map(MAPPING)
    assert house.run(written(house.folder, rows)) == 0
    told = capsys.readouterr().out
    assert "repeated_records" in told
    assert "4" in next(line for line in told.splitlines() if "repeated_records" in line)
    few = [note, *([*row, str(n)] for n, row in enumerate(ROWS))]
    assert house.run(written(house.folder, few)) == 0
    assert "repeated_records" not in capsys.readouterr().out
