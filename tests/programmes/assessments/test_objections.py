"""Objections to single findings: in time, by the company, decided by others, and upheld ones really change the list."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.faces import district
from tests.guarded import guards_lifted
from tests.programmes.assessments.contested import codes, exhibit, findings, known, published, reviewed
from tests.programmes.assessments.test_round_decisions import decided

from mingjing.engine.chain import canonical
from mingjing.engine.outcome import Refusal
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.ledger.verify import verify
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.proceedings.models import Proceeding
from mingjing.programmes.assessments.actions.decisions import request_decision
from mingjing.programmes.assessments.actions.disputes import excuse_lateness
from mingjing.programmes.assessments.actions.objections import decide_objection, deliver_record, file_objection
from mingjing.programmes.assessments.models import Correction, Filing, Round, TeamMember, VisitRecord
from mingjing.programmes.assessments.queries.listings import proposals
from mingjing.programmes.assessments.queries.lists import decision_of
from mingjing.programmes.assessments.queries.schemes import scheme_of
from mingjing.programmes.assessments.queries.sheets import sheets_of

pytestmark = pytest.mark.django_db
People = dict[str, Person]


@pytest.fixture
def other(people: People, at: datetime) -> Person:
    return district.staff("director", "复核员", Area.objects.get(code="430202"), at, username="other")


@pytest.fixture
def round_(people: People, at: datetime) -> Round:
    return reviewed(people, at, 12, 0)


@pytest.fixture
def record(round_: Round, at: datetime) -> VisitRecord:
    """A locked record with findings, of a company that is known."""
    found = next(one for one in VisitRecord.objects.filter(round=round_) if len(findings(one)) > 2)
    known(found.entry, at)
    return VisitRecord.objects.select_related("entry").get(pk=found.pk)


def filed(record: VisitRecord, by: Person, at: datetime, number: int = 0, **more: Any) -> Proceeding:
    finding = str(findings(record)[number]["id"])
    return file_objection(record=record, finding=finding, grounds="照片不是本小区", by=by, at=at, **more)


def upheld(proceeding: Proceeding, by: Person, at: datetime, steps: int = 0) -> None:
    decide_objection(proceeding=proceeding, stance="upheld", note="照片不符", steps=steps, by=by, at=at)


def test_an_upheld_objection_changes_the_decision_and_not_the_record(
    round_: Round, record: VisitRecord, people: People, other: Person, at: datetime
) -> None:
    sheet, count = record.sheet, len(findings(record))
    deliver_record(record=record, how="当面送达", by=people["officer"], at=at)
    proceeding = filed(record, people["officer"], at + timedelta(days=1))
    upheld(proceeding, other, at + timedelta(days=1))
    replay = decided(round_, people, at + timedelta(days=2))
    result = replay.results.get(entry=record.entry)
    assert len(result.sheet_document["findings"]) == count - 1
    assert VisitRecord.objects.get(pk=record.pk).sheet == sheet
    told = Fact.objects.get(kind="assessments.entry.corrected").values
    assert (told["record"], told["after"]) == (record.pk, 0)
    assert told["before"] == findings(record)[0]["steps"]
    assert verify().whole


def test_a_rejected_one_changes_nothing(
    round_: Round, record: VisitRecord, people: People, other: Person, at: datetime
) -> None:
    proceeding = filed(record, people["officer"], at)
    decide_objection(proceeding=proceeding, stance="rejected", note="照片清楚", by=other, at=at)
    assert not Correction.objects.exists()
    result = decided(round_, people, at).results.get(entry=record.entry)
    assert len(result.sheet_document["findings"]) == len(findings(record))


def test_a_finding_may_weigh_less_and_is_not_made_to_weigh_more(
    record: VisitRecord, people: People, other: Person, at: datetime
) -> None:
    number, heavy = next((n, one) for n, one in enumerate(findings(record)) if int(str(one["steps"])) > 1)
    steps = int(str(heavy["steps"]))
    proceeding = filed(record, people["officer"], at, number)
    for more in (steps, steps + 1, -1):
        assert codes(lambda more=more: upheld(proceeding, other, at, more)) == ["objection.steps"]
    upheld(proceeding, other, at, steps - 1)
    assert Correction.objects.get().steps == steps - 1


def test_time_runs_from_the_delivery_and_late_is_late_unless_excused(
    record: VisitRecord, people: People, other: Person, at: datetime
) -> None:
    officer = people["officer"]
    deliver_record(record=record, how="邮寄", delivered_at=at, by=officer, at=at + timedelta(hours=1))
    again: Callable[[], object] = lambda: deliver_record(record=record, how="又一次", by=officer, at=at)  # noqa: E731
    assert codes(again) == ["delivery.once"]
    late = filed(record, officer, at + timedelta(days=10))
    decide = {"proceeding": late, "stance": "upheld", "note": "成立", "by": other, "at": at + timedelta(days=10)}
    assert codes(lambda: decide_objection(**decide)) == ["process.missing"]  # type: ignore[arg-type]
    excuse_lateness(proceeding=late, note="邮件退回", by=other, at=at + timedelta(days=10))
    upheld(late, other, at + timedelta(days=11))
    received = filed(record, officer, at + timedelta(days=10), 1, received_at=at + timedelta(days=1))
    upheld(received, other, at + timedelta(days=11))
    assert Correction.objects.count() == 2


def test_a_delivery_has_a_moment_and_a_way(record: VisitRecord, people: People, at: datetime) -> None:
    wrong = {"record": record, "how": " ", "delivered_at": at + timedelta(days=1), "by": people["officer"], "at": at}
    assert codes(lambda: deliver_record(**wrong)) == ["delivery.moment", "delivery.how"]  # type: ignore[arg-type]


def test_whoever_was_on_the_team_decides_nothing(
    record: VisitRecord, people: People, other: Person, at: datetime
) -> None:
    TeamMember.objects.create(team_day=record.team_day, person=other, part="expert", added_at=at)
    proceeding = filed(record, people["officer"], at)
    for person in (other, people["officer"]):
        assert codes(lambda person=person: upheld(proceeding, person, at)) == ["process.involved"]


def test_what_cannot_be_contested_says_why(
    round_: Round, record: VisitRecord, people: People, other: Person, at: datetime
) -> None:
    officer = people["officer"]
    nobody = VisitRecord.objects.filter(round=round_, entry__company=None).first()
    assert nobody
    asked = {"finding": "none", "grounds": "无", "by": officer, "at": at}
    assert codes(lambda: file_objection(record=nobody, **asked)) == ["listing.entity"]  # type: ignore[arg-type]
    assert codes(lambda: file_objection(record=record, **asked)) == ["objection.finding"]  # type: ignore[arg-type]
    proceeding = filed(record, officer, at)
    assert codes(lambda: filed(record, officer, at)) == ["dispute.once"]
    upheld(proceeding, other, at)
    with pytest.raises(Refusal):
        upheld(proceeding, other, at)
    request_decision(round=round_, by=people["director"], at=at)
    late = filed(record, officer, at, 1)
    assert codes(lambda: upheld(late, other, at)) == ["objection.deciding"]


def test_after_the_decision_it_changes_the_list_and_after_publication_the_next_edition(
    round_: Round, record: VisitRecord, people: People, other: Person, at: datetime
) -> None:
    decided(round_, people, at)
    replay = decision_of(round_)
    assert replay
    result = replay.results.get(entry=record.entry)
    upheld(filed(record, people["officer"], at), other, at)
    first = published(round_, people["director"], other, at)
    row = first.rows.get(entry=record.entry)
    assert row.total is not None
    assert result.total is not None
    assert row.total > result.total
    assert next(reason.code for reason in row.told_reasons) == "correction.figures"
    after = first.published_at
    upheld(filed(record, people["officer"], after, 1), other, after)
    newest = round_.editions.get(number=2)
    assert newest.cause
    assert newest.cause.kind == "objection"
    again = newest.rows.get(entry=record.entry)
    assert again.total is not None
    assert again.total > row.total
    assert replay.results.get(entry=record.entry).total == result.total


def test_an_objection_that_takes_the_ground_away_ends_the_listing(people: People, other: Person, at: datetime) -> None:
    """Two teams found it below sixty; what the second found is struck, and nobody lists it."""
    round_ = reviewed(people, at, 8, 2)
    first = VisitRecord.objects.filter(entry__round=round_, purpose="second").select_related("entry")[0]
    entry = first.entry
    with guards_lifted():
        Filing.objects.filter(entry=entry).delete()
        for record in VisitRecord.objects.filter(entry=entry):
            shown = exhibit(record.subject, round_.area, at)
            VisitRecord.objects.filter(pk=record.pk).update(sheet=_bad(record, shown.sha256))
    replay = decided(round_, people, at)
    assert replay.results.get(entry=entry).tier == "BLACK"
    proposed = {one.entry.pk: one for one in proposals(round_, at)}[entry.pk]
    assert [visit.base is not None and visit.base < 6_000 for visit in proposed.case.visits] == [True, True]
    second = VisitRecord.objects.get(pk=first.pk)
    for number in range(len(findings(second))):
        upheld(filed(second, people["officer"], at, number), other, at)
    again = {one.entry.pk: one for one in proposals(round_, at)}[entry.pk]
    assert (again.settled, again.corrected is not None) == ("drop", True)


def _bad(record: VisitRecord, shown: str) -> str:
    """A sheet with every check as bad as can be."""
    rubric = scheme_of(record.round.scheme).rubrics[record.entry.class_code]
    found = [
        {
            "id": f"00000000-0000-7000-8000-{record.pk:06d}{n:06d}", "n": n, "version": 1, "check": code, "steps": 30,
            "fact": "", "place": "全部", "note": "不合格", "evidence": [shown], "measured": {}, "by": "x",
            "at": "2024-09-04T09:45:00+08:00",
        }
        for n, code in enumerate(rubric.checks, start=1)
    ]  # fmt: skip
    return canonical({"findings": found}).decode()


def test_what_is_corrected_after_the_decision_leaves_the_decision_as_it_was_checked(
    round_: Round, record: VisitRecord, people: People, other: Person, at: datetime
) -> None:
    decided(round_, people, at)
    round_.refresh_from_db()
    assert round_.deciding_at
    after = round_.deciding_at + timedelta(days=1)
    upheld(filed(record, people["officer"], after), other, after)
    kept = {entry.pk: len(sheet.findings) for entry, sheet in sheets_of(round_)}
    assert kept[record.entry_id] == len(findings(record))
