"""What waits for whom in a round: visits, signatures, reviews, classes, filings, rosters, steps, handovers, seeds."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override
from tests.faces import district
from tests.programmes.assessments import rounds

from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.registry import Due
from mingjing.kernel.rulebooks.models import Version
from mingjing.kernel.visits.models import Visit
from mingjing.programmes.assessments.actions import entries, filings
from mingjing.programmes.assessments.actions import rounds as actions
from mingjing.programmes.assessments.models import DrawSeed, Roster, Round, Signature, VisitRecord
from mingjing.programmes.assessments.queries.due import waiting

People = dict[str, Person]


def due(person: Person, today: date | None = None) -> dict[str, int]:
    with override("en"):
        found = [entry for entry in waiting(person, today or timezone.localdate()) if entry.count]
        return {str(entry.title): entry.count for entry in found}


@pytest.fixture
def running(hetang: Version, people: People) -> Round:
    """Eight communities in fieldwork: team 1 is the officer with a colleague; yesterday, today, tomorrow."""
    now = timezone.now()
    rounds.register(8, now)
    round_ = rounds.opened(hetang, people["director"], now)
    actions.freeze_round(round=round_, by=people["director"], at=now)
    area = Area.objects.get(code="430202")
    others = [district.staff("officer", f"科员{number}", area, now, f"officer-{number}") for number in (2, 3, 4)]
    rounds.drawn(round_, [people["officer"], *others], now)
    return actions.begin_fieldwork(round=round_, by=people["director"], at=now)


def submitted(record: VisitRecord, **more: object) -> None:
    now = timezone.now()
    visit = Visit.objects.create(
        programme="assessments", purpose="assessments.first", subject=record.subject, area=record.round.area,
        site=record.entry.community.site, entered_at=now, recorded_at=now,
    )  # fmt: skip
    VisitRecord.objects.filter(pk=record.pk).update(visit=visit, started_at=now, submitted_at=now, **more)


def test_visits_show_on_their_day_and_as_late_afterwards_never_before(running: Round, people: People) -> None:
    found = due(people["officer"])
    assert found["Visits of mine today"] == 1
    assert found["Visits of mine that are late"] == 2
    assert not {"Visits of mine today", "Visits of mine that are late"} & due(people["director"]).keys()
    assert due(people["director"])["Visits of the round that are late"] >= 2
    before = due(people["officer"], timezone.localdate() - timedelta(days=3))
    assert "Visits of the round that are late" not in before
    assert "Visits of mine today" not in before
    assert "Visits of mine that are late" not in before


def test_records_wait_for_signatures_of_the_team_and_for_reviewers_of_no_team(running: Round, people: People) -> None:
    record = running.records.filter(team_day__members__person=people["officer"]).order_by("team_day__day")[0]
    submitted(record, company_stance="signed", company_at=timezone.now())
    assert due(people["officer"])["Visit records for me to sign"] == 1
    assert "Visit records to review" not in due(people["officer"])
    assert due(people["director"])["Visit records to review"] == 1
    Signature.objects.create(
        record=record,
        part="member",
        person=people["officer"],
        stance="signed",
        sheet_digest="0" * 64,
        at=timezone.now(),
    )
    assert "Visit records for me to sign" not in due(people["officer"])


@pytest.mark.parametrize(("digest", "waits"), [("", 0), ("0" * 64, 1)])
def test_who_signed_the_sheet_as_it_was_handed_in_need_not_sign_again(
    running: Round, people: People, digest: str, waits: int
) -> None:
    record = running.records.filter(team_day__members__person=people["officer"]).order_by("team_day__day")[0]
    Signature.objects.create(
        record=record, part="member", person=people["officer"], stance="signed",
        sheet_digest=digest or record.sheet_digest, at=timezone.now() - timedelta(hours=1),
    )  # fmt: skip
    submitted(record)
    assert due(people["officer"]).get("Visit records for me to sign", 0) == waits


def test_classes_wait_for_those_who_have_not_voted_on_the_present_values(
    hetang: Version, people: People, at: datetime
) -> None:
    rounds.register(5, at, rounds.KINDS)
    round_ = rounds.opened(hetang, people["director"], at)
    title = "Classes to confirm"
    assert due(people["officer"])[title] == due(people["director"])[title] == 3
    assert title not in due(people["auditor"])
    entry = round_.entries.get(number="HT-0003")
    entries.confirm_class(entry=entry, class_code="A", reason="低层", by=people["officer"], at=at)
    assert (due(people["officer"])[title], due(people["director"])[title]) == (2, 3)
    entries.record_attribute(entry=entry, code="fee", text="0.7", source="合同", by=people["director"], at=at)
    assert due(people["officer"])[title] == 3


def test_filings_wait_for_anybody_but_who_filed_them(running: Round, people: People) -> None:
    filings.file_document(
        entry=running.entries.all()[0], kind="bonus", code="party_branch", document="批复", occurred_on=None,
        by=people["officer"], at=timezone.now(),
    )  # fmt: skip
    title = "Bonuses and vetoes to decide on"
    assert title not in due(people["officer"])
    assert due(people["director"])[title] == 1
    assert title not in due(people["auditor"])


def test_a_step_that_nothing_stands_in_the_way_of_waits_for_the_lead(
    hetang: Version, people: People, at: datetime
) -> None:
    rounds.register(2, at)
    round_ = rounds.opened(hetang, people["director"], at)
    assert due(people["director"])["Freeze the round"] == 1
    assert "Freeze the round" not in due(people["officer"])
    actions.freeze_round(round=round_, by=people["director"], at=at)
    assert "Begin fieldwork" not in due(people["director"])


def test_both_see_a_handover_for_some_days(hetang: Version, people: People) -> None:
    now = timezone.now()
    round_ = rounds.opened(hetang, people["director"], now)
    actions.hand_over(round=round_, to=people["officer"], reason="轮岗", by=people["director"], at=now)
    assert due(people["officer"])["A round was handed over to you"] == 1
    assert due(people["director"])["You handed a round over"] == 1
    later = timezone.localdate() + timedelta(days=8)
    assert "A round was handed over to you" not in due(people["officer"], later)


def test_rosters_and_seeds_wait_for_those_who_can_deal_with_them(running: Round, people: People) -> None:
    now = timezone.now()
    Roster.objects.create(
        area=running.area, file_name="名册.xlsx", input_digest="0" * 64, requested_at=now, read_at=now
    )
    assert due(people["officer"])["Rosters to approve or discard"] == 1
    assert "Rosters to approve or discard" not in due(people["auditor"])
    draw = running.draws.get()
    draw.cancelled_at, draw.cancel_reason = now, "重抽"
    draw.save()
    again = running.draws.create(inputs="{}", inputs_digest="1" * 64, committed_at=now)
    DrawSeed.objects.create(draw=again, holder=people["auditor"], commitment="2" * 64, committed_at=now)
    assert due(people["auditor"]) == {"Seeds of mine to reveal for a draw": 1}


def test_it_costs_the_same_whatever_there_is(
    running: Round, people: People, hetang: Version, at: datetime, django_assert_max_num_queries
) -> None:  # type: ignore[no-untyped-def]
    def ask(person: Person) -> list[Due]:
        person.forget_grants()
        return list(waiting(person, timezone.localdate()))

    ask(people["director"])
    with django_assert_max_num_queries(24) as spent:
        ask(people["director"])
    rounds.register(40, at, rounds.KINDS, start=100)
    for number in range(5):
        rounds.opened(hetang, people["director"], at, f"2025-{number}")
    with django_assert_max_num_queries(len(spent)):
        assert len([entry for entry in ask(people["director"]) if entry.count]) == 6


def test_one_s_own_days_to_come_are_told_and_nobody_else_s(running: Round, people: People) -> None:
    assert due(people["officer"])["Days on which I am on duty"] == 1
    assert due(people["officer"], timezone.localdate() - timedelta(days=3))["Days on which I am on duty"] == 3
    assert "Days on which I am on duty" not in due(people["director"])
    tomorrow = timezone.localdate() + timedelta(days=1)
    with override("en"):
        every = list(waiting(people["officer"], timezone.localdate()))
    found = next(entry for entry in every if entry.title == "Days on which I am on duty")
    assert tomorrow.isoformat() in str(found.detail)
