"""What follows a listing is acts in an order: none is skipped, none follows by itself, an end is only recommended."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.programmes.assessments.replaying import HETANG

from mingjing.engine.process import Act, Clock, Process, check_process, stand
from mingjing.programmes.assessments.policy.measures import (
    CLOCKS,
    DOCUMENTS,
    EXIT,
    MEASURES,
    REWARD,
    Facts,
    commended_tier,
    exit_after,
    exit_process,
    gaps,
    measure_clocks,
    measures,
    reward,
)

START = datetime(2026, 3, 2, 9, tzinfo=timezone(timedelta(hours=8)))
ALL = frozenset({"document", "service", "exhibit", "reason"})
BUILD = {MEASURES: measures, EXIT: exit_process, REWARD: reward}
IN_ORDER = ("listed", "reminder", "talk_notice", "talk", "admonition", "plan", "reinspection", "release")


def due(at: datetime, clock: Clock, known: datetime) -> datetime:
    return at + timedelta(days=clock.days)


def hetang(kind: str) -> Process:
    return BUILD[kind](measure_clocks(HETANG, kind))


@pytest.mark.parametrize("kind", CLOCKS)
def test_the_rules_hold_together(kind: str) -> None:
    process = hetang(kind)
    check_process(process)
    assert {step for of, step in DOCUMENTS if of == kind} <= {step.code for step in process.steps}


def test_the_days_and_the_threshold_are_those_of_the_scheme() -> None:
    assert measure_clocks(HETANG, MEASURES) == {"listed": Clock(10), "admonition": Clock(5), "plan": Clock(15)}
    assert exit_after(HETANG) == 3
    assert commended_tier(HETANG.list_rules) == "RED"


def taken(steps: tuple[str, ...], *, by: str = "") -> list[Act]:
    return [
        Act(number, step, START + timedelta(hours=number), by or f"p{number}", has=ALL)
        for number, step in enumerate(steps, start=1)
    ]


def test_in_order_it_leads_to_the_release() -> None:
    now = stand(hetang(MEASURES), taken(IN_ORDER), START + timedelta(days=1), due)
    assert set(now.done) == set(IN_ORDER)
    assert now.void == frozenset()


@given(st.permutations(IN_ORDER))
def test_no_order_of_acts_skips_a_step(order: tuple[str, ...]) -> None:
    now = stand(hetang(MEASURES), taken(tuple(order)), START + timedelta(days=1), due)
    done = [step for step in IN_ORDER if step in now.done]
    assert done == list(IN_ORDER[: len(done)])


def test_whoever_took_the_plan_does_not_look_whether_it_was_met() -> None:
    now = stand(hetang(MEASURES), taken(IN_ORDER[:6], by="clerk"), START + timedelta(days=1), due)
    act = Act(9, "reinspection", now.now, "clerk", has=ALL)
    assert [problem.code for problem in now.refusals(act)] == ["process.same_person"]
    assert now.refusals(Act(9, "reinspection", now.now, "other", has=ALL)) == ()


def test_not_put_right_once_or_twice_the_look_comes_again() -> None:
    acts = [*taken((*IN_ORDER[:6], "returned", "returned", "reinspection"))]
    now = stand(hetang(MEASURES), acts, START + timedelta(days=1), due)
    assert {"returned", "reinspection"} <= set(now.done)
    assert now.missing("returned")


@pytest.mark.parametrize("kind", [EXIT, REWARD])
def test_nobody_approves_what_they_proposed(kind: str) -> None:
    now = stand(hetang(kind), taken(("proposed",), by="one"), START + timedelta(days=1), due)
    assert now.refusals(Act(2, "approved", now.now, "one", has=ALL))
    assert not now.refusals(Act(2, "approved", now.now, "other", has=ALL))


@pytest.mark.parametrize("kind", CLOCKS)
def test_a_reversed_one_goes_no_further(kind: str) -> None:
    first = hetang(kind).steps[0].code
    now = stand(hetang(kind), taken((first, "reversed")), START + timedelta(days=1), due)
    assert now.ended == "reversed"
    assert now.open == ()


@pytest.mark.parametrize(
    ("kind", "step", "facts", "code"),
    [
        (MEASURES, "reminder", Facts(stands=False), "measures.corrected"),
        (MEASURES, "reversed", Facts(stands=True), "measures.stands"),
        (MEASURES, "release", Facts(stands=True, open_orders=("2026-430202-0001",)), "measures.open_orders"),
        (MEASURES, "reinspection", Facts(stands=True, open_orders=("2026-430202-0001",)), "measures.open_orders"),
        (EXIT, "proposed", Facts(stands=True, streak=2, exit_after=3), "measures.streak"),
        (EXIT, "proposed", Facts(stands=True, streak=9, exit_after=None), "measures.streak"),
        (EXIT, "sent", Facts(stands=True, document=False), "measures.no_document"),
    ],
)
def test_what_else_stands_in_the_way(kind: str, step: str, facts: Facts, code: str) -> None:
    assert [problem.code for problem in gaps(kind, step, facts)] == [code]


def test_three_in_a_row_open_a_recommendation_and_a_correction_closes_everything() -> None:
    assert gaps(EXIT, "proposed", Facts(stands=True, streak=3, exit_after=3)) == ()
    assert gaps(MEASURES, "reversed", Facts(stands=False)) == ()
