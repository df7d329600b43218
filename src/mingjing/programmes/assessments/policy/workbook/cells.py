"""What a person typed into a cell, as a value of the document; forgiving wherever only one meaning is possible."""

import re
from collections.abc import Callable

from mingjing.engine.outcome import N_, Problem

__all__ = ["cell_value"]

_FULL_WIDTH = str.maketrans("０１２３４５６７８９．％－＋｜　", "0123456789.%-+| ")
_NUMERIC = re.compile(r"[\d０-９<>=≥≤＞＜＝%％.．,，且\s\-－+＋]+\Z", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d:\d\d)?\Z", re.ASCII)
_YES = frozenset(["是", "有", "对", "√", "✓", "✔", "☑", "○", "●", "★", "☆", "y", "yes", "true", "1"])
_NO = frozenset(["否", "无", "不", "×", "✗", "✘", "☐", "x", "n", "no", "false", "0", "-", "—", "／", "/"])


def cell_value(kind: str, text: str) -> object | Problem:
    """The value of a cell that is not empty, or what is wrong with it (whoever knows the cell adds its place)."""
    if kind == "text":
        return text
    if _DATE.match(text.strip()):
        return _date(text.strip())
    return _READERS[kind](text.strip())


def _date(found: str) -> Problem:
    text = N_(
        "{found} is a date: the spreadsheet program made it of what was typed. Set the cell to text, type it again."
    )
    return Problem("workbook.date", text, {"found": found})


def _number(text: str) -> str:
    return _comparison(text).removesuffix("%").rstrip()


def _comparison(text: str) -> str:
    """Full-width digits made plain, unless the cell holds words, which may be the code of a choice."""
    return text.translate(_FULL_WIDTH).strip() if _NUMERIC.match(text) else text.replace("｜", "|")


def _flag(text: str) -> bool | Problem:
    said = text.translate(_FULL_WIDTH).casefold()
    if said in _YES or said in _NO:
        return said in _YES
    return Problem("workbook.flag", N_("{found} is neither yes nor no; write 是 or 否."), {"found": text})


def _parts(separators: str, text: str) -> list[str]:
    return [part.strip() for part in re.split(separators, text) if part.strip()]


_READERS: dict[str, Callable[[str], object]] = {
    "code": lambda text: text,
    "number": _number,
    "points": _number,
    "condition": _comparison,
    "flag": _flag,
    "codes": lambda text: _parts("[,，、;；|｜\n]", text),
    "choices": lambda text: _parts("[|｜\n]", text),
}
