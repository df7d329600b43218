"""What people write in the cells of a roster, read exactly or refused in words, whatever it is."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjing.engine.mappings.texts import Unreadable
from mingjing.engine.outcome import Problem, Titled
from mingjing.engine.rules import FLAG, Measure
from mingjing.programmes.assessments.policy.rosters import Companies, Company, Place, Places, Reader, find_columns
from mingjing.programmes.assessments.policy.rosters import cells as read
from mingjing.programmes.assessments.policy.rosters.columns import HEADERS
from mingjing.programmes.assessments.policy.rosters.directory import expected_check

TODAY = date(2024, 9, 4)
FORMAT = Path(__file__).parents[3] / "docs" / "reference" / "roster-format.md"


def year(text: str, doubts: read.Doubts) -> int | None:
    return read.read_year(text, TODAY, doubts)


@pytest.mark.parametrize(
    ("text", "fee"),
    [
        ("0.3至0.5元/平米/月", ("0.3", "0.5")),
        ("0.35-0.5", ("0.35", "0.5")),
        ("0.5～0.3", ("0.3", "0.5")),
        ("1.2元/㎡·月", ("1.2", "1.2")),
        ("１．２元／平方米．月", ("1.2", "1.2")),
        ("高层1.8 多层0.6", ("0.6", "1.8")),
        ("高层1.8元/㎡·月，多层0.6元/㎡·月", ("0.6", "1.8")),
        ("1.80元/m²·月（含电梯）", ("1.8", "1.8")),
        ("免费", ("0", "0")),
        ("/", None),
        ("暂无", None),
        ("—", None),
    ],
)
def test_fees(text: str, fee: tuple[str, str] | None) -> None:
    doubts: read.Doubts = []
    found = read.read_fee(text, doubts)
    assert (found and tuple(read.decimal_plain(value) for value in found)) == fee
    assert not doubts


@pytest.mark.parametrize("text", ["18元/户·月", "200元/年", "1,2", "-0.5", "abc", "0.123456", "99999", "面议"])
def test_what_is_no_fee_per_square_metre_and_month_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        read.read_fee(text, [])


@pytest.mark.parametrize(("text", "doubt"), [("25", "unusual"), ("0.01", "unusual"), ("住宅1.2 商铺3.5", "words")])
def test_fees_in_doubt_say_so(text: str, doubt: str) -> None:
    doubts: read.Doubts = []
    read.read_fee(text, doubts)
    assert [reason.code for reason in doubts] == [f"roster.fee.{doubt}"]


amounts = st.decimals(min_value="0.05", max_value=20, places=2)


@given(
    amounts,
    amounts,
    st.sampled_from(["-", "至", "~", "—", " 到 ", "、"]),
    st.sampled_from(["", "元/㎡·月", "元/平米/月"]),
)
def test_a_range_of_fees_is_read_exactly(one: Decimal, other: Decimal, between: str, unit: str) -> None:
    assert read.read_fee(f"{one}{between}{other}{unit}", []) == (min(one, other), max(one, other))


@given(st.integers(0, 2_000_000), st.sampled_from(["", "户", "栋", " 户"]), st.booleans())
def test_counts_are_read_exactly(count: int, unit: str, grouped: bool) -> None:
    doubts: read.Doubts = []
    assert read.read_count(f"{count:,}{unit}" if grouped else f"{count}{unit}", doubts) == count
    assert not doubts
    assert read.read_count(f"约{count}{unit}", doubts) == count
    assert [doubt.code for doubt in doubts] == ["roster.approximate"]


@given(st.decimals(min_value=0, max_value=10**5, places=2))
def test_floor_areas_are_read_exactly(area: Decimal) -> None:
    assert read.read_floor_area(f"{area}㎡", []) == area
    assert read.read_floor_area(f"{area}万平方米", []) == area * 10_000


@pytest.mark.parametrize(
    ("text", "found"),
    [("2008", 2008), ("2008年", 2008), ("2008年6月", 2008), ("2008-06-01", 2008), ("2008/6/1", 2008), ("2008.6", 2008),
     ("２００８", 2008), ("2005-2010", 2010), ("1998年至2003年", 2003), ("39600", 2008), ("不详", None)],
)  # fmt: skip
def test_years(text: str, found: int | None) -> None:
    assert year(text, []) == found


@pytest.mark.parametrize("text", ["08年", "90年代", "1990年代", "2090", "6000", "0", "去年"])
def test_what_is_no_year_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        year(text, [])


READERS: list[Callable[[str, read.Doubts], Any]] = [
    read.read_fee, read.read_count, read.read_floor_area, year, lambda text, _: read.read_day(text),
    lambda text, _: read.read_degrees(text, 90), lambda text, _: read.read_datum(text),
    lambda text, _: read.read_text(text, 200),
]  # fmt: skip
noise = st.text(max_size=40) | st.from_regex(
    r"[约近]?[0-9０-９.,，]{0,9}[万元户栋㎡²/·年月至~-]{0,6}[0-9.]{0,5}", fullmatch=True
)


@pytest.mark.parametrize("reader", READERS)
@given(text=noise)
def test_whatever_stands_in_a_cell_is_read_or_refused_in_words(reader: Callable[..., Any], text: str) -> None:
    doubts: read.Doubts = []
    said = ["read"]
    try:
        reader(text, doubts)
    except Unreadable as error:
        said.append(error.reason.say())
    assert all([*said, *(doubt.say() for doubt in doubts)])


DISTRICT = Place(1, "430202", "荷塘区", 3, "1")
PLACES = Places(
    DISTRICT,
    [
        DISTRICT, Place(2, "430202001", "月塘街道", 4, "12"), Place(3, "430202001001", "文化路社区居委会", 5, "123"),
        Place(4, "430202002", "桂花街道", 4, "14"), Place(5, "430202002001", "东湖社区居委会", 5, "145"),
        Place(6, "430202001002", "东湖社区", 5, "126"),
    ],
)  # fmt: skip
OCCUPANCY = Measure("occupancy", Titled({"zh-Hans": "入住率", "en": "Occupancy"}))
OVERDUE = Measure("order_overdue", Titled({"zh-Hans": "整改令逾期", "en": "Order overdue"}), FLAG)
ATTRIBUTES = {"occupancy": OCCUPANCY, "order_overdue": OVERDUE}


def reader_of(header: list[str], problems: list[Problem]) -> Reader:
    columns = find_columns(header, ATTRIBUTES)
    return Reader(
        columns=columns, attributes=ATTRIBUTES, places=PLACES, companies=Companies([Company(9, "C", "甲物业")]),
        read_code=lambda text: text.strip(), today=TODAY, report=problems.append,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("street", "neighbourhood", "key"),
    [("月塘街道", "", 2), ("月塘", "文化路", 3), ("", "文化路社区", 3), ("桂花街道办事处", "东湖", 5),
     ("月塘", "东湖社区", 6), ("", "430202002001", 5), ("430202001", "", 2), ("", "430202001000", 2)],
)  # fmt: skip
def test_places_are_found_as_people_write_them(street: str, neighbourhood: str, key: int) -> None:
    found = PLACES.find(street, neighbourhood)
    assert found
    assert found.key == key


@pytest.mark.parametrize(
    ("street", "neighbourhood", "code"),
    [("", "东湖", "ambiguous"), ("桂花", "文化路", "contradiction"), ("", "火星", "unknown"), ("朝阳", "", "unknown"),
     ("", "110101001001", "outside"), ("", "430202", "outside")],
)  # fmt: skip
def test_places_that_are_none_are_refused(street: str, neighbourhood: str, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        PLACES.find(street, neighbourhood)
    assert refused.value.reason.code == f"roster.place.{code}"
    assert refused.value.reason.say()


@given(st.lists(noise, min_size=len(HEADERS) + 2, max_size=len(HEADERS) + 2), st.permutations([*HEADERS, *ATTRIBUTES]))
def test_a_row_of_anything_is_read_or_refused_in_words(texts: list[str], order: list[str]) -> None:
    problems: list[Problem] = []
    reader = reader_of([HEADERS[code][0] if code in HEADERS else code for code in order], problems)
    line = reader.read(2, texts)
    assert line is None or not problems
    assert all(problem.say() and problem.row == 2 for problem in problems)


@given(st.permutations(list(HEADERS)), st.data())
def test_columns_are_found_in_any_order_under_any_of_their_names(order: list[str], data: st.DataObject) -> None:
    header = [data.draw(st.sampled_from(HEADERS[code])) for code in order]
    written = [data.draw(st.sampled_from([name, f" {name}*", f"{name}（必填）", name.upper()])) for name in header]
    found = find_columns(written, {})
    assert found.fields == {code: at for at, code in enumerate(order)}
    assert not found.unread


def test_headers_mean_one_thing_each() -> None:
    names = [name for names in HEADERS.values() for name in names]
    assert len(names) == len(set(names))


def test_values_of_attributes_are_as_schemes_read_them() -> None:
    problems: list[Problem] = []
    reader = reader_of(["编号", "名称", "入住率（%）", "整改令逾期"], problems)
    for row, (text, flag, expected) in enumerate([("85%", "是", ("85", "yes")), ("/", "无", (None, "no"))]):
        line = reader.read(row, [str(row), "桂花苑", text, flag])
        assert line
        assert (line.said["attribute.occupancy"], line.said["attribute.order_overdue"]) == expected
    assert not problems


def test_the_check_character_follows_from_the_others() -> None:
    assert expected_check("91110000600037341L") == "L"


def test_the_example_of_the_format_parses() -> None:
    """docs/reference/roster-format.md shows a table; it must be one."""
    example = FORMAT.read_text("utf-8").split("```csv\n")[1].split("```")[0]
    header, *rows = [line.split(",") for line in example.strip().splitlines()]
    problems: list[Problem] = []
    reader = reader_of(header, problems)
    lines = [reader.read(number, row) for number, row in enumerate(rows, 2)]
    assert not reader.columns.problems
    assert reader.columns.unread == ("备注",)
    assert all(lines), [problem.say() for problem in problems]
    assert not problems
