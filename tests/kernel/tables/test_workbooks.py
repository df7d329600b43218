"""Workbooks are vetted before they are unpacked, and no cell with something in it reads as blank."""

import datetime
import io
import zipfile
from contextlib import suppress
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjing.engine.outcome import Refusal
from mingjing.kernel.tables import Limits, open_workbook, read_table

SHEET = "xl/worksheets/sheet1.xml"


def made(tmp_path: Path, *rows: list[object], name: str = "a.xlsx") -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / name)
    return tmp_path / name


def rows_of(path: Path, **options: object) -> list[list[str]]:
    with read_table(path, header_row=0, **options) as table:  # type: ignore[arg-type]
        return [list(row.cells) for row in table.rows]  # type: ignore[union-attr]


def refused(source: object, **options: object) -> str:
    with pytest.raises(Refusal) as caught, read_table(source, **options) as table:  # type: ignore[arg-type]
        list(table.rows)
    return caught.value.problems[0].code


def repacked(path: Path, **parts: bytes) -> io.BytesIO:
    """The workbook at `path` with some parts replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if entry.filename not in parts:
                new.writestr(entry, old.read(entry))
        for name, data in parts.items():
            new.writestr(name, data)
    return out


def test_typed_cells_read_as_people_see_them(tmp_path: Path) -> None:
    day = datetime.datetime(2024, 9, 4)  # noqa: DTZ001 - workbooks know no time zones
    path = made(tmp_path, [5.0, 0.1 + 0.2, 92.5, -3, True, day, day.replace(hour=9, minute=30), "005"])
    expected = ["5", "0.3", "92.5", "-3", "TRUE", "2024-09-04", "2024-09-04 09:30:00", "005"]
    assert rows_of(path) == [expected]


def test_errors_and_uncalculated_formulas_are_not_blank(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["a", "=1/0", '=A1 & "<"', "x"])
    book.active["D1"].value, book.active["D1"].data_type = "#N/A", "e"
    book.save(tmp_path / "a.xlsx")
    assert rows_of(tmp_path / "a.xlsx") == [["a", "=1/0", '=A1 & "<"', "#N/A"]]


def test_merged_cells_repeat_where_asked(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["one", 1], ["", 2], ["two", 3]):
        book.active.append(row)
    book.active.merge_cells("A1:A2")
    book.save(tmp_path / "a.xlsx")
    assert rows_of(tmp_path / "a.xlsx") == [["one", "1"], ["", "2"], ["two", "3"]]
    assert rows_of(tmp_path / "a.xlsx", merged=True) == [["one", "1"], ["one", "2"], ["two", "3"]]


def test_rows_and_columns_count_from_the_sheet_not_from_the_data(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["B3"] = "key"
    book.active["B4"] = "x"
    book.save(tmp_path / "a.xlsx")
    with read_table(tmp_path / "a.xlsx", header_row=3) as table:
        assert table.header == ("", "key")
        assert list(table.rows) == [(4, ["", "x"])]


def test_the_first_visible_sheet_unless_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title, book.active.sheet_state = "hidden", "hidden"
    book.active.append(["h"])
    book.create_sheet("成绩 & <表>").append(["v"])
    book.save(tmp_path / "a.xlsx")
    assert rows_of(tmp_path / "a.xlsx") == [["v"]]
    assert rows_of(tmp_path / "a.xlsx", sheet="hidden") == [["h"]]
    assert refused(tmp_path / "a.xlsx", sheet="other") == "tables.no_such_sheet"
    with open_workbook(tmp_path / "a.xlsx") as workbook:
        assert workbook.sheets == ("hidden", "成绩 & <表>")


def test_macros_are_refused(tmp_path: Path) -> None:
    assert refused(repacked(made(tmp_path, ["a"]), **{"xl/vbaProject.bin": b"x"}), name="a.xlsx") == "tables.macros"


def test_other_zip_files_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as other:
        other.writestr("content.xml", "x")
    assert refused(tmp_path / "a.xlsx") == "tables.other_format"


def test_bombs_are_refused_unopened(tmp_path: Path) -> None:
    bomb = repacked(made(tmp_path, ["a"]), **{"xl/worksheets/sheet1.xml": b"<worksheet>" + b" " * (40 << 20)})
    assert refused(bomb, name="a.xlsx") == "tables.bomb"
    assert refused(made(tmp_path, ["a"]), limits=Limits(workbook_bytes=1000)) == "tables.bomb"


def test_a_far_away_cell_does_not_take_the_memory(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "a", "b"
    book.save(tmp_path / "a.xlsx")
    assert refused(tmp_path / "a.xlsx") == "tables.too_many_cells"


@pytest.mark.parametrize("cell", ["<c r='XFD1048576'>", '<c\nr = "XFD1048576">', '<x:c r="XFD1048576">', "<c>"])
def test_a_far_away_cell_in_disguise(tmp_path: Path, cell: str) -> None:
    tag = cell[1:4].rstrip(" \n>r")
    rows = "".join("<row><c><v>1</v></c></row>" for _ in range(700))
    sheet = f"<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><sheetData>{rows}"
    sheet += f"<row r='1048576'>{cell}<v>1</v></{tag}></row></sheetData></worksheet>"
    source = repacked(made(tmp_path, ["a"]), **{"xl/worksheets/sheet1.xml": sheet.encode()})
    assert refused(source, name="a.xlsx") == "tables.too_many_cells"


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9, 0.99])
def test_a_cut_off_workbook_says_so(tmp_path: Path, kept: float) -> None:
    data = made(tmp_path, *([str(i) * 5] for i in range(500))).read_bytes()
    assert refused(io.BytesIO(data[: int(len(data) * kept)]), name="a.xlsx") == "tables.damaged"


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels"])
def test_broken_parts_say_so(tmp_path: Path, part: str) -> None:
    source = repacked(made(tmp_path, ["a"]), **{part: b"<worksheet><sheetData><row r='1'><c r='A1'><v>1</row>"})
    assert refused(source, name="a.xlsx") in {"tables.damaged", "tables.no_sheet", "tables.no_header"}


@given(st.lists(st.tuples(st.integers(0, 4000), st.binary(max_size=6), st.integers(0, 40)), min_size=1, max_size=4))
def test_any_damage_is_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, wounds: list[tuple[int, bytes, int]]
) -> None:
    path = made(tmp_path_factory.mktemp("damage"), ["key", "mark"], ["x", 5], ["y", "=A1"])
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read(SHEET)
    for data, part in ((path.read_bytes(), None), (sheet, SHEET)):
        hurt = data
        for at, put, cut in wounds:
            hurt = hurt[: at % len(data)] + put + hurt[at % len(data) + cut :]
        source = repacked(path, **{part: hurt}) if part else io.BytesIO(hurt)
        with suppress(Refusal), read_table(source, name="a.xlsx") as table:
            list(table.rows)
