"""What the cells of a roster say, as people write them: fees, counts, areas, years, days, who manages.

Every reader takes the text of a cell and gives a value, None where the cell says "there is none", or raises Unreadable
with the reason. What was read with some licence is noted in `doubts`. Not here: which column is which.
"""

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction

from mingjing.engine.mappings.texts import EXCEL_EPOCH, Unreadable, normal, parse_day, parse_number, quoted
from mingjing.engine.outcome import N_, Reason

__all__ = [
    "Doubts", "decimal_plain", "is_none", "read_count", "read_datum", "read_day", "read_degrees", "read_fee",
    "read_floor_area", "read_management", "read_text", "read_year",
]  # fmt: skip

_NONE = "/|//|\\|-|--|---|—|——|无|没有|暂无|未知|不详|不明|待定|未定|暂缺|空|n/a|na|none|null|nil|unknown|#n/a"
NONE = frozenset(_NONE.split("|"))
"""Words for "there is none" or "nobody knows", normalised and caseless."""
FREE = frozenset(("免费", "免收", "不收费", "未收费", "不收", "无偿", "free", "free of charge"))
LOW_FEE, HIGH_FEE, MOST_FEE = Decimal("0.05"), Decimal(20), Decimal(1000)
"""Yuan per square metre and month: below and above the first two the unit is in doubt, above the last it is wrong."""
OLDEST_YEAR = 1840
MOST_COUNT = 2_000_000
MOST_AREA = Decimal(10) ** 10

_FIGURE = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_OTHER_UNIT = re.compile(r"(?:/|每|·|\.|元)\s*(?:户|套|家|栋|幢|年|季|天|日|人|半年)|包年|年费")
_UNITS = re.compile(
    r"m2|m\^2|㎡|平方米|平米|平方|每月|个月|元|圆|块|人民币|yuan|rmb|cny|per|month|sqm|¥|月|平|/|·|\.(?!\d)"
)
_HOMES = re.compile(
    r"小高层|超高层|高层|中高层|多层|低层|洋房|叠拼|联排|别墅|住宅|普通|电梯房?|步梯房?|楼梯房?|无电梯|有电梯|带电梯|房|楼|"
    r"每|费|含|不|为|按|收费|标准|物业费|services?|fee|highrise|lowrise"
)
_BETWEEN = re.compile(r"[-~至到—–－～,;、:()\s+和及与或<>|\[\]。]")
_COMMA = re.compile(r"(?<![\d.])\d+,\d+(?![\d.])")
_ABOUT = r"(?:约为|大约|大概|近|约|共计|共|合计|总计)?"
_MORE = r"(?:余|多|左右|上下|来|\+)?"
_COUNT = re.compile(
    rf"({_ABOUT})\s*(\d[\d,]*(?:\.0+)?)\s*({_MORE})\s*(?:栋|幢|座|户|套|家|个|单元|buildings?|households?|units?)?\s*({_MORE})\Z"
)
_AREA = re.compile(
    rf"({_ABOUT})\s*(\d[\d,]*(?:\.\d+)?)\s*({_MORE})\s*(万)?\s*(?:m2|m\^2|平方米|平米|平方|平|方|sqm)?\s*({_MORE})\Z"
)
_YEARS = re.compile(r"(\d{4})\s*年?\s*[-~至到—–/、,]\s*(\d{4})\s*年?(?:\s*\D{0,6})\Z")
_YEAR = re.compile(r"(约|大约)?\s*(\d{4})(?:\.0)?\s*(?:年|[-./]|\Z)")
_DECADE = re.compile(r"\d{2,4}\s*年代|\d{2}\s*年")

_WAYS = {
    "company": (
        "专业物业|物业公司|物业企业|物业服务企业|物业管理|专业化物业|市场化|市场化物业|企业|专业公司|有物业|"
        "company|property company"
    ),
    "self": (
        "自管|业主自管|业主自治|自治|单位自管|自主管理|自行管理|业主自行管理|自管小区|居民自治|self|self-managed|owners"
    ),
    "none": "无|无物业|无人管理|无物业管理|无物业小区|弃管|失管|none|nobody",
}
MANAGED = {kind: tuple(words.split("|")) for kind, words in _WAYS.items()}
_MANAGED = {word: kind for kind, words in MANAGED.items() for word in words}
DATUMS = {
    "WGS-84": ("wgs84", "wgs-84", "wgs 84", "gps", "cgcs2000", "国家2000", "天地图", "大地2000"),
    "GCJ-02": ("gcj02", "gcj-02", "gcj 02", "火星坐标", "火星", "高德", "腾讯", "国测局", "高德地图", "腾讯地图"),
    "BD-09": ("bd09", "bd-09", "bd 09", "百度", "百度地图", "bd09ll"),
}
_DATUMS = {word: datum for datum, words in DATUMS.items() for word in words}

_DEGREES = re.compile(r"[+-]?\d{1,3}(?:\.\d{1,20})?\Z", re.ASCII)
_LONG = re.compile(r"[+-]?\d{1,12}\.\d{10,20}\Z", re.ASCII)

Doubts = list[Reason]


def decimal_plain(value: Decimal | None) -> str | None:
    """A decimal as the values of a roster hold it: without zeros at its end, never as a power of ten.

    >>> decimal_plain(Decimal("126000.00"))
    '126000'
    """
    return None if value is None else format(value.normalize(), "f")


def is_none(text: str) -> bool:
    """Whether a cell says in words that there is nothing: `/`, 暂无, 不详 …"""
    return normal(text).casefold() in NONE


def read_text(text: str, limit: int) -> str:
    """One line of at most `limit` printable characters, spaces of any kind made single."""
    found = " ".join(text.replace("\ufeff", "").split())
    if len(found) > limit:
        said = N_("The text has {found} characters; at most {limit} are kept. Shorten it.")
        raise Unreadable("roster.text.long", said, found=len(found), limit=limit)
    if not found.isprintable():
        raise Unreadable("roster.text.signs", N_("The text holds signs that cannot be printed; type it anew."))
    return found


def read_fee(text: str, doubts: Doubts) -> tuple[Decimal, Decimal] | None:
    """The lowest and the highest fee, yuan per square metre and month.

    >>> read_fee("0.3至0.5元/平米/月", []), read_fee("高层1.8 多层0.6", [])
    ((Decimal('0.3'), Decimal('0.5')), (Decimal('0.6'), Decimal('1.8')))
    """
    word = normal(text).casefold().replace("−", "-")
    if word in NONE:
        return None
    if word in FREE:
        return Decimal(0), Decimal(0)
    if _OTHER_UNIT.search(word):
        said = N_("{found} is not per square metre and month; write it so, such as 0.5, or / where there is none.")
        raise Unreadable("roster.fee.unit", said, found=quoted(text))
    plain = _UNITS.sub(" ", word)
    figures = [Decimal(figure) for figure in _FIGURE.findall(plain)]
    if not figures or len(figures) > 6 or plain.strip().startswith("-") or _COMMA.search(plain):
        said = N_("{found} is no fee; write yuan per square metre and month, such as 0.5 or 0.3-0.5.")
        raise Unreadable("roster.fee", said, found=quoted(text))
    low, high = min(figures), max(figures)
    _check_fee(low, high, text, doubts)
    if rest := _BETWEEN.sub("", _HOMES.sub("", _FIGURE.sub("", plain))):
        said = N_("“{found}” was read as a fee of {low} to {high}, without “{rest}”.")
        doubts.append(Reason("roster.fee.words", said, _params(text, low=str(low), high=str(high), rest=rest)))
    return low, high


def _check_fee(low: Decimal, high: Decimal, text: str, doubts: Doubts) -> None:
    if high > MOST_FEE or any(value * 10_000 % 1 for value in (low, high)):
        said = N_("{found} is no possible fee per square metre and month: at most {most}, with at most 4 decimals.")
        raise Unreadable("roster.fee.impossible", said, found=quoted(text), most=str(MOST_FEE))
    if high > HIGH_FEE or 0 < high < LOW_FEE:
        said = N_("A fee of {high} yuan per square metre and month is unusual; check its unit.")
        doubts.append(Reason("roster.fee.unusual", said, {"high": str(high)}))


def read_count(text: str, doubts: Doubts) -> int | None:
    """A whole number with or without its unit.

    >>> read_count("3,005户", []), read_count("６５栋", [])
    (3005, 65)
    """
    word = normal(text).casefold()
    if word in NONE:
        return None
    found = _COUNT.match(word)
    number = parse_number(found[2]) if found else None
    if found is None or number is None or number.denominator != 1 or number > MOST_COUNT:
        said = N_("{found} is no whole number; write digits, with or without a unit, such as 65 or 65栋.")
        raise Unreadable("roster.count", said, found=quoted(text))
    _doubt_about(text, int(number), (found[1], found[3], found[4]), doubts)
    return int(number)


def _doubt_about(text: str, kept: object, signs: tuple[str, ...], doubts: Doubts) -> None:
    """What says "about" is kept, and noted."""
    if any(sign and sign not in ("共", "共计", "合计", "总计") for sign in signs):
        said = N_("“{found}” is approximate; {kept} was kept.")
        doubts.append(Reason("roster.approximate", said, _params(text, kept=str(kept))))


def read_floor_area(text: str, doubts: Doubts) -> Decimal | None:
    """Square metres, exact to the second decimal; `万` counts ten thousand.

    >>> read_floor_area("12.6万㎡", [])
    Decimal('126000.00')
    """
    word = normal(text).casefold()
    if word in NONE:
        return None
    found = _AREA.match(word)
    number = _exact(found[2]) if found else None
    if found is None or number is None:
        said = N_("{found} is no floor area; write square metres, such as 126000 or 12.6万㎡.")
        raise Unreadable("roster.area", said, found=quoted(text))
    exact = number * (10_000 if found[4] else 1)
    hundredths = round(exact * 100)
    area = Decimal(hundredths).scaleb(-2)
    if area >= MOST_AREA:
        raise Unreadable("roster.area", N_("{found} is no possible floor area; check it."), found=quoted(text))
    if Fraction(hundredths, 100) != exact:
        said = N_("“{found}” was rounded to {kept} square metres.")
        doubts.append(Reason("roster.area.rounded", said, _params(text, kept=str(area))))
    _doubt_about(text, area, (found[1], found[3], found[5]), doubts)
    return area


def read_year(text: str, today: date, doubts: Doubts) -> int | None:
    """A year of completion from a year, a month, a day, or the years of several phases (the last counts).

    >>> read_year("2008年6月", date(2024, 9, 4), []), read_year("2008/6/1", date(2024, 9, 4), [])
    (2008, 2008)
    """
    word = normal(text).casefold()
    if word in NONE:
        return None
    if phases := _YEARS.match(word):
        year = max(int(phases[1]), int(phases[2]))
        said = N_("“{found}” names several years; the last, {kept}, was kept.")
        doubts.append(Reason("roster.year.phases", said, _params(text, kept=year)))
        return _possible_year(year, text, today, doubts)
    found = None if _DECADE.fullmatch(word) else _YEAR.match(word)
    if found:
        _doubt_about(text, found[2], (found[1] or "",), doubts)
        return _possible_year(int(found[2]), text, today, doubts)
    if serial := _serial_day(word):
        said = N_("“{found}” was read as a day number of Excel: {kept}.")
        doubts.append(Reason("roster.year.serial", said, _params(text, kept=serial.isoformat())))
        return serial.year
    said = N_("{found} is no year; write four digits, such as 2008.")
    raise Unreadable("roster.year", said, found=quoted(text))


def _possible_year(year: int, text: str, today: date, doubts: Doubts) -> int:
    if not OLDEST_YEAR <= year <= today.year + 10:
        said = N_("{found} cannot be a year of completion; it lies between {first} and {last}.")
        raise Unreadable(
            "roster.year.impossible", said, found=quoted(text), first=str(OLDEST_YEAR), last=str(today.year + 10)
        )
    if year > today.year:
        said = N_("{year} has not come yet; check the year of completion.")
        doubts.append(Reason("roster.year.future", said, {"year": str(year)}))
    return year


def _serial_day(word: str) -> date | None:
    """The day of an Excel day number between 1954 and 2064."""
    number = parse_number(word)
    if number is None or number.denominator != 1 or not 20_000 <= number <= 60_000:
        return None
    return date.fromordinal(EXCEL_EPOCH.toordinal() + int(number))


def read_day(text: str) -> str | None:
    """A day as ISO 8601."""
    if is_none(text):
        return None
    word = normal(text).rstrip("日号起")
    plain = re.sub(r"\s*[年月./]\s*", "-", word).strip("-")
    found = _serial_day(word) or parse_day(plain, ("%Y-%m-%d", "%Y-%m", "%Y%m%d"))
    if found is None or not OLDEST_YEAR <= found.year <= 2200:
        said = N_("{found} is no day; write it like 2024-09-01.")
        raise Unreadable("roster.day", said, found=quoted(text))
    return found.isoformat()


def read_degrees(text: str, most: int) -> str | None:
    """Degrees as a plain decimal with at most 10 decimals, between -`most` and `most`."""
    if is_none(text):
        return None
    word = normal(text).rstrip("°度NEne ").strip()
    number = _exact(word) if _DEGREES.match(word) else None
    if number is None or abs(number) > most:
        said = N_(
            "{found} is no possible position; write degrees as a decimal, such as 27.8274, and do not swap the two."
        )
        raise Unreadable("roster.position", said, found=quoted(text))
    exact = Decimal(round(number * 10**10)).scaleb(-10)
    return format(exact.normalize(), "f")


def read_datum(text: str) -> str:
    """The code of a datum (engine.geo): of what map a position was taken."""
    found = _DATUMS.get(normal(text).casefold().removesuffix("坐标系").removesuffix("坐标").strip())
    if found is None:
        said = N_("{found} is no known coordinate system; use one of {known}.")
        raise Unreadable("roster.datum", said, found=quoted(text), known=("WGS84", "GCJ02", "BD09"))
    return found


def read_management(text: str) -> str | None:
    """`company`, `self` or `none`; None for a word that is none of those."""
    return _MANAGED.get(normal(text).casefold())


def _exact(text: str) -> Fraction | None:
    """A number, also with the long tail of decimals that spreadsheets leave behind."""
    return Fraction(text) if _LONG.match(text) else parse_number(text)


def _params(text: str, **others: object) -> dict[str, object]:
    return {"found": text.strip()[:60], **others}
