"""Which column of a sheet is which: headers are recognised in either language, in any order, above any row."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from mingjing.engine.outcome import N_, Problem
from mingjing.programmes.assessments.policy.workbook.layout import Column, Plan

__all__ = ["Headers", "cell_name", "find_headers"]

SEARCHED_ROWS = 10
"""The header is looked for in so many rows: people like to put a line above it."""

_CODE = re.compile(r"\[([^\[\]]+)\]\s*\Z")


def cell_name(row: int, column: int) -> str:
    """A cell's name from its row and column, both counted from 0.

    >>> cell_name(13, 4), cell_name(0, 27)
    ('E14', 'AB1')
    """
    letters, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


class Headers:
    """The header row of a sheet (counted from 0), its columns by position, and what is wrong with it."""

    def __init__(self, sheet: str, row: int, cells: Sequence[str], plan: Plan, measures: Mapping[str, str]) -> None:
        self.row = row
        self.columns: dict[int, Column] = {}
        self.problems: list[Problem] = []
        for position, text in enumerate(cells):
            if text.strip():
                self._take(f"{sheet}!{cell_name(row, position)}", position, text, plan, measures)
        present = {column.path for column in self.columns.values()}
        self.missing = tuple(c for c in plan.columns if not c.derived and c.path not in present)
        for column in self.missing:
            reason = N_("The column {header} is missing; put it back, or export the workbook again and edit that.")
            params = {"header": f"{column.zh} {column.en}"}
            self.problems.append(Problem("workbook.no_column", reason, params, f"{sheet}!{row + 1}:{row + 1}"))

    def _take(self, place: str, position: int, text: str, plan: Plan, measures: Mapping[str, str]) -> None:
        column = _recognised(text, plan, measures)
        shown = {"header": " ".join(text.split())}
        if column is None:
            reason = N_("The column {header} means nothing here; delete it or correct its header.")
            self.problems.append(Problem("workbook.unknown_column", reason, shown, place))
        elif not column.derived and any(column.path == other.path for other in self.columns.values()):
            reason = N_("The column {header} stands here twice; keep one of the two.")
            self.problems.append(Problem("workbook.repeated_column", reason, shown, place))
        else:
            self.columns[position] = column


def find_headers(sheet: str, rows: Sequence[Sequence[str]], plan: Plan, measures: Mapping[str, str]) -> Headers:
    """The headers in the row that has most of them among the first rows; `measures` are codes by their known names."""
    found = [sum(_recognised(text, plan, {}) is not None for text in row) for row in rows[:SEARCHED_ROWS]]
    at = max(range(len(found)), key=lambda index: (found[index], -index), default=0)
    return Headers(sheet, at, rows[at] if rows else (), plan, measures)


def _recognised(text: str, plan: Plan, measures: Mapping[str, str]) -> Column | None:
    """A bracketed code is a measure's; only then does a name count, for a measure may be called as a column is."""
    names, known = [*header_names(text)], _names(plan)
    bracketed = _CODE.search(text) if plan.measures else None
    if not bracketed and (found := next((known[name] for name in names if name in known), None)):
        return found
    code = bracketed[1].strip() if bracketed else next((measures[name] for name in names if name in measures), "")
    return Column(("when", code), text, code, "condition") if plan.measures and code else None


@lru_cache
def _names(plan: Plan) -> Mapping[str, Column]:
    return {plain(name): column for column in plan.columns for name in (column.zh, column.en, column.zh + column.en)}


def header_names(text: str) -> Iterator[str]:
    """The names a header may be known by: each of its lines, and all of them together."""
    yield plain(text)
    for line in text.splitlines():
        if plain(line):
            yield plain(line)


def plain(text: str) -> str:
    """A name without what differs between hands: spaces, case, full width.

    >>> plain("Ｐoints "), plain("满分条件（%）")
    ('points', '满分条件(%)')
    """
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
