"""A visit from the door to the locked record: every step, every refusal, sent twice, and killed in the middle."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from PIL import Image
from tests.programmes.assessments import drawn_rounds

from mingjing.engine.outcome import Refusal
from mingjing.kernel.cases.models import Case
from mingjing.kernel.evidence.models import Access, Exhibit
from mingjing.kernel.evidence.queries import exhibits_seen
from mingjing.kernel.ledger import writer
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.models import Person
from mingjing.kernel.visits.models import Visit
from mingjing.programmes.assessments.actions import growing, reviews, signatures, visits
from mingjing.programmes.assessments.actions.entries import declare_not_assessed, declare_to_assess
from mingjing.programmes.assessments.actions.orders import due_at
from mingjing.programmes.assessments.models import Round, TeamDay, VisitRecord
from mingjing.programmes.assessments.policy.recording import Conflict, apply_log
from mingjing.programmes.assessments.queries.schemes import scheme_of

HOUR = timedelta(hours=1)
Drawn = drawn_rounds.Drawn


@pytest.fixture
def drawn(people: dict[str, Person], at: datetime) -> Drawn:
    """A round in fieldwork, drawn for today."""
    return drawn_rounds.build(people, at)


@pytest.fixture
def begun(drawn: Drawn, at: datetime) -> Drawn:
    """The first team is at its first community, of class A."""
    visits.begin_visit(record=drawn.records[0], entered_at=at, by=drawn.people["officer"], at=at + HOUR)
    return drawn


def photo(colour: str = "#888") -> SimpleUploadedFile:
    file = BytesIO()
    Image.new("RGB", (40, 30), colour).save(file, "JPEG")
    return SimpleUploadedFile("IMG_1.jpg", file.getvalue(), "image/jpeg")


def edit(drawn: Drawn, at: datetime, kind: str, who: str = "officer", **payload: Any) -> int:
    expected, command = payload.pop("expected", None), payload.pop("command", None)
    return visits.edit_sheet(
        record=drawn.records[0], kind=kind, payload=payload, expected=expected, command=command,
        by=drawn.people[who], at=at + HOUR,
    )  # fmt: skip


def fill(drawn: Drawn, at: datetime) -> None:
    """Nothing found anywhere."""
    for item in range(1, 10):
        edit(drawn, at, "looked_rest", item=f"A{item}")
    for check in ("A2.2", "A2.3", "A4.3"):
        edit(drawn, at, "find", check=check, finding=str(uuid.uuid4()), good=5, of=5)


def submitted(drawn: Drawn, at: datetime) -> VisitRecord:
    fill(drawn, at)
    visits.submit_record(record=drawn.records[0], left_at=at + HOUR, by=drawn.people["officer"], at=at + HOUR)
    return drawn.records[0]


def signed(drawn: Drawn, at: datetime, stance: str = "signed") -> VisitRecord:
    record = submitted(drawn, at)
    for who in ("officer", "officer2"):
        signatures.sign_record(record=record, by=drawn.people[who], at=at + HOUR)
    comment = "" if stance != "commented" else "当日已清扫"
    signatures.record_manager(
        record=record, name="刘经理", stance=stance, comment=comment, by=drawn.people["officer"], at=at + HOUR
    )
    return record


def code_of(call: Callable[[], Any]) -> str:
    with pytest.raises(Refusal) as raised:
        call()
    return raised.value.problems[0].code


def now(record: VisitRecord) -> VisitRecord:
    return VisitRecord.objects.select_related("team_day", "visit").get(pk=record.pk)


def kinds() -> list[str]:
    told = Fact.objects.filter(kind__startswith="assessments.visit.").order_by("seq")
    return [*told.values_list("kind", flat=True)]


def test_a_visit_goes_from_the_door_to_the_locked_record(begun: Drawn, at: datetime) -> None:
    record = signed(begun, at)
    reviews.review_record(record=record, absences=[], by=begun.people["officer3"], at=at + HOUR)
    reviews.lock_record(record=record, by=begun.people["officer3"], at=at + HOUR)
    found = now(record)
    assert found.state_on(found.team_day.day) == "locked"
    assert found.visit
    assert found.visit.left_at == at + HOUR
    assert list(kinds()) == [
        "assessments.visit.started", "assessments.visit.submitted", "assessments.visit.signed",
        "assessments.visit.signed", "assessments.visit.signed", "assessments.visit.reviewed",
        "assessments.visit.locked",
    ]  # fmt: skip
    told = "".join(Fact.objects.values_list("data", flat=True))
    assert "刘经理" not in told
    assert found.sheet_digest in told
    with pytest.raises(IntegrityError), transaction.atomic():
        VisitRecord.objects.filter(pk=record.pk).update(sheet="{}")
    assert code_of(lambda: edit(begun, at, "looked", check="A5.1")) == "visit.locked"


def test_who_may_begin_when(drawn: Drawn, at: datetime) -> None:
    record, later = drawn.records[0], at + HOUR

    def begin(who: str = "officer", entered: datetime = at, **more: Any) -> Callable[[], None]:
        return lambda: visits.begin_visit(record=record, entered_at=entered, by=drawn.people[who], at=later, **more)

    with pytest.raises(Refusal) as raised:
        begin("officer3")()
    assert raised.value.problems[0].params["names"] == ("王科员", "周科员", "冯督导"), "it says who records it"
    assert code_of(begin(entered=later + HOUR)) == "visit.future"
    assert code_of(begin(entered=at - timedelta(days=1))) == "visit.too_early"
    assert code_of(begin(people=[drawn.people["officer3"]])) == "visit.stranger"
    assert code_of(begin(people=[drawn.people["officer"], drawn.people["supervisor"]])) == "visit.too_few_staff"
    assert not Visit.objects.exists()
    begin()()
    assert code_of(begin()) == "visit.begun"
    assert Visit.objects.get().participants.count() == 3


def test_an_assignment_is_opened_first_and_only_in_fieldwork(drawn: Drawn, at: datetime) -> None:
    record, who = drawn.records[0], drawn.people["officer"]

    def begin() -> None:
        visits.begin_visit(record=record, entered_at=at, by=who, at=at)

    closed = TeamDay.objects.create(draw=drawn.team.draw, day=drawn.team.day, team=9)
    for member in drawn.team.members.all():
        closed.members.create(person=member.person, part=member.part, added_at=at)
    VisitRecord.objects.filter(pk=record.pk).update(team_day=closed)
    assert code_of(begin) == "visit.not_opened"
    Round.objects.filter(pk=record.round_id).update(fieldwork_at=None)
    assert code_of(begin) == "visit.round_state"


def test_a_sealed_record_tells_nothing_to_anybody(drawn: Drawn, at: datetime) -> None:
    record = drawn.later[0]
    for person in drawn.people.values():
        with pytest.raises(Refusal) as raised:
            visits.submit_record(record=record, left_at=at, by=person, at=at)
        problem = raised.value.problems[0]
        assert problem.code == "visit.sealed"
        assert not problem.params
        assert record.entry.name not in problem.say()


def test_a_record_drawn_to_another_team_is_not_submitted(begun: Drawn, at: datetime) -> None:
    fill(begun, at)
    record = begun.records[0]

    def submit() -> None:
        visits.submit_record(record=record, left_at=at, by=begun.people["officer3"], at=at + HOUR)

    assert code_of(submit) == "visit.not_of_team"
    assert code_of(lambda: edit(begun, at, "looked", "officer3", check="A5.1")) == "visit.not_of_team"
    assert now(record).submitted_at is None


def test_submitting_twice_has_one_effect(begun: Drawn, at: datetime) -> None:
    record = submitted(begun, at)
    again = visits.submit_record(record=record, left_at=at, by=begun.people["officer2"], at=at + 2 * HOUR)
    assert again is False
    assert now(record).submitted_by == begun.people["officer"]
    assert kinds().count("assessments.visit.submitted") == 1


def test_a_community_declared_not_assessed_is_not_handed_in_beside(begun: Drawn, at: datetime) -> None:
    fill(begun, at)
    record, director, later = begun.records[0], begun.people["director"], at + HOUR
    submit = partial(visits.submit_record, record=record, left_at=later, by=begun.people["officer"], at=later)
    declare_not_assessed(entry=record.entry, reason="停水停电", by=director, at=at)
    assert code_of(submit) == "visit.not_assessed"
    declare_to_assess(entry=record.entry, reason="已恢复", by=director, at=at)
    assert submit()


def test_a_late_record_is_taken_and_says_how_late(begun: Drawn, at: datetime) -> None:
    fill(begun, at)
    late = at + timedelta(days=3)
    visits.submit_record(record=begun.records[0], left_at=at + HOUR, by=begun.people["officer"], at=late)
    assert '"late_days":3' in Fact.objects.get(kind="assessments.visit.submitted").data


def test_a_deduction_without_evidence_or_place_is_not_submitted(begun: Drawn, at: datetime) -> None:
    fill(begun, at)
    finding = str(uuid.uuid4())
    edit(begun, at, "find", check="A3.1", finding=finding, count=1)
    record, who = begun.records[0], begun.people["officer"]

    def submit() -> bool:
        return visits.submit_record(record=record, left_at=at + HOUR, by=who, at=at + HOUR)

    with pytest.raises(Refusal) as raised:
        submit()
    assert [problem.code for problem in raised.value.problems] == ["recording.no_place", "recording.no_evidence"]
    assert {problem.place for problem in raised.value.problems} == {"A3.1"}
    edit(begun, at, "change", finding=finding, place="南门", expected=1)
    visits.attach_files(record=record, files=[photo()], holder={"finding": finding}, by=who, at=at + HOUR)
    assert submit() is True


def test_evidence_is_of_this_record_and_seen_with_it(begun: Drawn, at: datetime) -> None:
    finding, command = str(uuid.uuid4()), uuid.uuid4()
    edit(begun, at, "find", check="A3.1", finding=finding)
    assert code_of(lambda: edit(begun, at, "attach", finding=finding, evidence=["a" * 64])) == "visit.foreign_evidence"
    record, who = begun.records[0], begun.people["officer"]
    for _again in range(2):
        visits.attach_files(
            record=record, files=[photo(), photo("#a00")], holder={"finding": finding}, access=Access.RESTRICTED,
            command=command, by=who, at=at + HOUR,
        )  # fmt: skip
    assert Exhibit.objects.filter(subject=record.subject).count() == 2
    assert len(now(record).sheet_document["findings"][0]["evidence"]) == 2
    other = str(uuid.uuid4())
    edit(begun, at, "find", check="A3.2", finding=other)
    visits.attach_files(record=record, files=[photo()], holder={"finding": other}, by=who, at=at + HOUR)
    assert Exhibit.objects.filter(subject=record.subject).count() == 2, "the photo is there already: it is cited again"
    today = begun.team.day
    assert exhibits_seen(begun.people["supervisor"], record.subject, today).count() == 2
    assert exhibits_seen(begun.people["supervisor2"], record.subject, today).count() == 0, "of another team"
    assert exhibits_seen(begun.people["director"], begun.later[0].subject, today).count() == 0


def test_a_command_is_applied_once_and_the_log_gives_the_sheet(begun: Drawn, at: datetime) -> None:
    command, finding = uuid.uuid4(), str(uuid.uuid4())
    first = edit(begun, at, "find", check="A3.1", finding=finding, command=command)
    assert edit(begun, at, "find", check="A3.1", finding=finding, command=command) == first
    edit(begun, at, "change", finding=finding, count=3, expected=1)
    edit(begun, at, "undo")
    record = now(begun.records[0])
    assert record.revision == 3
    assert record.edits.count() == 3
    scheme = scheme_of(begun.scheme)
    assert apply_log(scheme, scheme.rubrics["A"], growing.log_of(record)) == record.sheet_document
    assert record.sheet_document["findings"][0]["steps"] == 1


def test_the_later_of_two_editors_of_one_finding_is_refused_with_what_stands(begun: Drawn, at: datetime) -> None:
    finding = str(uuid.uuid4())
    edit(begun, at, "find", check="A3.1", finding=finding, count=1)
    edit(begun, at, "change", "officer2", finding=finding, count=2, expected=1)
    edit(begun, at, "looked", "officer", check="A3.3")
    with pytest.raises(Conflict) as raised:
        edit(begun, at, "change", finding=finding, count=5, expected=1)
    assert raised.value.current is not None
    assert raised.value.current["steps"] == 2
    assert raised.value.current["by"] == begun.people["officer2"].token


def test_a_critical_finding_opens_an_order_that_falls_with_it(begun: Drawn, at: datetime) -> None:
    finding = str(uuid.uuid4())
    edit(begun, at, "find", check="A5.1", finding=finding, count=1, place="3 栋")
    edit(begun, at, "find", check="A5.1", finding=str(uuid.uuid4()), count=1, place="5 栋")
    edit(begun, at, "find", check="A3.1", finding=str(uuid.uuid4()))
    case = Case.objects.get()
    assert case.subject == f"{begun.records[0].subject}/A5.1"
    assert case.due_at == at + HOUR + timedelta(days=1)
    assert case.owner == begun.round.lead
    edit(begun, at, "remove", finding=finding, expected=1)
    case.refresh_from_db()
    assert case.state == "open", "another finding stands"
    left = next(f for f in now(begun.records[0]).sheet_document["findings"] if f["check"] == "A5.1")
    edit(begun, at, "remove", finding=left["id"], expected=1)
    case.refresh_from_db()
    assert case.state == "cancelled"
    assert case.steps.last().note
    edit(begun, at, "undo")
    assert Case.objects.open().count() == 1


def test_an_order_is_due_as_the_scheme_says(drawn: Drawn, at: datetime) -> None:
    scheme = scheme_of(drawn.scheme)
    assert due_at(scheme, at) == at + timedelta(days=1)


def test_a_refusal_takes_two_members(begun: Drawn, at: datetime) -> None:
    record = submitted(begun, at)

    def witness(who: str) -> Callable[[], None]:
        return lambda: signatures.witness_refusal(record=record, by=begun.people[who], at=at + HOUR)

    assert code_of(witness("officer2")) == "visit.no_refusal"
    signatures.record_manager(record=record, name="刘经理", stance="refused", by=begun.people["officer"], at=at + HOUR)
    assert now(record).company_at is None
    assert code_of(witness("officer")) == "visit.first_witness"
    assert code_of(witness("officer3")) == "visit.not_of_team"
    witness("supervisor")()
    assert now(record).company_stance == "refused"
    assert kinds()[-1] == "assessments.visit.refused"


def test_a_manager_signs_what_was_handed_in_by_name(begun: Drawn, at: datetime) -> None:
    def manager(**more: Any) -> Callable[[], None]:
        usual = {"name": "刘经理", "stance": "signed", "by": begun.people["officer"], "at": at + HOUR}
        return lambda: signatures.record_manager(record=begun.records[0], **(usual | more))

    assert code_of(manager()) == "visit.not_submitted"
    submitted(begun, at)
    assert code_of(manager(name=" ")) == "visit.manager_name"
    assert code_of(manager(stance="commented")) == "visit.no_comment"
    manager(scan=(photo().file, "scan.jpg"))()
    assert Exhibit.objects.get().access == Access.RESTRICTED
    assert code_of(manager()) == "visit.manager_before"


def test_an_edit_after_a_signature_leaves_it_behind(begun: Drawn, at: datetime) -> None:
    record, who = signed(begun, at), begun.people["officer"]
    assert code_of(lambda: signatures.sign_record(record=record, by=who, at=at + HOUR)) == "visit.signed_before"
    assert code_of(lambda: edit(begun, at, "unmark", check="A5.1")) == "visit.submitted"
    reviews.return_record(record=record, reason="A5.1 请补拍", by=begun.people["officer3"], at=at + HOUR)
    edit(begun, at, "unmark", check="A5.1")
    edit(begun, at, "looked", "officer2", check="A5.1")
    found = now(record)
    assert found.state_on(begun.team.day) == "returned"
    assert not found.signatures.filter(sheet_digest=found.sheet_digest).exists()
    visits.submit_record(record=record, left_at=at + HOUR, by=who, at=at + 2 * HOUR)
    signatures.record_manager(record=record, name="刘经理", stance="signed", by=who, at=at + 2 * HOUR)
    reviewer = begun.people["officer3"]
    assert code_of(lambda: reviews.review_record(record=record, by=reviewer, at=at + 2 * HOUR)) == "visit.unsigned"


def test_a_reviewer_is_never_of_the_team(begun: Drawn, at: datetime) -> None:
    record = signed(begun, at)
    for who in ("officer", "officer2", "supervisor"):
        by = begun.people[who]
        assert code_of(lambda by=by: reviews.review_record(record=record, by=by, at=at + HOUR)) == "visit.own"  # type: ignore[misc]
        assert (
            code_of(lambda by=by: reviews.return_record(record=record, reason="x", by=by, at=at + HOUR)) == "visit.own"
        )  # type: ignore[misc]
    other = begun.people["director"]
    assert code_of(lambda: reviews.lock_record(record=record, by=other, at=at + HOUR)) == "visit.not_reviewed"
    assert code_of(lambda: reviews.return_record(record=record, reason=" ", by=other, at=at)) == "visit.reason"


def test_a_reviewer_looks_at_each_reason_why_a_check_does_not_apply(begun: Drawn, at: datetime) -> None:
    edit(begun, at, "not_applicable", check="A6.3", reason="没有健身设施")
    record, by = signed(begun, at), begun.people["officer3"]
    refused = lambda: reviews.review_record(record=record, absences=[], by=by, at=at + HOUR)  # noqa: E731
    assert code_of(refused) == "visit.absence_unseen"
    reviews.review_record(record=record, absences=["A6.3"], by=by, at=at + HOUR)


def test_a_void_record_makes_room_for_a_new_one(begun: Drawn, at: datetime) -> None:
    edit(begun, at, "find", check="A5.1", finding=str(uuid.uuid4()), place="3 栋")
    record = begun.records[0]
    fresh = reviews.void_record(record=record, reason="走错小区", by=begun.people["director"], at=at + HOUR)
    assert (fresh.entry_id, fresh.team_day_id, fresh.revision) == (record.entry_id, record.team_day_id, 0)
    assert Case.objects.get().state == "cancelled"
    assert Visit.objects.get().voided_at
    assert code_of(lambda: edit(begun, at, "looked", check="A3.1")) == "visit.void"
    visits.begin_visit(record=fresh, entered_at=at, by=begun.people["officer"], at=at + HOUR)


@pytest.mark.parametrize("step", ["begin", "edit", "submit", "void"])
def test_a_kill_in_the_middle_leaves_nothing_half_done(
    begun: Drawn, at: datetime, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(begun, at)
    facts, cases, before = Fact.objects.count(), Case.objects.count(), now(begun.records[0])
    who, entered = begun.people["officer"], Visit.objects.count()

    def killed(**_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(writer, "append_many", killed)  # `append` goes through it
    steps: dict[str, Callable[[], Any]] = {
        "begin": lambda: visits.begin_visit(record=begun.records[1], entered_at=at, by=who, at=at + HOUR),
        "edit": lambda: edit(begun, at, "find", check="A5.1", finding=str(uuid.uuid4())),
        "submit": lambda: visits.submit_record(record=begun.records[0], left_at=at + HOUR, by=who, at=at + HOUR),
        "void": lambda: reviews.void_record(record=begun.records[0], reason="x", by=who, at=at + HOUR),
    }
    with pytest.raises(KeyboardInterrupt):
        steps[step]()
    after = now(begun.records[0])
    kept = (after.sheet, after.revision, after.submitted_at, after.voided_at)
    assert kept == (before.sheet, before.revision, None, None)
    assert [visit.left_at for visit in Visit.objects.filter(pk=after.visit_id)] == [None]
    assert (Fact.objects.count(), Case.objects.count(), Visit.objects.count()) == (facts, cases, entered)
    assert now(begun.records[1]).started_at is None
