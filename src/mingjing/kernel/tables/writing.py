"""Tables out: CSV and workbooks that appear whole or not at all, and in which no cell can act as a formula."""

import csv
import errno
import gzip
import io
import os
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, cast

import xlsxwriter

from mingjing.engine.outcome import N_, Problem, Refusal

__all__ = ["fill_table", "replacing", "replacing_folder", "write_csv", "write_xlsx"]

ACTIVE = frozenset("=+-@\t\r\n＝＋－＠")
FOREIGN = (".xls", ".xlsm", ".xlsb", ".ods", ".et", ".json", ".parquet")
CREATED = datetime(2000, 1, 1, tzinfo=UTC)
"""What workbooks give as their date, so that the same rows give the same bytes."""
WORKBOOK_ROWS = 1_048_576
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*%?\Z", re.ASCII)
_CAUSES = {
    errno.ENOSPC: N_("the disk is full"),
    errno.EDQUOT: N_("the disk is full"),
    errno.ENOENT: N_("there is no such folder"),
    errno.EACCES: N_("it may not be written there"),
    errno.EROFS: N_("it may not be written there"),
}


@contextmanager
def replacing(path: Path | str) -> Iterator[IO[bytes]]:
    """A binary file that takes `path`'s place once the block ends without an exception; until then nothing shows.

    The bytes are on the disk before the name changes. Raises Refusal (`tables.not_written`) where the disk is full or
    the folder cannot be written to.
    """
    target = Path(path)
    if target.exists() and not target.is_file():  # taking the place of a folder, or of /dev/stdout, is no writing
        raise _not_written(target, OSError(errno.EACCES, ""))
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        with part.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    except OSError as error:
        raise _not_written(target, error) from error
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def replacing_folder(path: Path | str) -> Iterator[Path]:
    """A new folder that becomes `path`, which must be absent or empty, once the block ends without an exception.

    What the block writes there is on the disk before the name changes. Raises Refusal as `replacing` does.
    """
    target = Path(path).resolve()
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        part.mkdir()
        yield part
        os.sync()
        part.replace(target)
    except OSError as error:
        raise _not_written(target, error) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _not_written(target: Path, error: OSError) -> Refusal:
    text = N_("{file} cannot be written ({cause}); nothing was kept. Make room or choose another folder.")
    cause = _CAUSES.get(error.errno or 0)
    shown = Problem("tables.cause", cause) if cause else error.strerror or str(error)
    return Refusal([Problem("tables.not_written", text, {"file": str(target), "cause": shown})])


def write_csv(path: Path | str, rows: Iterable[Sequence[str]], *, bom: bool = False) -> int:
    """Write `rows` (the header is the first) as UTF-8 CSV, compressed if the name ends in .gz; gives their number.

    A byte order mark makes old Excel versions read Chinese rightly. Text that a spreadsheet would run as a formula gets
    an apostrophe in front.
    """
    with replacing(path) as file:
        return _fill_csv(file, str(path), rows, bom)


def fill_table(file: IO[bytes], name: str, rows: Iterable[Sequence[str]]) -> int:
    """Write `rows` into an open file, as a workbook if `name` ends in .xlsx, else as CSV; gives their number.

    Raises Refusal (`tables.foreign_form`) for the name of a form that is not written here.
    """
    if name.lower().endswith(FOREIGN):
        text = N_("{file} has the name of a form that is not written here; let it end in .csv, .csv.gz or .xlsx.")
        raise Refusal([Problem("tables.foreign_form", text, {"file": name})])
    if name.lower().endswith(".xlsx"):
        return _fill_xlsx(file, rows, "Sheet1")
    return _fill_csv(file, name, rows, bom=False)


def _fill_csv(file: IO[bytes], name: str, rows: Iterable[Sequence[str]], bom: bool) -> int:
    with _compressed(file, name) as raw:
        text = io.TextIOWrapper(raw, "utf-8-sig" if bom else "utf-8", newline="")
        writer = csv.writer(text, lineterminator="\n")
        count = 0
        for row in rows:
            writer.writerow([defused(cell) for cell in row])
            count += 1
        text.flush()
        text.detach()
    return count


@contextmanager
def _compressed(file: IO[bytes], name: str) -> Iterator[IO[bytes]]:
    """Gzip where the name asks for it; no name and no time inside, so equal rows give equal bytes."""
    if not name.endswith(".gz"):
        yield file
        return
    with gzip.GzipFile(filename="", fileobj=file, mode="wb", compresslevel=6, mtime=0) as packed:
        yield cast(IO[bytes], packed)


def defused(cell: str) -> str:
    """`cell`, with an apostrophe in front where a spreadsheet would take it for a formula; plain numbers stay.

    >>> defused("=1+1"), defused("-3.5"), defused("@x")
    ("'=1+1", '-3.5', "'@x")
    """
    if cell[:1] in ACTIVE and cell and not _NUMBER.match(cell):
        return f"'{cell}"
    return cell


def write_xlsx(path: Path | str, rows: Iterable[Sequence[str]], *, sheet: str = "Sheet1") -> int:
    """Write `rows` as a workbook of one sheet in which every cell is text; gives their number."""
    with replacing(path) as file:
        return _fill_xlsx(file, rows, sheet)


def _fill_xlsx(file: IO[bytes], rows: Iterable[Sequence[str]], name: str) -> int:
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_urls": False})
    book.set_properties({"created": CREATED})
    sheet = book.add_worksheet(name)
    count = 0
    try:
        for count, row in enumerate(rows, start=1):
            if count > WORKBOOK_ROWS:
                text = N_("A workbook holds at most {limit} rows; choose a name that ends in .csv or .csv.gz.")
                raise Refusal([Problem("tables.workbook_full", text, {"limit": WORKBOOK_ROWS})])
            for column, cell in enumerate(row):
                sheet.write_string(count - 1, column, cell)
    finally:
        book.close()
    return count
