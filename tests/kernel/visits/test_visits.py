"""Visits: recorded from the moment somebody enters, ended once, voided but never gone; the load of an organisation."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.faces import district

from mingjing.engine.outcome import Refusal
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.actions import record_departure
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.places.actions import record_site
from mingjing.kernel.places.models import Area, Site
from mingjing.kernel.visits.actions import end_visit, start_visit, void_visit
from mingjing.kernel.visits.models import Visit
from mingjing.kernel.visits.queries import joint_of, visits_of_organisation, visits_of_site

People = dict[str, Person]
Entered = Callable[..., Visit]


@pytest.fixture
def people(db: None, at: datetime) -> People:
    return district.build(at)


@pytest.fixture
def site(people: People, at: datetime) -> Site:
    return record_site(name="桂花花园", area=Area.objects.get(code="430202001"), by=None, at=at)


@pytest.fixture
def company(people: People, at: datetime) -> Organisation:
    return district.companies(1, at)[0]


@pytest.fixture
def entered(people: People, site: Site, company: Organisation, at: datetime) -> Entered:
    def enter(**changes: object) -> Visit:
        usual = {
            "programme": "assessments", "purpose": "assessment", "subject": "assessments.visit:7", "area": site.area,
            "site": site, "organisation": company, "people": [(people["officer"], "lead")],
            "entered_at": at - timedelta(hours=1), "by": people["officer"], "at": at,
        }  # fmt: skip
        return start_visit(**usual | changes)

    return enter


def codes(act: Callable[[], object]) -> list[str]:
    """What `act` is refused for; it must have written nothing."""
    before = (list(Visit.objects.values()), Fact.objects.count())
    with pytest.raises(Refusal) as refusal:
        act()
    assert (list(Visit.objects.values()), Fact.objects.count()) == before
    return [problem.code for problem in refusal.value.problems]


def test_a_visit_is_recorded_ended_and_told_with_ids_only(entered: Entered, people: People, at: datetime) -> None:
    visit = entered(people=[(people["officer"], "lead"), (people["director"], "assistant")])
    end_visit(visit=visit, left_at=at, by=people["officer"], at=at)
    assert Visit.objects.get().left_at == visit.left_at == at
    facts = list(Fact.objects.filter(subject=f"visits.visit:{visit.pk}").order_by("seq"))
    assert [fact.kind for fact in facts] == ["visits.visit.started", "visits.visit.ended"]
    assert {fact.scope for fact in facts} == {visit.area.path}
    told = "".join(str(fact.values) for fact in facts)
    assert people["officer"].token in told
    assert people["officer"].display_name not in told


def test_what_cannot_be_is_refused(entered: Entered, people: People, at: datetime) -> None:
    assert codes(lambda: entered(entered_at=at + timedelta(seconds=1))) == ["visits.visit.future"]
    assert codes(lambda: entered(people=[])) == ["visits.visit.nobody"]
    assert codes(lambda: entered(site=None, organisation=None)) == ["visits.visit.nowhere"]
    twice = [(people["officer"], "lead"), (people["officer"], "member")]
    assert codes(lambda: entered(people=twice)) == ["visits.visit.twice"]
    assert codes(lambda: entered(people=[(people["officer"], "boss")])) == ["visits.visit.part"]
    gone = people["auditor"]
    record_departure(person=gone, reason="调离", by=people["administrator"], at=at)
    gone.refresh_from_db()
    later = {"entered_at": at + timedelta(days=1), "at": at + timedelta(days=2)}
    assert codes(lambda: entered(people=[(gone, "lead")], **later)) == ["visits.visit.person_left"]
    entered(people=[(gone, "lead")])


def test_they_leave_once_after_they_entered(entered: Entered, people: People, at: datetime) -> None:
    visit, by = entered(), people["officer"]
    early, late = visit.entered_at - timedelta(minutes=1), at + timedelta(minutes=1)
    assert codes(lambda: end_visit(visit=visit, left_at=early, by=by, at=at)) == ["visits.visit.left_first"]
    assert codes(lambda: end_visit(visit=visit, left_at=late, by=by, at=at)) == ["visits.visit.left_later"]
    end_visit(visit=visit, left_at=at, by=by, at=at)
    assert codes(lambda: end_visit(visit=visit, left_at=at, by=by, at=at)) == ["visits.visit.ended"]


def test_a_voided_visit_stays_and_counts_nowhere(
    entered: Entered, people: People, site: Site, company: Organisation, at: datetime
) -> None:
    visit, by = entered(), people["officer"]
    assert codes(lambda: void_visit(visit=visit, reason=" ", by=by, at=at)) == ["visits.visit.reason"]
    void_visit(visit=visit, reason="走错小区", by=by, at=at)
    assert codes(lambda: void_visit(visit=visit, reason="又", by=by, at=at)) == ["visits.visit.voided"]
    assert codes(lambda: end_visit(visit=visit, left_at=at, by=by, at=at)) == ["visits.visit.voided"]
    assert not visits_of_site(site)
    assert not visits_of_organisation(company, at.date(), at.date())
    assert Visit.objects.get().void_reason == "走错小区"


def test_what_is_recorded_days_later_is_taken_and_shown(entered: Entered, at: datetime) -> None:
    assert not entered(entered_at=at - timedelta(hours=23)).late
    assert entered(entered_at=at - timedelta(days=30)).late


def test_the_database_itself_keeps_what_was_recorded(entered: Entered, people: People, at: datetime) -> None:
    visit, voided = entered(), entered()
    end_visit(visit=visit, left_at=at, by=people["officer"], at=at)
    void_visit(visit=voided, reason="走错", by=people["officer"], at=at)
    for statement in (
        "DELETE FROM visits_visit",
        "UPDATE visits_visit SET entered_at = '2024-01-01 00:00:00'",
        "UPDATE visits_visit SET left_at = NULL WHERE left_at IS NOT NULL",
        "UPDATE visits_visit SET subject = 'other:1'",
        "UPDATE visits_visit SET void_reason = 'other' WHERE voided_at IS NOT NULL",
        "UPDATE visits_participant SET part = 'member'",
        "DELETE FROM visits_participant",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_the_load_of_an_organisation_counts_every_programme_its_branches_and_both_days(
    entered: Entered, company: Organisation, at: datetime
) -> None:
    branch, stranger = district.companies(3, at)[1:]
    Organisation.objects.filter(pk=branch.pk).update(branch_of=company)
    first, last = date(2024, 8, 1), date(2024, 8, 31)

    def on(day: datetime, **changes: object) -> Visit:
        return entered(entered_at=day, **changes)

    midnight = datetime(2024, 8, 1, tzinfo=at.tzinfo)
    counted = [
        on(midnight),
        on(midnight.replace(day=31, hour=23, minute=59), programme="inspections"),
        on(midnight.replace(day=5), organisation=branch),
    ]
    on(midnight - timedelta(minutes=1))
    on(midnight.replace(month=9))
    on(midnight.replace(day=6), organisation=stranger)
    assert {visit.pk for visit in visits_of_organisation(company, first, last)} == {visit.pk for visit in counted}


def test_visits_made_together_know_each_other(entered: Entered) -> None:
    group = uuid4()
    visit, other = entered(joint=group), entered(joint=group, programme="inspections")
    entered(joint=uuid4())
    assert list(joint_of(visit)) == [other]
    assert not joint_of(entered())


def test_a_hundred_visits_cost_no_more_queries_than_one(entered: Entered, site: Site, people: People) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            for visit in visits_of_site(site):
                told = [
                    str(visit.area),
                    str(visit.organisation),
                    *(str(one.person) for one in visit.participants.all()),
                ]
                assert all(told)
        return len(queries)

    entered()
    few = asked()
    for _ in range(20):
        entered(people=[(people["officer"], "lead"), (people["director"], "member")])
    assert asked() == few == 3
