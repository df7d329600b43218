"""The workbook as a file people edit in their office program. The same document gives the same bytes."""

import io
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from math import ceil
from typing import Any

import xlsxwriter

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.engine.quantities import decimal_text, parse_fraction
from mingjing.programmes.assessments.policy.changes import changes
from mingjing.programmes.assessments.policy.workbook.grids import FLAGS, Grid, columns_of, grids
from mingjing.programmes.assessments.policy.workbook.headers import cell_name
from mingjing.programmes.assessments.policy.workbook.layout import BASICS, LISTS, Column, Plan
from mingjing.programmes.assessments.policy.workbook.reading import README_SHEETS, read_draft
from mingjing.programmes.assessments.policy.workbook.readme import readme

__all__ = ["write_workbook"]

_UNWRITABLE = re.compile("[\ud800-\udfff\ufffe\uffff]")
"""What XML has no way to say."""

ROOM = 2_000
"""Rows beyond the last one that already have formats and lists, so that new entries are typed as text."""

SUMMED: dict[tuple[str, ...], tuple[tuple[str, ...], str]] = {
    ("classes",): (("items",), "class"),
    ("items",): (("items", "checks"), "item"),
}
"""For the sheets with a sum: the sheet that is summed, and its column that names the entry."""


def write_workbook(document: Mapping[str, Any], language: str = "zh-Hans") -> bytes:
    """A workbook (.xlsx) of `document` with sheets named in `language` ("zh-Hans" or "en").

    Raises Refusal (`workbook.cannot_hold`) where the document says what no cell can hold, rather than lose it.
    """
    shown = grids(document, language)
    _refuse_losses(document, shown)
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False}) as book:
        book.set_properties({"title": str(document.get("code", "")), "created": datetime(2024, 1, 1)})  # noqa: DTZ001
        _Writer(book, document, shown, language).write()
    return file.getvalue()


def _refuse_losses(document: Mapping[str, Any], shown: Mapping[str, Grid]) -> None:
    """Filled-in defaults are no loss; anything that would come back otherwise is."""
    draft = read_draft(shown)
    text = N_("A workbook cannot hold this: {change}. Take it out of the document first.")
    lost = [
        Problem("workbook.cannot_hold", text, {"change": change}, change.path)
        for change in changes(document, draft.document)
        if change.kind != "added"
    ]
    unwritable = [
        Problem("workbook.cannot_hold", text, {"change": repr(cell)}, name)
        for name, grid in shown.items()
        for row in grid
        for cell in row
        if _UNWRITABLE.search(cell)
    ]
    if lost or unwritable or draft.problems:
        raise Refusal([*lost, *unwritable, *draft.problems])


class _Writer:
    def __init__(
        self, book: xlsxwriter.Workbook, document: Mapping[str, Any], shown: Mapping[str, Grid], language: str
    ) -> None:
        self.book, self.document, self.shown, self.language = book, document, shown, language
        edge = {"border": 1, "border_color": "#C9CED6", "valign": "top", "text_wrap": True}
        self.head = book.add_format({**edge, "bold": True, "bg_color": "#E3EAF2", "valign": "vcenter"})
        self.text = book.add_format({**edge, "num_format": "@"})
        self.points = book.add_format({**edge, "num_format": "0.##"})
        self.sum = book.add_format({**edge, "num_format": "0.##", "font_color": "#6B7480", "italic": True})
        self.prose = book.add_format({"text_wrap": True, "valign": "top"})
        self.wrong = book.add_format({"font_color": "#B3261E", "bold": True})

    def write(self) -> None:
        self._readme()
        self._basics()
        for plan in LISTS:
            self._entries(plan)

    def _readme(self) -> None:
        sheet = self.book.add_worksheet(README_SHEETS[self.language == "en"])
        sheet.set_column(0, 0, 110)
        for row, line in enumerate(readme(self.language)):
            sheet.write_string(row, 0, line, self.prose)
            _fit(sheet, row, [(line, 110)])
        self._printed(sheet)

    def _basics(self) -> None:
        name = BASICS.name(self.language)
        sheet = self.book.add_worksheet(name)
        sheet.set_column(0, 0, 24, self.text)
        sheet.set_column(1, 1, 90, self.text)
        for row, cells in enumerate(self.shown[name]):
            for column, text in enumerate(cells):
                sheet.write_string(row, column, text, self.head if row == 0 or column == 0 else self.text)
            _fit(sheet, row, zip(cells, (24, 90), strict=False))
        for row, field in enumerate(BASICS.columns, 1):
            self._offer(sheet, field, row, 1, row)
        self._printed(sheet)

    def _entries(self, plan: Plan) -> None:
        name = plan.name(self.language)
        sheet, rows = self.book.add_worksheet(name), self.shown[name]
        columns = columns_of(plan, self.document)
        last = len(rows) + ROOM
        for position, column in enumerate(columns):
            sheet.set_column(position, position, column.width, self._format(column))
            sheet.write_string(0, position, column.header, self.head)
            self._offer(sheet, column, 1, position, last)
            for row, cells in enumerate(rows[1:], 1):
                self._cell(sheet, plan, (row, position), column, cells)
        for row, cells in enumerate([[column.header for column in columns], *rows[1:]]):
            _fit(sheet, row, zip(cells, (column.width for column in columns), strict=True))
        sheet.freeze_panes(1, 1)
        sheet.ignore_errors({"number_stored_as_text": f"A1:{cell_name(last, len(columns))}"})
        self._printed(sheet)

    def _cell(self, sheet: Any, plan: Plan, at: tuple[int, int], column: Column, cells: Sequence[str]) -> None:
        text = cells[at[1]]
        if column.derived:
            self._sum(sheet, plan, at, cells)
        elif column.kind == "points" and _is_plain_number(text):
            sheet.write_number(*at, float(text), self.points)
        else:
            sheet.write_string(*at, text, self._format(column))

    def _sum(self, sheet: Any, plan: Plan, at: tuple[int, int], cells: Sequence[str]) -> None:
        """A live sum of the points of the entries below this one, red where it is not what the entry says."""
        below, key = SUMMED[plan.path]
        source = next(p for p in LISTS if p.path == below)
        paths = [column.path for column in source.columns]
        rows = self.shown[source.name(self.language)]
        named, points = paths.index((key,)), paths.index(("points",))
        total = sum((_amount(row[points]) for row in rows[1:] if row[named] == cells[0]), Fraction(0))
        names, amounts = (self._span(source, position) for position in (named, points))
        sheet.write_formula(*at, f"=SUMIF({names},$A{at[0] + 1},{amounts})", self.sum, float(total))
        if ("points",) in (own := [column.path for column in plan.columns]):
            stated = cell_name(at[0], own.index(("points",)))
            rule = {"type": "formula", "criteria": f"=ROUND({cell_name(*at)}-{stated},2)<>0", "format": self.wrong}
            sheet.conditional_format(at[0], at[1], at[0], at[1], rule)

    def _span(self, plan: Plan, column: int) -> str:
        """A column of a sheet, for a formula: its entries and the room below them."""
        name = plan.name(self.language)
        letters = cell_name(0, column)[:-1]
        return f"'{name}'!${letters}$2:${letters}${len(self.shown[name]) + ROOM}"

    def _offer(self, sheet: Any, column: Column, first: int, position: int, last: int) -> None:
        """A list to choose from; typing something else is warned about, not forbidden: reading judges it."""
        source: object = None
        if column.kind == "flag":
            source = [*reversed(FLAGS[self.language])]
        elif column.allowed:
            source = list(column.allowed)
        elif column.source:
            source = f"={self._span(next(p for p in LISTS if p.path == (column.source,)), 0)}"
        if source is not None:
            offered = {"validate": "list", "source": source, "error_type": "warning"}
            sheet.data_validation(first, position, last, position, offered)

    def _format(self, column: Column) -> Any:
        return self.sum if column.derived else self.points if column.kind == "points" else self.text

    def _printed(self, sheet: Any) -> None:
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_footer("&L&F  &A&R&P / &N")


def _fit(sheet: Any, row: int, cells: Iterable[tuple[str, float]]) -> None:
    """Make a row as high as its wrapped texts need in columns of these widths: not every office program does it."""
    lines = max((sum(_lines(part, width) for part in text.split("\n")) for text, width in cells), default=1)
    sheet.set_row(row, min(400, 15.5 * lines + 2))


def _lines(text: str, width: float) -> int:
    wide = sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
    return max(1, ceil(wide * 1.1 / width))


def _amount(text: str) -> Fraction:
    try:
        return parse_fraction(text)
    except Refusal:
        return Fraction(0)


def _is_plain_number(text: str) -> bool:
    """Whether a number cell reads back as exactly this text."""
    return len(text) <= 15 and decimal_text(_amount(text)) == text and (text == "0" or _amount(text) != 0)
