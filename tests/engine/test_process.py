"""Due process read from acts: what is missing, what waits, who may not; no order of acts skips a gate."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from mingjing.engine.process import Act, Clock, Process, Standing, Step, check_process, stand

START = datetime(2026, 3, 2, 9, tzinfo=timezone(timedelta(hours=8)))
UPHOLD = {"uphold": "Uphold", "drop": "Drop"}
LISTING = Process(
    "listing",
    (
        Step("notice", "Notice", needs=("document", "service"), clock=Clock(5), dated=True),
        Step("statement", "Statement", within="notice", excused_by="excuse", optional=True, until=("panel",),
             once=False, dated=True),
        Step("excuse", "Excuse", optional=True, needs=("reason",), until=("panel",)),
        Step("asked", "Hearing asked for", within="notice", optional=True),
        Step("hearing", "Hearing", after=("notice",), needed_if=("asked",), needs=("exhibit",)),
        Step("reply", "Reply", after=("statement",), needed_if=("statement", "asked"), needs=("document",),
             uninvolved=True),
        Step("panel", "Panel", after=("notice", "hearing", "reply"), waits_for=("notice",), votes=2, stances=UPHOLD,
             needs=("reason",), uninvolved=True, apart_from=("reply",)),
        Step("public", "Public notice", after=("panel",), clock=Clock(7)),
        Step("publish", "Publish", after=("public",), waits_for=("public",), apart_from=("panel",)),
    ),
    ends=(("panel", "drop"),),
)  # fmt: skip
ALL = frozenset({"document", "service", "exhibit", "reason"})
VISITED = frozenset({"visitor"})


def due(at: datetime, clock: Clock, known: datetime) -> datetime:
    return at + timedelta(days=clock.days)


class Case:
    """A proceeding to which acts are added as an action would: refused where something stands in the way."""

    def __init__(self) -> None:
        self.acts: list[Act] = []

    def stands(self, now: datetime) -> Standing:
        return stand(LISTING, self.acts, now, due, involved=VISITED)

    def act(self, step: str, day: float, by: str = "clerk", stance: str = "", has: frozenset[str] = ALL,
            takes_back: int | None = None, happened: float | None = None) -> list[str]:  # fmt: skip
        at = START + timedelta(days=day)
        then = None if happened is None else START + timedelta(days=happened)
        act = Act(len(self.acts) + 1, step, at, by, stance, has, takes_back, then)
        problems = self.stands(at).refusals(act)
        if not problems:
            self.acts.append(act)
        return [problem.code for problem in problems]


def test_the_rules_hold_together() -> None:
    check_process(LISTING)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"after": ("nobody",)}, "no steps"), ({"waits_for": ("statement",)}, "no clock"),
        ({"after": ("publish",)}, "comes before"), ({"needs": ("luck",)}, "nobody can bring"),
    ],
)  # fmt: skip
def test_rules_that_could_never_be_met_are_found(changes: dict[str, tuple[str, ...]], told: str) -> None:
    steps = [replace(step, **changes) if step.code == "reply" else step for step in LISTING.steps]
    with pytest.raises(ValueError, match=told):
        check_process(Process("broken", tuple(steps)))


def test_a_clean_case_is_published_no_sooner_than_every_clock_has_run_out() -> None:
    case = Case()
    assert case.act("notice", 0) == []
    assert case.act("panel", 4.9, "a", "uphold") == ["process.clock_runs"]
    assert case.act("panel", 5, "a", "uphold") == []
    assert case.act("panel", 5, "a", "uphold") == []  # the same person again is one vote
    assert "panel" not in case.stands(START + timedelta(days=6)).done
    assert case.act("panel", 6, "b", "uphold") == []
    assert case.act("public", 6) == []
    assert case.act("publish", 12.9) == ["process.clock_runs"]
    assert case.act("publish", 13, "a") == ["process.same_person"]
    assert case.act("publish", 13) == []
    assert case.act("publish", 14) == ["process.done"]


def test_a_statement_calls_for_a_reply_by_somebody_who_was_not_there() -> None:
    case = Case()
    case.act("notice", 0)
    assert case.act("reply", 1) == ["process.not_called_for"]
    assert case.act("statement", 1, "company") == []
    assert case.act("panel", 6, "a", "uphold") == ["process.missing"]
    assert case.act("reply", 6, "visitor") == ["process.involved"]
    assert case.act("reply", 6, "clerk", has=frozenset()) == ["process.needs"]
    assert case.act("reply", 6, "clerk") == []
    assert case.act("panel", 6, "clerk", "uphold") == ["process.same_person"]
    assert case.act("panel", 6, "a", "perhaps") == ["process.stance"]


def test_what_is_said_after_the_reply_calls_for_another() -> None:
    case = Case()
    case.act("notice", 0)
    case.act("statement", 1, "company")
    assert case.act("reply", 2) == []
    assert case.act("reply", 2) == ["process.done"]
    assert case.act("statement", 4, "company") == []
    assert case.act("panel", 6, "a", "uphold") == ["process.missing"]
    assert case.act("reply", 6) == []
    assert case.act("panel", 6, "a", "uphold") == []
    assert case.act("panel", 6, "b", "uphold") == []
    assert case.stands(START + timedelta(days=6)).said["panel"] == "uphold"


def test_what_is_excused_later_is_answered_and_those_who_voted_before_vote_again() -> None:
    case = Case()
    case.act("notice", 0)
    case.act("statement", 1, "company")
    case.act("reply", 2)
    case.act("statement", 5.5, "company")  # late, and holds nothing up
    assert case.act("panel", 6, "a", "uphold") == []
    assert case.act("excuse", 6) == []
    assert case.act("panel", 6, "b", "uphold") == ["process.missing"]
    assert case.act("reply", 7) == []
    assert case.act("panel", 7, "b", "uphold") == []
    assert "panel" not in case.stands(START + timedelta(days=7)).done
    assert case.act("panel", 7, "a", "uphold") == []
    assert "panel" in case.stands(START + timedelta(days=7)).done


def test_a_hearing_that_was_asked_for_is_held_with_minutes() -> None:
    case = Case()
    case.act("notice", 0)
    case.act("asked", 4, "company")
    assert set(case.act("panel", 6, "a", "uphold")) == {"process.missing"}
    assert case.act("hearing", 6, has=frozenset()) == ["process.needs"]
    assert case.act("hearing", 6) == []


def test_a_statement_a_moment_late_is_kept_and_does_not_count_unless_it_is_excused() -> None:
    case = Case()
    case.act("notice", 0)
    assert case.act("statement", 5, "company") == []
    now = case.stands(START + timedelta(days=5))
    assert "statement" not in now.done
    assert [act.by for act in now.late["statement"]] == ["company"]
    assert case.act("excuse", 5, has=frozenset({"reason"})) == []
    now = case.stands(START + timedelta(days=5))
    assert now.done["statement"] == START + timedelta(days=5)
    assert [problem.params["other"].text for problem in now.missing("panel")] == ["Reply"]


def test_clocks_go_by_when_a_thing_happened_not_by_when_it_was_recorded() -> None:
    case = Case()
    assert case.act("notice", 2, happened=3) == ["process.dated"]
    assert case.act("notice", 2, happened=0) == []
    assert case.stands(START + timedelta(days=2)).due("notice") == START + timedelta(days=5)
    assert case.act("statement", 6, "clerk", happened=4) == []  # it came in time and was recorded late
    assert case.stands(START + timedelta(days=6)).done["statement"] == START + timedelta(days=4)
    assert case.act("reply", 7, happened=5) == ["process.dated"]


def test_a_day_the_office_was_closed_moves_what_runs_and_undoes_nothing_that_was_done() -> None:
    def told(at: datetime, clock: Clock, known: datetime) -> datetime:
        return due(at, clock, known) + timedelta(days=1 if known >= START + timedelta(days=6) else 0)

    acts = [Act(1, "notice", START, "clerk", has=ALL)]
    acts += [Act(2 + n, "panel", START + timedelta(days=5.5), by, "uphold", ALL) for n, by in enumerate("ab")]
    acts += [Act(4, "public", START + timedelta(days=5.5), "clerk")]
    later = stand(LISTING, acts, START + timedelta(days=12.5), told)
    assert "panel" in later.done
    assert later.due("public") == START + timedelta(days=13.5)
    assert [problem.code for problem in later.missing("publish")] == ["process.clock_runs"]


def test_two_who_disagree_decide_nothing_and_a_third_decides() -> None:
    case = Case()
    case.act("notice", 0)
    for by, stance in (("a", "uphold"), ("b", "drop")):
        case.act("panel", 6, by, stance)
    assert "panel" not in case.stands(START + timedelta(days=6)).done
    case.act("panel", 7, "c", "drop")
    now = case.stands(START + timedelta(days=8))
    assert (now.said["panel"], now.ended) == ("drop", "panel")
    assert now.open == ()
    assert case.act("public", 9) == ["process.ended"]


def test_who_takes_a_notice_back_takes_what_rested_on_it() -> None:
    case = Case()
    case.act("notice", 0)
    case.act("panel", 5, "a", "uphold")
    case.act("panel", 5, "b", "uphold")
    case.act("public", 5)
    assert case.act("", 6, has=frozenset(), takes_back=1) == ["process.needs"]
    assert case.act("", 6, takes_back=1) == []
    now = case.stands(START + timedelta(days=7))
    assert (dict(now.done), now.void) == ({}, {1, 2, 3, 4})
    assert case.act("publish", 20)[0] == "process.missing"
    assert case.act("notice", 20) == []
    assert case.act("panel", 24, "a", "uphold") == ["process.clock_runs"]


def test_nothing_is_done_while_the_clock_of_the_server_stands_before_what_was_done() -> None:
    case = Case()
    case.act("notice", 10)
    assert case.act("statement", 9, "company") == ["process.clock"]


acts = st.tuples(
    st.sampled_from([0, 0, 0, 0, 0, 1, 2, 3, *(step.code for step in LISTING.steps)]),
    st.sampled_from([7, 5, 7, 3, 1, 0.5, 0.0]), st.sampled_from(["a", "b", "c", "d", "visitor"]),
    st.sampled_from(["uphold", "uphold", "uphold", "drop"]), st.sampled_from([*[ALL] * 6, frozenset[str]()]),
    st.sampled_from([*[None] * 30, 1, 2, 3]),
)  # fmt: skip
Tried = tuple[int | str, float, str, str, frozenset[str], int | None]


@settings(max_examples=300)
@given(st.lists(acts, min_size=4, max_size=40))
def test_no_order_of_acts_publishes_what_lacks_a_gate(tried: list[Tried]) -> None:
    case, day = Case(), 0.0
    for wanted, later, by, stance, has, takes_back in tried:
        day += later
        could = case.stands(START + timedelta(days=day)).open or ("publish",)
        step = could[-1 - wanted % len(could)] if isinstance(wanted, int) else wanted
        case.act(step, day, by, stance if LISTING.step(step).stances else "", has, takes_back)
    published = published_by_hand(case.acts)
    assert ("publish" in case.stands(START + timedelta(days=day)).done) == published
    event(f"published: {published}")


def published_by_hand(taken: list[Act]) -> bool:
    """Whether a publication rests on everything it must rest on, read from the acts alone, without the engine."""
    back = {act.takes_back for act in taken if act.takes_back is not None}
    valid = [act for act in taken if act.takes_back is None and act.number not in back]
    for publish in (act for act in valid if act.step == "publish"):
        before = [act for act in valid if act.number < publish.number]
        for notice in (act for act in before if act.step == "notice" and {"document", "service"} <= act.has):
            if rests(notice, [act for act in before if act.number > notice.number], publish):
                return True
    return False


def rests(notice: Act, later: list[Act], publish: Act) -> bool:
    over = notice.at + timedelta(days=5)
    votes = [
        act for act in later if act.step == "panel" and act.at >= over and act.by != "visitor" and "reason" in act.has
    ]
    for public in (act for act in later if act.step == "public" and publish.at >= act.at + timedelta(days=7)):
        since = answered([act for act in later if act.number < public.number], over)
        cast = [vote for vote in votes if vote.number < public.number]
        latest = {vote.by: vote.stance for vote in cast if since is not None and vote.number > since}
        if list(latest.values()).count("uphold") >= 2 and publish.by not in {vote.by for vote in cast}:
            return True
    return False


def answered(later: list[Act], over: datetime) -> int | None:
    """After which act votes count; None where a hearing in time has no minutes, or what was said no reply after it.

    Said is what came in time, and what came late at the moment in which it was excused.
    """
    excuse = next((act.number for act in later if act.step == "excuse"), None)
    asked = [act.number for act in later if act.step == "asked" and act.at < over]
    said = [act.number for act in later if act.step == "statement" and act.at < over]
    late = [act.number for act in later if act.step == "statement" and act.at >= over]
    said += [] if excuse is None else [max(number, excuse) for number in late]
    last = max((*asked, *said), default=0)
    heard = not asked or any(act.step == "hearing" and act.number > asked[-1] for act in later)
    replied = any(act.step == "reply" and act.by != "visitor" and act.number > last for act in later)
    return last if heard and (replied or not last) else None
