"""The pages of what follows a list: each shows the next step as a form, says what is missing, and skips nothing."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from tests.faces import district
from tests.guarded import guards_lifted
from tests.kernel.evidence.photographs import photo
from tests.programmes.assessments.judged import register
from tests.programmes.assessments.listed import corrected, engaged, published, served
from tests.programmes.assessments.test_measures import FIRST, LAW, entry_of

from mingjing.engine.outcome import Refusal
from mingjing.kernel.cases.actions import claim_case, confirm_case, extend_case, keep_exhibits, reopen_case
from mingjing.kernel.cases.models import Case
from mingjing.kernel.documents.models import Document
from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.registry import due_for
from mingjing.programmes.assessments.actions.measures import follow_list
from mingjing.programmes.assessments.actions.rectifying import order_findings
from mingjing.programmes.assessments.models import Bar, CommonControl, Edition, Engagement, VisitRecord
from mingjing.programmes.assessments.queries.measures import followed
from mingjing.programmes.assessments.queries.rectifying import wanting

pytestmark = pytest.mark.django_db
People = dict[str, Person]
SignedIn = Callable[[str], Client]
DAY = timedelta(days=1)


@pytest.fixture
def companies(people: People, at: datetime) -> list[Organisation]:
    return district.companies(2, at)


@pytest.fixture
def edition(people: People, companies: list[Organisation], at: datetime) -> Edition:
    """A list published long ago, with what follows it opened: one on the black list, one on the red."""
    communities = register(3, at)
    for community in communities:
        engaged(community, companies[0], at)
    found = published(communities, {FIRST: "BLACK", "HT-00002": "RED"}, people, at)
    follow_list(edition=found, by=people["director"], at=at)
    return found


def of(edition: Edition, rest: str = "", number: str = FIRST) -> str:
    return f"/assessments/rounds/{edition.round_id}/measures/{number}/{rest}"


def text_of(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status, response.content
    return response.content.decode()


def revision(edition: Edition, kind: str = "measures", number: str = FIRST) -> int:
    found = entry_of(edition, number)
    return int(followed([found], timezone.now())[found.pk].proceedings[kind].proceeding.revision)


def test_the_list_names_what_is_under_way_and_late(edition: Edition, signed_in: SignedIn, people: People) -> None:
    text = text_of(signed_in("officer"), "/assessments/measures/")
    assert entry_of(edition).name in text
    assert "Reminder served" in text
    assert "Overdue" in text
    told = {str(one.title): one.count for one in due_for(people["officer"], timezone.localdate())}
    assert told["Measures whose day is past"] == 1


def test_a_reminder_is_issued_served_and_recorded(
    edition: Edition, companies: list[Organisation], signed_in: SignedIn, people: People
) -> None:
    client = signed_in("officer")
    page = text_of(client, of(edition))
    assert of(edition, "papers/measures/reminder/") in page
    refused = client.post(of(edition, "steps/measures/reminder/"), {"revision": revision(edition)})
    assert refused.status_code == 422
    assert "needs" in refused.content.decode()
    issued = client.post(of(edition, "papers/measures/reminder/"))
    paper = Document.objects.get(kind="assessments.reminder")
    assert issued["Location"] == f"/documents/{paper.pk}/"
    assert f"/documents/{paper.pk}/service/" in text_of(client, of(edition))
    served(paper, edition, people["officer"], timezone.now())
    assert of(edition, "steps/measures/reminder/") in text_of(client, of(edition))
    done = client.post(of(edition, "steps/measures/reminder/"), {"revision": revision(edition)})
    assert done.status_code == 302
    assert of(edition, "papers/measures/talk_notice/") in text_of(client, of(edition))
    talk = client.post(of(edition, "papers/measures/talk_notice/"), {"when": "", "where": "三楼"})
    assert talk.status_code == 422


def test_two_at_once_do_not_take_the_same_step(edition: Edition, signed_in: SignedIn, people: People) -> None:
    client = signed_in("officer")
    client.post(of(edition, "papers/measures/reminder/"))
    served(Document.objects.get(kind="assessments.reminder"), edition, people["officer"], timezone.now())
    old = {"revision": revision(edition) - 1}
    assert client.post(of(edition, "steps/measures/reminder/"), old).status_code == 422


def test_an_auditor_reads_and_takes_nothing(edition: Edition, signed_in: SignedIn) -> None:
    client = signed_in("auditor")
    page = text_of(client, of(edition))
    assert "papers/measures" not in page
    assert client.post(of(edition, "papers/measures/reminder/")).status_code == 403
    assert client.post(of(edition, "bar/"), {}).status_code == 403


def test_a_commendation_is_proposed_by_one_and_approved_by_another(edition: Edition, signed_in: SignedIn) -> None:
    officer, red = signed_in("officer"), {"number": "HT-00002"}
    assert "Propose a commendation" in text_of(officer, of(edition, **red))
    step = of(edition, "steps/reward/proposed/", **red)
    assert officer.post(step, {"revision": 0, "note": "居民认可"}).status_code == 302
    assert officer.post(of(edition, "approvals/reward/", **red)).status_code == 403
    director = signed_in("director")
    approve = {"revision": revision(edition, "reward", "HT-00002"), "note": "同意"}
    assert director.post(of(edition, "approvals/reward/", **red), approve).status_code == 302
    assert "papers/reward/notified" in text_of(officer, of(edition, **red))
    assert director.post(of(edition, "steps/reward/approved/", **red), approve).status_code == 404


def test_a_bar_from_its_form_to_its_force(
    edition: Edition, companies: list[Organisation], signed_in: SignedIn, people: People
) -> None:
    officer, director, today = signed_in("officer"), signed_in("director"), timezone.localdate()
    days = {"first_day": today.isoformat(), "last_day": (today + 365 * DAY).isoformat()}
    lacking = officer.post(of(edition, "bar/"), {**days, **LAW, "quote": ""})
    assert lacking.status_code == 422
    assert not Bar.objects.exists()
    made = officer.post(of(edition, "bar/"), {**days, **LAW})
    bar = Bar.objects.get()
    url = made["Location"]
    assert url == f"/assessments/bars/{bar.pk}/"
    page = text_of(officer, url)
    assert LAW["quote"] in page
    assert "Nobody has signed it off for the law." in page
    assert "You decided it; somebody else signs it off." in page
    assert officer.post(f"{url}opinion/", {"opinion": "同意"}).status_code == 403
    assert officer.post(f"{url}paper/").status_code == 422
    assert director.post(f"{url}opinion/", {"opinion": "依据充分"}).status_code == 302
    assert officer.post(f"{url}paper/").status_code == 302
    served(Document.objects.get(kind="assessments.bar_decision"), edition, people["officer"], timezone.now())
    assert "In force" in text_of(officer, url)
    assert "In force" in text_of(officer, "/assessments/bars/")
    assert "In force" in text_of(officer, of(edition))
    corrected(edition, {FIRST: "WATCH"}, timezone.now())
    assert "it bars nobody, on any day" in text_of(officer, url)
    assert officer.post(f"{url}end/", {"reason": "名单更正"}).status_code == 302


def test_a_finding_of_common_control_by_two(
    edition: Edition, companies: list[Organisation], signed_in: SignedIn
) -> None:
    officer, director = signed_in("officer"), signed_in("director")
    codes = {"one": companies[0].credit_code, "other": companies[1].credit_code, "reason": "同一实际控制人"}
    assert officer.post("/assessments/controls/new/", codes).status_code == 422
    scan = SimpleUploadedFile("register.jpg", photo())
    assert officer.post("/assessments/controls/new/", {**codes, "files": scan}).status_code == 302
    found = CommonControl.objects.get()
    assert "Not confirmed yet" in text_of(officer, "/assessments/controls/")
    assert officer.post(f"/assessments/controls/{found.pk}/confirmation/").status_code == 403
    director.post(f"/assessments/controls/{found.pk}/confirmation/")
    assert "Confirmed" in text_of(director, "/assessments/controls/")
    director.post(f"/assessments/controls/{found.pk}/withdrawal/", {"reason": "查明不是"})
    assert "Withdrawn" in text_of(director, "/assessments/controls/")


@pytest.fixture
def faulty(edition: Edition) -> Edition:
    """The first community's record has findings, one of them critical."""
    record = VisitRecord.objects.filter(entry=entry_of(edition)).first()
    assert record
    findings = [
        {"id": f"00000000-0000-7000-8000-00000000000{n}", "n": n, "version": 1, "check": check, "steps": 1, "fact": "",
         "place": "三栋", "note": "无水", "evidence": [], "measured": {}, "by": "x", "at": "2024-09-04T09:45:00+08:00"}
        for n, check in enumerate(("A3.1", "A5.2") if record.entry.class_code == "A" else ("B5.1", "B10.2"), start=1)
    ]  # fmt: skip
    with guards_lifted():
        VisitRecord.objects.filter(pk=record.pk).update(sheet=json.dumps({"findings": findings}))
    return edition


def ordered(edition: Edition, people: People, at: datetime) -> tuple[Case, Case]:
    """The order about the critical finding, and the other one."""
    entry = entry_of(edition)
    cases, _ = order_findings(entry=entry, findings=[w.key for w in wanting(entry)], by=people["officer"], at=at)
    ordinary, critical = cases
    return critical, ordinary


def test_an_order_is_given_with_its_deadlines_and_a_paper(
    faulty: Edition, signed_in: SignedIn, people: People, at: datetime
) -> None:
    client, keys = signed_in("officer"), [one.key for one in wanting(entry_of(faulty))]
    assert len(keys) == 2
    assert client.post(of(faulty, "orders/"), {}).status_code == 422
    assert client.post(of(faulty, "orders/"), {"findings": keys}).status_code == 302
    ordinary, critical = Case.objects.order_by("due_at").reverse()
    assert critical.due_at - critical.opened_at == timedelta(days=1)
    assert ordinary.due_at - ordinary.opened_at > timedelta(days=19)
    paper = Document.objects.get(kind="assessments.rectification_order")
    assert {row["number"] for row in paper.values()["orders"]} == {ordinary.number, critical.number}
    assert wanting(entry_of(faulty)) == []
    assert critical.number in text_of(client, of(faulty))


def test_an_order_is_extended_once_and_no_longer_than_the_scheme_says(
    faulty: Edition, people: People, at: datetime
) -> None:
    _, order = ordered(faulty, people, at)
    for days, code in ((60, "cases.case.too_long"), (14, ""), (16, "cases.case.out_of_turn")):
        more: dict[str, Any] = {
            "case": order,
            "due_at": order.due_at + days * DAY,
            "note": "材料未到",
            "by": people["director"],
        }
        if code:
            with pytest.raises(Refusal) as refused:
                extend_case(**more, at=at)
            assert [one.code for one in refused.value.problems] == [code]
        else:
            extend_case(**more, at=at)


def test_a_claim_is_confirmed_by_another_and_opened_again_when_it_was_not_so(
    faulty: Edition, people: People, at: datetime
) -> None:
    order, _ = ordered(faulty, people, at)
    officer, deputy = (
        people["officer"],
        district.staff("director", "副主任", Area.objects.get(code="430202"), at, username="deputy"),
    )
    files = [SimpleUploadedFile("after.jpg", photo())]
    shown = keep_exhibits(case=order, files=files, by=officer, at=at)
    claim_case(case=order, note="已修好", exhibits=shown, by=officer, at=at + timedelta(hours=3))
    with pytest.raises(Refusal):
        confirm_case(case=order, exhibits=shown, by=officer, at=at + timedelta(hours=4))
    look = keep_exhibits(case=order, files=[SimpleUploadedFile("l.jpg", photo(colour=(9, 9, 9)))], by=deputy, at=at)
    confirm_case(case=order, exhibits=look, by=deputy, at=at + timedelta(hours=5))
    assert order.closed_at
    assert order.closed_at < order.due_at
    reopen_case(case=order, note="又无水", due_at=at + 3 * DAY, by=deputy, at=at + DAY)
    assert order.state == "open"
    found = entry_of(faulty)
    assert order.number in [case.number for case in followed([found], at)[found.pk].orders]


def test_before_and_after_stand_side_by_side_with_distance_and_time(
    faulty: Edition, signed_in: SignedIn, people: People, at: datetime
) -> None:
    order, _ = ordered(faulty, people, at)
    client, url = signed_in("officer"), f"/assessments/spots/{order.pk}/"
    assert "No two photos to compare yet" in text_of(client, url)
    for n, (when, place) in enumerate(((at, ("27.8310000", "113.1700000")), (at + DAY, ("27.8311000", "113.1700000")))):
        files = [SimpleUploadedFile(f"{n}.jpg", photo(colour=(n * 90, 5, 5)))]
        (key,) = keep_exhibits(case=order, files=files, by=people["officer"], at=at)
        with guards_lifted():
            Exhibit.objects.filter(pk=key).update(taken_at=when, latitude=place[0], longitude=place[1])
            if n == 0:
                order.steps.filter(number=1).update(exhibits=[str(key)])
        if n == 1:
            claim_case(case=order, note="已修好", exhibits=[key], by=people["officer"], at=at + DAY)
    page = text_of(client, url)
    assert "11 m" in page
    assert "may be one spot" in page
    assert "24 h 0 min" in page


def test_a_company_that_left_keeps_its_listing(
    edition: Edition, companies: list[Organisation], signed_in: SignedIn, at: datetime
) -> None:
    held = Engagement.objects.get(community=entry_of(edition).community, last_day=None)
    engaged(held.community, companies[1], at, at.date() + 90 * DAY)
    page = text_of(signed_in("officer"), of(edition))
    assert "The listing stays with that company" in page
    assert companies[0].name in page


def test_pages_of_measures_are_closed_to_strangers(edition: Edition, signed_in: SignedIn) -> None:
    urls: list[Any] = ["/assessments/measures/", "/assessments/bars/", "/assessments/controls/", of(edition)]
    assert [Client().get(url).status_code for url in urls] == [302] * 4
