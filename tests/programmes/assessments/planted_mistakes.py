"""Mistakes as people make them in the Hetang workbook, each with the cell and the code under which it must be told."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import openpyxl

Book = openpyxl.Workbook
DAY = datetime(2024, 1, 2)  # noqa: DTZ001 - a spreadsheet's dates know no zone


def cell(book: Book, sheet: str, header: str, row: int) -> Any:
    """The cell of `row` under the column whose header has this line."""
    found = [c.column for c in book[sheet][1] if header in str(c.value or "").split("\n")]
    return book[sheet].cell(row, found[0])


def row_of(book: Book, sheet: str, code: str) -> int:
    return next(row for row in range(1, book[sheet].max_row + 1) if book[sheet].cell(row, 1).value == code)


def put(sheet: str, header: str, key: str | int, value: object, told: str = "") -> Callable[[Book], str]:
    """A mistake: `value` in the row whose first cell is `key` (or in that row); gives the cell where it is told."""

    def plant(book: Book) -> str:
        found = cell(book, sheet, header, key if isinstance(key, int) else row_of(book, sheet, key))
        found.value = value
        return told or f"{sheet}!{found.coordinate}"

    return plant


def basic(label: str, value: object) -> Callable[[Book], str]:
    def plant(book: Book) -> str:
        sheet = book["基本信息"]
        row = next(r for r in range(1, 30) if str(sheet.cell(r, 1).value).startswith(label))
        sheet.cell(row, 2).value = value
        return f"基本信息!B{row}"

    return plant


def header(sheet: str, old: str, new: str, at: str) -> Callable[[Book], str]:
    """A mistake: another header; told at the place `at` ("cell" or "row")."""

    def plant(book: Book) -> str:
        found = next(c for c in book[sheet][1] if old in str(c.value).split("\n"))
        found.value = new
        return f"{sheet}!{found.coordinate}" if at == "cell" else f"{sheet}!1:1"

    return plant


def added_column(sheet: str, title: str) -> Callable[[Book], str]:
    def plant(book: Book) -> str:
        place = book[sheet].cell(1, book[sheet].max_column + 1)
        place.value = title
        return f"{sheet}!{place.coordinate}"

    return plant


def stray(book: Book) -> str:
    place = book["抽样"].cell(3, book["抽样"].max_column + 2)
    place.value = "便条"
    return f"抽样!{place.coordinate}"


def untitled(book: Book) -> str:
    row = row_of(book, "加分", "three_zero")
    cell(book, "加分", "名称（英文）", row).value = None
    return put("加分", "名称（中文）", row, None)(book)


def charmed(book: Book) -> str:
    place = book["定榜规则"].cell(3, book["定榜规则"].max_column + 1)
    book["定榜规则"].cell(1, place.column).value = "魅力\n[charm]"
    place.value = ">3"
    return f"定榜规则!{place.coordinate}"


def without(sheet: str) -> Callable[[Book], str]:
    def plant(book: Book) -> str:
        del book[sheet]
        return sheet

    return plant


def new_sheet(book: Book) -> str:
    book.create_sheet("草稿").append(["想法"])
    return "草稿"


MISTAKES: dict[str, tuple[Callable[[Book], str], str]] = {
    "points that do not sum": (put("大项", "分值", "A3", 99), "scheme.item_points"),
    "points that are text": (put("小项", "分值", "A1.2", "三分"), "quantity.not_a_number"),
    "points finer than hundredths": (put("小项", "分值", "A2.1", "0.125"), "quantity.too_fine"),
    "no points": (put("小项", "分值", "A2.2", None), "document.missing"),
    "a date for a number": (put("小项", "每处扣分", "A1.1", DAY), "workbook.date"),
    "a date for a code": (put("期限", "期限代码", 3, DAY + timedelta(hours=10)), "workbook.date"),
    "an unknown rule": (put("小项", "扣分规则", "A1.3", "PII"), "document.unknown_code"),
    "a cap above the points": (put("小项", "扣分上限", "A1.4", "9"), "scheme.cap"),
    "an unknown item": (put("小项", "所属大项", "A6.1", "A66"), "workbook.unknown_item"),
    "an unknown method": (put("小项", "检查方法", "A4.1", "look, smell"), "document.unknown_code"),
    "unknown evidence": (put("小项", "证据", "A4.1", "Z"), "document.unknown_code"),
    "neither yes nor no": (put("小项", "★ 重点项", "A4.2", "也许"), "workbook.flag"),
    "a gallery that is neither": (put("小项", "可用相册照片", "A4.2", "也许"), "workbook.flag"),
    "the same check twice": (put("小项", "小项代码", "B1.2", "B1.1"), "document.repeated_code"),
    "the same item twice": (put("大项", "大项代码", "B13", "B12"), "document.repeated_code"),
    "no title": (untitled, "document.no_title"),
    "an unknown class": (put("大项", "适用类别", "B2", "C"), "document.unknown_code"),
    "an overlap in the class rule": (put("分类规则", "建成年份", 2, None, "分类规则!A5"), "rules.overlap"),
    "a condition that is none": (put("分类规则", "备案物业费", 2, "一元"), "rules.condition"),
    "two tiers both claim": (put("定榜规则", "总分", 11, ">=60 <95", "定榜规则!A12"), "rules.overlap"),
    "a dead rule": (put("定榜规则", "否决级别", 4, ">=3", "定榜规则!A4"), "rules.dead"),
    "an unknown tier": (put("定榜规则", "列入等次", 3, "GOLD"), "document.unknown_code"),
    "a broken step": (put("定榜规则", "步骤", 13, "1.5"), "document.not_whole"),
    "a veto of level 3": (put("一票否决", "级别", "stability_risk", 3), "document.unknown_code"),
    "a share above 100": (put("抽样", "比例（%）", "blind_revisit", "1000"), "scheme.share"),
    "an unknown calendar": (put("期限", "日历", "public_notice", "lunar"), "document.unknown_code"),
    "a negative weight": (put("总分构成", "权重", "site", "-1"), "document.too_small"),
    "an unknown rounding": (basic("取舍规则", "nearest"), "document.unknown_code"),
    "decimals in words": (basic("保留小数位", "两位"), "document.unknown_code"),
    "a bonus cap in words": (basic("加分上限", "五"), "quantity.not_a_number"),
    "no code": (basic("办法代码", None), "document.missing"),
    "a tier that may take rights": (put("等次", "限制权利", "BLACK", "也许"), "workbook.flag"),
    "a default that is no choice": (put("属性", "缺省值", "order_unmet", "也许"), "attribute.unknown_choice"),
    "a default below zero": (put("属性", "缺省值", "occupancy", "-5"), "attribute.out_of_range"),
    "an extra column": (added_column("加分", "备注"), "workbook.unknown_column"),
    "a column twice": (added_column("等次", "等次代码"), "workbook.repeated_column"),
    "an unknown measure": (charmed, "scheme.unknown_measure"),
    "a note in no column": (stray, "workbook.no_header"),
    "a renamed column": (header("检查方法", "Method code", "xx", "row"), "workbook.no_column"),
    "a strange sheet": (new_sheet, "workbook.unknown_sheet"),
}
ALONE: dict[str, tuple[Callable[[Book], str], str]] = {
    "no sheet of items": (without("大项"), "workbook.no_sheet"),
    "no sheet of tiers": (without("等次"), "workbook.no_sheet"),
    "no sheet of bonus": (without("加分"), "workbook.no_sheet"),
}
