"""The enterprise's own door: who came and comes, the load against the cap, and what is handed in once, receipted."""

import re
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests.faces import district
from tests.faces.portal.conftest import member
from tests.phones import picture
from tests.programmes.assessments.companies import entered
from tests.programmes.inspections import doors, scenes
from tests.programmes.inspections.visited import routes_of, visited

from mingjing.kernel.cases.models import Case
from mingjing.kernel.places.models import Area
from mingjing.kernel.submissions.models import Submission
from mingjing.programmes.inspections.models import Finding, Post, Refusal, Report
from mingjing.programmes.inspections.policy.loads import loads
from mingjing.programmes.inspections.policy.rules import read_rules
from mingjing.programmes.inspections.policy.visits import Visit
from mingjing.programmes.inspections.queries.own import loads_for

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def aside(settings, tmp_path) -> None:  # type: ignore[no-untyped-def]
    settings.DATA_DIR = tmp_path


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def finding(now: datetime) -> Finding:
    district.build(scenes.SINCE)
    area = Area.objects.get(code="430202")
    own, other = district.companies(2, scenes.SINCE)
    visited(other, area, now)
    return visited(own, area, now)


@pytest.fixture
def client(finding: Finding) -> Client:
    firm = finding.entry_item.entry.firm
    return entered(member(firm.organisation, "head", "head", scenes.SINCE))


def sent(client: Client, name: str, finding: Finding, **data: object) -> Submission:
    where = reverse(f"inspections_portal:{name}", kwargs=routes_of(finding)[f"inspections_portal:{name}"])
    key = str(uuid4())
    for _press in range(2):
        answer = client.post(where, {"key": key, **data})
        assert answer.status_code == 302, answer.content.decode()[-2000:]
    assert client.get(answer["Location"]).status_code == 200
    return Submission.objects.get(key=key)


def test_everything_about_the_firm_is_shown_and_nothing_of_another(client: Client, finding: Finding) -> None:
    text = client.get(reverse("inspections_portal:visits")).content.decode()
    other = Finding.objects.exclude(pk=finding.pk).get().entry_item.entry.firm
    assert finding.entry_item.entry.authority.organisation.name in text
    assert other.organisation.name not in text
    for name, arguments in routes_of(finding).items():
        assert client.get(reverse(name, kwargs=arguments)).status_code == 200, name
    page = client.get(reverse("inspections_portal:visit", args=[finding.entry_item.entry_id])).content.decode()
    assert finding.text in page
    home = client.get(reverse("portal:home")).content.decode()
    assert finding.text in home
    assert reverse("inspections_portal:notice", kwargs=routes_of(finding)["inspections_portal:notice"]) in home


def test_a_refusal_and_a_complaint_open_a_case_once(client: Client, finding: Finding) -> None:
    sent(client, "refusal", finding, text="")
    sent(client, "complaint", finding, text="索要物品")
    assert sorted(Refusal.objects.values_list("kind", flat=True)) == ["complaint", "refusal"]
    assert Case.objects.filter(programme="inspections").count() == 2


def test_the_firms_calendar_has_an_address_that_is_told_once_and_withdrawn(client: Client, finding: Finding) -> None:
    where = reverse("inspections_portal:calendar", kwargs=routes_of(finding)["inspections_portal:calendar"])
    addresses = []
    for _time in range(2):
        answer = client.post(where, {"what": "make"}, headers={"accept-language": "en"})
        assert "no-store" in answer["Cache-Control"]
        (told,) = re.findall(r"<code class=.wrap.>http://testserver(/\S+)</code>", answer.content.decode())
        addresses.append(told)
    assert "<code" not in client.get(where).content.decode()
    old, new = (Client().get(one) for one in addresses)
    assert (old.status_code, new.status_code, new["Content-Type"]) == (404, 200, "text/calendar; charset=utf-8")
    assert finding.entry_item.entry.authority.organisation.name in new.content.decode().replace("\r\n ", "")
    assert client.post(where, {"what": "withdraw"}).status_code == 302
    assert Client().get(addresses[1]).status_code == 404
    other = Finding.objects.exclude(pk=finding.pk).get().entry_item.entry.firm
    assert client.post(reverse("inspections_portal:calendar", args=[other.pk]), {"what": "make"}).status_code == 404


def test_a_report_of_a_visit_that_is_not_shown_is_kept(client: Client, finding: Finding) -> None:
    day = timezone.localdate() - timedelta(days=20)
    sent(client, "report", finding, day=day.isoformat(), authority="", text="三人自称消防")
    assert Report.objects.get().day == day
    ahead = {"key": str(uuid4()), "day": (timezone.localdate() + timedelta(days=2)).isoformat()}
    where = reverse("inspections_portal:report", kwargs=routes_of(finding)["inspections_portal:report"])
    assert client.post(where, ahead).status_code == 422
    assert Report.objects.count() == 1


def test_an_answer_to_a_finding_is_kept_until_it_is_settled(client: Client, finding: Finding) -> None:
    one = sent(client, "answer", finding, text="已修复")
    assert one.about == finding.entry_item.entry.subject
    Finding.objects.filter(pk=finding.pk).update(settled_at=timezone.now())
    where = reverse("inspections_portal:answer", args=[finding.pk])
    assert client.post(where, {"key": str(uuid4()), "text": "再答"}).status_code == 422


def test_the_list_takes_as_many_statements_for_many_visits(client: Client, finding: Finding) -> None:
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("inspections_portal:visits"))
        counts.append(len(captured))
        for day in range(10):
            entry = finding.entry_item.entry
            visit = entry.visit
            visit.pk, entry.pk = uuid4(), None
            visit.entered_at = visit.left_at = visit.recorded_at = timezone.now() - timedelta(days=10 + day)
            visit.save(force_insert=True)
            entry.visit, entry.recorded_at = visit, visit.recorded_at
            entry.save(force_insert=True)
    assert counts[0] == counts[1], counts


def test_the_load_counts_as_the_cap_does() -> None:
    scene = doors.build(bodies=2)
    day = datetime(2025, 6, 2, 9, tzinfo=doors.CHINA)
    for step in range(3):
        scene.enter(day + timedelta(days=40 * step), purpose="case", trigger="plan")
    scene.enter(day + timedelta(days=5), purpose="case", trigger="complaint")  # exempt from the cap
    scene.enter(day + timedelta(days=9), body=1, purpose="case", trigger="plan")
    found = loads_for(scene.firm, (day + timedelta(days=120)).date())
    assert [(body, load.count, load.allowed, load.over) for body, load in found] == [
        (scene.bodies[0], 3, 2, True), (scene.bodies[1], 1, 2, False),
    ]  # fmt: skip
    assert loads_for(scene.firm, day.date().replace(year=2026)) == []


def test_a_joint_visit_is_one_for_each_authority() -> None:
    title = {"en": "x"}
    cap = {"code": "B2", "kind": "count", "title": title, "avoid": title, "source": "x", "from": "2024-01-01",
           "levels": [{"level": "red"}],
           "count": {"per": ["authority"], "window": "year", "cap": {"": 1}, "when": "over"}}  # fmt: skip
    pack = read_rules({"format": "mingjing.inspections.rules/1", "title": title, "rules": [cap]})
    day = datetime(2025, 5, 1, tzinfo=doors.CHINA).date()
    parts = [Visit(record=str(n), day=day, firm="f", authority=a, joint="j") for n, a in enumerate(("a", "b", "a"))]
    assert [(one.authority, one.count) for one in loads(pack, parts, day=day, grade="")] == [("a", 1), ("b", 1)]


def test_what_a_firm_answers_is_read_by_the_authority_and_its_complaint_by_supervision_only(
    client: Client, finding: Finding
) -> None:
    entry = finding.entry_item.entry
    body, at = entry.authority, scenes.SINCE
    staff = district.staff("authority_staff", "科员甲", entry.firm.area, at, username="clerk9")
    watcher = district.staff("enforcement_supervisor", "监督甲", entry.firm.area, at, username="watch9")
    Post.objects.create(authority=body, person=staff, first_day=scenes.FIRST, recorded_at=at)
    photo = SimpleUploadedFile("整改.jpg", picture(9), "image/jpeg")
    sent(client, "answer", finding, text="消火栓已修复")
    paper = SimpleUploadedFile("证据.jpg", picture(10), "image/jpeg")
    where = reverse("inspections_portal:complaint", args=[entry.pk])
    assert client.post(where, {"key": str(uuid4()), "text": "索要烟酒", "papers": paper}).status_code == 302
    answer = reverse("inspections_portal:answer", args=[finding.pk])
    assert client.post(answer, {"key": str(uuid4()), "text": "附照片", "papers": photo}).status_code == 302
    page = reverse("inspections:entry", args=[entry.pk])
    case = Case.objects.get(programme="inspections")
    for person in (staff, watcher):
        desk = Client(headers={"accept-language": "en"})
        desk.force_login(person, "django.contrib.auth.backends.ModelBackend")
        text = desk.get(page).content.decode()
        assert "消火栓已修复" in text
        assert "整改.jpg" in text
        assert "索要烟酒" not in text
        assert "证据.jpg" not in text
        assert desk.get(reverse("desk:case", args=[case.pk])).status_code == (200 if person is watcher else 403)
