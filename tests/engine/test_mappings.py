"""What mappings of tables share: numbers and days as people write them, text without unseen differences."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjing.engine.mappings.texts import normal, parse_day, parse_number


@pytest.mark.parametrize(
    ("text", "decimal", "expected"),
    [
        ("1,234.5", ".", Fraction(2469, 2)),
        ("1.234,5", ",", Fraction(2469, 2)),
        ("−3", ".", Fraction(-3)),
        ("4,5", ".", None),
        ("1e3", ".", None),
        ("nan", ".", None),
        ("1_000", ".", None),
        ("", ".", None),
        ("٣", ".", None),
    ],
)
def test_numbers(text: str, decimal: str, expected: Fraction | None) -> None:
    assert parse_number(text, decimal) == expected


@pytest.mark.parametrize(
    ("text", "forms", "expected"),
    [
        ("2024-09-04", [], date(2024, 9, 4)),
        ("2024-09-04 09:30:00", [], date(2024, 9, 4)),
        ("２０２４年9月4日", ["%Y年%m月%d日"], date(2024, 9, 4)),
        ("04.09.2024", ["%d.%m.%Y"], date(2024, 9, 4)),
        ("45539", ["excel"], date(2024, 9, 4)),
        ("45539", [], None),
        ("2024-02-30", ["%Y-%m-%d"], None),
        ("1e300", ["excel"], None),
        ("", ["excel"], None),
    ],
)
def test_days(text: str, forms: list[str], expected: date | None) -> None:
    assert parse_day(text, forms) == expected


@given(st.text(max_size=30))
def test_normal_text_is_normal(text: str) -> None:
    assert normal(normal(text)) == normal(text)
