"""How large a file may be before it is refused, so that a hostile one cannot exhaust the machine."""

from dataclasses import dataclass

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Upper bounds of one table; the defaults leave room for a whole province and refuse what only a bomb holds.

    `text_bytes` and `workbook_bytes` count what a text file, or all parts of a workbook, unpack to; `ratio` is how many
    times larger than its packed form a part over 16 MiB may be; `line` counts the characters of one line of text.
    """

    rows: int = 5_000_000
    columns: int = 4_000
    cells: int = 10_000_000
    line: int = 1 << 20
    text_bytes: int = 8 << 30
    workbook_bytes: int = 1 << 30
    ratio: int = 150
