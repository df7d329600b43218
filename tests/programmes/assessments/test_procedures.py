"""The proceedings of the programme hold together, whatever days a scheme gives, and let nobody be listed unheard."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.programmes.assessments.replaying import HETANG

from mingjing.engine.process import Act, Clock, Process, check_process, stand
from mingjing.programmes.assessments.policy import procedures
from mingjing.programmes.assessments.policy.procedures import CLOCKS, clocks_of

START = datetime(2026, 3, 2, 9, tzinfo=timezone(timedelta(hours=8)))
ALL = frozenset({"document", "service", "exhibit", "reason"})
BUILD = {kind: getattr(procedures, kind) for kind in CLOCKS}


def due(at: datetime, clock: Clock, known: datetime) -> datetime:
    return at + timedelta(days=clock.days)


def hetang(kind: str) -> Process:
    process: Process = BUILD[kind](clocks_of(HETANG, kind))
    return process


@pytest.mark.parametrize("kind", CLOCKS)
def test_the_rules_hold_together(kind: str) -> None:
    check_process(hetang(kind))


def test_the_days_are_those_of_the_scheme() -> None:
    assert clocks_of(HETANG, "listing") == {"notice": Clock(5)}
    assert clocks_of(HETANG, "publication") == {"public_notice": Clock(7)}
    assert clocks_of(HETANG, "appeal") == {"published": Clock(15), "appeal": Clock(15)}
    assert clocks_of(HETANG, "objection") == {"delivered": Clock(3), "objection": Clock(5)}


def test_an_appeal_a_minute_late_is_kept_and_decided_only_once_it_is_excused() -> None:
    late = START + timedelta(days=15, minutes=1)
    acts = [Act(1, "published", START, "", has=ALL), Act(2, "appeal", late, "clerk", has=ALL)]
    now = stand(hetang("appeal"), acts, late, due)
    assert "appeal" not in now.done
    assert [problem.code for problem in now.missing("decision")] == ["process.missing"]
    acts.append(Act(3, "excuse", late, "director", has=ALL))
    assert stand(hetang("appeal"), acts, late, due).missing("decision") == ()


def test_whoever_visited_neither_answers_nor_decides() -> None:
    process, after = hetang("listing"), START + timedelta(days=6)
    acts = [Act(1, "notice", START, "clerk", has=ALL), Act(2, "statement", START, "clerk", has=ALL)]
    now = stand(process, acts, after, due, involved=frozenset({"visitor"}))
    for step, stance in (("reply", ""), ("excuse", ""), ("decision", "uphold")):
        told = now.refusals(Act(3, step, after, "visitor", stance, ALL))
        assert "process.involved" in [problem.code for problem in told]


def test_a_hearing_without_minutes_was_not_held_and_nobody_decides_before_one_that_was_asked_for() -> None:
    after = START + timedelta(days=6)
    acts = [Act(1, "notice", START, "clerk", has=ALL), Act(2, "hearing_asked", START, "clerk", has=ALL)]
    now = stand(hetang("listing"), acts, after, due)
    told = now.refusals(Act(3, "hearing", after, "chair", "", ALL - {"exhibit"}))
    assert [problem.code for problem in told] == ["process.needs"]
    assert now.refusals(Act(3, "hearing", after, "chair", "", ALL)) == ()
    told = now.refusals(Act(3, "decision", after, "panel", "uphold", ALL))
    assert "process.missing" in [problem.code for problem in told]


def test_one_house_alone_signs_nothing_off() -> None:
    process, after = hetang("publication"), START + timedelta(days=7)
    acts = [Act(1, "public_notice", START, "a", has=ALL), Act(2, "signed_centre", after, "a", has=ALL)]
    now = stand(process, acts, after, due)
    told = now.refusals(Act(3, "signed_bureau", after, "a", has=ALL))
    assert [problem.code for problem in told] == ["process.same_person"]
    assert [problem.code for problem in now.missing("published")] == ["process.missing"]


@given(st.data())
def test_nobody_is_listed_without_notice_time_and_two_who_were_not_there(data: st.DataObject) -> None:
    process = hetang("listing")
    acts, now = list[Act](), START
    for number in range(1, data.draw(st.integers(3, 14)) + 1):
        now += timedelta(days=data.draw(st.sampled_from([5, 0, 1, 6])))
        standing = stand(process, acts, now, due, involved=frozenset({"visitor"}))
        step = data.draw(st.sampled_from(standing.open or ("decision",)))
        stance = data.draw(st.sampled_from(["uphold", "uphold", "drop"])) if process.step(step).stances else ""
        act = Act(number, step, now, data.draw(st.sampled_from(["a", "b", "c", "visitor"])), stance, ALL)
        if not standing.refusals(act):
            acts.append(act)
    ended = stand(process, acts, now, due, involved=frozenset({"visitor"}))
    if ended.said.get("decision") == "uphold":
        notice = next(act for act in acts if act.step == "notice")
        votes = {act.by for act in acts if act.step == "decision" and act.stance == "uphold"}
        assert len(votes) >= 2
        assert "visitor" not in votes
        assert all(act.at >= notice.at + timedelta(days=5) for act in acts if act.step == "decision")
        said = {"statement", "hearing_asked"}
        in_time = [act.number for act in acts if act.step in said and act.at < notice.at + timedelta(days=5)]
        replies = [act.number for act in acts if act.step == "reply"]
        assert not in_time or max(replies) > max(in_time)
