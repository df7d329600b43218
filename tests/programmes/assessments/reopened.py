"""The part of a listing's life that begins after the decision: what is established later, by acts in any order.

Mixed into the machine of test_listing_machine, which says what always holds. Not here: single cases (test_reopenings).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule
from tests.programmes.assessments.contested import exhibit
from tests.programmes.assessments.notebook import Event, must_have_been_signed, must_have_happened

from mingjing.kernel.documents.actions import record_service, void_service
from mingjing.kernel.documents.models import Service
from mingjing.kernel.parties.models import Person
from mingjing.kernel.proceedings.actions import take_back
from mingjing.kernel.proceedings.models import Proceeding
from mingjing.programmes.assessments.actions.editions import correct_list
from mingjing.programmes.assessments.actions.filings import decide_filing, file_document
from mingjing.programmes.assessments.actions.reopenings import issue_reopening_notice, take_reopening_step
from mingjing.programmes.assessments.models import Edition, Entry, Filing, Reopening, Round
from mingjing.programmes.assessments.queries.editions import newest_of

__all__ = ["Reopenings"]

WHO = st.sampled_from(["director", "bureau", "other", "officer"])
"""The officer files it."""
LATER = ("public_notice", "signed_centre", "signed_bureau")


@dataclass
class Noted:
    """A reopening and what the notebook says of it."""

    reopening: Reopening
    events: list[Event] = field(default_factory=list)
    back: set[int] = field(default_factory=set)
    services: list[Service] = field(default_factory=list)

    @property
    def real(self) -> list[Event]:
        """What nobody took back."""
        return [one for one in self.events if one.number not in self.back]


class Reopenings(RuleBasedStateMachine):
    """Rules about late vetoes; `entry` was proposed for the black list by the decision, `second` was not."""

    people: dict[str, Person]
    round: Round
    entry: Entry
    second: Entry
    now: datetime
    start: ClassVar[datetime]
    late: list[Noted]
    kept: dict[int, list[Any]]
    reached: ClassVar[set[str]]
    attempt: Callable[[str, Callable[[], Any]], Any]

    def bonus_granted(self) -> None:
        """The second has a bonus that may turn out to be contradicted."""
        Filing.objects.create(
            entry=self.second, kind="bonus", code="party_branch", document="批复", filed_by=self.people["officer"],
            filed_at=self.start, decided_by=self.people["director"], decided_at=self.start, approved=True,
        )  # fmt: skip

    def reopened_on_the_way(self, *, whole: bool) -> None:
        """So much of a usual one, for who was never proposed: noticed, or a bonus taken back and then a veto."""
        for bonus in (True, False)[not whole :]:
            self.now += timedelta(days=1)
            self.established_later(True, 2, bonus)
            self.late_notice_served()
            if whole:
                self.late_panel("uphold", "bureau")
                self.late_shown_and_signed("bureau")
                told = {"round": self.round, "number": 2 - bonus, "reason": "事后查实", "by": self.people["director"]}
                self.attempt("corrected", lambda told=told: correct_list(**told, at=self.now))  # type: ignore[misc]

    def listed_again_for_another_reason(self) -> None:
        """After its listing was overturned `entry` is listed for a veto that was established later."""
        self.now += timedelta(days=1)
        self.established_later(False, 2, False)
        self.late_notice_served()
        self.late_panel("uphold", "bureau")
        self.late_shown_and_signed("bureau")
        newest = newest_of(self.round)
        assert newest is not None
        told = {"round": self.round, "number": newest.number, "reason": "事后查实", "by": self.people["director"]}
        corrected = self.attempt("corrected", lambda: correct_list(**told, at=self.now))  # type: ignore[arg-type]
        assert corrected.rows.get(entry=self.entry).adverse

    @rule(second=st.booleans(), votes=st.sampled_from([2, 2, 1]), bonus=st.sampled_from([False, False, True]))
    def established_later(self, second: bool, votes: int, bonus: bool) -> None:
        entry = self.second if second or bonus else self.entry
        told = {"entry": entry, "kind": "veto", "code": "serious_stability_incident", "document": "判决书",
                "occurred_on": self.round.first_day, "responsibility": "未履行职责", "at": self.now}  # fmt: skip
        told |= {"kind": "refuted", "code": "party_branch"} if bonus else {}
        what = "late_refuted" if bonus else "late_filed"
        filing = self.attempt(what, lambda: file_document(**told, by=self.people["officer"]))  # type: ignore[arg-type]
        filing = (
            filing or Filing.objects.filter(entry=entry, filed_at__gt=self.round.deciding_at, approved=None).first()
        )
        if filing is None:
            return
        exhibit(filing.subject, self.round.area, self.now)
        decide = {"filing": filing, "approved": True, "reason": "属实", "at": self.now}
        for who in ("director", "bureau")[:votes]:
            self.attempt("late_voted", lambda who=who: decide_filing(**decide, by=self.people[who]))  # type: ignore[misc]
        if (made := Reopening.objects.select_related("proceeding__organisation").filter(filing=filing).first()) and all(
            one.reopening != made for one in self.late
        ):
            self.late.append(Noted(made))

    def _late_step(self, step: str, who: str, **brought: Any) -> None:
        if self.late:
            one = self.late[-1]
            told = {"reopening": one.reopening, "step": step, "by": self.people[who], "at": self.now}
            taken = self.attempt(f"late_{step}", lambda: take_reopening_step(**told, **brought))
            if taken is not None:
                moment = taken.happened_at or taken.at
                one.events.append(Event(taken.number, step, who, taken.stance, taken.at, moment, taken.service))

    @rule()
    def late_notice_served(self) -> None:
        if not self.late:
            return
        one = self.late[-1]
        act = lambda: issue_reopening_notice(reopening=one.reopening, by=self.people["officer"], at=self.now)  # noqa: E731
        document = self.attempt("late_issued", act)
        if document is not None:
            shown = exhibit(document.ledger_subject, self.round.area, self.now)
            code = one.reopening.proceeding.organisation.credit_code  # type: ignore[union-attr]  # a company is known
            service = record_service(
                document=document, credit_code=code, method="direct", served_at=self.now, received_by="前台",
                exhibits=[shown.pk], by=self.people["officer"], at=self.now,
            )  # fmt: skip
            one.services.append(service)
        if one.services:
            self._late_step("notice", "officer", service=one.services[-1])

    @rule()
    def late_service_voided(self) -> None:
        if self.late and self.late[-1].services:
            told = {"service": self.late[-1].services[-1], "reason": "回证不实", "by": self.people["officer"]}
            self.attempt("late_voided", lambda: void_service(**told, at=self.now))

    @rule(step=st.sampled_from(["statement", "hearing_asked", "hearing", "reply", "withdrawn", *LATER]), who=WHO)
    def late_step(self, step: str, who: str) -> None:
        brought: dict[str, Any] = {} if step == "hearing_asked" else {"note": "已核实"}
        if step == "hearing" and self.late:
            subject = self.late[-1].reopening.proceeding.ledger_subject
            brought["exhibits"] = [exhibit(subject, self.round.area, self.now).pk]
        self._late_step(step, who, **brought)

    @rule(stance=st.sampled_from(["uphold", "uphold", "drop"]), second=WHO)
    def late_panel(self, stance: str, second: str) -> None:
        self.now += timedelta(days=16)
        for who in ("director", second):
            self._late_step("decision", who, stance=stance, note="证据充分")

    @rule(second=st.sampled_from(["bureau", "bureau", "director"]))
    def late_shown_and_signed(self, second: str) -> None:
        self._late_step("public_notice", "director", note="网站公示")
        self.now += timedelta(days=21)
        self._late_step("signed_centre", "director", note="同意")
        self._late_step("signed_bureau", second, note="同意")

    @rule(place=st.integers(0, 4))
    def late_taken_back(self, place: int) -> None:
        if self.late and self.late[-1].events:
            one = self.late[-1]
            number = one.events[place % len(one.events)].number
            proceeding = Proceeding.objects.select_related("area").get(pk=one.reopening.proceeding_id)
            told = {"proceeding": proceeding, "number": number, "note": "记错了", "by": self.people["other"]}
            if self.attempt("late_taken_back", lambda: take_back(**told, at=self.now)) is not None:  # type: ignore[arg-type]
                one.back.add(number)

    def added_with_ground(self, entry: int) -> bool:
        """Whether the notebook has a reopening of this entry with everything that one takes."""
        for one in self.late:
            if one.reopening.entry_id == entry and one.events:
                company = one.reopening.proceeding.organisation_id
                try:
                    must_have_happened(one.real, company)
                    must_have_been_signed(one.real)
                except (AssertionError, IndexError):
                    continue
                return True
        return False

    def no_row_of_an_edition_changes_and_none_is_added_to_those_who_lose_rights(self) -> None:
        editions = list(Edition.objects.filter(round=self.round).order_by("number"))
        assert [edition.number for edition in editions] == list(range(1, len(editions) + 1))
        moments = [edition.published_at for edition in editions]
        assert moments == sorted(moments)
        adverse, points = {self.entry.pk}, None
        for edition in editions:
            rows = list(edition.rows.order_by("index").values())
            new, now = edition.pk not in self.kept, {row["entry_id"] for row in rows if row["adverse"]}
            assert self.kept.setdefault(edition.pk, rows) == rows
            taken = {row["entry_id"] for row in rows if points and row["bonus"] < points[row["entry_id"]]}
            for entry in taken if new else ():
                self.reached.add("bonus_taken")
                assert self.added_with_ground(entry), "a bonus was taken back unheard"
            points = {row["entry_id"]: row["bonus"] for row in rows}
            for added in now - adverse if new else ():
                self.reached.add("added")
                assert self.added_with_ground(added), "added to the black list unheard"
            adverse = now
