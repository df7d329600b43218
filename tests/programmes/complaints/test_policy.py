"""Merging, ranking, figures, rules and texts: vectors an official can read, and what must hold of any complaints."""

import json
import random
import statistics
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjing.engine.outcome import Refusal
from mingjing.programmes.complaints.policy.figures import half_up, median, percentile
from mingjing.programmes.complaints.policy.mapping import parse_mapping
from mingjing.programmes.complaints.policy.ranking import Complaint, Outcome, Ranking, Tally
from mingjing.programmes.complaints.policy.repeats import Told, runs
from mingjing.programmes.complaints.policy.rules import Repeats, Rules, check_rules, read_rules
from mingjing.programmes.complaints.policy.texts import HIDDEN, caller_text, without_identity
from mingjing.programmes.complaints.queries.files import load_document, shipped_mappings, shipped_rules

VECTORS = Path(__file__).parents[2] / "vectors/complaints"
DOCUMENT = load_document(shipped_rules()["default"])
RULES: Rules = read_rules(DOCUMENT)
FIRST, LAST = date(2024, 7, 1), date(2024, 9, 30)


def cases(name: str) -> list[Any]:
    found = json.loads((VECTORS / f"{name}.json").read_text("utf-8"))["cases"]
    return [pytest.param(case, id=case["name"]) for case in found]


def ordinal(day: str | None) -> int | None:
    return date.fromisoformat(day).toordinal() if day else None


@pytest.mark.parametrize("case", cases("repeats"))
def test_which_repeats_which(case: dict[str, Any]) -> None:
    rule = Repeats(("caller",), case["within_days"], case["while_open"])
    told = [Told(ordinal(day) or 0, number, ordinal(closed), apart) for number, day, closed, apart in case["calls"]]
    assert {one.number: first.number for one, first in runs(told, rule) if first} == case["repeats"]


def ranking(communities: list[list[Any]], rules: Rules = RULES) -> Ranking:
    tally = Tally(rules, FIRST, LAST)
    for name, _households, counted in communities:
        for number in range(counted):
            one = Complaint(number=f"{name}{number}", community=name, category="c", opened=FIRST, caller=f"{number}")
            tally.add(replace(one, valid=True, duty="company"))
    return tally.ranking({name: households for name, households, _ in communities if households is not None})


@pytest.mark.parametrize("case", cases("ranking"))
def test_ranks_and_why_there_is_none(case: dict[str, Any]) -> None:
    found = {one.community: one for one in ranking(case["communities"]).standings}
    for name, expected in case["expected"].items():
        one = found[name]
        rate = None if one.rate is None else f"{float(one.rate):.2f}"
        reasons = [reason.code.removeprefix("ranking.") for reason in one.suppressed]
        assert [one.rank, rate, reasons, one.top] == expected, name


days = st.dates(FIRST - timedelta(days=40), LAST + timedelta(days=5))
drawn = st.builds(
    Complaint,
    number=st.just(""),
    community=st.sampled_from(["", "a", "b", "c", "d"]),
    category=st.sampled_from(["", "x", "y"]),
    opened=days,
    closed=st.none() | st.just(LAST + timedelta(days=30)),
    caller=st.sampled_from(["", "p", "q"]),
    valid=st.sampled_from([None, True, True, True, False]),
    duty=st.sampled_from(["", "company", "company", "parking"]),
    apart=st.sampled_from([False, False, True]),
)
complaints = st.lists(drawn, max_size=40).map(
    lambda found: [replace(one, number=f"{place:03d}") for place, one in enumerate(found)]
)
HOUSES = {"a": 100, "b": 250, "c": 99, "d": 1000}


def told(found: list[Complaint]) -> tuple[Ranking, dict[str, tuple[str, str, str]]]:
    outcomes: dict[str, tuple[str, str, str]] = {}

    def say(number: str, community: str, outcome: Outcome, first: str) -> None:
        assert number not in outcomes
        outcomes[number] = community, str(outcome), first

    tally = Tally(RULES, FIRST, LAST, say)
    for one in found:
        tally.add(one)
    return tally.ranking(HOUSES), outcomes


@given(complaints, st.randoms())
def test_the_order_of_rows_changes_nothing(found: list[Complaint], chance: random.Random) -> None:
    shuffled = list(found)
    chance.shuffle(shuffled)
    assert told(found) == told(shuffled)


@given(complaints)
def test_every_complaint_of_the_period_has_one_outcome_and_all_add_up(found: list[Complaint]) -> None:
    ranked, outcomes = told(found)
    inside = {one.number: one for one in found if FIRST <= one.opened <= LAST}
    assert set(outcomes) == set(inside)
    assert sum(one.raw for one in ranked.standings) + ranked.unplaced == len(inside)
    for one in ranked.standings:
        assert one.counted <= one.valid <= one.raw
        mine = Counter(outcome for community, outcome, _ in outcomes.values() if community == one.community)
        assert {str(outcome): count for outcome, count in one.outcomes.items() if count} == dict(mine)
    for number, (community, outcome, first) in outcomes.items():
        complaint = inside[number]
        assert (outcome == "repeat") == bool(first)
        if outcome == "repeat":
            main = next(one for one in found if one.number == first)
            same = (main.community, main.caller, main.category)
            assert same == (community, complaint.caller, complaint.category)
            assert 0 <= (complaint.opened - main.opened).days <= RULES.repeats.within_days
            assert complaint.caller


@given(complaints)
def test_ranks_are_a_competition(found: list[Complaint]) -> None:
    ranked = told(found)[0].ranked
    for one in ranked:
        assert one.rank == 1 + sum((other.rate or 0) > (one.rate or 0) for other in ranked)
        assert one.counted >= RULES.least_cases
        assert (one.households or 0) >= RULES.least_households


@given(st.lists(st.integers(0, 400), min_size=1, max_size=60))
def test_medians_and_percentiles_are_those_of_the_library(values: list[int]) -> None:
    found = Counter(values)
    assert median(found) == Fraction(statistics.median(values))
    assert percentile(found, 90) == sorted(values)[-(-len(values) * 9 // 10) - 1]


@given(st.fractions(0, 1000), st.integers(0, 4))
def test_rounding_is_half_up(value: Fraction, decimals: int) -> None:
    found = half_up(value, decimals)
    assert (found * 10**decimals).denominator == 1
    assert -Fraction(1, 2) < (value - found) * 10**decimals < Fraction(1, 2) or found - value == Fraction(
        1, 2 * 10**decimals
    )


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"format": "x"}, "format"), ({"repeats": {"same": ["shoe size"]}}, "repeats.same"),
        ({"rank": {"least_cases": 0}}, "rank.least_cases"), ({"top": {"percent": 101}}, "top.percent"),
        ({"check": {"working_days": "soon"}}, "check.working_days"),
        ({"duties": {"company": {"en": "x"}}}, "duties.company"),
        ({"extra": 1}, "extra"), ({"title": {"fr": "x"}}, "title"),
    ],
)  # fmt: skip
def test_mistakes_of_rules_are_named_at_their_place(change: dict[str, Any], place: str) -> None:
    assert place in {problem.place for problem in check_rules(DOCUMENT | change)}
    with pytest.raises(Refusal):
        read_rules(DOCUMENT | change)


def test_mappings_that_ship_are_whole_and_mistakes_are_reported_at_once() -> None:
    for path in shipped_mappings().values():
        assert parse_mapping(path.read_text("utf-8")).columns
    with pytest.raises(Refusal) as refused:
        parse_mapping('format = "x"\n[columns]\nnumber = "n"\nopend = "o"\n[repeats]\nsame = ["hat"]\n')
    assert {problem.place for problem in refused.value.problems} == {
        "format", "columns.opened", "columns.opend", "columns.category", "repeats.same",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("请回电13907330417。", f"请回电{HIDDEN}。"), ("请回电 139 0733 0417", f"请回电 {HIDDEN}"),
        ("电话１３９０７３３０４１７", f"电话{HIDDEN}"), ("+86 13907330417", HIDDEN),
        ("0731-28831234 转", f"{HIDDEN} 转"),
        ("身份证430202198803071234住户", f"身份证{HIDDEN}住户"), ("身份证43020219880307123X", f"身份证{HIDDEN}"),
        ("邮箱a.b@example.com。", f"邮箱{HIDDEN}。"), ("欧阳金丝雀反映，", f"{HIDDEN}反映，"),
        ("3栋2单元，2024年7月1日起停水", "3栋2单元，2024年7月1日起停水"),
    ],
)  # fmt: skip
def test_what_tells_who_somebody_is_goes_and_the_rest_stays(text: str, expected: str) -> None:
    assert without_identity(text, ["欧阳金丝雀"]) == expected
    assert without_identity(expected, ["欧阳金丝雀"]) == expected


@pytest.mark.parametrize(
    "cells", [["138 0013 8000"], ["+8613800138000"], ["008613800138000"], ["１３８００１３８０００"], ["138-0013-8000"]]
)
def test_a_telephone_is_the_same_however_it_is_written(cells: list[str]) -> None:
    assert caller_text(cells) == "13800138000"


@pytest.mark.parametrize("cells", [[], [""], ["匿名"], ["00000000000"], ["12345"], ["13800138000", ""]])
def test_who_cannot_be_told_apart_has_no_token(cells: list[str]) -> None:
    assert caller_text(cells) == ""
