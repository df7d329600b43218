"""A company that changes in the middle of a round: the score is of whoever was there on the day of the visit."""

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse
from tests.faces import district
from tests.faces.portal.conftest import member
from tests.guarded import guards_lifted
from tests.programmes.assessments.companies import entered
from tests.programmes.assessments.judged import in_review, register
from tests.programmes.assessments.listed import engaged
from tests.programmes.assessments.test_editions import grave
from tests.programmes.assessments.test_round_decisions import decided

from mingjing.kernel.parties.models import Organisation, Person
from mingjing.programmes.assessments.actions.listings import issue_notice
from mingjing.programmes.assessments.actions.objections import deliver_record
from mingjing.programmes.assessments.models import Engagement, Entry, Filing, Result, Round, VisitRecord
from mingjing.programmes.assessments.queries.late_filings import late_of
from mingjing.programmes.assessments.queries.listings import proposals
from mingjing.programmes.assessments.queries.relisted import relisted
from mingjing.programmes.assessments.queries.schemes import scheme_of
from mingjing.programmes.assessments.queries.sourced import sourced_of

pytestmark = pytest.mark.django_db
FIRST_DAY = date(2024, 7, 1)


@pytest.fixture
def companies(people: dict[str, Person], at: datetime) -> list[Organisation]:
    return district.companies(2, at)


@pytest.fixture
def round_(people: dict[str, Person], companies: list[Organisation], at: datetime) -> Round:
    """A round in review of four communities that one company has looked after for years."""
    communities = register(4, at)
    for community in communities:
        engaged(community, companies[0], at)
    found = in_review(people, at, communities, first_day=FIRST_DAY)
    with guards_lifted():
        for entry in found.entries.select_related("community"):
            held = Engagement.objects.get(community=entry.community)
            Entry.objects.filter(pk=entry.pk).update(
                company=companies[0], company_name=companies[0].name, engagement=held, not_assessed_at=None,
                not_assessed_by=None, not_assessed_reason="",
                attributes={"service_months": "54", "occupancy": "85", "completed_year": "2005", "fee": "0.8"},
            )  # fmt: skip
    return found


def visited(entry: Entry) -> date:
    record = VisitRecord.objects.select_related("team_day").filter(entry=entry).first()
    assert record
    return record.team_day.day


@pytest.mark.parametrize(("days", "observed"), [(-1, True), (0, True), (1, False)])
def test_who_came_before_the_visit_is_observed_and_who_came_after_it_is_not_judged(
    days: int, observed: bool, round_: Round, companies: list[Organisation], people: dict[str, Person], at: datetime
) -> None:
    entry = round_.entries.select_related("community").filter(records__isnull=False).order_by("number").first()
    assert entry
    engaged(entry.community, companies[1], at, visited(entry) + timedelta(days=days))
    decided(round_, people, at)
    result = Result.objects.get(entry=entry, replay__purpose="decision")
    assert (result.tier == "OBSERVATION") is observed
    others = Result.objects.filter(entry__round=round_).exclude(entry=entry)
    assert not others.filter(tier="OBSERVATION").exists()


def test_the_list_names_who_was_there_and_says_why(
    round_: Round, companies: list[Organisation], people: dict[str, Person], at: datetime
) -> None:
    entry = round_.entries.select_related("community").filter(records__isnull=False).order_by("number").first()
    assert entry
    engaged(entry.community, companies[1], at, visited(entry))
    replay = decided(round_, people, at)
    rows = {row.entry_id: row for row in relisted(round_, replay, {}, None, at)}
    mine = rows.pop(entry.pk)
    assert (mine.tier, mine.company_id, mine.company_name) == ("OBSERVATION", companies[1].pk, companies[1].name)
    assert [(one.code, one.params["before"]) for one in mine.told_reasons] == [("list.company", companies[0].name)]
    assert {(row.company_id, len(row.reasons)) for row in rows.values()} == {(companies[0].pk, 0)}


def test_what_was_not_known_when_it_was_decided_changes_nothing(
    round_: Round, companies: list[Organisation], people: dict[str, Person], at: datetime
) -> None:
    entry = round_.entries.select_related("community").filter(records__isnull=False).order_by("number").first()
    assert entry
    decided(round_, people, at)
    round_.refresh_from_db()
    scheme = scheme_of(round_.scheme)
    before = sourced_of([entry], round_, scheme)[entry.pk]["service_months"]
    later = datetime.fromisoformat("2099-01-01T00:00:00+08:00")
    engaged(entry.community, companies[1], later, visited(entry))
    assert sourced_of([entry], round_, scheme)[entry.pk]["service_months"] == before
    assert not before.firm


def test_a_value_that_somebody_recorded_stands(round_: Round, companies: list[Organisation], at: datetime) -> None:
    entry = round_.entries.select_related("community").filter(records__isnull=False).order_by("number").first()
    assert entry
    engaged(entry.community, companies[1], at, visited(entry))
    entry.attributes = {**entry.attributes, "service_months": "7"}
    assert not sourced_of([entry], round_, scheme_of(round_.scheme))[entry.pk]["service_months"].firm


@pytest.mark.parametrize("days", [-1, 1])
def test_each_company_sees_at_its_door_what_concerns_it_and_nothing_else(
    days: int, round_: Round, companies: list[Organisation], people: dict[str, Person], at: datetime
) -> None:
    entry = round_.entries.select_related("community").filter(records__isnull=False).order_by("number").first()
    assert entry
    day = visited(entry)
    with guards_lifted():
        Engagement.objects.filter(community=entry.community).update(last_day=day + timedelta(days=days - 1))
    engaged(entry.community, companies[1], at, day + timedelta(days=days))
    record = VisitRecord.objects.get(entry=entry)
    delivery = deliver_record(record=record, how="当面", by=people["officer"], at=at)
    judged, other = (companies[1], companies[0]) if days < 0 else (companies[0], companies[1])
    assert delivery.organisation == judged
    decided(round_, people, at)
    theirs, others = (entered(member(one, f"head{one.pk}", "head", at)) for one in (judged, other))
    here, all_of_them = reverse("assessments_portal:community", args=[entry.pk]), "/portal/assessments/communities/"
    assert here in theirs.get(all_of_them).content.decode()
    assert judged.name in theirs.get(here).content.decode()
    told = others.get(all_of_them).content.decode()
    assert entry.name in told
    assert "Another company was there on the day of the visit" in told
    assert here not in told
    shut = [here, f"{here}slip/", f"{here}decision/", f"{here}reply/", f"{here}appeal/"]
    assert {others.get(url).status_code for url in shut} == {404}
    record_page = reverse("assessments_portal:record", args=[record.pk])
    assert (theirs.get(record_page).status_code, others.get(record_page).status_code) == (200, 404)


def came(entry: Entry, companies: list[Organisation], people: dict[str, Person], at: datetime) -> date:
    """Another company came on the day of the visit, and the round is decided; `service_months` was put on record."""
    day = visited(entry)
    engaged(entry.community, companies[1], at, day)
    with guards_lifted():
        Entry.objects.filter(pk=entry.pk).update(attributes={**entry.attributes, "service_months": "7"})
    decided(entry.round, people, at)
    return day


def test_where_no_rule_spares_who_came_it_is_told_and_heard_and_nobody_else(
    round_: Round, companies: list[Organisation], people: dict[str, Person], at: datetime
) -> None:
    entry = round_.entries.filter(records__isnull=False).order_by("number").first()
    assert entry
    with guards_lifted():
        Engagement.objects.filter(community=entry.community).update(last_day=date(2019, 12, 31), first_day=None)
        grave(entry, companies[0], people, at)
        Engagement.objects.filter(community=entry.community, last_day=None).update(first_day=date(2020, 1, 1))
    entry = Entry.objects.select_related("community", "round").get(pk=entry.pk)
    came(entry, companies, people, at)
    one = next(one for one in proposals(entry.round, at) if one.entry.pk == entry.pk)
    assert one.stands
    assert one.stands.proceeding.organisation == companies[1]
    assert (one.case.credit_code, one.case.engaged) == (companies[1].credit_code, True)
    assert issue_notice(round=entry.round, entry=entry, by=people["officer"], at=at).addressee == companies[1]


def test_a_late_veto_is_of_who_was_judged_on_its_own_days_only(
    round_: Round, companies: list[Organisation], people: dict[str, Person], at: datetime
) -> None:
    entry = round_.entries.select_related("community", "round").filter(records__isnull=False).order_by("number").first()
    assert entry
    day = came(entry, companies, people, at)
    veto = Filing(entry=entry, kind="veto", code="serious_safety_accident", occurred_on=day, document="判决书")
    known = [late_of(veto, at)]
    veto.occurred_on = day - timedelta(days=1)
    known.append(late_of(veto, at))
    assert [(one.credit_code, one.engaged) for one in known] == [
        (companies[1].credit_code, True), (companies[1].credit_code, False),
    ]  # fmt: skip


def test_who_was_there_on_the_day_of_the_visit_claims_the_bonus(
    round_: Round, companies: list[Organisation], at: datetime
) -> None:
    entry = round_.entries.select_related("community").filter(records__isnull=False).order_by("number").first()
    assert entry
    engaged(entry.community, companies[1], at, visited(entry))
    before, newcomer = (entered(member(one, f"head{one.pk}", "head", at)) for one in companies)
    url = reverse("assessments_portal:claim", args=[entry.pk])
    assert (before.get(url).status_code, newcomer.get(url).status_code) == (404, 200)
    listed = before.get(reverse("assessments_portal:claims")).content.decode()
    assert "Another company was there on the day of the visit" in listed
    assert url not in listed
