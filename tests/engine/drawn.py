"""Rubrics and score sheets drawn at random, for the properties of scoring."""

from fractions import Fraction

from hypothesis import strategies as st

from mingjing.engine.deductions import Rule, all_or_nothing, graded, per_instance, ratio, scale
from mingjing.engine.outcome import Titled
from mingjing.engine.quantities import ROUNDING_RULES, Rounding
from mingjing.engine.rules import Interval
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
    VetoKind,
)

NAME = Titled({"en": "x"})
METHODS = st.sampled_from(Method)
BONUSES, VETOES = ("b1", "b2", "b3"), ("v1", "v2")


@st.composite
def rules(draw: st.DrawFn, points: int) -> Rule:
    kind = draw(st.sampled_from(["PI", "BIN", "TIER", "RATIO", "SCALE"]))
    match kind:
        case "PI":
            per = draw(st.integers(1, points))
            return per_instance(points, per, draw(st.integers(per, points)))
        case "BIN":
            return all_or_nothing(points)
        case "TIER":
            return graded(points)
        case "RATIO":
            return ratio(points, Interval(low=Fraction(90)), Interval(low=Fraction(80)))
        case _:
            return scale(points, Fraction(0), Fraction(5)) or graded(points)


@st.composite
def rubrics(draw: st.DrawFn, methods: st.SearchStrategy[Method] = METHODS) -> Rubric:
    """One to three items of one to three checks, with bonuses and vetoes."""
    items = []
    for number in range(draw(st.integers(1, 3))):
        checks = []
        for place in range(draw(st.integers(1, 3))):
            points = draw(st.integers(1, 30)) * draw(st.sampled_from([1, 50, 100]))
            rule = draw(rules(points))
            checks.append(Check(f"{number}.{place}", NAME, points, rule, True, draw(st.booleans())))
        items.append(Item(str(number), NAME, tuple(checks)))
    return Rubric(
        "A",
        tuple(items),
        Rounding(draw(st.sampled_from(sorted(ROUNDING_RULES))), draw(st.integers(0, 2))),
        draw(methods),
        full_marks=draw(st.sampled_from([1_00, 100_00, 37_50])),
        bonus=tuple(BonusItem(code, NAME, draw(st.integers(1, 500))) for code in BONUSES),
        bonus_cap=draw(st.integers(0, 800)),
        vetoes=tuple(VetoKind(code, NAME, level) for level, code in enumerate(VETOES, 1)),
    )


def findings(rubric: Rubric, facts: st.SearchStrategy[str]) -> st.SearchStrategy[Finding]:
    """A finding on some check of `rubric`."""
    resolved = st.sampled_from(["", "2024-09-01"])
    return st.builds(Finding, st.sampled_from(sorted(rubric.checks)), st.integers(0, 9), facts, resolved=resolved)


@st.composite
def sheets(draw: st.DrawFn, rubric: Rubric) -> Sheet:
    """A sheet that `rubric` allows."""
    found = tuple(draw(st.lists(findings(rubric, st.sampled_from(["", "", "f1", "f2"])), max_size=8)))
    free = sorted(rubric.checks.keys() - {finding.check for finding in found})
    absent = draw(st.lists(st.sampled_from(free), unique=True)) if free else []
    said = st.sampled_from(["", "paper"])
    return Sheet(
        findings=found,
        not_applicable=tuple(NotApplicable(code) for code in absent),
        claims=tuple(draw(st.lists(st.builds(Claim, st.sampled_from(BONUSES), said, said), max_size=4))),
        vetoes=tuple(draw(st.lists(st.builds(Veto, st.sampled_from(VETOES), said, said), max_size=2))),
    )


@st.composite
def scored(draw: st.DrawFn, methods: st.SearchStrategy[Method] = METHODS) -> tuple[Rubric, Sheet]:
    """A rubric with a sheet that it allows."""
    rubric = draw(rubrics(methods))
    return rubric, draw(sheets(rubric))
