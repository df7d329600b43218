"""Bars from procurement in the life of a listing: decided, signed, served, ended, by acts in any order.

What the interface answers is held against `told`, a second account that reads the facts of the ledger and no row of
anything else. Mixed into the machine of test_listing_machine. Not here: single cases (test_measures,
test_standing_api).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, ClassVar

from django.test import Client
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule
from tests.programmes.assessments.contested import exhibit

from mingjing.kernel.documents.actions import record_service, void_service, withdraw_document
from mingjing.kernel.documents.models import Document, Service
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.programmes.assessments.actions.bars import call_off_bar, decide_bar, issue_bar_document, sign_bar
from mingjing.programmes.assessments.actions.measures import follow_list
from mingjing.programmes.assessments.models import Bar, Entry, Round
from mingjing.programmes.assessments.policy.standing import answer
from mingjing.programmes.assessments.queries.editions import newest_of
from mingjing.programmes.assessments.queries.standing import BAR_DECISION, bars_of, newest_document

__all__ = ["Bars"]

WHO = st.sampled_from(["director", "bureau", "other", "officer"])
LAW = {
    "scope": "本区政府采购的物业服务项目", "basis": "《示例条例》", "clause": "第二十条", "quote": "限制参加。",
    "reason": "未整改。",
}  # fmt: skip
BASIS = {"title": LAW["basis"], "article": LAW["clause"], "quote": LAW["quote"]}
DAY, YEAR = timedelta(days=1), timedelta(days=365)
KINDS = (
    "assessments.bar.decided", "assessments.bar.signed", "assessments.bar.called_off", "assessments.list.corrected",
    "documents.document.issued", "documents.document.withdrawn", "documents.service.recorded",
    "documents.service.voided",
)  # fmt: skip
TAKES_RIGHTS = "BLACK"


@dataclass(frozen=True)
class Told:
    """What the ledger says of a bar; `fell` is when a correction took away the listing it was decided on."""

    decided: Fact
    signed: list[Fact]
    ended: list[Fact]
    served: list[tuple[date, datetime, datetime | None]]
    fell: datetime | None

    def bars(self, on: date, known: datetime) -> bool:
        """Whether it bars on a day, by what stood in the ledger at an instant."""
        said = self.decided.values
        return (
            self.decided.at <= known
            and any(one.at <= known and one.by != self.decided.by for one in self.signed)
            and str(on) >= said["first"] and str(on) <= said["last"]
            and not any(one.at <= known and timezone.localdate(one.at) <= on for one in self.ended)
            and (self.fell is None or known < self.fell)
            and any(day <= on and since <= known and (until is None or known < until)
                    for day, since, until in self.served)
        )  # fmt: skip


def told() -> dict[int, Told]:
    """Every bar by the ledger alone."""
    facts = list(Fact.objects.filter(kind__in=KINDS).order_by("seq"))
    return {one.values["bar"]: _told(one, facts) for one in facts if one.kind == "assessments.bar.decided"}


def _told(decided: Fact, facts: list[Fact]) -> Told:
    own = [one for one in facts if one.subject == decided.subject]
    corrected = [one for one in facts if one.kind.endswith("list.corrected") and one.seq > decided.seq]
    fell = [one.at for one in corrected for moved in one.values["moved"]
            if moved["entry"] == decided.values["entry"] and moved["to"] != TAKES_RIGHTS]  # fmt: skip
    signed = [one for one in own if one.kind.endswith(".signed")]
    ended = [one for one in own if one.kind.endswith(".called_off")]
    return Told(decided, signed, ended, list(_served(decided, facts)), next(iter(fell), None))


def _served(decided: Fact, facts: list[Fact]) -> Iterator[tuple[date, datetime, datetime | None]]:
    """Proofs of service of its papers on its company: the day, since when and until when that counts."""
    papers = [one.subject for one in facts if one.kind.endswith(".issued") and one.values["about"] == decided.subject]
    gone = {one.subject: one.at for one in facts if one.kind.endswith((".withdrawn", ".voided"))}
    for one in facts:
        paper = f"documents.document:{one.values.get('document')}"
        of_company = one.values.get("organisation") == decided.values["company"]
        if one.kind.endswith("service.recorded") and paper in papers and of_company:
            moment = datetime.fromisoformat(one.values["served"])
            ends = [gone[name] for name in (paper, one.subject) if name in gone]
            yield timezone.localdate(moment), max(one.at, moment), min(ends, default=None)


class Bars(RuleBasedStateMachine):
    """Rules about bars of the company of `entry`, which the decision proposed, and of `second`, which it did not."""

    people: dict[str, Person]
    round: Round
    entry: Entry
    second: Entry
    now: datetime
    wrong: ClassVar[Organisation]
    reached: ClassVar[set[str]]
    attempt: Callable[[str, Callable[[], Any]], Any]
    everything_holds: Callable[[], None]
    proofs: dict[int, Service]

    @rule(second=st.booleans(), far=st.sampled_from([3, 3, 1, 2]), bare=st.sampled_from([False, False, False, True]))
    def barred(self, second: bool, far: int, bare: bool) -> None:
        law = LAW | ({"quote": " "} if bare else {})
        told: dict[str, Any] = {"entry": self.second if second else self.entry, "first_day": self.now.date(),
                "last_day": self.now.date() + YEAR, "by": self.people["officer"], "at": self.now}  # fmt: skip
        if self.attempt("bar_decided", lambda: decide_bar(**told, **law)) is None:
            return
        assert not bare
        for step in range(1, far):
            self.bar_goes_on(0, "bureau" if step == 1 else "officer")

    @rule(place=st.integers(0, 2), who=WHO)
    def bar_goes_on(self, place: int, who: str) -> None:
        """The next act of a bar: signed for the law, its paper issued and served."""
        if (bar := self._bar(place)) is None:
            return
        by = self.people[who]
        if bar.signed_at is None:
            self.attempt("bar_signed", lambda: sign_bar(bar=bar, opinion="依据充分", by=by, at=self.now))
            return
        paper = newest_document(bar.subject, BAR_DECISION) or self.attempt(
            "bar_issued", lambda: issue_bar_document(bar=bar, by=by, at=self.now)
        )
        if paper is not None:
            assert self._paper_served(paper, self.wrong, by) is None
            if (proof := self._paper_served(paper, bar.company, by)) is not None:
                self.proofs[bar.pk] = proof

    def _paper_served(self, paper: Document, to: Organisation, by: Person) -> Any:
        shown = exhibit(paper.ledger_subject, self.round.area, self.now)
        told: dict[str, Any] = {
            "document": paper, "credit_code": to.credit_code, "method": "direct", "served_at": self.now,
            "received_by": "前台", "exhibits": [shown.pk], "by": by, "at": self.now,
        }  # fmt: skip
        return self.attempt("bar_served", lambda: record_service(**told))

    @rule(place=st.integers(0, 2), how=st.sampled_from(["called_off", "voided", "withdrawn"]))
    def bar_loses_something(self, place: int, how: str) -> None:
        bar = self._bar(place)
        proof = self.proofs.get(bar.pk) if bar else None
        said: dict[str, Any] = {"reason": "查明有误", "by": self.people["officer"], "at": self.now}
        if bar is not None and how == "called_off":
            self.attempt("bar_called_off", lambda: call_off_bar(bar=bar, **said))
        elif proof is not None and how == "voided":
            self.attempt("bar_voided", lambda: void_service(service=proof, **said))
        elif proof is not None:
            self.attempt("bar_withdrawn", lambda: withdraw_document(document=proof.document, **said))

    @rule()
    def what_follows_is_brought_into_line(self) -> None:
        """As background work does after each edition: soon, late, twice; where it is refused it is tried again."""
        if (newest := newest_of(self.round)) is not None:
            act = partial(follow_list, edition=newest, by=self.people["director"], at=self.now)
            self.attempt("followed", act)

    def both_are_barred(self) -> None:
        """Each on the listing it has: the second was added by a late veto; a proof and a paper were made again."""
        for second in (False, True):
            self.barred(second, 3, False)
            for how in ("voided", "withdrawn"):
                self.bar_loses_something(0, how)
                self.everything_holds()
                self.bar_goes_on(0, "officer")
            self.everything_holds()
        self.barred(True, 3, False)
        self.bar_loses_something(0, "called_off")
        assert self.reached >= {"bar_in_force", "bar_voided", "bar_withdrawn", "bar_called_off"}

    def _bar(self, place: int) -> Bar | None:
        found = Bar.objects.filter(entry__round=self.round).select_related("company").order_by("-pk")
        return found[place] if place < found.count() else None

    def no_bar_is_without_a_basis(self) -> None:
        """Whoever is barred is so by a bar whose law, second person, service and standing listing the ledger tells."""
        companies = {bar.company for bar in Bar.objects.filter(entry__round=self.round).select_related("company")}
        ledger = told() if companies else {}
        for company in companies:
            self._ledger_and_rows_agree(company, ledger)
            self._every_bar_has_its_basis(company, ledger)

    def _ledger_and_rows_agree(self, company: Organisation, ledger: dict[int, Told]) -> None:
        values = [one.value for one in bars_of(company, self.now)]
        own = {pk: one for pk, one in ledger.items() if one.decided.values["company"] == company.pk}
        today = timezone.localdate(self.now)
        moments = {one.decided.at for one in own.values()} | {one.fell for one in own.values() if one.fell}
        for known in {self.now, *moments, *(at - timedelta(seconds=1) for at in moments)}:
            for on in (today - DAY, today, today + 30 * DAY, today + YEAR + DAY):
                found = {bar.key for bar in answer(values, on, known).bars}
                assert found == {pk for pk, one in own.items() if one.bars(on, known)}, (on, known)

    def _every_bar_has_its_basis(self, company: Organisation, ledger: dict[int, Told]) -> None:
        """The answer of the interface, now; a listing that was overturned leaves nothing in it."""
        on = timezone.localdate(self.now)
        known = self.now.astimezone(UTC).isoformat()
        asked = {"credit_code": company.credit_code, "on": str(on), "known": known}
        found = Client().get("/api/assessments/standing", asked).json()
        bars = [Bar.objects.get(pk=pk) for pk, one in sorted(ledger.items())
                if one.decided.values["company"] == company.pk and one.bars(on, self.now)]  # fmt: skip
        assert found["barred"] is bool(bars)
        assert len(found["bars"]) == len(bars)
        newest = newest_of(self.round)
        assert newest is not None
        row = newest.rows.filter(company=company, adverse=True).first()
        assert row is not None or (found["bars"], found["name"]) == ([], None), "a bar outlived its listing"
        for bar, one in zip(bars, sorted(found["bars"], key=lambda one: one["decided"]), strict=True):
            self.reached.add("bar_in_force")
            assert one["basis"] == BASIS
            assert bar.digest() == ledger[bar.pk].decided.values["digest"], "other words than were decided"
            assert bar.signed_by_id not in {None, bar.decided_by_id}
            assert one["listing"]["edition"] <= newest.number
            paper = Document.objects.get(number=one["document"]["number"])
            assert paper.addressee_id == company.pk
            assert paper.withdrawn_at is None or paper.withdrawn_at > self.now
