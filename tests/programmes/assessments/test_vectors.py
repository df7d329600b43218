"""The tables of cases that officials can read, worked out by hand: the engine must agree with every figure.

The shape of a table is described at its top. The Hetang scheme is compiled from what ships.
"""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from tests.programmes.assessments.drawn_schemes import shipped

from mingjing.engine.accounts import check_sheet, explain
from mingjing.engine.lists import Distribution, decide, ranks
from mingjing.engine.quantities import points_text
from mingjing.engine.rules import Undetermined, Value
from mingjing.engine.scoring import Claim, Finding, NotApplicable, Score, Sheet, Veto, score
from mingjing.programmes.assessments.policy.scheme import compile_scheme

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "hetang-2024.json").read_text("utf-8"))
SCHEME = compile_scheme(shipped("hetang-2024"))
ROUND = (VECTORS["round"]["first"], VECTORS["round"]["last"])
RULES = SCHEME.list_rules


def named(section: str) -> Any:
    return pytest.mark.parametrize("case", VECTORS[section], ids=lambda case: case["name"]["en"])


def attributes(texts: dict[str, str]) -> dict[str, Value]:
    return {code: SCHEME.attribute(code, text) for code, text in texts.items()}


def sheet_of(case: dict[str, Any]) -> Sheet:
    found = [
        Finding(entry["check"], entry["steps"], entry.get("fact", ""), resolved=entry.get("resolved", ""))
        for entry in case.get("findings", ())
    ]
    return Sheet(
        findings=tuple(found),
        not_applicable=tuple(NotApplicable(code) for code in case.get("not_applicable", ())),
        claims=tuple(Claim(**entry) for entry in case.get("claims", ())),
        vetoes=tuple(Veto(**entry) for entry in case.get("vetoes", ())),
        attributes=attributes(case.get("attributes", {})),
        period=ROUND,
        assessed=case.get("assessed", True),
    )


def figures(found: Score) -> dict[str, Any]:
    shown = {"base": found.base, "bonus": found.bonus if found.assessed else None, "total": found.total}
    texts = {name: None if value is None else points_text(value, 2) for name, value in shown.items()}
    return {**texts, "checks": found.checks if found.assessed else 0}


def standings(cases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What comes out for communities that are listed together."""
    made = [(case["class"], sheet_of(case)) for case in cases]
    scores = [score(SCHEME.rubrics[of], sheet) for of, sheet in made]
    ranked = [ranks(RULES, found, sheet.attributes) for found, (_, sheet) in zip(scores, made, strict=True)]
    lists = {
        of: Distribution(
            found.total
            for found, takes_part, (other, _) in zip(scores, ranked, made, strict=True)
            if takes_part and other == of and found.total is not None
        )
        for of in SCHEME.rubrics
    }
    out = []
    for (of, sheet), found, takes_part in zip(made, scores, ranked, strict=True):
        standing = lists[of].standing(found.total) if takes_part and found.total is not None else None
        tier = decide(RULES, found, sheet.attributes, standing).tier
        out.append({**figures(found), "tier": tier, "rank": standing.rank if standing else None})
    return out


@named("cases")
def test_a_community_alone(case: dict[str, Any]) -> None:
    rubric, sheet = SCHEME.rubrics[case["class"]], sheet_of(case)
    assert not list(check_sheet(rubric, sheet))
    (found,) = standings([case])
    assert {name: found[name] for name in case["expect"]} == case["expect"]
    assert explain(rubric, sheet).score == score(rubric, sheet)


@named("cases")
def test_the_steps_of_a_share_follow_from_its_figures(case: dict[str, Any]) -> None:
    for finding in case.get("findings", ()):
        rule = SCHEME.checks[finding["check"]].rule
        if "percent" in finding:
            assert rule.steps_of_share(Fraction(finding["percent"])) == finding["steps"]
        elif "cases" in finding:
            assert rule.steps_of_share(Fraction(finding["good"]), Fraction(finding["cases"])) == finding["steps"]


@named("groups")
def test_communities_listed_together(case: dict[str, Any]) -> None:
    for community, found in zip(case["communities"], standings(case["communities"]), strict=True):
        assert {name: found[name] for name in community["expect"]} == community["expect"], community["key"]


@named("classes")
def test_the_class_of_a_community(case: dict[str, Any]) -> None:
    values = SCHEME.class_rule.complete(attributes(case["attributes"]))
    found = SCHEME.class_rule.decide(values)
    if case["class"] is None:
        assert isinstance(found, Undetermined)
        assert found.measures
    else:
        assert not isinstance(found, Undetermined)
        assert [(row.result, row.borderline) for row in found] == [(case["class"], case["borderline"])]


@named("tiers")
def test_the_tier_of_given_measures(case: dict[str, Any]) -> None:
    plain: dict[str, Value] = {"veto": Fraction(0), "open_critical": Fraction(0)}
    own = {code: text for code, text in case["measures"].items() if code in SCHEME.attributes}
    rest = {code: Fraction(text) for code, text in case["measures"].items() if code not in own}
    found = RULES.table.decide(RULES.table.complete({**plain, **rest, **attributes(own)}))
    assert not isinstance(found, Undetermined)
    assert {row.result for row in found} == {case["tier"]}


@named("refused")
def test_a_record_that_must_be_refused(case: dict[str, Any]) -> None:
    problems = check_sheet(SCHEME.rubrics[case["class"]], sheet_of(case))
    assert case["code"] in [problem.code for problem in problems]
