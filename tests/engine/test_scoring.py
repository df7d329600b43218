"""Scoring: what may never happen, whatever the rubric and whatever was found."""

import dataclasses
from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.engine.drawn import BONUSES, NAME, VETOES, findings, rubrics, scored, sheets

from mingjing.engine.deductions import all_or_nothing, per_instance
from mingjing.engine.quantities import Rounding
from mingjing.engine.scoring import (
    SITE,
    BonusItem,
    Check,
    Claim,
    Component,
    Finding,
    Item,
    Method,
    NotApplicable,
    Rubric,
    Sheet,
    Veto,
    VetoKind,
    claims,
    score,
    veto_flaw,
)

NO_FACT = st.just("")


@given(scored())
def test_no_check_loses_more_than_its_points_and_the_base_stays_in_its_bounds(case: tuple[Rubric, Sheet]) -> None:
    rubric, sheet = case
    found = score(rubric, sheet)
    assert 0 <= found.earned <= found.applicable <= rubric.all_points
    if found.base is not None:
        bounded = (Method.REBASED, Method.DEDUCTED)
        highest = rubric.full_marks if rubric.method in bounded else found.applicable
        assert 0 <= found.base <= rubric.rounding.hundredths(Fraction(highest, 100))


@given(st.data(), rubrics())
def test_another_finding_never_makes_the_score_better(data: st.DataObject, rubric: Rubric) -> None:
    sheet = data.draw(sheets(rubric))
    more = data.draw(findings(rubric, st.sampled_from(["", "f1", "f9"])))
    before, after = score(rubric, sheet), score(rubric, replace(sheet, findings=(*sheet.findings, more)))
    assert after.earned <= before.earned
    assert after.open_critical >= before.open_critical
    if before.total is not None and after.total is not None:
        worse = after.total >= before.total if rubric.lower_is_better else after.total <= before.total
        assert worse


@given(st.data(), rubrics())
def test_one_fact_is_deducted_once_however_often_it_is_written_down(data: st.DataObject, rubric: Rubric) -> None:
    sheet = data.draw(sheets(rubric))
    first = replace(data.draw(findings(rubric, NO_FACT)), fact="the same")
    again = data.draw(st.lists(findings(rubric, st.just("the same")), max_size=3))
    once, often = (replace(sheet, findings=(first, *sheet.findings, *rest)) for rest in ((), again))
    if first.check not in {entry.check for entry in sheet.not_applicable}:
        assert score(rubric, once).earned == score(rubric, often).earned


@given(st.data(), rubrics())
def test_the_order_of_findings_of_different_facts_does_not_matter(data: st.DataObject, rubric: Rubric) -> None:
    found = data.draw(st.lists(findings(rubric, NO_FACT), max_size=6))
    apart = [replace(finding, fact=str(number) if number % 2 else "") for number, finding in enumerate(found)]
    shuffled = data.draw(st.permutations(apart))
    assert score(rubric, Sheet(tuple(apart))) == score(rubric, Sheet(tuple(shuffled)))


@given(st.data(), rubrics(st.just(Method.REBASED)))
def test_a_check_that_does_not_apply_scores_as_if_the_rubric_did_not_have_it(
    data: st.DataObject, rubric: Rubric
) -> None:
    sheet = data.draw(sheets(rubric))
    absent = {entry.check for entry in sheet.not_applicable}
    items = tuple(
        dataclasses.replace(item, checks=tuple(c for c in item.checks if c.code not in absent)) for item in rubric.items
    )
    smaller = dataclasses.replace(rubric, items=items)
    assert score(rubric, sheet) == score(smaller, replace(sheet, not_applicable=()))
    omitting = dataclasses.replace(rubric, omitted=frozenset(absent))
    assert score(omitting, sheet) == score(rubric, sheet)


@given(st.data(), rubrics())
def test_bonus_never_touches_the_base_and_stays_under_its_cap(data: st.DataObject, rubric: Rubric) -> None:
    sheet = data.draw(sheets(rubric))
    found, plain = score(rubric, sheet), score(rubric, replace(sheet, claims=()))
    assert (found.base, found.earned, found.applicable) == (plain.base, plain.earned, plain.applicable)
    assert 0 <= found.bonus <= rubric.bonus_cap
    if found.base is not None and found.total is not None:
        sign = -1 if rubric.lower_is_better else 1
        assert found.total == max(0, found.base + sign * found.bonus)


@given(scored(st.just(Method.EARNED)), st.integers(0, 2))
def test_points_earned_and_points_lost_make_all_that_applied(case: tuple[Rubric, Sheet], decimals: int) -> None:
    rubric, sheet = dataclasses.replace(case[0], rounding=Rounding("half_up", 2)), case[1]
    earned, lost = (score(dataclasses.replace(rubric, method=m), sheet).base for m in (Method.EARNED, Method.DEMERITS))
    if earned is not None and lost is not None:
        assert earned + lost == score(rubric, sheet).applicable


def rubric_of(*checks: Check, **more: object) -> Rubric:
    return dataclasses.replace(Rubric("A", (Item("1", NAME, checks),), Rounding("half_up", 2)), **more)  # type: ignore[arg-type]  # of several types


ONE, TWO = (
    Check("1", NAME, 60_00, per_instance(60_00, 10_00), True),
    Check("2", NAME, 40_00, all_or_nothing(40_00), True),
)


def test_where_nothing_applies_nothing_is_scored_and_never_a_zero() -> None:
    sheet = Sheet(not_applicable=(NotApplicable("1"), NotApplicable("2")))
    found = score(rubric_of(ONE, TWO), sheet)
    assert (found.base, found.total, found.assessed, found.checks) == (None, None, False, 0)
    assert score(rubric_of(ONE, TWO, unscored_total=0), sheet).total == 0


def test_a_site_that_was_not_assessed_has_no_score() -> None:
    assert score(rubric_of(ONE, TWO, unscored_total=0), Sheet(assessed=False)).total is None


def test_rebasing_divides_by_what_applies() -> None:
    sheet = Sheet((Finding("1", 2),), (NotApplicable("2"),))
    assert score(rubric_of(ONE, TWO), sheet).base == 66_67


def test_an_omitted_check_is_recorded_but_does_not_count() -> None:
    found = score(rubric_of(ONE, TWO, omitted=frozenset({"2"})), Sheet((Finding("2"), Finding("1"))))
    assert (found.earned, found.applicable, found.checks) == (50_00, 60_00, 1)


PARTS = (
    Component(SITE, NAME, Fraction(60)),
    Component("street", NAME, Fraction(15)),
    Component("survey", NAME, Fraction(25)),
)


@pytest.mark.parametrize(
    ("given_values", "base"),
    [({"street": "80", "survey": "60"}, 81_00), ({"street": "80"}, 88_00), ({}, 90_00), ({"survey": "0"}, 63_53)],
)
def test_components_without_a_value_are_dropped_and_the_rest_share_their_weight(
    given_values: dict[str, str], base: int
) -> None:
    values = {code: Fraction(text) for code, text in given_values.items()}
    sheet = Sheet((Finding("1"),), attributes=values)
    assert score(rubric_of(ONE, TWO, components=PARTS), sheet).base == base


@pytest.mark.parametrize(
    ("claimed", "codes"),
    [
        ([Claim("b1", "", "a")], ["bonus.no_proof"]),
        ([Claim("b1", "p", "")], ["bonus.no_approver"]),
        ([Claim("b1", "p", "a"), Claim("b1", "p", "a")], ["", "bonus.repeated"]),
        ([Claim("b1", "", "a"), Claim("b1", "p", "a")], ["bonus.no_proof", ""]),
    ],
)
def test_a_bonus_counts_once_with_proof_and_approver(claimed: Sequence[Claim], codes: list[str]) -> None:
    found = [flaw.code if flaw else "" for _, flaw in claims(Sheet(claims=tuple(claimed)))]
    assert found == codes


def test_the_bonus_is_capped() -> None:
    bonus = tuple(BonusItem(code, NAME, 300) for code in BONUSES)
    sheet = Sheet(claims=tuple(Claim(code, "p", "a") for code in BONUSES))
    found = score(rubric_of(ONE, TWO, bonus=bonus, bonus_cap=5_00), sheet)
    assert (found.base, found.bonus, found.total) == (100_00, 5_00, 105_00)


ROUND = ("2024-07-01", "2024-12-31")


@pytest.mark.parametrize(
    ("veto", "period", "code"),
    [
        (Veto("v1", "d", "a", "2024-07-01"), ROUND, ""),
        (Veto("v1", "d", "a", "2024-12-31"), ROUND, ""),
        (Veto("v1", "d", "a", "2025-01-01"), ROUND, "veto.other_round"),
        (Veto("v1", "d", "a", "2024-06-30"), ROUND, "veto.other_round"),
        (Veto("v1", "d", "a"), ROUND, "veto.no_date"),
        (Veto("v1", "d", "a"), None, ""),
        (Veto("v1", "", "a", "2024-08-01"), ROUND, "veto.no_document"),
        (Veto("v1", "d", "", "2024-08-01"), ROUND, "veto.no_approver"),
    ],
)
def test_a_veto_needs_a_document_an_approver_and_a_day_in_the_round(
    veto: Veto, period: tuple[str, str] | None, code: str
) -> None:
    flaw = veto_flaw(Sheet(period=period), veto)
    assert (flaw.code if flaw else "") == code


def test_the_highest_effective_veto_counts() -> None:
    rubric = rubric_of(ONE, TWO)
    kinds = tuple(VetoKind(code, NAME, level) for level, code in enumerate(VETOES, 1))
    sheet = Sheet(vetoes=(Veto("v1", "d", "a"), Veto("v2", "", "a")))
    assert score(dataclasses.replace(rubric, vetoes=kinds), sheet).veto == 1


@pytest.mark.parametrize(
    ("found", "open_critical"),
    [
        ([Finding("1")], 1),
        ([Finding("1", resolved="2024-09-01")], 0),
        ([Finding("1", 0)], 0),
        ([Finding("1"), Finding("1")], 1),
        ([Finding("2", fact="f"), Finding("1", fact="f")], 1),
    ],
)
def test_a_critical_check_is_open_until_its_findings_are_put_right(found: list[Finding], open_critical: int) -> None:
    rubric = rubric_of(dataclasses.replace(ONE, critical=True), TWO)
    assert score(rubric, Sheet(tuple(found))).open_critical == open_critical
