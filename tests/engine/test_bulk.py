"""The bulk kernel equals the plain function: random rubrics and sheets, every rounding rule and method."""

from array import array
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.drawn import NAME, rules

from mingjing.engine.bulk import Bulk, competition_ranks, repeated
from mingjing.engine.deductions import all_or_nothing, per_instance
from mingjing.engine.lists import Distribution
from mingjing.engine.quantities import ROUNDING_RULES, Rounding
from mingjing.engine.scoring import Check, Component, Finding, Item, Method, NotApplicable, Rubric, Sheet, score


@st.composite
def rubrics(draw: st.DrawFn) -> Rubric:
    checks = []
    for number in range(draw(st.integers(1, 7))):
        points = draw(st.integers(1, 700))
        checks.append(Check(str(number), NAME, points, draw(rules(points)), na=True, critical=draw(st.booleans())))
    return Rubric(
        "A",
        (Item("1", NAME, tuple(checks)),),
        Rounding(draw(st.sampled_from(sorted(ROUNDING_RULES))), draw(st.integers(0, 2))),
        draw(st.sampled_from(Method)),
        full_marks=draw(st.integers(1, 100_000)),
    )


def sheet_of(rubric: Rubric, steps: list[int]) -> Sheet:
    pairs = list(zip(rubric.checks, steps, strict=True))
    return Sheet(
        findings=tuple(Finding(code, count) for code, count in pairs if count > 0),
        not_applicable=tuple(NotApplicable(code) for code, count in pairs if count < 0),
    )


@given(st.data())
def test_equals_the_plain_function(data: st.DataObject) -> None:
    rubric = data.draw(rubrics())
    width = len(rubric.checks)
    sheets = data.draw(st.lists(st.lists(st.integers(-1, 900), min_size=width, max_size=width), min_size=1, max_size=6))
    sheets.append([-1] * width)
    columns = [array("h", column) for column in zip(*sheets, strict=True)]

    found = Bulk(rubric).score(columns)

    plain = [score(rubric, sheet_of(rubric, steps)) for steps in sheets]
    assert found.rows() == [(one.base, one.total, one.checks, one.open_critical) for one in plain]
    assert found.earned.tolist() == [one.earned for one in plain]
    assert found.applicable.tolist() == [one.applicable for one in plain]


@given(st.lists(st.integers(0, 30) | st.just(10**9), max_size=50), st.booleans())
def test_ranks_equal_the_distribution(totals: list[int], lower_is_better: bool) -> None:
    expected = Distribution(totals, lower_is_better=lower_is_better)
    found = competition_ranks(totals, lower_is_better=lower_is_better)
    assert found.tolist() == [expected.standing(total).rank for total in totals]


def test_bonus_is_added_to_the_base_or_taken_off_demerits() -> None:
    item = Item("1", NAME, (Check("a", NAME, 1000, per_instance(1000, 100)),))
    rebased = Bulk(Rubric("A", (item,), Rounding("half_up", 2))).score([[3]], [150])
    demerits = Bulk(Rubric("A", (item,), Rounding("half_up", 2), Method.DEMERITS)).score([[1]], [150])
    assert (rebased.base.tolist(), rebased.total.tolist()) == ([7000], [7150])
    assert (demerits.base.tolist(), demerits.total.tolist()) == ([100], [0])


def test_omitted_checks_have_no_column() -> None:
    checks = (Check("a", NAME, 100, all_or_nothing(100)), Check("b", NAME, 100, all_or_nothing(100)))
    rubric = Rubric("A", (Item("1", NAME, checks),), Rounding("half_up", 0), omitted=frozenset("b"))
    assert Bulk(rubric).score([[0, 1]]).base.tolist() == [10_000, 0]


def test_more_sheets_than_a_block() -> None:
    rubric = Rubric("A", (Item("1", NAME, (Check("a", NAME, 500, per_instance(500, 100)),)),), Rounding("down", 0))
    steps = [count % 6 for count in range(20_001)]
    assert Bulk(rubric).score([steps]).base.tolist() == [10_000 - 2_000 * count for count in steps]


def test_refuses_what_it_cannot_count() -> None:
    check = Check("a", NAME, 1 << 24, all_or_nothing(1 << 24))
    huge = Rubric("A", (Item("1", NAME, (check,)),), Rounding("half_up", 2))
    parts = (Component("site", NAME, Fraction(1)), Component("owners", NAME, Fraction(1)))
    mixed = Rubric("A", (Item("1", NAME, ()),), Rounding("half_up", 2), components=parts)
    for rubric in (huge, mixed):
        assert not Bulk.fits(rubric)
        with pytest.raises(ValueError, match="beyond the bulk kernel"):
            Bulk(rubric)


def test_steps_at_the_end_of_a_small_integer_type() -> None:
    rubric = Rubric("A", (Item("1", NAME, (Check("a", NAME, 500, per_instance(500, 100)),)),), Rounding("down", 0))
    assert Bulk(rubric).score([array("b", [127])]).base.tolist() == [0]
    assert Bulk(rubric).score([array("h", [32_767])]).base.tolist() == [0]


def test_columns_must_match_the_checks() -> None:
    rubric = Rubric("A", (Item("1", NAME, (Check("a", NAME, 100, all_or_nothing(100)),)),), Rounding("half_up", 2))
    for columns in ([], [[0], [0]]):
        with pytest.raises(ValueError, match="one array of steps"):
            Bulk(rubric).score(columns)


@given(st.lists(st.integers(0, 8)))
def test_repeated_groups_are_the_positions_of_equal_values(values: list[int]) -> None:
    expected = {v: [i for i, one in enumerate(values) if one == v] for v in values}
    assert sorted(repeated(values)) == sorted(group for group in expected.values() if len(group) > 1)
