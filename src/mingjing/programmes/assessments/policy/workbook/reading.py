"""From sheets of text cells back to a document: every mistake at once, each by sheet and cell.

The mistakes of the workbook itself (a sheet or column missing, a date where a code should be) and those of the scheme
in it are reported together. How a file is opened safely is `kernel.tables`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mingjing.engine.outcome import N_, Problem, Refusal, Titled
from mingjing.programmes.assessments.policy.scheme import FORMAT
from mingjing.programmes.assessments.policy.soundness import check_scheme
from mingjing.programmes.assessments.policy.workbook.cells import cell_value
from mingjing.programmes.assessments.policy.workbook.headers import cell_name, find_headers, plain
from mingjing.programmes.assessments.policy.workbook.layout import BASICS, CHECKS, LISTS, Column, Plan, computed_titles

__all__ = ["Draft", "Sheets", "read_draft", "read_workbook"]

Sheets = Mapping[str, Sequence[Sequence[str]]]
"""Rows of text cells by sheet name; the first row is the sheet's row 1."""

README_SHEETS = ("说明", "Read me")
_PATH_PARAMS = ("where", "other")
"""Parameters of problems that may hold a path, to be shown as a cell as well."""


@dataclass(slots=True)
class Entry:
    """A row: its object, the plan it follows, its sheet and number (from 0), and the column of each of its values.

    The column is None for a value that a problem of the workbook has already been told about.
    """

    value: dict[str, Any]
    plan: Plan
    sheet: str
    row: int
    columns: dict[tuple[str, ...], int | None]

    def place(self, path: str = "") -> str | None:
        """The cell of the value at `path`, of the first one inside it, or of the nearest thing around it."""
        known = {"/".join(below): column for below, column in self.columns.items()}
        while path:
            for key, column in known.items():
                if key == path or key.startswith(f"{path}/"):
                    return None if column is None else f"{self.sheet}!{cell_name(self.row, column)}"
            path = path.rpartition("/")[0]
        return f"{self.sheet}!A{self.row + 1}"


@dataclass(slots=True)
class Draft:
    """A document read from a workbook, faulty or not, and where each of its values stands.

    `problems` are those of the workbook itself; `places` maps paths to cells or rows, None where nothing need be said.
    """

    document: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    places: dict[str, str | Entry | None] = field(default_factory=dict)

    def place(self, path: str) -> str | None:
        """The cell of `path`, or of the nearest thing around it that has one; None where it need not be reported."""
        known = path
        while known and known not in self.places:
            known = known.rpartition("/")[0]
        found = self.places.get(known, "")
        return found.place(path[len(known) + 1 :]) if isinstance(found, Entry) else found

    def column(self, path: str) -> Column | None:
        """The column (or row of the basics) in which the value at `path` stands or is missing."""
        for known in _above(path):
            if isinstance(entry := self.places.get(known), Entry):
                return _column(entry.plan, path[len(known) + 1 :])
        return _column(BASICS, path)

    def located(self, problems: Sequence[Problem]) -> Iterator[Problem]:
        """`problems` of the document by sheet and cell, without those that a problem of the workbook explains."""
        for problem in problems:
            place = self.place(problem.place)
            if place is not None:
                paths = {name: str(problem.params[name]) for name in _PATH_PARAMS if name in problem.params}
                shown: dict[str, object] = {n: cell for n, path in paths.items() if (cell := self.place(path))}
                if "key" in problem.params and (column := self.column(problem.place)):
                    shown["key"] = Titled({"zh-Hans": column.zh, "en": column.en})
                yield replace(problem, place=place, params={**problem.params, **shown})

    def all_problems(self) -> tuple[Problem, ...]:
        """Everything that is wrong, with the workbook and with the scheme in it."""
        return (*self.problems, *self.located(check_scheme(self.document)))


def read_workbook(sheets: Sheets) -> dict[str, Any]:
    """The document of a workbook; raises Refusal with every problem, each by sheet and cell."""
    draft = read_draft(sheets)
    if problems := draft.all_problems():
        raise Refusal(problems)
    return draft.document


def read_draft(sheets: Sheets) -> Draft:
    """The document of a workbook as far as it can be read."""
    reader = _Reader(sheets)
    reader.basics()
    for plan in LISTS:
        reader.entries(plan)
    reader.strangers()
    return reader.draft


class _Reader:
    def __init__(self, sheets: Sheets) -> None:
        self.sheets = {plain(name): (name, rows) for name, rows in sheets.items()}
        self.draft = Draft({"format": FORMAT})
        self.items: dict[str, int] = {}
        self.measures = {plain(t): code for code, texts in computed_titles().items() for t in texts.values()}

    def basics(self) -> None:
        """The sheet of single values: a name in the first column, the value in the second."""
        found = self._sheet(BASICS)
        if found is None:
            self.draft.places |= {"/".join(column.path): None for column in BASICS.columns}
            return
        name, rows = found
        labels = {label: c for c in BASICS.columns for label in (plain(c.zh), plain(c.en), plain(c.zh + c.en))}
        seen = set()
        for index, row in enumerate(rows[1:], 1):
            cells = [*row, "", ""]
            column = labels.get(plain(cells[0])) or labels.get(plain(cells[0].partition("\n")[0]))
            place = f"{name}!{cell_name(index, 1)}"
            if column is not None and column.path not in seen:
                seen.add(column.path)
                self._basic(column, cells[1], place)
            elif any(cell.strip() for cell in cells):
                self._unknown_row(f"{name}!A{index + 1}", cells[0])
        for column in BASICS.columns:
            if column.path not in seen:
                text = N_("The row {header} is missing; put it back, or export the workbook again and edit that.")
                self._note("workbook.no_row", text, name, header=f"{column.zh} {column.en}")
                self.draft.places["/".join(column.path)] = None

    def _basic(self, column: Column, text: str, place: str) -> None:
        value = _value(column, text)
        self.draft.places["/".join(column.path)] = None if isinstance(value, Problem) else place
        if isinstance(value, Problem):
            self.draft.problems.append(replace(value, place=place))
        else:
            _put(self.draft.document, column.path, value)

    def _unknown_row(self, place: str, label: str) -> None:
        text = N_("The row {header} means nothing here, or stands here twice; delete it or correct its name.")
        self._note("workbook.unknown_row", text, place, header=" ".join(label.split()))

    def entries(self, plan: Plan) -> None:
        """The entries of one sheet, put where they belong in the document."""
        path = "/".join(plan.path)
        found = self._sheet(plan)
        if plan is not CHECKS:
            _put(self.draft.document, plan.path, {} if plan.keyed else [])
            self.draft.places[path] = found[0] if found else None
        if found is None:
            return
        for entry in self._rows(plan, *found):
            if prefix := self._placed(plan, path, entry):
                self.draft.places[prefix] = entry

    def _placed(self, plan: Plan, path: str, entry: Entry) -> str | None:
        """Put an entry into the document; gives its path, or None for one that belongs nowhere."""
        if plan is CHECKS:
            return self._check(entry)
        target: Any = self.draft.document
        for key in plan.path:
            target = target[key]
        if plan.keyed:
            return self._keyed(path, target, entry)
        target.append(entry.value)
        code = entry.value.get("code", "")
        if path == "items":
            entry.value["checks"] = []
            self.items.setdefault(code, len(target) - 1)
        elif path == "attributes":
            self.measures |= {plain(t): code for t in (code, *entry.value.get("title", {}).values())}
        return f"{path}/{len(target) - 1}"

    def _check(self, entry: Entry) -> str | None:
        code = entry.value.pop("item", "")
        index = self.items.get(code)
        if index is None:
            place = entry.place("item")
            if self.draft.places.get("items") is not None and place is not None:
                text = N_("{code} is not the code of a major item; use one of {allowed}.")
                self._note("workbook.unknown_item", text, place, code=code or "—", allowed=tuple(self.items))
            return None
        checks = self.draft.document["items"][index]["checks"]
        checks.append(entry.value)
        return f"items/{index}/checks/{len(checks) - 1}"

    def _keyed(self, path: str, target: dict[str, Any], entry: Entry) -> str | None:
        code = entry.value.get("code", "")
        if not code or code in target:
            text = N_("{code} is empty or stands above already; every row needs a code of its own.")
            self._note("workbook.repeated_key", text, entry.place() or "", code=code or "—")
            return None
        target[code] = entry.value.get("title", {})
        return f"{path}/{code}"

    def _rows(self, plan: Plan, name: str, rows: Sequence[Sequence[str]]) -> Iterator[Entry]:
        headers = find_headers(name, rows, plan, self.measures)
        self.draft.problems.extend(headers.problems)
        for index, row in enumerate(rows[headers.row + 1 :], headers.row + 1):
            if not any(text.strip() for text in row):
                continue
            entry = Entry({}, plan, name, index, {column.path: None for column in headers.missing})
            if plan.measures:
                entry.value["when"] = {}
            for position, text in enumerate(row):
                self._cell(entry, headers.columns.get(position), text, position)
            yield entry

    def _cell(self, entry: Entry, column: Column | None, text: str, position: int) -> None:
        if column is None:
            if text.strip():
                reason = N_("{found} stands in a column without a header; delete it or give the column its header.")
                place = f"{entry.sheet}!{cell_name(entry.row, position)}"
                self._note("workbook.no_header", reason, place, found=repr(text))
        elif not column.derived:
            entry.columns[column.path] = position
            value = _value(column, text)
            if isinstance(value, Problem):
                place = f"{entry.sheet}!{cell_name(entry.row, position)}"
                self.draft.problems.append(replace(value, place=place))
                entry.columns[column.path] = None
            else:
                _put(entry.value, column.path, value)

    def _sheet(self, plan: Plan) -> tuple[str, Sequence[Sequence[str]]] | None:
        found = self.sheets.get(plain(plan.zh)) or self.sheets.get(plain(plan.en))
        if found is None:
            text = N_("The sheet {sheet} is missing; put it back, or export the workbook again and edit that.")
            self._note("workbook.no_sheet", text, plan.zh, sheet=f"{plan.zh} {plan.en}")
        return found

    def strangers(self) -> None:
        """Sheets with something on them that the workbook does not have."""
        known = {plain(name) for p in (BASICS, *LISTS) for name in (p.zh, p.en)} | {plain(n) for n in README_SHEETS}
        for key, (name, rows) in self.sheets.items():
            if key not in known and any(text.strip() for row in rows for text in row):
                text = N_("The sheet {sheet} means nothing here; delete it or correct its name.")
                self._note("workbook.unknown_sheet", text, name, sheet=name)

    def _note(self, code: str, text: str, place: str, /, **params: object) -> None:
        self.draft.problems.append(Problem(code, text, params, place))


def _value(column: Column, text: str) -> object | Problem:
    if text.strip():
        return cell_value(column.kind, text)
    return [*column.blank] if isinstance(column.blank, tuple) else column.blank


def _above(path: str) -> Iterator[str]:
    """`path`, and what is around it, from the inside out."""
    while path:
        yield path
        path = path.rpartition("/")[0]


def _column(plan: Plan, path: str) -> Column | None:
    return next((column for column in plan.columns if path and "/".join(column.path) == path), None)


def _put(target: dict[str, Any], path: Sequence[str], value: object) -> None:
    """Set `value` at `path`, making the objects on the way; None leaves everything as it is."""
    if value is None:
        return
    for key in path[:-1]:
        target = target.setdefault(key, {})
    target[path[-1]] = value
