"""Rule kinds as tables of losses."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.drawn import rules

from mingjing.engine.deductions import KINDS, MAX_STEPS, all_or_nothing, graded, per_instance, ratio, scale
from mingjing.engine.rules import Interval

POINTS = st.integers(1, 100_00)


@given(POINTS.flatmap(lambda points: st.tuples(st.just(points), rules(points))))
def test_losses_begin_at_nothing_never_shrink_and_never_exceed_the_points(case: tuple[int, object]) -> None:
    points, rule = case
    losses = [rule.lost(steps) for steps in range(40)]  # type: ignore[attr-defined] # drawn by `rules`
    assert losses[0] == 0
    assert losses == sorted(losses)
    assert max(losses) <= points
    assert rule.kind in KINDS  # type: ignore[attr-defined] # drawn by `rules`


@given(POINTS, st.data(), st.integers(0, 10**9))
def test_instances_cost_the_same_each_up_to_the_cap(points: int, data: st.DataObject, steps: int) -> None:
    cap = data.draw(st.integers(1, points))
    per = data.draw(st.integers(1, cap))
    assert per_instance(points, per, cap).lost(steps) == min(cap, per * steps)
    assert per_instance(points, per).lost(steps) == min(points, per * steps)


def test_all_or_nothing_and_grades() -> None:
    assert [all_or_nothing(3_00).lost(steps) for steps in range(3)] == [0, 3_00, 3_00]
    assert [graded(3_01).lost(steps) for steps in range(4)] == [0, 1_51, 3_01, 3_01]


@pytest.mark.parametrize(
    ("good", "cases", "steps"),
    [
        ("19", "20", 1),
        ("20", "20", 0),
        ("18", "20", 1),
        ("17", "20", 2),
        ("0", "0", 0),
        ("0", "1", 2),
        ("8999", "10000", 2),
    ],
)
def test_a_share_is_judged_at_its_exact_limits(good: str, cases: str, steps: int) -> None:
    rule = ratio(4_00, Interval(low=Fraction(100)), Interval(low=Fraction(90)))
    assert rule.steps_of_share(Fraction(good), Fraction(cases)) == steps


@pytest.mark.parametrize(("percent", "steps"), [("5", 0), ("5.01", 1), ("10", 1), ("10.01", 2), ("0", 0)])
def test_a_share_where_lower_is_better(percent: str, steps: int) -> None:
    rule = ratio(4_00, Interval(high=Fraction(5)), Interval(high=Fraction(10)))
    assert rule.steps_of_share(Fraction(percent)) == steps


@given(st.integers(1, 20), st.integers(1, 9), st.integers(0, 5))
def test_a_mark_earns_its_part_of_the_points(unit_points: int, highest: int, mark: int) -> None:
    rule = scale(unit_points * highest, Fraction(0), Fraction(highest))
    assert rule is not None
    steps = rule.steps_of_mark(Fraction(min(mark, highest)))
    assert steps is not None
    assert unit_points * highest - rule.lost(steps) == unit_points * min(mark, highest)


def test_marks_off_the_scale_have_no_steps() -> None:
    rule = scale(5_00, Fraction(1), Fraction(5))
    assert rule is not None
    assert [rule.steps_of_mark(Fraction(mark)) for mark in ("5", "1", "0", "6", "2.5")] == [0, 4, None, None, None]


def test_a_scale_says_its_step_where_marks_are_not_whole() -> None:
    halves, whole = scale(10_00, Fraction(0), Fraction(10), Fraction(1, 2)), scale(5_00, Fraction(1), Fraction(5))
    assert halves is not None
    assert whole is not None
    assert halves.words.say() == "a mark from 0 to 10 in steps of 0.5, worth 10 points at 10"
    assert whole.words.say() == "a mark from 1 to 5, worth 5 points at 5"


@pytest.mark.parametrize(
    ("points", "lowest", "highest", "unit"),
    [
        (1_00, "0", "7", "1"),
        (5_00, "0", "0", "1"),
        (5_00, "5", "5", "1"),
        (5_00, "0", "5", "0.3"),
        (5_00, "0", "5", "0"),
    ],
)
def test_a_scale_that_breaks_hundredths_or_has_no_steps_is_no_rule(
    points: int, lowest: str, highest: str, unit: str
) -> None:
    assert scale(points, Fraction(lowest), Fraction(highest), Fraction(unit)) is None


def test_a_scale_is_never_longer_than_its_bound() -> None:
    assert scale(MAX_STEPS + 1, Fraction(0), Fraction(MAX_STEPS + 1)) is None
