"""The way out: what an exhaustive search over every set of repairs finds, on small sheets."""

import dataclasses
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.engine.drawn import NAME, rubrics

from mingjing.engine.deductions import per_instance
from mingjing.engine.lists import ListRules, Tier, measured
from mingjing.engine.outcome import Titled
from mingjing.engine.quantities import Rounding
from mingjing.engine.repairs import way_out
from mingjing.engine.rules import Table
from mingjing.engine.scoring import Check, Finding, Item, Method, Rubric, Score, Sheet, score

TIERS = tuple(Tier(code, Titled({"en": code})) for code in ("RED", "ORDINARY", "BLACK"))
RULES = ListRules(TIERS, Table(measured(2), ()), "BLACK")


class Judge:
    """RED needs a good total and no open critical check; ORDINARY a fair total."""

    def __init__(self, good: int, fair: int, lower: bool) -> None:
        self.good, self.fair, self.lower = good, fair, lower

    def __call__(self, found: Score) -> str:
        assert found.total is not None
        reached = [found.total <= limit if self.lower else found.total >= limit for limit in (self.good, self.fair)]
        if reached[0] and not found.open_critical:
            return "RED"
        return "ORDINARY" if reached[1] else "BLACK"


@st.composite
def cases(draw: st.DrawFn) -> tuple[Rubric, Sheet, Judge]:
    """At most one finding a check, so that what a repair leaves behind is a plain sheet again."""
    rubric = dataclasses.replace(draw(rubrics()), rounding=Rounding("half_up", 2))
    codes = draw(st.lists(st.sampled_from(sorted(rubric.checks)), unique=True, min_size=1, max_size=4))
    found = [Finding(code, draw(st.integers(1, 4))) for code in codes]
    highest = rubric.full_marks if rubric.method is Method.REBASED else rubric.all_points
    fair, good = sorted(draw(st.tuples(st.integers(0, highest), st.integers(0, highest))))
    limits = (fair, good) if rubric.lower_is_better else (good, fair)
    return rubric, Sheet(tuple(found)), Judge(*limits, rubric.lower_is_better)


def exhaustive(rubric: Rubric, sheet: Sheet, judge: Judge) -> tuple[int, int] | None:
    """The fewest repairs that lead to a better tier, and the most points that many can lead to."""
    now = RULES.place(judge(score(rubric, sheet)))
    ways = []
    for repaired in product(*(range(finding.steps + 1) for finding in sheet.findings)):
        left = [replace(f, steps=f.steps - n) for f, n in zip(sheet.findings, repaired, strict=True) if f.steps > n]
        then = score(rubric, Sheet(tuple(left)))
        if RULES.place(judge(then)) < now:
            ways.append((sum(repaired), -then.earned))
    return min(ways, default=None)


@given(cases())
@settings(max_examples=300)
def test_the_way_out_is_the_smallest_there_is(case: tuple[Rubric, Sheet, Judge]) -> None:
    rubric, sheet, judge = case
    found = way_out(rubric, RULES, sheet, judge)
    expected = exhaustive(rubric, sheet, judge)
    assert (found is None) == (expected is None)
    if found is not None and expected is not None:
        assert (found.steps, -found.score.earned) == expected


@given(cases())
def test_doing_the_repairs_leads_where_the_way_out_says(case: tuple[Rubric, Sheet, Judge]) -> None:
    rubric, sheet, judge = case
    if (found := way_out(rubric, RULES, sheet, judge)) is None:
        return
    repaired = {repair.check.code: repair.steps for repair in found.repairs}
    left = [replace(f, steps=f.steps - repaired.get(f.check, 0)) for f in sheet.findings]
    then = score(rubric, Sheet(tuple(left)))
    assert (then.total, then.open_critical) == (found.score.total, found.score.open_critical)
    assert judge(then) == found.tier
    before = score(rubric, sheet)
    assert sum(repair.points for repair in found.repairs) == then.earned - before.earned


CHECK = Check("1", NAME, 10_00, per_instance(10_00, 2_00), critical=True)
RUBRIC = Rubric("A", (Item("1", NAME, (CHECK,)),), Rounding("half_up", 2))


def test_repairs_far_beyond_the_cap_count_from_the_first() -> None:
    found = way_out(RUBRIC, RULES, Sheet((Finding("1", 9, resolved="2024-09-01"),)), Judge(100_00, 20_00, False))
    assert found is not None
    assert (found.steps, found.tier, found.score.total) == (5, "ORDINARY", 20_00)


def test_a_fact_counted_elsewhere_still_has_to_be_put_right_to_close_a_critical_check() -> None:
    other = Check("2", NAME, 10_00, per_instance(10_00, 1))
    rubric = dataclasses.replace(RUBRIC, items=(Item("1", NAME, (CHECK, other)),))
    sheet = Sheet((Finding("2", 1, fact="f"), Finding("1", 1, fact="f")))
    found = way_out(rubric, RULES, sheet, Judge(90_00, 50_00, False))
    assert found is not None
    assert [(repair.check.code, repair.steps, repair.points) for repair in found.repairs] == [("1", 1, 0)]


def test_nothing_to_repair_no_way_out() -> None:
    assert way_out(RUBRIC, RULES, Sheet(), Judge(200_00, 150_00, False)) is None
    assert way_out(RUBRIC, RULES, Sheet(assessed=False), Judge(0, 0, False)) is None
