"""The whole life of a listing, by acts in any order and a clock that moves and leaps: what holds after each of them.

Whatever is refused changes nothing; whatever is published is checked against a second, plain account of what happened
(`Event`), which knows nothing of processes: who was served what and when, who said what, who decided. Not here: single
cases with their answers (test_editions, test_appeals, test_objections).
"""

from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import datetime, timedelta
from itertools import count
from typing import Any, ClassVar

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test
from tests.faces import district
from tests.guarded import guards_lifted
from tests.programmes.assessments.barred import Bars
from tests.programmes.assessments.contested import exhibit, known, reviewed
from tests.programmes.assessments.disputed import Disputes
from tests.programmes.assessments.notebook import Event, must_have_been_shown, must_have_happened
from tests.programmes.assessments.reopened import Noted, Reopenings
from tests.programmes.assessments.test_round_decisions import decided

from mingjing.engine.chain import canonical
from mingjing.engine.outcome import Refusal
from mingjing.kernel.documents.actions import record_service, void_service, withdraw_document
from mingjing.kernel.documents.models import Document, Service
from mingjing.kernel.jobs.models import Delivery
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.actions.organisations import record_organisation
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.proceedings.actions import take_back
from mingjing.kernel.proceedings.models import Proceeding, Taken
from mingjing.kernel.proceedings.queries import retold, stands
from mingjing.programmes.assessments.actions.editions import correct_list, publish_list, take_publication_step
from mingjing.programmes.assessments.actions.listings import issue_notice, take_listing_step
from mingjing.programmes.assessments.models import Edition, Entry, VisitRecord
from mingjing.programmes.assessments.queries.editions import due, newest_of

MOVES = st.sampled_from([timedelta(days=1), timedelta(days=3), timedelta(days=9), timedelta(days=20), timedelta(0)])
WHO = st.sampled_from(["director", "bureau", "other", "officer"])
"""The officer was on the visit."""
STANCES = st.sampled_from(["uphold", "uphold", "drop"])
"""Simplest first: hypothesis tries to blame the earlier ones."""
NOTEBOOK = (
    "now", "round", "entry", "record", "second", "late", "events", "taken_back", "kept", "documents", "services",
    "disputes", "shown", "seen", "proofs", "signed", "objected", "listing",
)  # fmt: skip


class Machine(Bars, Disputes, Reopenings):
    """`events` is the notebook; the round, its listing and its editions are the thing itself."""

    people: ClassVar[dict[str, Person]]
    start: ClassVar[datetime]
    numbers: ClassVar[Iterator[int]]
    wrong: ClassVar[Organisation]
    reached: ClassVar[set[str]]
    story: ClassVar[dict[str, Any]] = {}
    """What happened before a life begins: most would end before they became interesting."""
    shown: datetime | None
    seen: int | None

    def __init__(self) -> None:
        super().__init__()
        self.point = transaction.savepoint()
        if self.story:
            vars(self).update(deepcopy(self.story))
        else:
            self._begun()

    def teardown(self) -> None:
        """Every life ends where it began."""
        transaction.savepoint_rollback(self.point)

    def told_so_far(self) -> dict[str, Any]:
        """The notebook, for other lives to begin with."""
        return {name: deepcopy(vars(self)[name]) for name in NOTEBOOK}

    def _begun(self) -> None:
        number = next(self.numbers)
        waiting = Delivery.objects.filter(done_at=None)  # what follows from lists is tried elsewhere
        waiting.update(done_at=self.start, due_at=None)
        self.now = self.start
        self.round = reviewed(self.people, self.start, 3, 1, start=60 * number)
        self.entry = Entry.objects.select_related("company").get(round=self.round, company__isnull=False)
        self.record = self._found_something()
        others = Entry.objects.filter(round=self.round, not_assessed_at=None).exclude(pk=self.entry.pk)
        self.second, self.late = known(others.select_related("round__area", "community")[0], self.start), list[Noted]()
        self.bonus_granted()
        decided(self.round, self.people, self.start)
        self.events, self.taken_back = list[Event](), set[int]()
        self.kept = dict[int, list[Any]]()
        self.documents, self.services, self.disputes = list[Document](), list[Service](), list[Proceeding]()
        self.shown, self.seen, self.proofs = None, None, dict[int, Service]()
        self.signed, self.objected = list[tuple[str, datetime]](), list[tuple[str, datetime]]()
        self.listing = Proceeding.objects.select_related("area").get(kind="listing", subject=self.entry.subject)

    def _found_something(self) -> VisitRecord:
        """The first visit found something, with a photo of it: there is a finding to contest."""
        record = VisitRecord.objects.get(entry=self.entry, purpose="first")
        shown = exhibit(record.subject, self.round.area, self.start)
        found = {
            "id": f"00000000-0000-7000-8000-{record.pk:012d}", "n": 1, "version": 1, "check": "A1.1", "steps": 2,
            "fact": "", "place": "东门", "note": "未公示", "evidence": [shown.sha256], "measured": {}, "by": "x",
            "at": "2024-09-04T09:45:00+08:00",
        }  # fmt: skip
        with guards_lifted():
            Entry.objects.filter(pk=self.entry.pk).update(class_code="A")
            VisitRecord.objects.filter(pk=record.pk).update(sheet=canonical({"findings": [found]}).decode())
        return VisitRecord.objects.get(pk=record.pk)

    def attempt(self, what: str, act: Callable[[], Any]) -> Any:
        """What the act returns; None where it is refused, and then nothing may have changed."""
        facts = Fact.objects.count()
        try:
            done = act()
        except Refusal:
            assert Fact.objects.count() == facts
            return None
        self.reached.add(what)
        return done

    def note(self, taken: Taken | None, who: str) -> None:
        if taken is not None:
            moment = taken.happened_at or taken.at
            self.events.append(Event(taken.number, taken.step, who, taken.stance, taken.at, moment, taken.service))

    def step(self, step: str, who: str, **brought: Any) -> None:
        told = {"round": self.round, "entry": self.entry, "step": step, "by": self.people[who], "at": self.now}
        self.note(self.attempt(step, lambda: take_listing_step(**told, **brought)), who)  # type: ignore[arg-type]

    @rule()
    def a_minute_passes(self) -> None:
        """The simplest: a first life tries nothing else."""
        self.now += timedelta(minutes=1)

    @rule(by=MOVES)
    def time_passes(self, by: timedelta) -> None:
        self.now += by

    @rule(by=st.sampled_from([timedelta(minutes=2), timedelta(days=2)]))
    def the_clock_leaps_back(self, by: timedelta) -> None:
        self.now = max(self.now - by, self.start)

    @rule()
    def notice_issued_and_served(self) -> None:
        told = {"round": self.round, "entry": self.entry, "by": self.people["officer"], "at": self.now}
        document = self.attempt("issued", lambda: issue_notice(**told))  # type: ignore[arg-type]
        if document is not None:
            self.documents.append(document)
            self.serve(self.entry.company)
            self.notice()

    @rule()
    def served_on_another_company(self) -> None:
        assert self.serve(self.wrong) is None

    def serve(self, to: Organisation | None) -> Service | None:
        if not self.documents or to is None:
            return None
        document = self.documents[-1]
        shown = exhibit(document.ledger_subject, self.round.area, self.now)
        service: Service | None = self.attempt(
            "served",
            lambda: record_service(
                document=document, credit_code=to.credit_code, method="direct", served_at=self.now,
                received_by="前台", exhibits=[shown.pk], by=self.people["officer"], at=self.now,
            ),
        )  # fmt: skip
        if service is not None:
            self.services.append(service)
        return service

    @rule()
    def notice(self) -> None:
        if self.services:
            self.step("notice", "officer", service=self.services[-1])

    @rule()
    def service_voided(self) -> None:
        if self.services:
            one = self.services[-1]
            told = {"service": one, "reason": "回证不实", "by": self.people["officer"], "at": self.now}
            self.attempt("voided", lambda: void_service(**told))  # type: ignore[arg-type]
            document = self.documents[-1]
            self.attempt(
                "withdrawn_paper",
                lambda: withdraw_document(document=document, reason="重发", by=self.people["officer"], at=self.now),
            )

    @rule(back=st.booleans())
    def statement(self, back: bool) -> None:
        happened = self.now - timedelta(days=2) if back else None
        self.step("statement", "officer", note="已整改", happened_at=happened)

    @rule()
    def hearing_asked(self) -> None:
        self.step("hearing_asked", "officer")

    @rule(who=WHO, minutes=st.booleans())
    def hearing(self, who: str, minutes: bool) -> None:
        shown = [exhibit(self.listing.ledger_subject, self.round.area, self.now).pk] if minutes else []
        self.step("hearing", who, exhibits=shown)

    @rule(who=WHO)
    def reply(self, who: str) -> None:
        self.step("reply", who, note="事实清楚")

    @rule(who=WHO)
    def excuse(self, who: str) -> None:
        self.step("excuse", who, note="邮路中断")

    @rule(who=WHO, stance=STANCES)
    def vote(self, who: str, stance: str) -> None:
        self.step("decision", who, stance=stance, note="证据充分")

    @rule(stance=STANCES)
    def panel_waits_and_votes(self, stance: str) -> None:
        self.now += timedelta(days=9)
        for who in ("director", "bureau"):
            self.step("decision", who, stance=stance, note="证据充分")

    @rule(who=WHO)
    def withdrawn(self, who: str) -> None:
        self.step("withdrawn", who, note="不能证明")

    @rule(place=st.integers(0, 4))
    def something_taken_back(self, place: int) -> None:
        if self.events:
            number = self.events[place % len(self.events)].number
            self.listing.refresh_from_db()
            told = {"proceeding": self.listing, "number": number, "note": "记错了", "by": self.people["other"]}
            if self.attempt("taken_back", lambda: take_back(**told, at=self.now)) is not None:  # type: ignore[arg-type]
                self.taken_back.add(number)

    @rule(step=st.sampled_from(["public_notice", "public_objection", "public_reply", "signed_centre", "signed_bureau"]),
          who=WHO)  # fmt: skip
    def towards_publication(self, step: str, who: str) -> None:
        told = {"round": self.round, "step": step, "note": "同意", "by": self.people[who], "at": self.now}
        if self.attempt(step, lambda: take_publication_step(**told)) is not None:  # type: ignore[arg-type]
            if step == "public_notice":
                self.shown = self.now
            elif step.startswith("signed"):
                self.signed.append((who, self.now))
            else:
                self.objected.append((step, self.now))

    @rule(who=WHO)
    def published(self, who: str) -> None:
        told = {"round": self.round, "by": self.people[who], "at": self.now}
        edition = self.attempt("published", lambda: publish_list(**told))  # type: ignore[arg-type]
        if edition is not None:
            self.check_published(edition)

    @rule()
    def shown_signed_and_published(self) -> None:
        self.towards_publication("public_notice", "director")
        self.now += timedelta(days=14)
        self.towards_publication("signed_centre", "director")
        self.towards_publication("signed_bureau", "bureau")
        self.published("director")

    def check_published(self, edition: Edition) -> None:
        """What must have happened before a list goes out, by the notebook."""
        must_have_been_shown(self.shown, self.signed, self.objected)
        row = edition.rows.get(entry=self.entry)
        if not row.adverse:
            return
        self.reached.add("listed")
        if not self.added_with_ground(self.entry.pk):
            real = [one for one in self.events if one.number not in self.taken_back]
            must_have_happened(real, self.entry.company_id)

    @rule(number=st.integers(1, 3))
    def corrected(self, number: int) -> None:
        told = {"round": self.round, "number": number, "reason": "依职权更正", "by": self.people["other"]}
        self.attempt("corrected", lambda: correct_list(**told, at=self.now))  # type: ignore[arg-type]

    @invariant()
    def everything_holds(self) -> None:
        """Asked anew whenever anything was written: every write has its fact."""
        newest = Fact.objects.order_by("-seq").values_list("seq", flat=True).first()
        if newest != self.seen:
            self.seen = newest
            self.no_row_of_an_edition_changes_and_none_is_added_to_those_who_lose_rights()
            self.the_ledger_alone_says_where_everything_stands()
            self.no_deadline_is_lost()
            self.a_listing_without_its_ground_is_noticed()
            self.no_bar_is_without_a_basis()

    def the_ledger_alone_says_where_everything_stands(self) -> None:
        late = [one.reopening.proceeding_id for one in self.late]
        for one in Proceeding.objects.filter(pk__in=[self.listing.pk, *late, *(d.pk for d in self.disputes)]):
            found, told = stands(one, self.now).standing, retold(one, self.now)
            assert (told.done, told.said, told.void, told.open) == (found.done, found.said, found.void, found.open)
            assert told.late.keys() == found.late.keys()
            moments = list(one.steps.order_by("number").values_list("at", flat=True))
            assert moments == sorted(moments), "an act was recorded before the one it follows"
        facts = Fact.objects.filter(kind__in=("assessments.list.published", "assessments.list.corrected"))
        mine = [fact.values for fact in facts.order_by("seq") if fact.values["round"] == self.round.pk]
        stored = Edition.objects.filter(round=self.round).order_by("number").values_list("number", "rows_root")
        assert [(fact["number"], fact["rows_root"]) for fact in mine] == list(stored)

    def a_listing_without_its_ground_is_noticed(self) -> None:
        newest = newest_of(self.round)
        for row in newest.rows.filter(adverse=True).select_related("proceeding__area") if newest else ():
            assert row.proceeding is not None
            served = stands(row.proceeding, self.now).standing.said.get("decision") == "uphold"
            assert served or due(self.round, self.now)


STORY: list[tuple[Callable[[Machine], None], int]] = [
    (lambda told: None, 2),
    (Machine.notice_issued_and_served, 2),
    (lambda told: told.panel_waits_and_votes("uphold"), 2),
    (Machine.shown_signed_and_published, 3),
    (lambda told: told.reopened_on_the_way(whole=True), 3),
    (Machine.both_are_barred, 2),
    (Machine.the_listing_is_overturned, 2),
    (Machine.listed_again_for_another_reason, 2),
]
"""A life as it goes, and how many others begin at each point of it."""
REACHED = {
    "notice", "decision", "published", "listed", "appeal", "voided", "taken_back", "added", "bonus_taken",
    "appeal_decided", "excused", "objection", "bar_in_force", "bar_called_off", "bar_voided", "bar_withdrawn",
    "followed",
}  # fmt: skip


@pytest.mark.one_database
def test_no_sequence_of_acts_lists_anybody_unheard(people: dict[str, Person], at: datetime) -> None:
    area = Area.objects.get(code="430202")
    more = {name: district.staff("director", name, area, at, username=name) for name in ("bureau", "other")}
    reached = set[str]()
    world = {"people": people | more, "start": at, "numbers": count(1), "reached": reached,
             "wrong": record_organisation(credit_code=district.credit_code(990), name="另一家公司", area=area, by=None,
                                          at=at)}  # fmt: skip
    machine = type("World", (Machine,), world)
    told = machine()
    for number, (go_on, lives) in enumerate(STORY):
        go_on(told)
        told.everything_holds()
        machine.story = told.told_so_far()
        run_state_machine_as_test(
            seed(number)(machine),
            settings=settings(
                max_examples=lives, stateful_step_count=20, deadline=None, database=None, phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )  # fmt: skip
    assert reached >= REACHED, REACHED - reached
