"""Schemes as workbooks: nothing is lost on the way out and back, and every mistake is told at its cell."""

import io
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.programmes.assessments.drawn_schemes import schemes, shipped
from tests.programmes.assessments.planted_mistakes import ALONE, MISTAKES, Book, cell, row_of

from mingjing.engine.chain import content_digest
from mingjing.engine.outcome import Problem, Refusal
from mingjing.kernel.tables import read_workbook_sheets
from mingjing.programmes.assessments.policy.changes import changes
from mingjing.programmes.assessments.policy.soundness import check_scheme
from mingjing.programmes.assessments.policy.workbook import read_workbook, write_workbook
from mingjing.programmes.assessments.policy.workbook.grids import grids
from mingjing.programmes.assessments.policy.workbook.headers import plain

HETANG = shipped("hetang-2024")


def imported(data: bytes) -> dict[str, Any]:
    return read_workbook(read_workbook_sheets(io.BytesIO(data)))


@cache
def as_shipped(language: str) -> bytes:
    return write_workbook(HETANG, language)


def edited(edit: Callable[[Book], None], document: dict[str, Any] = HETANG, language: str = "zh-Hans") -> bytes:
    """The workbook of `document` after somebody opened it in an office program, edited it and saved it."""
    whole = as_shipped(language) if document is HETANG else write_workbook(document, language)
    book = openpyxl.load_workbook(io.BytesIO(whole))
    edit(book)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
@pytest.mark.parametrize("code", ["hetang-2024", "toronto-rentsafe"])
def test_a_shipped_scheme_comes_back_as_it_went_out(code: str, language: str) -> None:
    document = shipped(code)
    assert content_digest(imported(write_workbook(document, language))) == content_digest(document)


@pytest.mark.parametrize(
    ("sheet", "header", "row", "value", "titles"),
    [
        ("小项", "每处扣分", "A1.1", None, ("每处扣分", "Per instance")),
        ("小项", "满分条件（%）", "A1.1", ">=90", ("满分条件（%）", "Full at (%)")),
        ("大项", "分值", 2, None, ("分值", "Points")),
    ],
)
def test_a_mistake_names_the_column_as_the_reader_knows_it(
    sheet: str, header: str, row: str | int, value: object, titles: tuple[str, str]
) -> None:
    def edit(book: Book) -> None:
        at = row if isinstance(row, int) else row_of(book, sheet, row)
        cell(book, sheet, header, at).value = value

    with pytest.raises(Refusal) as refused:
        imported(edited(edit))
    problem = next(p for p in refused.value.problems if "key" in p.params)
    zh, en = titles
    assert en in problem.say()
    assert zh in problem.say(lambda text: "zh-Hans" if text == "language-code" else text)
    assert zh not in problem.say()


@given(schemes())
@settings(max_examples=40)
def test_any_valid_document_comes_back_as_it_went_out(document: dict[str, Any]) -> None:
    assert check_scheme(document) == ()
    assert content_digest(imported(write_workbook(document))) == content_digest(document)


def test_the_same_document_gives_the_same_bytes() -> None:
    assert write_workbook(HETANG) == write_workbook(shipped("hetang-2024"))


def test_left_out_defaults_are_filled_in_and_nothing_else_changes() -> None:
    sparse = shipped("toronto-rentsafe")
    del sparse["vetoes"], sparse["bonus"], sparse["list_rules"][0]["step"]
    del sparse["items"][0]["checks"][3]["critical"], sparse["class_rule"][0]["when"]
    back = imported(write_workbook(sparse))
    assert {change.kind for change in changes(sparse, back)} == {"added"}
    assert "step" not in back["list_rules"][0]


def test_a_workbook_refuses_to_hold_what_would_not_come_back() -> None:
    for spoil in (
        lambda d: d["attributes"].append({"code": "x", "title": {"en": "x"}, "secret": "1"}),
        lambda d: d["methods"].update({"a,b": {"en": "x"}}) or d["items"][0]["checks"][0].update(methods=["a,b"]),
        lambda d: d["title"].update(en="\uffff"),
        lambda d: d.update(code=" padded "),
    ):
        document = shipped("hetang-2024")
        spoil(document)
        with pytest.raises(Refusal) as refused:
            write_workbook(document)
        assert {problem.code for problem in refused.value.problems} == {"workbook.cannot_hold"}


def test_an_edit_comes_back_as_that_edit_only() -> None:
    def edit(book: Book) -> None:
        row = row_of(book, "小项", "A5.1")
        other = row_of(book, "小项", "A5.2")
        assert cell(book, "小项", "分值", row).value == 5
        cell(book, "小项", "分值", row).value = 5.5
        cell(book, "小项", "分值", other).value = cell(book, "小项", "分值", other).value - 0.5
        cell(book, "定榜规则", "总分", 10).value = "＜６１"
        cell(book, "定榜规则", "总分", 11).value = " >=61 <75"
        cell(book, "期限", "天数", 2).value = 2.0

    new = imported(edited(edit))
    found = changes(HETANG, new)
    assert [change.path for change in found] == [
        "items/4/checks/0/points",
        "items/4/checks/1/points",
        "list_rules/8/when/total",
        "list_rules/9/when/total",
        "deadlines/0/days",
    ]
    assert "points changed from 5 to 5.5" in found[0].say()
    assert new["deadlines"][0]["days"] == "2"


def test_office_habits_change_nothing() -> None:
    """Text for numbers, signs for yes, rows below and between, columns in another order, a line above the header."""

    def edit(book: Book) -> None:
        checks = book["小项"]
        column = cell(book, "小项", "分值", 1).column
        for row in range(2, checks.max_row + 1):
            checks.cell(row, column).value = f" {checks.cell(row, column).value} "
            flag = cell(book, "小项", "★ 重点项", row)
            flag.value = "★" if flag.value == "是" else "　"
        checks.cell(2, column).value = "３"
        checks.insert_rows(5)
        checks.cell(checks.max_row + 3, 1).value = "  "
        deadlines = book["期限"]
        rows = [[c.value for c in row] for row in deadlines.iter_rows()]
        deadlines.delete_rows(1, len(rows))
        deadlines.append(["期限如下"])
        for row in rows:
            deadlines.append(row[::-1])

    assert content_digest(imported(edited(edit))) == content_digest(HETANG)


def test_rows_keep_the_order_in_which_they_were_written() -> None:
    def edit(book: Book) -> None:
        rows = [[c.value for c in row] for row in book["抽样"].iter_rows(min_row=2)]
        book["抽样"].delete_rows(2, len(rows))
        for row in reversed(rows):
            book["抽样"].append(row)

    assert imported(edited(edit))["sampling"] == HETANG["sampling"][::-1]


@pytest.mark.parametrize(
    "text", ["=cmd|' /C calc'!A0", "@SUM(A1)", "+1", "-1", "'x", "{=1}", "<b>&amp;", "_x0041_", " 空 "]
)
def test_text_that_looks_like_a_formula_comes_back_as_the_same_text(text: str) -> None:
    document = shipped("hetang-2024")
    document["items"][0]["title"] = {"zh-Hans": text, "en": text}
    data = write_workbook(document)
    assert imported(data)["items"][0]["title"] == {"zh-Hans": text, "en": text}
    shown = cell(openpyxl.load_workbook(io.BytesIO(data)), "大项", "名称（中文）", 2)
    assert (shown.data_type, shown.value) == ("s", text)


def test_sums_stand_beside_the_points_and_are_not_read() -> None:
    data = edited(lambda book: setattr(cell(book, "大项", "小项分值合计", 2), "value", "干扰"))
    assert content_digest(imported(data)) == content_digest(HETANG)
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(HETANG)))
    assert str(cell(book, "大项", "小项分值合计", 2).value).startswith("=SUMIF('小项'!")
    values = openpyxl.load_workbook(io.BytesIO(write_workbook(HETANG)), data_only=True)
    for row in range(2, 24):
        assert cell(values, "大项", "小项分值合计", row).value == cell(values, "大项", "分值", row).value


def found_in(data: bytes) -> set[tuple[str, str]]:
    with pytest.raises(Refusal) as refused:
        imported(data)
    for problem in refused.value.problems:
        assert "/" not in problem.place, "a path of the document means nothing to its author"
        assert not re.search(r"\{\w+\}", problem.say())
    return {(problem.place, problem.code) for problem in refused.value.problems}


@pytest.mark.parametrize("name", sorted(MISTAKES | ALONE))
def test_a_mistake_is_told_at_its_cell(name: str) -> None:
    plant, code = (MISTAKES | ALONE)[name]
    places: list[str] = []
    assert (place := found_in(edited(lambda book: places.append(plant(book))))) >= {(places[0], code)}, place


def test_all_mistakes_are_told_at_once() -> None:
    planted: list[tuple[str, str]] = []

    def edit(book: Book) -> None:
        planted.extend((plant(book), code) for plant, code in MISTAKES.values())

    assert found_in(edited(edit)) >= {*planted} - unproved(planted)


def unproved(planted: list[tuple[str, str]]) -> set[tuple[str, str]]:
    """Overlaps and dead rows are proved about the rules that can be read; others' mistakes may remove their cause."""
    return {entry for entry in planted if entry[1].startswith("rules.") and entry[1] != "rules.condition"}


def test_a_gap_is_told_with_an_example() -> None:
    with pytest.raises(Refusal) as refused:
        imported(edited(lambda book: setattr(cell(book, "定榜规则", "总分", 10), "value", "<50")))
    (problem,) = refused.value.problems
    assert problem.code == "rules.gap"
    assert "total 5" in problem.say()
    assert problem.place.startswith("定榜规则!")


def test_the_other_rule_of_an_overlap_is_named_by_its_cell() -> None:
    with pytest.raises(Refusal) as refused:
        imported(edited(lambda book: setattr(cell(book, "定榜规则", "总分", 11), "value", ">=60 <95")))
    assert all(str(problem.params["where"]).startswith("定榜规则!A") for problem in refused.value.problems)
    assert {problem.params["other"] for problem in refused.value.problems} >= {"RED", "ORDINARY"}


def test_an_item_that_can_be_emptied_is_told_at_its_mark() -> None:
    def edit(book: Book) -> None:
        for row in range(2, book["小项"].max_row + 1):
            if cell(book, "小项", "所属大项", row).value == "A5":
                cell(book, "小项", "可不适用", row).value = "是"

    assert found_in(edited(edit)) == {("大项!F6", "scheme.item_can_be_emptied")}


def test_a_new_condition_is_a_new_column() -> None:
    def edit(book: Book) -> None:
        column = book["定榜规则"].max_column + 1
        book["定榜规则"].cell(1, column).value = "倒数名次"
        book["定榜规则"].cell(12, column).value = ">3"
        cell(book, "定榜规则", "列入等次", 12).value = "RED"

    with pytest.raises(Refusal) as refused:
        imported(edited(edit))
    assert {problem.code for problem in refused.value.problems} == {"rules.gap"}


def test_an_attribute_may_be_called_as_a_column_is_and_hold_brackets() -> None:
    document = shipped("hetang-2024")
    document["attributes"][2]["title"] = {"zh-Hans": "步骤", "en": "Step [of [many]]"}
    document["attributes"][3]["title"] = {"zh-Hans": "规则名称（中文）\n列入等次", "en": "Tier"}
    assert content_digest(imported(write_workbook(document))) == content_digest(document)


def test_headers_are_known_in_either_language_and_sheets_too() -> None:
    chinese, english = grids(HETANG, "zh-Hans"), grids(HETANG, "en")
    halves = {
        name: [[text.split("\n")[index % 2] if row == 0 else text for text in cells] for row, cells in enumerate(grid)]
        for index, (name, grid) in enumerate(english.items())
        if name != "Class rule" and name != "List rules"
    }
    both = halves | {name: chinese[name] for name in ("分类规则", "定榜规则")}
    assert content_digest(read_workbook(both)) == content_digest(HETANG)


def test_what_is_no_workbook_of_a_scheme_is_refused_sheet_by_sheet() -> None:
    with pytest.raises(Refusal) as refused:
        read_workbook({"Sheet1": [["a", "b"], ["1", "2"]], "": []})
    codes = [problem.code for problem in refused.value.problems]
    assert codes.count("workbook.no_sheet") == 15
    assert "workbook.unknown_sheet" in codes


TYPED = st.one_of(
    st.sampled_from(
        ["", " ", "是", "★", "3", "０．５", "1-2", "2024-01-02", "#REF!", "=1+1", "[total]", "[", "A1", "RED", "|"]
    ),
    st.text(max_size=6),
)


@given(st.data())
@settings(max_examples=80)
def test_whatever_is_typed_anywhere_is_read_or_refused_with_a_place(data: st.DataObject) -> None:
    sheets = grids(HETANG, "zh-Hans")
    for _ in range(data.draw(st.integers(1, 4))):
        row = data.draw(st.sampled_from(sheets[data.draw(st.sampled_from(sorted(sheets)))]))
        row[data.draw(st.integers(0, len(row) - 1))] = data.draw(TYPED)
    problems: tuple[Problem, ...] = ()
    try:
        read_workbook(sheets)
    except Refusal as refusal:
        problems = refusal.problems
    assert all(problem.say() and problem.place.partition("!")[0] in sheets for problem in problems)


def test_names_are_compared_without_spaces_case_and_width() -> None:
    assert plain("满分条件（%）") == plain(" 满分条件(％) ")
