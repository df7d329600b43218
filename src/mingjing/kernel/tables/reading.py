"""One door for tables: looks at a file's first bytes, not at its name, and streams its rows as text."""

import gzip
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO, NamedTuple, cast

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.tables.delimited import text_rows
from mingjing.kernel.tables.limits import Limits
from mingjing.kernel.tables.workbooks import open_workbook

__all__ = ["Limits", "Row", "Table", "read_table"]

ZIP, GZIP, OLE = b"PK\x03\x04", b"\x1f\x8b", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
WORKBOOK_NAMES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
TEXT_NAMES = (".csv", ".tsv", ".txt", ".gz")


class Row(NamedTuple):
    """A row's number as the reader's program counts it (the first line is 1), and its cells."""

    number: int
    cells: Sequence[str]


@dataclass(frozen=True, slots=True)
class Table:
    """The header's cells, and the rows below it, each either read or refused; rows without any text are left out.

    Rows stream: they can be read once, inside the `with` that opened the table.
    """

    header: tuple[str, ...]
    rows: Iterator[Row | Problem]


@contextmanager
def read_table(
    source: Path | str | IO[bytes],
    *,
    name: str = "",
    encoding: str = "auto",
    delimiter: str = "auto",
    sheet: str | None = None,
    header_row: int = 1,
    merged: bool = False,
    limits: Limits | None = None,
) -> Iterator[Table]:
    """Open the table in `source`, a path or a seekable binary file (`name` is then its file name).

    With `header_row` 0 the file has no header and its columns are called "1", "2" and so on. `sheet` is a sheet's name
    (default: the first visible one); `merged` repeats the text of merged cells in each of them. Raises Refusal, here or
    while rows are read, where the file as a whole cannot be used.
    """
    bounds = limits or Limits()
    with _opened(source) as file:
        shown = name or Path(str(getattr(file, "name", ""))).name
        if _is_workbook(file, shown):
            with open_workbook(file, name=shown, limits=bounds) as workbook:
                yield _table(workbook.rows(sheet, merged=merged), header_row, bounds)
        else:
            # Closed while the file is still open: whoever reads may leave in the middle, or refuse the header.
            with _decompressed(file) as text, closing(text_rows(text, encoding, delimiter, bounds)) as records:
                yield _table(records, header_row, bounds)


@contextmanager
def _opened(source: Path | str | IO[bytes]) -> Iterator[IO[bytes]]:
    if not isinstance(source, str | Path):
        yield source
        return
    try:
        file = Path(source).open("rb")  # noqa: SIM115 - closed below; only a failure to open is caught here
    except OSError as error:
        text = N_("{file} cannot be opened: {cause}. Check its name and folder.")
        params = {"file": str(source), "cause": error.strerror or str(error)}
        raise Refusal([Problem("tables.not_opened", text, params)]) from error
    with file:
        yield file


def _is_workbook(file: IO[bytes], name: str) -> bool:
    """Whether the bytes are a workbook's; refuses a name that says otherwise, for one of the two is a mistake."""
    start = _peek(file, 8)
    found = start.startswith((ZIP, OLE))
    said = name.lower()
    if not start:
        raise Refusal([Problem("tables.empty", N_("The file is empty; export it again."), {}, name)])
    if found and said.endswith(TEXT_NAMES):
        text = N_("This is a workbook under the name of a text file; rename it to end in .xlsx, or export it as CSV.")
        raise Refusal([Problem("tables.misnamed_workbook", text, {}, name)])
    if not found and said.endswith(WORKBOOK_NAMES):
        text = N_("This is not a whole workbook; if it is text, rename it to end in .csv, else export it again.")
        raise Refusal([Problem("tables.not_a_workbook", text, {}, name)])
    return found


def _peek(file: IO[bytes], count: int) -> bytes:
    file.seek(0)
    start = file.read(count)
    file.seek(0)
    return start


@contextmanager
def _decompressed(file: IO[bytes]) -> Iterator[IO[bytes]]:
    if _peek(file, 2) != GZIP:
        yield file
        return
    with gzip.GzipFile(fileobj=file, mode="rb") as opened:
        yield cast(IO[bytes], opened)


def _table(records: Iterator[tuple[int, Sequence[str]]], header_row: int, limits: Limits) -> Table:
    """Split the header off; a file that ends before its header row is refused."""
    for number, cells in records:
        if number < header_row or (header_row == 0 and not any(cells)):
            continue
        if len(cells) > limits.columns:
            text = N_("There are {found} columns; at most {limit} can be read. Remove the columns that are not needed.")
            params = {"found": len(cells), "limit": limits.columns}
            raise Refusal([Problem("tables.too_wide", text, params, f"row {number}")])
        if header_row:
            header = _trimmed(cells)
            return Table(header, _rows(records, len(header), limits))
        header = tuple(str(position) for position in range(1, len(cells) + 1))
        return Table(header, _rows(chain([(number, cells)], records), len(header), limits))
    text = N_("The file ends before its header, which is expected in row {row}; check the header row and the sheet.")
    raise Refusal([Problem("tables.no_header", text, {"row": header_row})])


def _trimmed(cells: Sequence[str]) -> tuple[str, ...]:
    """The header without the empty cells at its end."""
    kept = len(cells)
    while kept and not cells[kept - 1].strip():
        kept -= 1
    return tuple(cells[:kept])


def _rows(records: Iterator[tuple[int, Sequence[str]]], width: int, limits: Limits) -> Iterator[Row | Problem]:
    for number, cells in records:
        if number > limits.rows:
            text = N_("There are more than {limit} rows; split the file.")
            raise Refusal([Problem("tables.too_long", text, {"limit": limits.rows}, f"row {number}")])
        if len(cells) == width:
            if any(cells):
                yield Row(number, cells)
        elif any(cells):
            yield _fitted(number, cells, width)


def _fitted(number: int, cells: Sequence[str], width: int) -> Row | Problem:
    if len(cells) > width and not any(cells[width:]):
        return Row(number, cells[:width])
    text = N_("This row has {found} cells where the header has {width}; check for missing quotes or delimiters.")
    return Problem("tables.ragged", text, {"found": len(cells), "width": width}, f"row {number}")
