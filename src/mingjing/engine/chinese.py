"""Dates and numbers as Chinese official documents write them (GB/T 9704-2012 and the usage before it).

Not here: the layout of a document (kernel.documents).
"""

from datetime import date

__all__ = ["date_in_chinese", "date_plain", "document_number"]

DIGITS = "〇一二三四五六七八九"


def date_in_chinese(day: date) -> str:
    """The date in characters, as it stands below a document.

    >>> date_in_chinese(date(2026, 11, 28)), date_in_chinese(date(2030, 10, 20)), date_in_chinese(date(2026, 1, 5))
    ('二〇二六年十一月二十八日', '二〇三〇年十月二十日', '二〇二六年一月五日')
    """
    year = "".join(DIGITS[int(digit)] for digit in str(day.year))
    return f"{year}年{_up_to_99(day.month)}月{_up_to_99(day.day)}日"


def date_plain(day: date) -> str:
    """The date in figures, without zeros in front.

    >>> date_plain(date(2026, 1, 5))
    '2026年1月5日'
    """
    return f"{day.year}年{day.month}月{day.day}日"


def document_number(letters: str, year: int, serial: int) -> str:
    """The number of a document: letters of the office, year in six-cornered brackets, serial without zeros in front.

    >>> document_number("荷物考", 2026, 12)
    '荷物考〔2026〕12号'
    """
    return f"{letters}〔{year}〕{serial}号"


def _up_to_99(number: int) -> str:
    tens, ones = divmod(number, 10)
    before = "" if tens == 1 else DIGITS[tens]
    return (f"{before}十" if tens else "") + (DIGITS[ones] if ones else "")
