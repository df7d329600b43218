"""An order is for whoever was there on the day of the finding; once another company comes, that one has to meet it."""

import json
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.faces import district
from tests.faces.portal.conftest import member
from tests.guarded import guards_lifted
from tests.kernel.evidence.photographs import photo
from tests.programmes.assessments import drawn_rounds
from tests.programmes.assessments.companies import entered
from tests.programmes.assessments.judged import in_review, register
from tests.programmes.assessments.listed import engaged

from mingjing.engine.outcome import Refusal
from mingjing.kernel.cases.models import Case
from mingjing.kernel.documents.actions import withdraw_document
from mingjing.kernel.documents.models import Document
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.submissions.models import Submission
from mingjing.kernel.visits.models import Visit
from mingjing.programmes.assessments.actions import visits
from mingjing.programmes.assessments.actions.papers import issue_entry_paper
from mingjing.programmes.assessments.actions.rectifying import order_findings
from mingjing.programmes.assessments.field.packs import pack
from mingjing.programmes.assessments.models import Engagement, Entry, TeamDay, VisitRecord
from mingjing.programmes.assessments.queries.rectifying import wanting

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
People = dict[str, Person]


@pytest.fixture
def companies(people: People, at: datetime) -> list[Organisation]:
    return district.companies(2, at)


@pytest.fixture
def entry(people: People, companies: list[Organisation], at: datetime) -> Entry:
    """A community of the first company with one finding on a locked record."""
    communities = register(2, at)
    engaged(communities[0], companies[0], at)
    round_ = in_review(people, at, communities, first_day=date(2024, 7, 1))
    found = round_.entries.get(community=communities[0])
    _of(found, companies[0])
    finding = {
        "id": str(uuid4()), "n": 1, "version": 1, "check": f"{found.class_code}3.1", "steps": 1, "fact": "",
        "place": "三栋", "note": "无水", "evidence": [], "measured": {}, "by": "x", "at": "2024-09-04T09:45:00+08:00",
    }  # fmt: skip
    with guards_lifted():
        VisitRecord.objects.filter(entry=found).update(sheet=json.dumps({"findings": [finding]}))
    return Entry.objects.select_related("round__scheme").get(pk=found.pk)


def _of(entry: Entry, company: Organisation) -> None:
    held = Engagement.objects.filter(community=entry.community).order_by("first_day").first()
    with guards_lifted():
        Entry.objects.filter(pk=entry.pk).update(
            company=company, company_name=company.name, engagement=held, not_assessed_at=None, not_assessed_by=None,
            not_assessed_reason="",
        )  # fmt: skip


def visited(entry: Entry) -> date:
    return VisitRecord.objects.select_related("team_day").filter(entry=entry).order_by("pk")[0].team_day.day


def ordered(entry: Entry, by: Person, at: datetime) -> tuple[Case, Document]:
    cases, paper = order_findings(entry=entry, findings=[one.key for one in wanting(entry)], by=by, at=at)
    return cases[0], paper


@pytest.mark.parametrize(("days", "newcomers"), [(0, True), (1, False)])
def test_an_order_given_after_the_visit_is_for_who_was_there_on_its_day(
    days: int, newcomers: bool, entry: Entry, companies: list[Organisation], people: People, at: datetime
) -> None:
    engaged(entry.community, companies[1], at, visited(entry) + days * DAY)
    case, paper = ordered(entry, people["officer"], at)
    assert {case.organisation, paper.addressee} == {companies[newcomers]}


def test_findings_of_days_of_different_companies_are_not_ordered_in_one_paper(
    entry: Entry, companies: list[Organisation], people: People, at: datetime
) -> None:
    record = VisitRecord.objects.select_related("team_day").get(entry=entry)
    engaged(entry.community, companies[1], at, record.team_day.day + DAY)
    later = TeamDay.objects.create(draw=record.team_day.draw, day=record.team_day.day + 40 * DAY, team=9, opened_at=at)
    record.pk, record.team_day, record.purpose = None, later, "second"
    record.visit = Visit.objects.create(
        programme="assessments", purpose="second", subject=entry.subject, area=entry.round.area,
        site_id=entry.community.site_id, entered_at=at, left_at=at, recorded_at=at,
    )  # fmt: skip
    record.save(force_insert=True)
    keys = [one.key for one in wanting(entry)]
    with pytest.raises(Refusal) as refused:
        order_findings(entry=entry, findings=keys, by=people["officer"], at=at)
    assert [one.code for one in refused.value.problems] == ["order.companies"]
    for key, company in zip(keys, companies, strict=True):
        _, paper = order_findings(entry=entry, findings=[key], by=people["officer"], at=at)
        assert paper.addressee == company


def test_an_order_given_on_site_is_for_the_company_that_was_visited(people: People, at: datetime) -> None:
    drawn = drawn_rounds.build(people, at)
    before, newcomer = district.companies(2, at)
    record, today = drawn.records[0], timezone.localdate(at)
    engaged(record.entry.community, before, at)
    _of(record.entry, before)
    engaged(record.entry.community, newcomer, at, today)
    record = VisitRecord.objects.get(pk=record.pk)
    visits.begin_visit(record=record, entered_at=at, by=people["officer"], at=at)
    check = "A5.2" if record.entry.class_code == "A" else "B10.2"
    found = {"check": check, "finding": str(uuid4()), "steps": 1, "place": "三栋", "note": "无水"}
    visits.edit_sheet(record=record, kind="find", payload=found, by=people["officer"], at=at)
    visit = VisitRecord.objects.select_related("visit").get(pk=record.pk).visit
    assert visit
    assert (visit.organisation, Case.objects.get().organisation) == (newcomer, newcomer)


def test_a_phone_names_the_company_that_is_there(people: People, at: datetime) -> None:
    drawn = drawn_rounds.build(people, at)
    before, newcomer, later = district.companies(3, at)
    record, today = drawn.records[0], timezone.localdate(at)
    engaged(record.entry.community, before, at)
    _of(record.entry, before)

    def named() -> str:
        found = {one["subject"]: one["company"] for one in pack(people["officer"], at)["records"]}
        return found[record.subject]

    assert named() == before.name
    engaged(record.entry.community, newcomer, at, today)
    engaged(record.entry.community, later, at, today + DAY)
    assert named() == newcomer.name


def hand_in(client: Client, name: str, pk: int, **data: Any) -> Any:
    return client.post(reverse(f"assessments_portal:{name}", args=[pk]), {"key": str(uuid4()), **data})


@pytest.fixture
def doors(companies: list[Organisation], at: datetime) -> tuple[Client, Client]:
    """Where the heads of both companies have come in."""
    first, second = (entered(member(one, f"head{one.pk}", "head", at)) for one in companies)
    return first, second


def test_an_open_order_reaches_whoever_comes_and_is_theirs_to_meet(
    entry: Entry, companies: list[Organisation], people: People, doors: tuple[Client, Client], at: datetime
) -> None:
    case, _ = ordered(entry, people["officer"], timezone.now() - 3 * DAY)
    before, newcomer = doors
    page, listed = reverse("assessments_portal:order", args=[case.pk]), reverse("assessments_portal:orders")
    assert newcomer.get(page).status_code == 404
    assert hand_in(before, "order-plan", case.pk, text="原企业的打算").status_code == 302
    with guards_lifted():
        case.steps.filter(kind="noted").update(at=timezone.now() - 2 * DAY)
    engaged(entry.community, companies[1], at, timezone.localdate())

    told = newcomer.get(page).content.decode()
    desk = entered(people["officer"])
    assert "Now for it to see to" in (shown := desk.get(reverse("desk:case", args=[case.pk])).content.decode())
    assert companies[1].name in shown
    assert "You look after it now" in told
    assert "无水" in told
    assert "原企业的打算" not in told
    assert case.title in newcomer.get(listed).content.decode()
    assert case.title in newcomer.get("/portal/").content.decode()
    theirs = before.get(page).content.decode()
    assert "原企业的打算" in theirs
    assert "Another company looks after this community now" in theirs
    assert f"Put right: {case.title}" not in before.get("/portal/").content.decode()
    assert hand_in(before, "order-plan", case.pk, text="再说一次").status_code == 404

    picture = SimpleUploadedFile("现场.jpg", photo(colour=(9, 9, 9)), "image/jpeg")
    assert hand_in(newcomer, "order-report", case.pk, text="已接通", papers=[picture]).status_code == 302
    assert Submission.objects.get(kind="assessments.order_report").organisation == companies[1]
    assert "已接通" in newcomer.get(page).content.decode()
    assert "已接通" not in before.get(page).content.decode()


def test_what_was_met_before_they_came_is_none_of_theirs(
    entry: Entry, companies: list[Organisation], people: People, doors: tuple[Client, Client], at: datetime
) -> None:
    case, _ = ordered(entry, people["officer"], timezone.now() - 3 * DAY)
    desk, page = entered(people["officer"]), reverse("desk:case", args=[case.pk])
    assert "Now for it to see to" not in desk.get(page).content.decode()
    closed = {"closed_at": timezone.now() - 2 * DAY, "outcome": "cancelled"}
    Case.objects.filter(pk=case.pk).update(**closed)
    engaged(entry.community, companies[1], at, timezone.localdate())
    assert [door.get(reverse("assessments_portal:order", args=[case.pk])).status_code for door in doors] == [200, 404]


def test_the_forms_about_orders_go_to_whoever_has_to_meet_them_and_stand_at_its_door_at_once(
    entry: Entry, companies: list[Organisation], people: People, doors: tuple[Client, Client], at: datetime
) -> None:
    case, order = ordered(entry, people["officer"], at)
    engaged(entry.community, companies[1], at, timezone.localdate(at))
    paper = issue_entry_paper(entry=entry, kind="rectification_plan", by=people["officer"], at=at)
    assert paper.addressee == companies[1]
    before, newcomer = doors
    page, file = reverse("assessments_portal:order", args=[case.pk]), reverse("portal:document-file", args=[paper.pk])
    for url in (page, reverse("portal:documents"), reverse("portal:home")):
        assert paper.number in newcomer.get(url).content.decode()
        assert paper.number not in before.get(url).content.decode()
    given: Any = newcomer.get(file)
    assert given.status_code == 200
    assert b"".join(given.streaming_content).startswith(b"PK")
    assert before.get(file).status_code == 404
    assert before.get(reverse("portal:document-file", args=[order.pk])).status_code == 404, "an order is to be served"
    withdraw_document(document=paper, reason="重发", by=people["officer"], at=at)
    assert paper.number not in newcomer.get(page).content.decode()
    assert newcomer.get(file).status_code == 404
