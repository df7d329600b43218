"""Exact points: what is read, what is refused, and rounding held against Python's decimal module."""

import decimal
import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjing.engine.outcome import Refusal
from mingjing.engine.quantities import (
    ROUNDING_RULES,
    Rounding,
    decimal_text,
    parse_fraction,
    parse_points,
    points_text,
)

MODES = {
    "half_up": decimal.ROUND_HALF_UP,
    "half_even": decimal.ROUND_HALF_EVEN,
    "down": decimal.ROUND_DOWN,
    "up": decimal.ROUND_UP,
}


@given(st.integers(0, 10**9), st.integers(0, 6), st.sampled_from(sorted(MODES)), st.integers(0, 2))
def test_rounding_agrees_with_the_decimal_module(number: int, scale: int, rule: str, decimals: int) -> None:
    exact = decimal.Decimal(number).scaleb(-scale)
    expected = exact.quantize(decimal.Decimal(1).scaleb(-decimals), rounding=MODES[rule])
    rounding = Rounding(rule, decimals)
    found = rounding.hundredths(Fraction(number, 10**scale))
    assert found == int(expected * 100)
    assert rounding.text(found) == f"{expected:f}"


@given(st.integers(0, 10**6), st.integers(1, 10**4))
def test_rounding_of_any_ratio(numerator: int, denominator: int) -> None:
    exact = Fraction(numerator, denominator)
    found = {rule: Rounding(rule, 0).ratio(numerator, denominator) // 100 for rule in ROUNDING_RULES}
    assert found == {
        "half_up": math.floor(exact + Fraction(1, 2)),
        "half_even": round(exact),
        "down": math.floor(exact),
        "up": math.ceil(exact),
    }


@pytest.mark.parametrize(
    ("points", "rule", "rounded"),
    [
        ("64.5", "half_up", 65_00),
        ("64.5", "half_even", 64_00),
        ("65.5", "half_even", 66_00),
        ("64.49", "half_up", 64_00),
        ("64.01", "up", 65_00),
        ("64.99", "down", 64_00),
    ],
)
def test_halves(points: str, rule: str, rounded: int) -> None:
    assert Rounding(rule, 0).hundredths(Fraction(points)) == rounded


@given(st.integers(-(10**12), 10**12))
def test_points_are_read_as_they_are_written(hundredths: int) -> None:
    assert parse_points(points_text(hundredths)) == hundredths
    assert parse_points(points_text(hundredths, 2)) == hundredths
    assert parse_fraction(points_text(hundredths)) == Fraction(hundredths, 100)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=9, min_value=-(10**6), max_value=10**6))
def test_decimals_are_read_as_they_are_written(value: decimal.Decimal) -> None:
    assert parse_fraction(decimal_text(Fraction(value))) == Fraction(value)


BROKEN = [
    "",
    " ",
    "1.",
    ".5",
    "1,5",
    "1e3",
    "½",
    "٣",
    "３",
    "0x1",
    "1_000",
    "--1",
    "1.2.3",
    "nan",
    "inf",
    "1" * 16,
    "1/3",
]


@pytest.mark.parametrize("text", BROKEN)
def test_what_is_no_plain_number_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_fraction(text, "here")
    assert [(problem.code, problem.place) for problem in refused.value.problems] == [("quantity.not_a_number", "here")]


def test_points_finer_than_hundredths_are_refused() -> None:
    with pytest.raises(Refusal) as refused:
        parse_points("0.125")
    assert refused.value.problems[0].code == "quantity.too_fine"


def test_numbers_that_are_no_texts_are_refused() -> None:
    with pytest.raises(Refusal):
        parse_fraction(0.5)  # type: ignore[arg-type] # what a careless caller does
