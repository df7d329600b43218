"""Objections and appeals in the life of a listing, in time, late, excused and decided, by acts in any order.

Mixed into the machine of test_listing_machine. Not here: single cases (test_objections, test_appeals).
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule
from tests.programmes.assessments.contested import findings

from mingjing.kernel.parties.models import Person
from mingjing.kernel.proceedings.models import Proceeding
from mingjing.kernel.proceedings.queries import reckoning, stands
from mingjing.programmes.assessments.actions.appeals import decide_appeal, file_appeal
from mingjing.programmes.assessments.actions.disputes import excuse_lateness
from mingjing.programmes.assessments.actions.objections import decide_objection, file_objection
from mingjing.programmes.assessments.models import Entry, Round, VisitRecord
from mingjing.programmes.assessments.policy.corrections import Remedy
from mingjing.programmes.assessments.queries.editions import newest_of

__all__ = ["Disputes"]

WHO = st.sampled_from(["director", "bureau", "other", "officer"])
"""The officer was on the visit."""
VERDICTS = st.sampled_from(["upheld", "rejected"])
"""Simplest first: hypothesis tries to blame the earlier ones."""


class Disputes(RuleBasedStateMachine):
    """Rules about what the company of `entry` disputes: a finding of `record`, or its entry in the newest edition."""

    people: dict[str, Person]
    round: Round
    entry: Entry
    record: VisitRecord
    now: datetime
    reached: ClassVar[set[str]]
    disputes: list[Proceeding]
    attempt: Callable[[str, Callable[[], Any]], Any]

    @rule(back=st.booleans())
    def objected(self, back: bool) -> None:
        told: dict[str, Any] = {
            "record": self.record,
            "finding": findings(self.record)[0]["id"],
            "grounds": "不实",
            "at": self.now,
        }
        received: dict[str, Any] = {"received_at": self.now - timedelta(days=1)} if back else {}
        act = partial(file_objection, **told, **received, by=self.people["officer"])
        if (filed := self.attempt("objection", act)) is not None:
            self.disputes.append(filed)

    @rule(back=st.booleans())
    def appealed(self, back: bool) -> None:
        newest = newest_of(self.round)
        if newest is not None:
            told: dict[str, Any] = {"row": newest.rows.get(entry=self.entry), "grounds": "程序违法", "at": self.now}
            received: dict[str, Any] = {"received_at": self.now - timedelta(days=1)} if back else {}
            act = partial(file_appeal, **told, **received, by=self.people["officer"])
            if (filed := self.attempt("appeal", act)) is not None:
                self.disputes.append(filed)

    @rule(who=WHO)
    def lateness_excused(self, who: str) -> None:
        if self.disputes:
            told: dict[str, Any] = {
                "proceeding": self.fresh(),
                "note": "邮路中断",
                "by": self.people[who],
                "at": self.now,
            }
            self.attempt("excused", lambda: excuse_lateness(**told))

    @rule(who=WHO, verdict=VERDICTS, listing=st.booleans())
    def dispute_decided(self, who: str, verdict: str, listing: bool) -> None:
        if not self.disputes:
            return
        one = self.fresh()
        told: dict[str, Any] = {
            "proceeding": one,
            "stance": verdict,
            "note": "已核实",
            "by": self.people[who],
            "at": self.now,
        }
        before = newest_of(self.round)
        if one.kind == "objection":
            done = self.attempt("objection_decided", lambda: decide_objection(**told))
        else:
            struck = {(self.record.pk, str(findings(self.record)[0]["id"])): 0}
            remedy = Remedy(listing=True) if listing else Remedy(findings=struck)
            done = self.attempt("appeal_decided", lambda: decide_appeal(**told, remedy=remedy))
        if done is not None:
            assert who != "officer"
            after = newest_of(self.round)
            if verdict == "upheld" and before is not None:
                assert after is not None
                assert after.number == before.number + 1
            else:
                assert after == before

    def the_listing_is_overturned(self) -> None:
        """An appeal that came late, excused, and upheld."""
        self.appealed(False)
        self.lateness_excused("other")
        self.dispute_decided("other", "upheld", listing=True)
        assert not newest_of(self.round).rows.get(entry=self.entry).adverse  # type: ignore[union-attr]

    def fresh(self) -> Proceeding:
        return Proceeding.objects.select_related("area").get(pk=self.disputes[-1].pk)

    def no_deadline_is_lost(self) -> None:
        """What came in time counts, what came late does not unless excused; what counts has a day it is due."""
        for one in self.disputes:
            found = stands(one, self.now).standing
            begun, kind = found.process.steps[0], one.kind
            assert begun.clock
            over = reckoning(self.round.area)(found.done[begun.code], begun.clock, self.now)
            filed = one.steps.get(step=kind)
            in_time = (filed.happened_at or filed.at) < over
            assert (kind in found.done) == (in_time or "excuse" in found.done)
            assert kind not in found.done or found.due(kind) is not None
            assert kind in found.done or kind in found.late
