"""A company makes a form itself at its own door: for its own case, when it is time, numbered like the office's."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from tests.programmes.assessments.companies import Company, World, deliver, entered, now_is, publish, with_people
from tests.programmes.assessments.conftest import Once
from tests.programmes.assessments.test_papers import words

from mingjing.kernel.cases.actions import cancel_case, open_case
from mingjing.kernel.cases.models import Case
from mingjing.kernel.documents.models import Document
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.models import Person
from mingjing.programmes.assessments.actions.papers import issue_entry_paper
from mingjing.programmes.assessments.models import Entry, VisitRecord

pytestmark = pytest.mark.django_db
People = dict[str, Person]
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def built(once: Once, at: datetime) -> Callable[[], tuple[People, World]]:
    return once("drawn_forms", lambda: with_people(at, now=at + DAY))


@pytest.fixture
def scene(db: None, built: Callable[[], tuple[People, World]]) -> tuple[People, World]:
    return built()


@pytest.fixture
def people(scene: tuple[People, World]) -> People:
    return scene[0]


@pytest.fixture
def own(scene: tuple[People, World]) -> Company:
    return scene[1].companies[0]


@pytest.fixture(autouse=True)
def a_day_later(at: datetime) -> Iterator[None]:
    with now_is(at + DAY):
        yield


def address(about: str, pk: int, kind: str) -> str:
    return reverse("assessments_portal:form", args=[about, pk, kind])


def drawn(client: Client, about: str, pk: int, kind: str) -> tuple[Document, str]:
    """The form somebody asked for and got, with its words."""
    there = address(about, pk, kind)
    assert "Make the form" in client.get(there).content.decode()
    answer = client.post(there, follow=True)
    assert answer.status_code == 200
    paper = Document.objects.filter(kind=f"assessments.{kind}").latest("pk")
    file = reverse("portal:document-file", args=[paper.pk])
    assert file in answer.content.decode()
    content = b"".join(client.get(file))
    assert content.startswith(b"PK")
    text = words(paper)
    assert all(part in text for part in (paper.number, paper.printed_code))
    assert "{{" not in text
    return paper, text


def refused(client: Client, about: str, pk: int, kind: str) -> str:
    there = address(about, pk, kind)
    assert "Make the form" not in client.get(there).content.decode()
    answer = client.post(there)
    assert answer.status_code == 422
    assert not Document.objects.filter(kind=f"assessments.{kind}").exists()
    return answer.content.decode()


def ordered(own: Company, people: People, at: datetime, title: str = "3栋主管无水", check: str = "A5.2") -> Case:
    record = VisitRecord.objects.filter(entry=own.entry).earliest("pk")
    return open_case(
        programme="assessments", kind="rectification", subject=f"{record.subject}/{check}", title=title, by=None, at=at,
        area=own.entry.round.area, site=own.entry.community.site, organisation=own.organisation, owner=None,
        due_at=at + 9 * DAY,
    )  # fmt: skip


def test_a_plan_and_a_report_name_the_orders_and_are_made_once_while_nothing_changes(
    own: Company, people: People, at: datetime
) -> None:
    client, case = entered(own.staff), ordered(own, people, at)
    paper, text = drawn(client, "orders", case.pk, "rectification_plan")
    assert (paper.addressee, paper.issued_by) == (own.organisation, own.staff)
    assert all(part in text for part in (case.number, "3栋主管无水", own.organisation.credit_code))
    assert Fact.objects.get(kind="documents.document.issued", subject=paper.ledger_subject).by == own.staff.token
    assert drawn(client, "orders", case.pk, "rectification_plan")[0] == paper
    ordered(own, people, at, "岗亭登记簿缺页", "A4.1")
    newer, text = drawn(client, "orders", case.pk, "rectification_plan")
    paper.refresh_from_db()
    assert (paper.replaced_by, "岗亭登记簿缺页" in text) == (newer, True)
    drawn(client, "orders", case.pk, "completion_report")
    assert (
        address("orders", case.pk, "completion_report")
        in client.get(reverse("assessments_portal:order", args=[case.pk])).content.decode()
    )
    for one in Case.objects.filter(title__in=("3栋主管无水", "岗亭登记簿缺页")):
        cancel_case(case=one, note="重复立案", by=people["officer"], at=at + DAY)
    answer = client.post(address("orders", case.pk, "rectification_plan"))
    assert answer.status_code == 422
    assert "No order about this community is open" in answer.content.decode()


def test_a_statement_is_written_between_notice_and_decision_by_counsel_too(
    scene: tuple[People, World], people: People, at: datetime
) -> None:
    world = scene[1]
    own = world.companies[0]
    paper, text = drawn(entered(own.lawyer), "cases", own.case.pk, "statement_form")
    assert paper.subject == own.case.ledger_subject
    assert all(part in text for part in (own.notice.number, own.entry.name, *own.notice.values()["reasons"]))
    assert drawn(entered(own.head), "cases", own.case.pk, "statement_form")[0] == paper
    assert (
        paper.number in entered(own.lawyer).get(reverse("assessments_portal:case", args=[own.case.pk])).content.decode()
    )
    late = publish(world, people, at)
    with now_is(late + DAY):
        answer = entered(own.head).post(address("cases", own.case.pk, "statement_form"))
    assert answer.status_code == 422
    assert "the panel has decided on it already" in answer.content.decode()


def test_an_appeal_waits_for_the_list_and_is_not_for_counsel_of_one_case(
    scene: tuple[People, World], people: People, at: datetime
) -> None:
    world = scene[1]
    own = world.companies[0]
    assert "No list that names this community is published" in refused(
        entered(own.head), "communities", own.entry.pk, "appeal_form"
    )
    late = publish(world, people, at)
    with now_is(late + DAY):
        there = address("communities", own.entry.pk, "appeal_form")
        assert [entered(own.lawyer).get(there).status_code, entered(own.lawyer).post(there).status_code] == [404, 404]
        paper, text = drawn(entered(own.head), "communities", own.entry.pk, "appeal_form")
    assert (paper.addressee, "黑榜" in text, "第1版" in text) == (own.organisation, True, True)


def test_an_objection_names_what_the_record_found_once_it_reached_the_company(
    own: Company, people: People, at: datetime
) -> None:
    record = deliver(own, people, at)
    paper, text = drawn(entered(own.staff), "records", record.pk, "objection_form")
    assert all(part in text for part in ("一号楼前", "公示栏内容缺失", "3个工作日", own.organisation.name))
    assert paper.addressee == own.organisation


def test_a_claim_names_what_can_be_claimed_and_no_three_zeros(own: Company, people: People, at: datetime) -> None:
    _paper, text = drawn(entered(own.staff), "bonus", own.open_entry.pk, "bonus_claim")
    assert "建立党支部" in text
    assert "上级党组织批复" in text
    assert "零信访" not in text


def test_the_others_forms_are_not_there_and_the_office_sees_what_was_made(
    scene: tuple[People, World], people: People, at: datetime
) -> None:
    own, other = scene[1].companies
    case, count = ordered(own, people, at), Document.objects.count()
    places = [
        ("orders", case.pk, "rectification_plan"), ("cases", own.case.pk, "statement_form"),
        ("communities", own.entry.pk, "appeal_form"), ("bonus", own.open_entry.pk, "bonus_claim"),
        ("records", deliver(own, people, at).pk, "objection_form"),
    ]  # fmt: skip
    for person in (other.head, other.staff, other.lawyer):
        client = entered(person)
        for place in places:
            assert {client.get(address(*place)).status_code, client.post(address(*place)).status_code} == {404}
    for place in (("orders", case.pk, "appeal_form"), ("nothing", case.pk, "appeal_form")):
        assert entered(own.head).post(address(*place)).status_code == 404
    assert Document.objects.count() == count
    papers = [drawn(entered(own.head), *place)[0] for place in (places[0], places[1])]
    page = entered(people["officer"]).get(
        reverse("assessments:entry-papers", args=[own.entry.round_id, own.entry.number])
    )
    assert all(paper.number in page.content.decode() for paper in papers)
    entry = Entry.objects.select_related("round__area", "round__scheme", "round__lead", "company").get(pk=own.entry.pk)
    anew = issue_entry_paper(entry=entry, kind="statement_form", by=people["officer"], at=at + DAY)
    assert anew.subject == own.case.ledger_subject
