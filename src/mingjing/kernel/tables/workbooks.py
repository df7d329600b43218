"""Excel workbooks (.xlsx): vetted before anything is unpacked, then read as text.

Python's `zipfile` looks at the parts, calamine reads the cells. What calamine would pass over in silence (error
values, formulas that were never calculated) is found in the sheet's XML and shown as text, never taken for a blank.
"""

import datetime
import html
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.tables.limits import Limits

__all__ = ["Workbook", "cell_name", "open_workbook"]

CHUNK = 1 << 20
OLE_START = b"\xd0\xcf\x11\xe0"
LARGE_PART = 16 << 20
UNREADABLE = (
    CalamineError,
    zlib.error,
    EOFError,
    NotImplementedError,
    KeyError,
    ValueError,
    OverflowError,
    struct.error,
)
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")

_POSITION = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]*)(\d+)""")
_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_NAMED_CELL = re.compile(rb"""\sr\s*=\s*["'][A-Za-z]""")
_FAULT = re.compile(
    rb"""<(?:\w+:)?c\s([^>]*)>\s*(?:<(?:\w+:)?f[^>]*?(?:/>|>([^<]*)</(?:\w+:)?f>))?\s*"""
    rb"""(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>([^<]*)</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"""
)
_ATTRIBUTE = re.compile(rb"""([\w:]+)\s*=\s*["']([^"']*)["']""")


@dataclass(frozen=True, slots=True)
class Workbook:
    """An open workbook: its sheets by name, in their order, and their rows as text."""

    name: str
    sheets: tuple[str, ...]
    _book: CalamineWorkbook
    _parts: dict[str, str]
    _archive: zipfile.ZipFile
    _limits: Limits

    def first_visible(self) -> str:
        """The name of the first worksheet that is not hidden."""
        kinds = self._book.sheets_metadata
        shown = [s.name for s in kinds if s.typ == SheetTypeEnum.WorkSheet and s.visible == SheetVisibleEnum.Visible]
        if not shown:
            raise _refused(self.name, "tables.no_sheet", N_("The workbook has no visible sheet with cells."))
        return shown[0]

    def rows(self, sheet: str | None = None, *, merged: bool = False) -> Iterator[tuple[int, list[str]]]:
        """The rows of `sheet` (default: the first visible) with their numbers, every row equally wide.

        Raises Refusal where there is no such sheet, or where it is too large to be held in memory.
        """
        chosen = self.first_visible() if sheet is None else sheet
        if chosen not in self.sheets:
            text = N_("There is no sheet called {sheet}; the workbook has {sheets}.")
            raise Refusal([Problem("tables.no_such_sheet", text, {"sheet": chosen, "sheets": self.sheets}, self.name)])
        try:
            seen = _survey(self._archive, self._parts.get(chosen), self.name, self._limits)
            found = self._book.get_sheet_by_name(chosen)
        except (zipfile.BadZipFile, *UNREADABLE) as error:
            raise _damaged(self.name, error) from error
        return _text_rows(found, seen.faults, merged)


@contextmanager
def open_workbook(
    source: Path | str | IO[bytes], *, name: str = "", limits: Limits | None = None
) -> Iterator[Workbook]:
    """Open an .xlsx workbook; raises Refusal for anything that is not one, could be harmful, or holds macros."""
    shown = name or Path(str(getattr(source, "name", source))).name
    with ExitStack() as opened:
        yield _open(source, shown, limits or Limits(), opened)


def _open(source: Path | str | IO[bytes], name: str, limits: Limits, opened: ExitStack) -> Workbook:
    try:
        archive = opened.enter_context(zipfile.ZipFile(source))
        _vet(archive, name, limits)
        parts = _sheet_parts(archive)
        if not isinstance(source, str | Path):
            source.seek(0)
        book = opened.enter_context(CalamineWorkbook.from_object(source))
    except PasswordError as error:
        raise _encrypted(name) from error
    except zipfile.BadZipFile as error:
        raise _not_zip(source, name) from error
    except UNREADABLE as error:
        raise _damaged(name, error) from error
    return Workbook(name, tuple(book.sheet_names), book, parts, archive, limits)


def _refused(name: str, code: str, text: str, **params: object) -> Refusal:
    return Refusal([Problem(code, text, params, name)])


def _damaged(name: str, error: Exception) -> Refusal:
    text = N_(
        "The workbook is damaged or cut off ({cause}); open it in a spreadsheet program and save it again as .xlsx."
    )
    return _refused(name, "tables.damaged", text, cause=str(error) or type(error).__name__)


def _encrypted(name: str) -> Refusal:
    return _refused(name, "tables.encrypted", N_("The workbook is protected by a password; save it without one."))


def _not_zip(source: Path | str | IO[bytes], name: str) -> Refusal:
    """What the bytes are instead of a zip file: the old Excel format, an encrypted workbook, or only part of one."""
    kind = "damaged"
    if isinstance(source, str | Path):
        with Path(source).open("rb") as file:
            kind = _ole_kind(file)
    else:
        kind = _ole_kind(source)
    if kind == "encrypted":
        return _encrypted(name)
    if kind == "old":
        text = N_("This is the old Excel format (.xls); open it in a spreadsheet program and save it as .xlsx.")
        return _refused(name, "tables.old_format", text)
    return _damaged(name, zipfile.BadZipFile("incomplete zip file"))


def _ole_kind(file: IO[bytes]) -> str:
    file.seek(0)
    before = file.read(CHUNK)
    if not before.startswith(OLE_START):
        return "damaged"
    while before:
        after = file.read(CHUNK)
        if ENCRYPTED in before + after[: len(ENCRYPTED)]:
            return "encrypted"
        before = after
    return "old"


def _vet(archive: zipfile.ZipFile, name: str, limits: Limits) -> None:
    """Refuse what is not a plain workbook, before any part of it is unpacked."""
    parts = archive.infolist()
    names = {part.filename.lower() for part in parts}
    if any(part.flag_bits & 1 for part in parts):
        raise _encrypted(name)
    if any(part.endswith("vbaproject.bin") or part.startswith("xl/macrosheets/") for part in names):
        raise _refused(
            name,
            "tables.macros",
            N_("The workbook holds macros, which are not accepted; save it as .xlsx without them."),
        )
    if "xl/workbook.xml" not in names or "[content_types].xml" not in names:
        raise _refused(
            name,
            "tables.other_format",
            N_("This is not an .xlsx workbook; open it in a spreadsheet program and save it as .xlsx."),
        )
    size = sum(part.file_size for part in parts)
    swollen = any(part.file_size > LARGE_PART and part.file_size > limits.ratio * part.compress_size for part in parts)
    if size > limits.workbook_bytes or swollen or len(parts) > 10_000:
        text = N_("The workbook unpacks to {size} bytes, which no plain table needs; export the table as CSV.")
        raise _refused(name, "tables.bomb", text, size=size)


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Where in the archive each sheet's XML is, by the sheet's name."""
    targets = {}
    for entry in re.findall(rb"<(?:\w+:)?Relationship\s[^>]*>", archive.read("xl/_rels/workbook.xml.rels")):
        attributes = _attributes(entry)
        path = attributes.get("Target", "")
        targets[attributes.get("Id", "")] = path.lstrip("/") if path.startswith("/") else f"xl/{path}"
    sheets = [_attributes(entry) for entry in re.findall(rb"<(?:\w+:)?sheet\s[^>]*>", archive.read("xl/workbook.xml"))]
    return {sheet.get("name", ""): targets.get(sheet.get("id", ""), "") for sheet in sheets}


def _attributes(entry: bytes) -> dict[str, str]:
    """An element's attributes, without their prefixes."""
    found = _ATTRIBUTE.findall(entry)
    return {key.decode().rpartition(":")[2]: html.unescape(value.decode("utf-8", "replace")) for key, value in found}


@dataclass(slots=True)
class _Survey:
    """What a sheet's XML says of its extent, and the cells a reader must not take for blank."""

    letters: set[bytes] = field(default_factory=set)
    last_row: int = 0
    rows: int = 0
    cells: int = 0
    named: int = 0
    faults: dict[tuple[int, int], str] = field(default_factory=dict)

    def take(self, chunk: bytes) -> None:
        positions = set(_POSITION.findall(chunk))
        self.letters.update(letters for letters, _ in positions)
        self.last_row = max(self.last_row, max((int(digits) for _, digits in positions), default=0))
        self.rows += len(_ROW.findall(chunk))
        self.cells += len(_CELL.findall(chunk))
        self.named += len(_NAMED_CELL.findall(chunk))
        if b'"e"' in chunk or b"'e'" in chunk or b"<f" in chunk or b":f" in chunk:
            self.faults.update(_faults(chunk))

    def area(self) -> int:
        """An upper bound of the cells of the rectangle around all; each takes memory when the sheet is read."""
        unnamed = self.cells > self.named
        width = 16_384 if unnamed else max((_column(letters) + 1 for letters in self.letters if letters), default=0)
        return max(self.last_row, self.rows) * width


def _survey(archive: zipfile.ZipFile, part: str | None, name: str, limits: Limits) -> _Survey:
    """Look through a sheet's XML; refuses one that would not fit into memory, for reading it would end the process."""
    seen = _Survey()
    if not part:
        raise KeyError(f"no part for the sheet in {name}")
    rest = b""
    with archive.open(part) as file:
        while chunk := file.read(CHUNK):
            whole, rest = _cut(rest + chunk)
            _take(seen, whole, name, limits)
            if len(rest) > 8 * CHUNK:
                raise zipfile.BadZipFile("a cell without end")
    _take(seen, rest, name, limits)
    return seen


def _take(seen: _Survey, data: bytes, name: str, limits: Limits) -> None:
    if b"\0" in data:
        raise zipfile.BadZipFile("a sheet that is not UTF-8")
    seen.take(data)
    if seen.area() > limits.cells:
        text = N_("The sheet reaches too far ({rows} rows); delete the empty rows and columns, or export it as CSV.")
        raise _refused(name, "tables.too_many_cells", text, rows=seen.last_row)


def _cut(data: bytes) -> tuple[bytes, bytes]:
    """Split before the last row or cell that begins in `data`, so that none is cut in two."""
    at = max(data.rfind(b"<c "), data.rfind(b"<row "), data.rfind(b":c "), data.rfind(b":row "))
    at = data.rfind(b"<", 0, at + 1)
    return (data[:at], data[at:]) if at > 0 else (b"", data)


def _faults(chunk: bytes) -> Iterator[tuple[tuple[int, int], str]]:
    """Cells that hold an error value, or a formula whose value was never calculated; shown as the error or formula."""
    for attributes, formula, value in _FAULT.findall(chunk):
        found = _attributes(attributes)
        error = found.get("t") == "e"
        if not (error or (formula and not value and found.get("t") != "str")):
            continue
        place = re.fullmatch(r"([A-Za-z]+)(\d+)", found.get("r", ""))
        if place:
            shown = value if error else b"=" + formula
            yield (int(place[2]) - 1, _column(place[1].encode())), html.unescape(shown.decode("utf-8", "replace"))


def _column(letters: bytes) -> int:
    """The position of a column by its letters: A is 0."""
    position = 0
    for letter in letters.upper():
        position = position * 26 + letter - 64
    return position - 1


def cell_name(row: int, column: int) -> str:
    """The name of the cell in row `row` and column `column`, both counted from 1.

    >>> cell_name(14, 28)
    'AB14'
    """
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


def _text_rows(
    sheet: CalamineSheet, faults: dict[tuple[int, int], str], merged: bool
) -> Iterator[tuple[int, list[str]]]:
    width = max([sheet.end[1] + 1 if sheet.end else 0, *(column + 1 for _, column in faults)])
    copies = _merged(sheet) if merged else {}
    source: dict[tuple[int, int], str] = {}
    faulty = {row for row, _ in faults}
    left = [""] * (sheet.start[1] if sheet.start else 0)  # calamine counts rows from the first, columns from the data
    for index, values in enumerate(sheet.iter_rows()):
        cells = left + [value if isinstance(value, str) else _text(value) for value in values]
        cells += [""] * (width - len(cells))
        if index in faulty:
            for column in range(width):
                cells[column] = faults.get((index, column), cells[column])
        for column, origin in copies.get(index, {}).items():
            source.setdefault(origin, cells[column])
            cells[column] = source[origin]
        yield index + 1, cells


def _merged(sheet: CalamineSheet) -> dict[int, dict[int, tuple[int, int]]]:
    """For each row, the columns inside a merged range and the range's first cell, cut to the sheet's extent."""
    last_row, last_column = sheet.end or (0, 0)
    found: dict[int, dict[int, tuple[int, int]]] = {}
    for start, end in sheet.merged_cell_ranges or ():
        for row in range(start[0], min(end[0], last_row) + 1):
            for column in range(start[1], min(end[1], last_column) + 1):
                found.setdefault(row, {})[column] = start
    return found


def _text(value: float | bool | datetime.time | datetime.date | datetime.datetime | datetime.timedelta) -> str:
    """A typed cell as a person reads it: 5.0 is "5", dates are ISO 8601, numbers keep the 15 digits Excel shows."""
    match value:
        case bool():
            return "TRUE" if value else "FALSE"
        case int():
            return str(value)
        case float():
            return str(int(value)) if value.is_integer() else _plain(value)
        case datetime.datetime():
            return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ", "seconds")
        case datetime.timedelta():
            return f"{value.total_seconds() / 3600:.15g} h"
        case _:
            return value.isoformat()


def _plain(value: float) -> str:
    text = f"{value:.15g}"
    return text if "e" not in text else f"{value:.20f}".rstrip("0")
