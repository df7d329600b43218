"""Which column of a roster says what: found by its header, in Chinese or English, in any order.

Not here: what the cells say (cells), what a row comes to (lines).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from mingjing.engine.mappings.texts import normal
from mingjing.engine.outcome import N_, Problem, Titled
from mingjing.engine.rules import Measure

__all__ = ["FIELDS", "HEADERS", "OWN_ATTRIBUTES", "Columns", "find_columns"]

_HEADERS = {
    "number": "小区编号|项目编号|编号|小区代码|小区编码|编码|number|community number|id|no",
    "name": "小区名称|项目名称|小区名|名称|小区|物业项目名称|物管小区|name|community|community name",
    "street": ("街道|所属街道|街道名称|所在街道|街道乡镇|街道镇|镇街|乡镇街道|街道办|街道办事处|street|subdistrict"),
    "neighbourhood": (
        "社区|所属社区|社区名称|所在社区|社区村|社区居委会|居委会|社区代码|区划代码|neighbourhood|area code|area"
    ),
    "address": "地址|小区地址|项目地址|详细地址|坐落|小区坐落|坐落位置|address",
    "company": (
        "物业企业|物业服务企业|物业公司|物业服务公司|物业企业名称|物业服务企业名称|物业公司名称|服务企业|"
        "企业名称|物业管理企业|物业|company|property company"
    ),
    "credit_code": (
        "统一社会信用代码|社会信用代码|信用代码|企业信用代码|统一信用代码|credit code|credit_code|"
        "unified social credit code"
    ),
    "completed_year": (
        "竣工年份|建成年份|竣工时间|建成时间|竣工日期|建成日期|交付时间|交付年份|交付日期|建成年代|建筑年代|"
        "建造年份|竣工年|建成年|completed_year|year completed|completed|buildtime"
    ),
    "fee": (
        "收费标准|物业费|物业费标准|物业服务费|物业收费标准|物业服务收费标准|物业服务费标准|备案物业费|收费|"
        "fee|service fee|registered service fee"
    ),
    "buildings": "楼栋数|栋数|楼幢数|幢数|总栋数|楼栋|楼栋总数|buildings",
    "households": "户数|总户数|住户数|居民户数|households",
    "floor_area": "建筑面积|总建筑面积|建面|面积|floor area|floor_area",
    "management": "管理方式|物业管理方式|管理模式|管理类型|物业管理模式|management",
    "latitude": "纬度|lat|latitude",
    "longitude": "经度|lon|lng|longitude",
    "datum": "坐标系|坐标系统|坐标基准|datum",
    "group": "同组|同组小区|合并检查|group|visited together with",
    "since": (
        "进驻日期|进驻时间|入驻日期|入驻时间|接管日期|接管时间|合同开始日期|合同起始日期|服务起始日期|since|"
        "in charge since"
    ),
}
HEADERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {field: tuple(names.split("|")) for field, names in _HEADERS.items()}
)
"""What the column of each field may be called, the usual name first."""
FIELDS = tuple(HEADERS)
REQUIRED = ("number", "name")
OWN_ATTRIBUTES = frozenset(("completed_year", "fee"))
"""Attributes of schemes that are fields of their own here."""

_ASIDE = re.compile(r"\(.*?\)|\[.*?\]|[*＊:;,/\\、\s_-]|必填|选填")


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each field stands, and each attribute; `named` gives the header as written; `unread` are all others."""

    fields: Mapping[str, int]
    attributes: Mapping[str, int]
    named: Mapping[str, str]
    unread: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    header: tuple[str, ...] = field(default=(), repr=False)


def find_columns(header: Sequence[str], attributes: Mapping[str, Measure], row: int = 1) -> Columns:
    """The columns of a roster whose header stands in `row`; problems for those that must be there and are not."""
    plain = [_plain(cell) for cell in header]
    fields = {code: at for code, names in HEADERS.items() if (at := _first(plain, names)) is not None}
    taken = set(fields.values())
    found: dict[str, int] = {}
    for code, measure in attributes.items():
        titles = measure.title.texts.values() if isinstance(measure.title, Titled) else (measure.title.text,)
        names = (code, *titles)
        at = _first(plain, names)
        if code not in OWN_ATTRIBUTES and at is not None and at not in taken:
            found[code] = at
            taken.add(at)
    named = {name: " ".join(header[at].split()) for name, at in [*fields.items(), *found.items()]}
    unread = tuple(" ".join(cell.split()) for at, cell in enumerate(header) if at not in taken and cell.strip())
    return Columns(fields, found, named, unread, _missing(fields, header, row), tuple(header))


def _missing(fields: Mapping[str, int], header: Sequence[str], row: int) -> tuple[Problem, ...]:
    text = N_("There is no column {wanted} in the file (it may be called {names}); its columns are {found}.")
    shown = tuple(cell.strip()[:20] for cell in header if cell.strip())[:12] or ("–",)
    return tuple(
        Problem(
            "roster.column_missing",
            text,
            {"wanted": HEADERS[code][0], "names": HEADERS[code][1:4], "found": shown},
            f"row {row}",
        )
        for code in REQUIRED
        if code not in fields
    )


def _first(plain: Sequence[str], names: Sequence[str]) -> int | None:
    """The position of the first of `names` that is a column."""
    return next((plain.index(wanted) for wanted in map(_plain, names) if wanted in plain), None)


def _plain(cell: str) -> str:
    """A header without units in brackets, stars and signs between words.

    >>> _plain(" 收费标准（元/㎡·月）*"), _plain("街道/乡镇")
    ('收费标准', '街道乡镇')
    """
    return _ASIDE.sub("", normal(cell).casefold())
