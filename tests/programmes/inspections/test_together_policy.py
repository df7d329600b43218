"""Joint inspections: held against every plan of small cases, and the rules in the way against taking one away."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingjing.engine.outcome import Refusal
from mingjing.programmes.inspections.policy.together import (
    Proposal,
    SolverLacking,
    Standstill,
    Terms,
    Wanted,
    greedy,
    match,
)
from mingjing.programmes.inspections.policy.together.values import broken, visits_of

MONDAY = date(2026, 11, 2)


def day(number: int) -> date:
    return MONDAY + timedelta(days=number)


def want(key: str, authority: str, firm: str, first: int, last: int, *, protected: bool = True) -> Wanted:
    return Wanted(
        key=key, authority=authority, firm=firm, first=day(first), last=day(last), protected=protected
    )  # fmt: skip


def codes(found: Proposal | Standstill) -> list[str]:
    return [reason.code for reason in found.reasons]


def days_of(found: Proposal) -> dict[str, date]:
    return {key: visit.day for visit in found.visits for key in visit.keys}


@st.composite
def matters(draw: st.DrawFn) -> tuple[list[Wanted], Terms]:
    wanted = []
    for number in range(draw(st.integers(1, 5))):
        first = draw(st.integers(0, 4))
        wanted.append(
            want(
                f"w{number}", draw(st.sampled_from("ABC")), draw(st.sampled_from("XY")), first,
                draw(st.integers(first, 4)), protected=draw(st.booleans()),
            )
        )  # fmt: skip
    some_days = st.frozensets(st.integers(0, 4).map(day), max_size=2)
    terms = Terms(
        off=draw(some_days),
        quiet={"X": draw(some_days)},
        loads=draw(st.dictionaries(st.sampled_from("ABC"), st.integers(1, 2))),
        most=draw(st.none() | st.integers(1, 2)),
    )
    return wanted, terms


def best(wanted: Sequence[Wanted], terms: Terms) -> int | None:
    """The fewest visits of all plans that keep to the terms; None where there is none."""
    plans = (
        dict(zip([one.key for one in wanted], chosen, strict=True)) for chosen in product(*map(terms.open, wanted))
    )
    return min((len(visits_of(days, wanted)) for days in plans if not broken(days, wanted, terms)), default=None)


@settings(deadline=None, max_examples=80)
@given(matters())
def test_a_proposal_is_the_best_of_all_plans_and_a_standstill_has_none(matter: tuple[list[Wanted], Terms]) -> None:
    wanted, terms = matter
    found, fewest = match(wanted, terms), best(wanted, terms)
    if fewest is None:
        assert isinstance(found, Standstill)
        assert codes(found)[0] == "together.impossible"
        return
    assert isinstance(found, Proposal)
    assert not broken(days_of(found), wanted, terms)
    assert sorted(days_of(found)) == sorted(one.key for one in wanted)
    assert found.bound == found.after == fewest <= found.before == len(wanted)
    assert match(list(reversed(wanted)), terms) == found
    assert greedy.fewest(wanted, terms) <= fewest
    if quick := greedy.plan(wanted, terms):
        assert not broken(quick, wanted, terms)
        assert len(visits_of(quick, wanted)) >= fewest


@settings(deadline=None, max_examples=40)
@given(matters())
def test_what_is_named_cannot_be_done_and_all_but_one_of_it_can(matter: tuple[list[Wanted], Terms]) -> None:
    wanted, terms = matter
    found = match(wanted, terms)
    if isinstance(found, Proposal):
        return
    assert found.least
    named = [one for one in wanted if one.key in found.keys]
    assert best(named, terms) is None
    for gone in named:
        assert best([one for one in named if one != gone], terms) is not None


def test_six_visits_become_two() -> None:
    wanted = [want(f"w{number}", "ABC"[number % 3], "XY"[number % 2], number % 3, 3) for number in range(6)]
    found = match(wanted, Terms(names={"X": "桂花酒楼"}))
    assert isinstance(found, Proposal)
    assert (found.before, found.after, found.proved) == (6, 2, True)
    assert [reason.say() for reason in found.reasons] == [
        "6 visits become 2.", "Fewer are impossible under these terms.",
    ]  # fmt: skip
    assert all(visit.day == day(2) for visit in found.visits), "of the days that serve all, the earliest"


@pytest.mark.parametrize(
    ("wanted", "terms", "rule", "says"),
    [
        (
            [want("a", "A", "X", 5, 6)], Terms(off=frozenset({day(5), day(6)})), "together.off",
            "Nobody works on these days: 2026-11-07, 2026-11-08.",
        ),
        (
            [want("a", "A", "X", 0, 1)], Terms(quiet={"X": frozenset(map(day, range(9)))}, names={"X": "桂花酒楼"}),
            "together.quiet", "桂花酒楼 is left alone on its quiet days: 2026-11-02, 2026-11-03.",
        ),
        (
            [want("a", "A", "X", 0, 0), want("b", "A", "Y", 0, 0), want("c", "B", "Z", 0, 9)],
            Terms(loads={"A": 1}, names={"A": "区应急局"}), "together.load",
            "The officers of 区应急局 can visit 1 firms on one day.",
        ),
        (
            [want("a", "A", "X", 0, 0), want("b", "B", "X", 0, 0)], Terms(most=1), "together.most",
            "At most 1 authorities may come to X on one day.",
        ),
    ],
)  # fmt: skip
def test_an_impossible_plan_says_which_rule_stands_in_the_way(
    wanted: list[Wanted], terms: Terms, rule: str, says: str
) -> None:
    found = match(wanted, terms)
    assert isinstance(found, Standstill)
    assert found.least
    assert [reason.say() for reason in found.reasons if reason.code == rule] == [says]
    assert "c" not in found.keys
    asked = [reason for reason in found.reasons if reason.code == "together.window"]
    assert len(asked) == len(found.keys)


def test_many_quiet_days_are_counted() -> None:
    found = match([want("a", "A", "X", 0, 9)], Terms(quiet={"X": frozenset(map(day, range(30)))}))
    assert "2026-11-07, 4 more." in found.reasons[-1].say()


def test_a_claimed_exception_opens_a_quiet_day() -> None:
    terms = Terms(quiet={"X": frozenset(map(day, range(9)))})
    assert isinstance(match([want("a", "A", "X", 0, 1)], terms), Standstill)
    assert isinstance(match([want("a", "A", "X", 0, 1, protected=False)], terms), Proposal)


def test_little_effort_gives_a_plan_with_what_is_not_known() -> None:
    wanted = [
        want(f"w{n:03}", "ABCDEFGH"[n * 7 % 8], f"f{n * 5 % 23}", n * 3 % 9, n * 3 % 9 + 2 + n % 6) for n in range(120)
    ]
    terms = Terms(loads=dict.fromkeys("ABCDEFGH", 4), most=3)
    found, again = match(wanted, terms, effort=0.02), match(wanted, terms, effort=0.02)
    assert isinstance(found, Proposal)
    assert found == again
    assert not broken(days_of(found), wanted, terms)
    full = match(wanted, terms, effort=0.2)
    assert isinstance(full, Proposal)
    assert found.bound <= full.bound <= full.after <= found.after <= found.before
    assert codes(found)[-1] == ("together.fewest" if found.proved else "together.bound")


def test_nothing_wanted_and_too_much() -> None:
    empty = match([], Terms())
    assert isinstance(empty, Proposal)
    assert empty.after == 0
    far = replace(want("a", "A", "X", 0, 0), last=date(2400, 1, 1))
    with pytest.raises(Refusal) as refused:
        match([far], Terms())
    assert refused.value.problems[0].code == "together.too_many"


def test_without_the_solver_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    home = "mingjing.programmes.inspections.policy.together"
    for name in ("solver", "conflicts"):
        monkeypatch.delitem(sys.modules, f"{home}.{name}", raising=False)
        monkeypatch.delattr(f"{home}.{name}", raising=False)
    monkeypatch.setitem(sys.modules, "ortools.sat.python", None)
    with pytest.raises(SolverLacking, match="script/setup together"):
        match([want("a", "A", "X", 0, 0)], Terms())
