"""The workbook of a decided round that an office works with: cover, a sheet for each class, lines, changes, absences.

Chinese first, then English; every text is written as a string, so nothing in it can act as a formula. Not here: where
the rows come from (jobs.exports).
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import IO, Any

import xlsxwriter

from mingjing.engine.quantities import HUNDREDTHS

__all__ = ["Office", "Row"]

Row = Sequence[str | int | float | None]
NAME = 31
"""Characters that the name of a sheet may have."""
CREATED = datetime(2000, 1, 1, tzinfo=UTC)
"""What the workbook gives as its date, so that the same round gives the same bytes."""
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


class Office:
    """A workbook being written, sheet by sheet and row by row; only a row is held in memory."""

    def __init__(self, file: IO[bytes]) -> None:
        options = {"constant_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
        self.book = xlsxwriter.Workbook(file, options)
        self.book.set_properties({"created": CREATED})
        self._head = self.book.add_format({"bold": True, "bg_color": "#e8eef7", "border": 1, "text_wrap": True})
        self._text = self.book.add_format({"valign": "top", "text_wrap": True})
        self._title = self.book.add_format({"bold": True, "font_size": 16})
        self._points = self.book.add_format({"num_format": "0.00", "valign": "top"})
        self._names: set[str] = set()

    def cover(self, name: str, title: str, facts: Iterable[tuple[str, str]]) -> None:
        """The first sheet: what this is, and what it rests on."""
        sheet = self.book.add_worksheet(self._named(name))
        sheet.set_column(0, 0, 48)
        sheet.set_column(1, 1, 90)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.write_string(0, 0, title, self._title)
        for at, (term, value) in enumerate(facts, start=2):
            sheet.write_string(at, 0, term, self._head)
            sheet.write_string(at, 1, value, self._text)

    def table(self, name: str, columns: Sequence[tuple[str, int]], rows: Iterable[Row]) -> int:
        """A sheet with a frozen header and filters; `columns` are titles and widths. Points are floats to look at."""
        sheet = self.book.add_worksheet(self._named(name))
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.freeze_panes(1, 0)
        for at, (title, width) in enumerate(columns):
            sheet.set_column(at, at, width)
            sheet.write_string(0, at, title, self._head)
        count = 0
        for count, row in enumerate(rows, start=1):
            for at, value in enumerate(row):
                self._write(sheet, count, at, value)
        sheet.autofilter(0, 0, max(count, 1), len(columns) - 1)
        return count

    def _write(self, sheet: Any, row: int, column: int, value: str | int | float | None) -> None:
        if isinstance(value, float):
            sheet.write_number(row, column, value, self._points)
        elif isinstance(value, int):
            sheet.write_number(row, column, value, self._text)
        elif value:
            sheet.write_string(row, column, value, self._text)

    def _named(self, name: str) -> str:
        """A name no other sheet has, short and plain enough for a spreadsheet program."""
        plain = name.translate(FORBIDDEN).strip("' ")[:NAME] or "Sheet"
        found, number = plain, 2
        while found.lower() in self._names:
            found, number = f"{plain[: NAME - 3]} {number}", number + 1
        self._names.add(found.lower())
        return found

    @staticmethod
    def points(hundredths: int | None) -> float | None:
        """Points as a cell: a number to look at and to sort by; what decides stays exact elsewhere."""
        return None if hundredths is None else hundredths / HUNDREDTHS

    def close(self) -> None:
        """Write the file to its end."""
        self.book.close()
