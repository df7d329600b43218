"""What people of a company see of their results and cases, and what they hand in: once, receipted, and in time."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.guarded import guards_lifted
from tests.kernel.evidence.photographs import photo
from tests.programmes.assessments.companies import Company, World, deliver, entered, now_is, publish, with_people
from tests.programmes.assessments.conftest import Once

from mingjing.kernel.cases.actions import open_case
from mingjing.kernel.evidence.actions import change_access, set_masks
from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.ledger.verify import verify
from mingjing.kernel.parties.models import Person
from mingjing.kernel.proceedings.models import Proceeding, Taken
from mingjing.kernel.proceedings.queries import stands
from mingjing.kernel.submissions.models import Submission
from mingjing.programmes.assessments.actions.companies import withhold_reply
from mingjing.programmes.assessments.actions.listings import take_listing_step
from mingjing.programmes.assessments.actions.objections import deliver_record
from mingjing.programmes.assessments.models import Delivery, Entry, Filing, Reply, VisitRecord
from mingjing.programmes.assessments.queries.replies import public_replies

pytestmark = pytest.mark.django_db
People = dict[str, Person]
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def built(once: Once, at: datetime) -> Callable[[], tuple[People, World]]:
    return once("built", lambda: with_people(at, now=at + DAY))


@pytest.fixture
def scene(db: None, built: Callable[[], tuple[People, World]]) -> tuple[People, World]:
    return built()


@pytest.fixture
def people(scene: tuple[People, World]) -> People:
    return scene[0]


@pytest.fixture
def world(scene: tuple[People, World]) -> World:
    return scene[1]


@pytest.fixture
def own(world: World) -> Company:
    return world.companies[0]


@pytest.fixture(autouse=True)
def a_day_later(at: datetime) -> Iterator[None]:
    with now_is(at + DAY):
        yield


def page(client: Client, name: str, *args: object) -> str:
    answer = client.get(reverse(f"assessments_portal:{name}", args=args))
    assert answer.status_code == 200, name
    return answer.content.decode()


def hand_in(client: Client, name: str, pk: int, **data: Any) -> Any:
    return client.post(reverse(f"assessments_portal:{name}", args=[pk]), {"key": str(uuid4())} | data)


def picture(name: str = "现场.jpg", shade: int = 77) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, photo(colour=(shade, 5, 5)), "image/jpeg")


def test_the_first_page_says_what_can_be_done_until_when(own: Company) -> None:
    told = entered(own.head).get("/portal/").content.decode()
    assert f"Answer the notice: {own.entry.name}" in told
    assert "2024-09-11 23:59" in told
    assert f"Put right: {own.order.title}" in told
    assert own.notice.number in told


def test_a_result_is_shown_line_by_line_with_its_evidence(world: World, own: Company) -> None:
    client = entered(own.head)
    told = page(client, "community", own.entry.pk)
    for text in (
        "一号楼前",
        "公示栏内容缺失",
        "counted once",
        "Why this tier",
        "It is proposed for",
        "somebody of the centre",
    ):
        assert text in told or text == "somebody of the centre"
    assert "王科员" not in told
    assert "李主任" not in told
    shot = client.get(reverse("assessments_portal:evidence", args=[own.entry.pk, world.exhibits[0].pk]))
    assert shot.headers["Content-Type"] == "image/jpeg"
    assert "The way out" in page(client, "slip", own.entry.pk)
    assert client.get(reverse("assessments_portal:decision", args=[own.entry.pk])).json()["format"]


def test_what_shows_people_is_seen_covered_or_in_the_office(
    world: World, own: Company, people: People, at: datetime
) -> None:
    client, shown = entered(own.head), world.exhibits[0]
    address = reverse("assessments_portal:evidence", args=[own.entry.pk, shown.pk])
    change_access(exhibit=shown, access="restricted", reason="有居民面部", by=people["director"], at=at)
    assert client.get(address).status_code == 404
    assert "looked at in the office" in page(client, "community", own.entry.pk)
    set_masks(exhibit=shown, boxes=[[0, 0, 5000, 5000]], by=people["director"], at=at)
    assert client.get(address).status_code == 200
    assert shown.custody.filter(kind="viewed", by=own.head).exists()
    change_access(exhibit=shown, access="sealed", reason="涉案", by=people["director"], at=at)
    assert client.get(address).status_code == 404


def test_a_proposed_listing_is_not_told_before_its_notice_was_served(
    people: People, world: World, own: Company, at: datetime
) -> None:
    service = own.notice.services.get()
    from mingjing.kernel.documents.actions import void_service

    void_service(service=service, reason="送达有误", by=people["officer"], at=at)
    client = entered(own.head)
    assert "Answer the notice" not in client.get("/portal/").content.decode()
    told = page(client, "community", own.entry.pk)
    assert "being checked" in told
    assert "公示栏内容缺失" not in told
    assert client.get(reverse("assessments_portal:decision", args=[own.entry.pk])).status_code == 404


def test_a_statement_with_files_counts_and_is_receipted_once(own: Company, people: People, at: datetime) -> None:
    client, key = entered(own.staff), str(uuid4())
    data = {"key": key, "text": "公示栏当日正在更换，附照片。", "papers": [picture()]}
    first = client.post(reverse("assessments_portal:statement", args=[own.case.pk]), data)
    again = client.post(reverse("assessments_portal:statement", args=[own.case.pk]), data | {"papers": [picture()]})
    assert first.status_code == again.status_code == 302
    assert first.headers["Location"] == again.headers["Location"]
    taken = Taken.objects.get(step="statement")
    assert (taken.by, len(taken.exhibits)) == (own.staff, 1)
    assert taken.on_behalf == f"{own.organisation.name} {own.staff.display_name}"
    kept = Exhibit.objects.get(pk=taken.exhibits[0])
    assert (kept.subject, kept.access) == (own.case.ledger_subject, "restricted")
    receipt = client.get(first.headers["Location"]).content.decode()
    for text in (Submission.objects.get().number, "answers your statement in writing", "2024-09-11", own.entry.name):
        assert text in receipt
    assert "statement" in stands(own.case, at + DAY).standing.done
    assert verify().whole


def test_two_statements_are_two(own: Company) -> None:
    client = entered(own.head)
    for text in ("第一次陈述", "补充"):
        assert hand_in(client, "statement", own.case.pk, text=text).status_code == 302
    assert Taken.objects.filter(step="statement").count() == Submission.objects.count() == 2


def test_a_minute_late_says_so_and_tells_the_way(own: Company, people: People, at: datetime) -> None:
    client, deadline = entered(own.head), datetime(2024, 9, 12, tzinfo=at.tzinfo)
    with now_is(deadline - timedelta(minutes=1)):
        assert hand_in(client, "statement", own.case.pk, text="赶在期限内").status_code == 302
    with now_is(deadline + timedelta(minutes=1)):
        assert "The time ran out" in page(client, "case", own.case.pk)
        refused = hand_in(client, "hearing", own.case.pk)
        assert refused.status_code == 422
        assert "The time ran out at 2024-09-11 23:59:59" in refused.content.decode()
        assert not Taken.objects.filter(step="hearing_asked").exists()
        taken = hand_in(client, "hearing", own.case.pk, late_because="负责人住院")
        assert (
            "counts once somebody of the office has excused" in client.get(taken.headers["Location"]).content.decode()
        )
        standing = stands(own.case, deadline + timedelta(minutes=2)).standing
        assert "hearing_asked" in standing.late
        assert "hearing_asked" not in standing.done
    take_listing_step(
        round=own.entry.round, entry=own.entry, step="excuse", note="住院证明属实", by=people["director"],
        at=deadline + DAY,
    )  # fmt: skip
    assert "hearing_asked" in stands(own.case, deadline + 2 * DAY).standing.done


@pytest.mark.parametrize(
    ("file", "told"),
    [
        (lambda: SimpleUploadedFile("a.jpg", b"%PDF-1.4 x"), "By its name this is a .jpg file"),
        (lambda: SimpleUploadedFile("a.exe", b"MZ\x90\x00\x03" * 9), "not kept as evidence"),
        (lambda: SimpleUploadedFile("a.jpg", photo() + b"<script>1</script>"), "something else hidden"),
        (lambda: SimpleUploadedFile("a.jpg", photo() + bytes(20 * 2**20)), "at most 20 MB"),
        (lambda: SimpleUploadedFile("a.jpg", b""), "empty"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_in_words(own: Company, file: Any, told: str) -> None:
    answer = hand_in(entered(own.head), "statement", own.case.pk, text="见附件", papers=[file()])
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not Taken.objects.filter(step="statement").exists()
    assert not Exhibit.objects.filter(subject=own.case.ledger_subject).exists()


def test_counsel_sees_one_case_and_what_it_is_about(own: Company) -> None:
    client = entered(own.lawyer)
    first = client.get("/portal/").content.decode()
    assert own.entry.name in first
    assert "Put right" not in first
    assert own.entry.name in page(client, "community", own.entry.pk)
    assert own.entry.name not in page(client, "communities")
    assert own.order.title not in page(client, "orders")
    closed = {"order": own.order.pk, "claim": own.open_entry.pk, "reply": own.entry.pk}
    for name, pk in closed.items():
        assert client.get(reverse(f"assessments_portal:{name}", args=[pk])).status_code == 404
    assert hand_in(client, "statement", own.case.pk, text="代理意见").status_code == 302


def test_an_order_is_planned_and_reported_with_photos(own: Company, people: People) -> None:
    client = entered(own.staff)
    assert hand_in(client, "order-plan", own.order.pk, text="三日内更换水泵").status_code == 302
    bare = hand_in(client, "order-report", own.order.pk, text="已修复")
    assert bare.status_code == 422
    done = hand_in(client, "order-report", own.order.pk, text="已修复", papers=[picture()])
    assert "Your photos alone close nothing" in client.get(done.headers["Location"]).content.decode()
    own.order.refresh_from_db()
    assert (own.order.state, own.order.claimed_by) == ("claimed", own.staff)
    again = hand_in(client, "order-report", own.order.pk, text="已修复", papers=[picture(shade=78)])
    assert again.status_code == 422
    assert "三日内更换水泵" in page(client, "order", own.order.pk)


def test_a_bonus_is_claimed_with_its_paper_and_decided_by_somebody_else(own: Company, people: People) -> None:
    client = entered(own.head)
    data = {"code": "party_branch", "document": "街道批复〔2025〕3号", "papers": [picture("批复.jpg")]}
    done = hand_in(client, "claim", own.open_entry.pk, **data)
    assert done.status_code == 302, done.content.decode()
    filing = Filing.objects.get(entry=own.open_entry, code="party_branch")
    assert (filing.claimed_by, filing.filed_by, filing.approved) == (own.organisation, own.head, None)
    assert Exhibit.objects.filter(subject=filing.subject).count() == 1
    assert "Not decided yet" in page(client, "claims")
    assert (
        "counts once" in hand_in(client, "claim", own.open_entry.pk, **data | {"papers": [picture()]}).content.decode()
    )
    unproven = hand_in(
        client, "claim", own.open_entry.pk, **data | {"code": "red_property_demonstration", "papers": []}
    )
    assert unproven.status_code == 422


def test_nobody_replies_in_public_before_anything_is_public(own: Company) -> None:
    refused = hand_in(entered(own.head), "reply", own.entry.pk, text="我们已整改", public="on")
    assert "not published yet" in refused.content.decode()


def test_a_finding_of_a_delivered_record_is_objected_to_in_time(own: Company, people: People, at: datetime) -> None:
    record = deliver(own, people, at)
    client, finding = entered(own.head), record.sheet_document["findings"][0]["id"]
    first = client.get("/portal/").content.decode()
    assert f"Look through the visit record: {own.entry.name}" in first
    assert "Object to this finding" in page(client, "record", record.pk)
    there = reverse("assessments_portal:objection", args=[record.pk, finding])
    data = {"key": str(uuid4()), "text": "公示栏当日更换", "papers": [picture()]}
    done = client.post(there, data)
    assert done.status_code == 302, done.content.decode()
    told = client.get(done.headers["Location"]).content.decode()
    assert "Objection to a finding" in told
    assert "decides by 2024-09-12" in told
    case = Proceeding.objects.get(kind="objection")
    assert "objection" in stands(case, at + DAY).standing.done
    assert "You objected to this" in page(client, "record", record.pk)
    again = client.post(there, data | {"key": str(uuid4()), "papers": []})
    assert "contested already" in again.content.decode()
    assert own.entry.name in page(client, "case", case.pk)
    for name in ("statement", "hearing"):
        assert client.get(reverse(f"assessments_portal:{name}", args=[case.pk])).status_code == 404


def test_that_a_record_was_opened_is_a_fact_once_and_no_delivery(own: Company, people: People, at: datetime) -> None:
    record = VisitRecord.objects.filter(entry=own.entry).order_by("id")[0]
    there = reverse("assessments_portal:record", args=[record.pk])
    assert entered(own.head).get(there).status_code == 404
    assert not Fact.objects.filter(kind="assessments.visit.seen").exists()
    deliver(own, people, at)
    delivered = Delivery.objects.get(record=record).delivered_at
    for _ in range(2):
        assert entered(own.head).get(there).status_code == 200
    (fact,) = Fact.objects.filter(kind="assessments.visit.seen", subject=record.subject)
    assert (fact.by, fact.values["organisation"]) == (own.head.token, own.organisation.pk)
    assert entered(own.staff).get(there).status_code == 200
    assert Fact.objects.filter(kind="assessments.visit.seen").count() == 2
    assert Delivery.objects.get(record=record).delivered_at == delivered
    desk = entered(people["officer"])
    listed = desk.get(reverse("assessments:findings", args=[own.entry.round_id, own.entry.number])).content.decode()
    assert "first opened at its own door" in listed


def test_a_late_objection_is_kept_with_its_reason(own: Company, people: People, at: datetime) -> None:
    record = deliver(own, people, at)
    client, finding = entered(own.head), record.sheet_document["findings"][0]["id"]
    there = reverse("assessments_portal:objection", args=[record.pk, finding])
    with now_is(datetime(2024, 9, 10, 0, 1, tzinfo=at.tzinfo)):
        refused = client.post(there, {"key": str(uuid4()), "text": "有误"})
        assert "The time ran out at 2024-09-09 23:59:59" in refused.content.decode()
        assert not Proceeding.objects.filter(kind="objection").exists()
        done = client.post(there, {"key": str(uuid4()), "text": "有误", "late_because": "停电"})
        assert done.status_code == 302
        standing = stands(Proceeding.objects.get(kind="objection"), at + 7 * DAY).standing
    assert "objection" in standing.late


def test_a_published_entry_is_appealed_against_and_replied_to(
    world: World, own: Company, people: People, at: datetime
) -> None:
    late = publish(world, people, at)
    with now_is(late + DAY):
        client = entered(own.head)
        told = page(client, "community", own.entry.pk)
        assert "Appeal against this entry" in told
        assert "Nothing is decided yet" not in told
        done = hand_in(client, "appeal", own.entry.pk, text="事故责任不在我方", papers=[picture()])
        assert done.status_code == 302, done.content.decode()
        assert "decides by" in client.get(done.headers["Location"]).content.decode()
        case = Proceeding.objects.get(kind="appeal")
        assert "appeal" in stands(case, late + DAY).standing.done
        assert "You have appealed" in page(client, "community", own.entry.pk)
        assert client.get(reverse("assessments_portal:appeal", args=[own.entry.pk])).status_code == 404
        silent = hand_in(client, "reply", own.entry.pk, text="我们已整改")
        assert silent.status_code == 422
        assert hand_in(client, "reply", own.entry.pk, text="我们已整改", public="on").status_code == 302
        assert hand_in(client, "reply", own.entry.pk, text="整改已验收", public="on").status_code == 302
    assert [one.text for one in public_replies([own.entry.pk]).values()] == ["整改已验收"]
    withhold_reply(reply=Reply.objects.standing().get(), reason="含个人信息", by=people["director"], at=late + 2 * DAY)
    assert not public_replies([own.entry.pk])
    with pytest.raises(IntegrityError), transaction.atomic():
        Reply.objects.update(text="改了")
    assert verify().whole


def test_pages_ask_no_more_often_for_a_company_with_more_communities(
    world: World, own: Company, people: People, at: datetime, django_assert_max_num_queries: Any
) -> None:
    deliver(own, people, at)
    client = entered(own.head)
    names = ("communities", "records", "orders", "claims")
    addresses = ["/portal/", *(reverse(f"assessments_portal:{name}") for name in names)]
    spent = {}
    for address in addresses:
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        spent[address] = len(asked)
    with guards_lifted():
        more = Entry.objects.filter(round=world.round).exclude(company=world.companies[1].organisation)
        more.update(company=own.organisation)
    for record in VisitRecord.objects.filter(entry__in=more).exclude(entry=own.entry).order_by("id")[:3]:
        deliver_record(record=record, how="送达", by=people["officer"], at=at)
    for number in range(3):
        order = own.order
        open_case(
            programme="assessments", kind="rectification", subject=f"{order.subject}/{number}", area=order.area,
            site=order.site, title="更多", organisation=own.organisation, owner=people["officer"],
            due_at=order.due_at, by=people["officer"], at=at,
        )  # fmt: skip
    for address in addresses:
        with django_assert_max_num_queries(spent[address], info=address):
            assert client.get(address).status_code == 200


def test_a_company_sees_where_it_stands(world: World, own: Company, people: People, at: datetime) -> None:
    late = publish(world, people, at)
    with now_is(late + DAY):
        told = page(entered(own.head), "standing")
        assert own.entry.name in told
        assert "No bar was in force" in told
        assert world.companies[1].entry.name not in told
        assert entered(own.lawyer).get(reverse("assessments_portal:standing")).status_code == 404


def test_the_office_withholds_a_reply_and_says_why(
    world: World, own: Company, people: People, at: datetime, signed_in: Any
) -> None:
    late = publish(world, people, at)
    with now_is(late + DAY):
        hand_in(entered(own.head), "reply", own.entry.pk, text="联系张三 13800000000", public="on")
        desk, there = signed_in("officer"), reverse("assessments:round-replies", args=[world.round.pk])
        assert "On the board" in desk.get(there).content.decode()
        reply = Reply.objects.get()
        withhold = reverse("assessments:reply-withhold", args=[world.round.pk, reply.pk])
        assert desk.post(withhold, {"reason": ""}).status_code == 422
        assert signed_in("auditor").post(withhold, {"reason": "x"}).status_code == 403
        assert desk.post(withhold, {"reason": "含个人电话"}).status_code == 302
        assert "The office took it off the list: 含个人电话" in page(entered(own.head), "community", own.entry.pk)
    assert not public_replies([own.entry.pk])
