"""Who called, without saying who: the one text a caller is known by, and free text without numbers that tell.

Callers become tokens at the door (whoever reads a file gives the function that makes them, with the installation's
key); what people wrote loses telephone numbers, identity numbers, addresses of mail, and the caller's own name.
"""

import re
from collections.abc import Iterable

from mingjing.engine.mappings.texts import normal

__all__ = ["HIDDEN", "caller_text", "without_identity"]

HIDDEN = "〔…〕"
"""Stands where something was taken out."""
ANONYMOUS = frozenset({"匿名", "保密", "不详", "未知", "无", "-", "/", "anonymous", "unknown", "none", "n/a"})
LEAST_DIGITS = 7
_HALF = {full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
"""Full-width signs and their plain forms, one for one."""
_COUNTRY = re.compile(r"^(?:00|\+)?86(?=1\d{10}$|0?\d{9,11}$)")
_TELLING = re.compile(
    r"(?<![0-9A-Za-z])\d{6}[ -]?(?:19|20)\d{2}[ -]?\d{4}[ -]?\d{3}[\dXx](?![0-9A-Za-z])"  # identity card
    r"|(?<!\d)(?:(?:\+|00)?86[ -]?)?1[3-9]\d(?:[ -]?\d){8}(?!\d)"  # mobile telephone
    r"|(?<!\d)(?:\(?0\d{2,3}\)?[ -]?)?[2-8]\d{6,7}(?:[-转]\d{1,6})?(?!\d)"  # landline
    r"|[A-Za-z0-9_.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"  # mail
)


def caller_text(cells: Iterable[str]) -> str:
    """What a caller is known by, from the cells that say who called; empty where nobody can be told apart.

    Telephone numbers are the same however they are written.

    >>> caller_text(["138 0013 8000"]), caller_text(["+86 13800138000"])
    ('13800138000', '13800138000')
    >>> caller_text(["匿名"]), caller_text(["000000000"])
    ('', '')
    """
    known = [_one(normal(cell)) for cell in cells]
    return "\x1f".join(known) if known and all(known) else ""


def _one(text: str) -> str:
    if text.casefold() in ANONYMOUS:
        return ""
    plain = re.sub(r"[\s()-]", "", text)
    if re.fullmatch(r"\+?\d+", plain):
        digits = _COUNTRY.sub("", plain).lstrip("+")
        return digits if len(digits) >= LEAST_DIGITS and len(set(digits)) > 1 else ""
    return text.casefold()


def without_identity(text: str, names: Iterable[str] = ()) -> str:
    """`text` without what tells who somebody is: numbers, mail, and each of `names` (those of the caller).

    >>> without_identity("张三(13800138000)反映，身份证430202198001011234", ["张三"])
    '〔…〕(〔…〕)反映，身份证〔…〕'
    """
    plain = text.strip()
    for name in sorted({normal(name) for name in names}, key=len, reverse=True):
        if len(name) >= 2 and name.casefold() not in ANONYMOUS:
            plain = _hide(re.compile(re.escape(name), re.IGNORECASE), plain)
    return _hide(_TELLING, plain)


def _hide(pattern: re.Pattern[str], text: str) -> str:
    """`text` with what the pattern finds in its half-width form taken out; the rest as it was written."""
    parts, end = [], 0
    for found in pattern.finditer(text.translate(_HALF)):
        parts += [text[end : found.start()], HIDDEN]
        end = found.end()
    return "".join([*parts, text[end:]])
