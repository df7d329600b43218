"""Every row of the decision tables A, B and C, by vectors that an official can read (tests/vectors/inspections)."""

from datetime import date
from typing import Any

import pytest
from tests.programmes.inspections.packs import document, pack, vectors, visit

from mingjing.programmes.inspections.policy.answerable import APPLIED, silent
from mingjing.programmes.inspections.policy.conduct import (
    Report,
    is_blanket,
    share_warnings,
    streak_warnings,
    unscanned_warnings,
)
from mingjing.programmes.inspections.policy.gate import admit
from mingjing.programmes.inspections.policy.judging import judge, judge_with, unjudged
from mingjing.programmes.inspections.policy.rules import Rule, check_rules

PACK = pack()
GATE, LOAD, CONDUCT = vectors("gate"), vectors("load"), vectors("conduct")
WAYS = {"fires", "just not", "unknown"}


def told(case: dict[str, Any]) -> str:
    return f"{case['rule']} {case['case']}: {case['say']}"


def rule(code: str) -> Rule:
    return next(one for one in PACK.rules if one.code == code)


@pytest.mark.parametrize("case", GATE["cases"], ids=told)
def test_table_a(case: dict[str, Any]) -> None:
    found = admit(PACK, {**GATE["usual"], **case["facts"]}, day=date.fromisoformat(case["day"]))
    assert found.colour == case["colour"]
    assert [[one.rule.code, one.level.code] for one in found.answers] == case["answers"]
    assert all(one.reason.say() and one.rule.source in one.reason.say() for one in found.answers)


@pytest.mark.parametrize("case", LOAD["cases"], ids=told)
def test_table_b(case: dict[str, Any]) -> None:
    visits = [visit(one, LOAD["usual"], order=at) for at, one in enumerate(case["visits"])]
    found = [one for one in judge(PACK, visits) if one.rule.code == case["rule"]]
    shown = [[one.rule.code, one.level.code, str(one.first), str(one.last), one.count, list(one.records)]
             for one in found]  # fmt: skip
    assert shown == case["warnings"]
    assert [one for one in judge(PACK, reversed(visits)) if one.rule.code == case["rule"]] == found
    if case["case"] == "unknown" and rule(case["rule"]).kind == "visit":
        assert case["rule"] in {one.rule.code for one in unjudged(PACK, visits)}


@pytest.mark.parametrize("case", CONDUCT["cases"], ids=told)
def test_table_c(case: dict[str, Any]) -> None:
    one = visit({"record": "1", "day": "2026-03-10", **case["visit"]}, CONDUCT["usual"])
    found = [warning for warning in judge(PACK, [one]) if warning.rule.code == case["rule"]]
    assert [warning.level.code for warning in found] == ([case["level"]] if case["level"] else [])
    missing = [list(other.facts) for other in unjudged(PACK, [one]) if other.rule.code == case["rule"]]
    assert missing == ([case["unknown"]] if "unknown" in case else [])


@pytest.mark.parametrize("said", [GATE, LOAD, CONDUCT], ids=["gate", "load", "conduct"])
def test_every_rule_fires_just_does_not_and_may_be_unknown(said: dict[str, Any]) -> None:
    ways: dict[str, set[str]] = {}
    for case in said["cases"]:
        ways.setdefault(case["rule"], set()).add(case["case"])
    ways.pop("", None)
    ways.pop("A9", None), ways.pop("B6.day", None)
    assert {code: WAYS - found for code, found in ways.items() if WAYS - found} == {}


def test_the_vectors_and_the_tests_below_speak_of_every_rule_that_ships() -> None:
    told_of = {case["rule"] for said in (GATE, LOAD, CONDUCT) for case in said["cases"]}
    assert {one.code for one in PACK.rules} - told_of == {"B8", "B9.share", "C1", "C9"}


def test_a_warning_explains_itself() -> None:
    case = next(case for case in LOAD["cases"] if case["rule"] == "B4")
    (found,) = [one for one in judge(PACK, [visit(one, LOAD["usual"]) for one in case["visits"]])
                if one.rule.code == "B4"]  # fmt: skip
    said = " ".join(reason.say() for reason in found.reasons)
    for part in ("B4", "3 visits that count within 30 days", "1, 2, 3", found.rule.source, "Spread the visits"):
        assert part in said


def test_the_gate_is_told_what_the_coming_visit_takes_part_in() -> None:
    case = next(case for case in LOAD["cases"] if case["rule"] == "B2" and case["case"] == "planned")
    *before, coming = [visit(one, LOAD["usual"], order=at) for at, one in enumerate(case["visits"])]
    assert [one.rule.code for one in judge_with(PACK, before, coming)] == ["B2"]
    assert judge_with(PACK, before[:1], coming) == [] or all(
        one.level < 3 for one in judge_with(PACK, before[:1], coming)
    )


def test_days_without_rules_of_a_kind_are_told_apart_by_the_kind() -> None:
    """What is remembered of no rules at the gate is not what is remembered of no rules about visits."""
    before_all = date(1990, 1, 5)
    coming = visit({"record": "1", "day": before_all.isoformat()}, LOAD["usual"])
    for _ in range(2):
        assert admit(PACK, GATE["usual"], day=before_all).answers == ()
        assert judge_with(PACK, [], coming) == []


@pytest.mark.parametrize("case", LOAD["cases"], ids=told)
def test_the_gate_leaves_out_only_what_the_coming_visit_takes_no_part_in(case: dict[str, Any]) -> None:
    *before, coming = [visit(one, LOAD["usual"], order=at) for at, one in enumerate(case["visits"])]
    every = judge(PACK, [*before, coming])
    assert judge_with(PACK, before, coming) == [
        one for one in every if one.last == coming.day and coming.record in one.records
    ]


@pytest.mark.parametrize(
    ("day", "authority", "warned"),
    [
        ("2026-03-11", "", False),  # a day after the scan
        ("2026-03-12", "", True),  # two days after
        ("2026-03-09", "市监局", False),
        ("2026-03-10", "消防", True),  # another authority than the one that scanned
    ],
)
def test_c1_a_visit_that_is_told_of_and_was_not_scanned(day: str, authority: str, warned: bool) -> None:
    scans = [visit({"record": "1", "day": "2026-03-10", "authority": "市监局"})]
    report = Report("r", date.fromisoformat(day), "甲公司", authority)
    assert bool(list(unscanned_warnings(rule("C1"), scans, [report]))) is warned


def test_c1_a_scan_of_an_unknown_authority_may_have_been_theirs() -> None:
    scans = [visit({"record": "1", "day": "2026-03-10"})]
    assert not list(unscanned_warnings(rule("C1"), scans, [Report("r", date(2026, 3, 10), "甲公司", "消防")]))


def test_c9_the_draw_sends_the_same_officers_a_third_time() -> None:
    def sent(*officers: str, draw: str = "yes") -> list[Any]:
        days = [f"2026-0{month}-01" for month in range(1, len(officers) + 1)]
        return [visit({"record": day, "day": day, "officers": list(names), "draw": draw, "authority": "市监局"})
                for day, names in zip(days, officers, strict=True)]  # fmt: skip

    assert [one.count for one in streak_warnings(rule("C9"), sent("ab", "ba", "ab"))] == [3]
    assert not list(streak_warnings(rule("C9"), sent("ab", "ab", "ac", "ab")))
    assert not list(streak_warnings(rule("C9"), sent("ab", "ab", "ab", draw="no")))
    assert not list(streak_warnings(rule("C9"), sent("ab", "ab", "")))  # who came is not known


@pytest.mark.parametrize(("uncapped", "every", "warned"), [(5, 10, True), (4, 10, False), (4, 9, False), (5, 12, True)])
def test_b9_the_share_of_uncapped_visits_of_a_quarter(uncapped: int, every: int, warned: bool) -> None:
    visits = [
        visit(
            {
                "record": str(at),
                "day": "2026-03-31",
                "purpose": "case",
                "trigger": "media" if at < uncapped else "plan",
                "authority": "市监局",
            }
        )
        for at in range(every)
    ]
    visits.append(
        visit({"record": "next", "day": "2026-04-01", "purpose": "case", "trigger": "plan", "authority": "市监局"})
    )
    assert bool(list(share_warnings(rule("B9.share"), visits))) is warned


@pytest.mark.parametrize(
    ("targets", "eligible", "blanket"), [(95, 100, True), (94, 100, False), (0, 0, False), (1, 1, True)]
)
def test_b8_a_campaign_that_spares_nobody(targets: int, eligible: int, blanket: bool) -> None:
    assert bool(is_blanket(rule("B8"), targets=targets, eligible=eligible, day=date(2026, 1, 1))) is blanket


@pytest.mark.parametrize(
    ("only", "fits"),
    [({"rating": ["low"]}, False), ({"purpose": {"from": 1}}, False), ({"rating": {"to": 2}}, True),
     ({"mood": ["bad"]}, False), ({"rating": {"from": 3, "to": 2}}, False), ({"purpose": []}, False)],
)  # fmt: skip
def test_conditions_ask_of_a_fact_what_it_can_answer(only: dict[str, Any], fits: bool) -> None:
    rules = document()
    rules["rules"][0]["levels"][0]["when"] = {"only": only}
    assert (not check_rules(rules)) is fits


def test_rules_without_their_facts_are_silent_and_are_told() -> None:
    """Given everything none is silent; given nothing all are, and none of them would have warned."""
    every = {fact for case in (LOAD, CONDUCT) for fact in case["usual"]} | {
        "items", "finding", "reason", "officers", "report", "campaign", "eligible",
    }  # fmt: skip
    assert [one.code for one, _ in silent(PACK, every)] == []
    bare = [visit({"record": str(at), "day": "2026-03-01"}) for at in range(9)]
    mute = {one.code for one, _ in silent(PACK, set())}
    assert mute == {one.code for one in PACK.of(*APPLIED)}
    assert not judge(PACK, bare)
