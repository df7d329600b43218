"""The account of a score: its lines sum to it, and a sheet without problems can always be scored."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.drawn import BONUSES, NAME, rubrics, scored

from mingjing.engine.accounts import LineKind, check_sheet, explain
from mingjing.engine.deductions import per_instance
from mingjing.engine.quantities import Rounding
from mingjing.engine.scoring import (
    BonusItem,
    Check,
    Claim,
    Finding,
    Item,
    Method,
    NotApplicable,
    Rubric,
    Sheet,
    Veto,
    score,
)


@given(scored())
def test_the_lines_sum_to_the_score(case: tuple[Rubric, Sheet]) -> None:
    rubric, sheet = case
    account = explain(rubric, sheet)
    assert account.score == score(rubric, sheet)
    lost = -sum(line.points for line in account.lines if line.kind is LineKind.DEDUCTION)
    assert account.score.applicable - lost == account.score.earned
    assert sum(line.points for line in account.lines if line.kind is LineKind.BONUS) == account.score.bonus
    assert sum(possible for _, _, possible in account.items) == account.score.applicable
    assert sum(earned for _, earned, _ in account.items) == account.score.earned


@given(scored())
def test_the_base_can_be_worked_out_from_the_lines_alone(case: tuple[Rubric, Sheet]) -> None:
    rubric, sheet = case
    account = explain(rubric, sheet)
    lost = -sum(line.points for line in account.lines if line.kind is LineKind.DEDUCTION)
    absent = {line.code for line in account.lines if line.kind is LineKind.NOT_APPLICABLE}
    possible = sum(check.points for item in rubric.items for check in item.checks if check.code not in absent)
    if not possible:
        assert account.score.base is None
        return
    exact = {
        Method.REBASED: Fraction(rubric.full_marks * (possible - lost), possible),
        Method.EARNED: Fraction(possible - lost),
        Method.DEDUCTED: Fraction(max(0, rubric.full_marks - lost)),
        Method.DEMERITS: Fraction(lost),
    }[rubric.method]
    assert account.score.base == rubric.rounding.hundredths(exact / 100)


@given(scored())
def test_there_is_a_line_for_everything_that_was_written_down(case: tuple[Rubric, Sheet]) -> None:
    rubric, sheet = case
    lines = explain(rubric, sheet).lines
    kinds = [line.kind for line in lines]
    assert kinds.count(LineKind.DEDUCTION) == len(sheet.findings)
    assert kinds.count(LineKind.NOT_APPLICABLE) == len(sheet.not_applicable)
    assert kinds.count(LineKind.BONUS) == len(sheet.claims)
    assert kinds.count(LineKind.VETO) == len(sheet.vetoes)
    assert all(line.reason.say() for line in lines)
    assert all(line.points <= 0 for line in lines if line.kind is LineKind.DEDUCTION)


CODES = st.sampled_from(["1.0", "1.1", "2.0", "b1", "b2", "v1", "v2", "unheard of"])


@st.composite
def any_sheets(draw: st.DrawFn) -> Sheet:
    """Sheets with any codes anywhere, allowed or not."""
    said = st.sampled_from(["", "paper"])
    return Sheet(
        findings=tuple(draw(st.lists(st.builds(Finding, CODES, st.integers(-1, 3)), max_size=3))),
        not_applicable=tuple(draw(st.lists(st.builds(NotApplicable, CODES), max_size=2))),
        claims=tuple(draw(st.lists(st.builds(Claim, CODES, said, said), max_size=2))),
        vetoes=tuple(draw(st.lists(st.builds(Veto, CODES, said, said), max_size=2))),
    )


@given(rubrics(), any_sheets())
def test_a_sheet_without_problems_can_be_scored_and_explained(rubric: Rubric, sheet: Sheet) -> None:
    if not list(check_sheet(rubric, sheet)):
        assert explain(rubric, sheet).score == score(rubric, sheet)


ONE, TWO = (Check(code, NAME, 10_00, per_instance(10_00, 4_00), code == "2") for code in "12")
RUBRIC = Rubric("A", (Item("1", NAME, (ONE, TWO)),), Rounding("half_up", 2), bonus=(BonusItem("b", NAME, 3_00),))


@pytest.mark.parametrize(
    ("sheet", "codes"),
    [
        (Sheet((Finding("9"),)), ["sheet.unknown_code"]),
        (Sheet((Finding("1", -1),)), ["sheet.negative"]),
        (Sheet(not_applicable=(NotApplicable("1"),)), ["sheet.not_applicable_refused"]),
        (Sheet(not_applicable=(NotApplicable("9"),)), ["sheet.unknown_code"]),
        (Sheet((Finding("2"),), (NotApplicable("2"),)), ["sheet.contradiction"]),
        (Sheet(claims=(Claim("1"),)), ["sheet.unknown_code"]),
        (Sheet(vetoes=(Veto("2"),)), ["sheet.unknown_code"]),
        (
            Sheet((Finding("9"), Finding("1", -2)), (NotApplicable("8"),)),
            ["sheet.negative", *["sheet.unknown_code"] * 2],
        ),
        (Sheet((Finding("1"),), (NotApplicable("2"),), (Claim("b"),)), []),
    ],
)
def test_what_a_sheet_may_not_contain(sheet: Sheet, codes: list[str]) -> None:
    assert [problem.code for problem in check_sheet(RUBRIC, sheet)] == codes


def test_reasons_say_why_a_finding_cost_nothing() -> None:
    sheet = Sheet((Finding("1", 2, fact="f"), Finding("2", fact="f"), Finding("1", 1), Finding("1", 3)))
    lines = explain(RUBRIC, sheet).lines
    assert [line.points for line in lines] == [-8_00, 0, -2_00, 0]
    assert [line.reason.code for line in lines] == [
        "deduction.counted",
        "deduction.repeated",
        "deduction.counted",
        "deduction.capped",
    ]


def test_a_capped_bonus_says_so() -> None:
    bonus = tuple(BonusItem(code, NAME, 300) for code in BONUSES)
    rubric = replace(RUBRIC, bonus=bonus, bonus_cap=5_00)
    lines = explain(rubric, Sheet(claims=tuple(Claim(code, "p", "a") for code in BONUSES))).lines
    assert [(line.points, line.reason.code) for line in lines] == [
        (3_00, "bonus.counted"),
        (2_00, "bonus.capped"),
        (0, "bonus.capped"),
    ]
