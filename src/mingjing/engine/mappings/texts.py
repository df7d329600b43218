"""What the text of one cell says as such: numbers, days, and text without the differences nobody sees.

Full-width digits and letters read like their plain forms (NFKC). Nothing is guessed: a text that does not fit says why.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo
from fractions import Fraction
from functools import lru_cache

from mingjing.engine.outcome import Reason

__all__ = ["EXCEL_EPOCH", "Unreadable", "normal", "parse_day", "parse_number", "quoted"]

EXCEL_EPOCH = date(1899, 12, 30)
SHORT = 64
"""Characters of a text that is worth remembering."""
_FOOTNOTE = re.compile("(?<=[0-9０-９])(?=[¹²³⁰-₉①-⒛⓪-⓿❶-➓])")
_MINUS = str.maketrans({"−": "-", "–": "-", "—": "-"})
_PLAIN = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,9})?\Z", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d{1,9})?\Z", re.ASCII)
_SWAP = str.maketrans(",.", ".,")


class Unreadable(Exception):
    """A cell that does not fit; `reason` says why and what would."""

    def __init__(self, code: str, text: str, **params: object) -> None:
        self.reason = Reason(code, text, params)
        super().__init__(self.reason.say())


def quoted(text: str) -> str:
    """What somebody wrote, as a sentence cites it; what cannot be seen is escaped.

    >>> quoted("石峰街道"), quoted("a\\n'b'")
    ('“石峰街道”', "“a\\\\n'b'”")
    """
    return "“" + "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text) + "”"


def normal(text: str) -> str:
    """`text` without the differences nobody sees: NFKC, outer blanks cut, inner blanks single.

    The mark of a footnote after a digit stays apart from it: 5² is not 52.

    >>> normal("５²"), normal("3①"), normal("元／m²")
    ('5^2', '3^1', '元/m2')
    """
    if text.isascii():
        return " ".join(text.split())
    return _folded(text) if len(text) <= SHORT else _folded.__wrapped__(text)


@lru_cache(maxsize=8192)
def _folded(text: str) -> str:
    """Tables say the same few words in every row."""
    return " ".join(unicodedata.normalize("NFKC", _FOOTNOTE.sub("^", text)).replace("\ufeff", "").split())


def parse_number(text: str, decimal: str = ".") -> Fraction | None:
    """The exact value of a normalised text, thousands grouped or not; None for anything else.

    >>> parse_number("1.234,5", ",")
    Fraction(2469, 2)
    """
    plain = text.translate(_MINUS)
    if decimal == ",":
        plain = plain.translate(_SWAP)
    if _PLAIN.match(plain):
        return Fraction(plain)
    return Fraction(plain.replace(",", "")) if _GROUPED.match(plain) else None


def parse_day(text: str, forms: Sequence[str] = (), zone: tzinfo | None = None) -> date | None:
    """A day: ISO 8601 (a time of day after it is ignored), any of `forms` (strptime), or "excel" for serial numbers.

    With a `zone`, an instant that tells its distance from UTC is of the day that it was there.

    >>> from datetime import timezone
    >>> parse_day("2024-03-05T23:30:00Z", zone=timezone(timedelta(hours=8)))
    datetime.date(2024, 3, 6)
    """
    found = normal(text)
    try:
        moment = datetime.fromisoformat(found)
        return (moment.astimezone(zone) if zone and moment.tzinfo else moment).date()
    except ValueError:
        pass
    for form in forms:
        try:
            if form == "excel":
                return EXCEL_EPOCH + timedelta(days=int(float(found)))
            return datetime.strptime(found, form).date()  # noqa: DTZ007 - only the day is kept
        except (ValueError, OverflowError):
            continue
    return None
