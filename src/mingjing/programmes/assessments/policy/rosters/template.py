"""A workbook to fill in: the columns of a roster, an example, and lists to choose from.

The example's number begins as no real one does, and is left out when the workbook is read.
"""

import io
from collections.abc import Mapping
from datetime import datetime

import xlsxwriter

from mingjing.engine.outcome import Phrase, in_language
from mingjing.engine.rules import FLAG, Measure
from mingjing.programmes.assessments.policy.rosters.cells import MANAGED
from mingjing.programmes.assessments.policy.rosters.columns import HEADERS, OWN_ATTRIBUTES
from mingjing.programmes.assessments.policy.rosters.directory import NEIGHBOURHOOD, TOWN, Places

__all__ = ["EXAMPLES", "write_template"]

ROWS = 5_000
"""Rows below the header that have formats and lists."""

EXAMPLES: Mapping[str, tuple[str, str, int]] = {
    "number": ("示例-0001", "Number", 14),
    "name": ("示例花园（此行不会导入）", "Name", 26),
    "street": ("", "Subdistrict", 16),
    "neighbourhood": ("", "Neighbourhood", 20),
    "address": ("示例路1号", "Address", 26),
    "management": ("专业物业", "Management", 12),
    "company": ("示例物业服务有限公司", "Company", 28),
    "credit_code": ("", "Credit code", 22),
    "since": ("2021-07-01", "Since", 14),
    "completed_year": ("2008年6月", "Year completed", 14),
    "fee": ("多层0.6 高层1.8", "Fee", 18),
    "buildings": ("12", "Buildings", 10),
    "households": ("860", "Households", 10),
    "floor_area": ("6.2万㎡", "Floor area", 14),
    "group": ("", "Group", 10),
    "latitude": ("", "Latitude", 12),
    "longitude": ("", "Longitude", 12),
    "datum": ("", "Datum", 10),
}
"""For each column its example, its English header and its width in characters."""
DATUMS = ("WGS84", "GCJ02", "BD09")


def write_template(places: Places, attributes: Mapping[str, Measure], language: str = "zh-Hans") -> bytes:
    """The workbook (.xlsx) for a district, with headers in `language` ("zh-Hans" or "en")."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False}) as book:
        book.set_properties({"created": datetime(2024, 1, 1)})  # noqa: DTZ001 - the same bytes every time
        _fill(book, places, attributes, language)
    return file.getvalue()


def _fill(book: xlsxwriter.Workbook, places: Places, attributes: Mapping[str, Measure], language: str) -> None:
    english = language == "en"
    sheet = book.add_worksheet("Roster" if english else "名册")
    lists = book.add_worksheet("Lists" if english else "选项")
    head = book.add_format({"bold": True, "bg_color": "#E3EAF2", "border": 1, "border_color": "#C9CED6"})
    text, grey = book.add_format({"num_format": "@"}), book.add_format({"italic": True, "font_color": "#6B7480"})
    wanted = [code for code in attributes if code not in OWN_ATTRIBUTES]
    for at, (code, (example, name, width)) in enumerate(EXAMPLES.items()):
        sheet.set_column(at, at, width, text)
        sheet.write_string(0, at, name if english else HEADERS[code][0], head)
        sheet.write_string(1, at, example or _example(code, places), grey)
    for at, code in enumerate(wanted, len(EXAMPLES)):
        title = attributes[code].title
        sheet.set_column(at, at, 16, text)
        written = code if isinstance(title, Phrase) else in_language(title.texts, language)
        sheet.write_string(0, at, written, head)
    _offer(sheet, lists, _choices(places, attributes, wanted))
    sheet.freeze_panes(1, 2)
    lists.hide()


def _example(code: str, places: Places) -> str:
    """A subdistrict and a neighbourhood of the district itself."""
    found = [place for place in places.by_key.values() if place.level == NEIGHBOURHOOD]
    if not found or code not in ("street", "neighbourhood"):
        return ""
    above = [place for place in places.by_key.values() if place.level == TOWN and found[0].path.startswith(place.path)]
    return found[0].name if code == "neighbourhood" else above[0].name if above else ""


def _choices(places: Places, attributes: Mapping[str, Measure], wanted: list[str]) -> dict[int, list[str]]:
    """What may be chosen in a column, by its position."""
    order = list(EXAMPLES)
    ordered = sorted(places.by_key.values(), key=lambda place: place.path)
    offered = {
        order.index("street"): [place.name for place in ordered if place.level == TOWN],
        order.index("neighbourhood"): [place.name for place in ordered if place.level == NEIGHBOURHOOD],
        order.index("management"): [words[0] for words in MANAGED.values()],
        order.index("datum"): list(DATUMS),
    }
    for at, code in enumerate(wanted, len(order)):
        choices = attributes[code].choices
        offered[at] = ["是", "否"] if choices == FLAG else list(choices)
    return {at: choices for at, choices in offered.items() if choices}


def _offer(
    sheet: xlsxwriter.workbook.Worksheet, lists: xlsxwriter.workbook.Worksheet, offered: Mapping[int, list[str]]
) -> None:
    """Lists to choose from; other words may be typed, for the reading says what it does not understand."""
    for column, (at, choices) in enumerate(offered.items()):
        for row, choice in enumerate(choices):
            lists.write_string(row, column, choice)
        source = f"='{lists.get_name()}'!${chr(65 + column)}$1:${chr(65 + column)}${len(choices)}"
        options = {"validate": "list", "source": source, "error_type": "information"}
        sheet.data_validation(1, at, ROWS, at, options)
