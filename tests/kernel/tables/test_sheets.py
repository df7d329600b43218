"""A workbook read whole: every sheet as rows of text, and nothing of a file that is not to be trusted."""

import io
import zipfile

import pytest
import xlsxwriter

from mingjing.engine.outcome import Refusal
from mingjing.kernel.tables import Limits, read_workbook_sheets


def workbook() -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        for name, number in (("一", 1), ("二", 0.5)):
            sheet = book.add_worksheet(name)
            sheet.write(0, 0, "代码")
            sheet.write(2, 1, number)
        book.add_worksheet("空")
    return file.getvalue()


def test_every_sheet_comes_with_its_rows_from_the_first_on() -> None:
    assert read_workbook_sheets(io.BytesIO(workbook())) == {
        "一": [["代码", ""], ["", ""], ["", "1"]],
        "二": [["代码", ""], ["", ""], ["", "0.5"]],
        "空": [],
    }


def with_part(name: str, size: int = 1) -> bytes:
    file = io.BytesIO(workbook())
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, b"\0" * size)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"code,title\nA,x\n", "tables.damaged"),
        (workbook()[:-200], "tables.damaged"),
        (b"", "tables.damaged"),
        (with_part("xl/vbaProject.bin"), "tables.macros"),
        (with_part("xl/media/image1.png", 20 << 20), "tables.bomb"),
    ],
    ids=["text", "cut off", "empty", "macros", "bomb"],
)
def test_what_is_not_a_plain_workbook_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_workbook_sheets(io.BytesIO(data), name="scheme.xlsx")
    assert [problem.code for problem in refused.value.problems] == [code]


def test_a_sheet_that_reaches_too_far_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        read_workbook_sheets(io.BytesIO(workbook()), limits=Limits(cells=3))
    assert refused.value.problems[0].code == "tables.too_many_cells"
