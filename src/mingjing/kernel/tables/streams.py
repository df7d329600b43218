"""Texts handed out while they are made, in pieces: a server that is asked once a line spends its time on being asked.

Not here: files that appear whole or not at all (writing).
"""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import AnyStr

from mingjing.kernel.tables.writing import defused

__all__ = ["csv_pieces", "in_pieces"]

PIECE = 1 << 16
"""Characters, or bytes, after which a piece is handed out."""


def in_pieces(lines: Iterable[AnyStr]) -> Iterator[AnyStr]:
    """The same texts, or bytes, in fewer and longer ones; nothing for nothing."""
    kept: list[AnyStr] = []
    length = 0
    for line in lines:
        kept.append(line)
        length += len(line)
        if length >= PIECE:
            yield line[:0].join(kept)
            kept, length = [], 0
    if kept:
        yield kept[0][:0].join(kept)


def csv_pieces(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """Rows (the header is the first) as CSV, a byte order mark first: spreadsheet programs then read Chinese rightly.

    None is an empty cell, and no cell is taken for a formula.
    """
    file = io.StringIO()
    file.write("\ufeff")
    writer = csv.writer(file, lineterminator="\n")
    for row in rows:
        writer.writerow([_cell(value) for value in row])
        if file.tell() >= PIECE:
            yield file.getvalue()
            file.seek(0)
            file.truncate()
    yield file.getvalue()


def _cell(value: object) -> object:
    if value is None:
        return ""
    return value if type(value) is int else defused(str(value))
