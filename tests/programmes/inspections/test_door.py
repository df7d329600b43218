"""What a firm is told by a task's code, and what it may answer: no account, no cookie, no guess."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.faces import district
from tests.programmes.inspections import doors

from mingjing.kernel.cases.actions import open_case
from mingjing.kernel.cases.models import Case
from mingjing.kernel.cases.queries import near_evidence, possible_owners
from mingjing.programmes.inspections.board.door import PACE
from mingjing.programmes.inspections.models import Certificate, Refusal, Task
from mingjing.programmes.inspections.models.plans import new_code
from mingjing.programmes.inspections.queries.ratings import code_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_pace() -> None:
    PACE._misses.clear()


@pytest.fixture
def scene() -> doors.Scene:
    return doors.build(bodies=1, firms=2)


@pytest.fixture
def task(scene: doors.Scene) -> Task:
    return scene.task(timezone.localdate())


def address(task: Task | str, variant: str = "en", act: str = "") -> str:
    code = task if isinstance(task, str) else task.code
    return f"/board/inspections/{variant}/t/{code}/{act}"


def read(task: Task | str, variant: str = "en") -> str:
    return Client().get(address(task, variant)).content.decode()


def test_the_code_tells_who_is_here_on_what_authority_for_what(scene: doors.Scene, task: Task) -> None:
    shown = read(task)
    for told in (
        "执法00",
        "湘B00",
        "湘B01",
        scene.body.organisation.name,
        scene.firm.organisation.name,
        "事项0",
        "食品安全法",
        "备1",
    ):
        assert told in shown, told
    assert "Green: in order" in shown
    assert "They have not been scanned in yet" in shown
    assert "绿码：手续齐全" in read(task, "zh") or "zh-Hans" in read(task, "zh")


def test_a_phone_that_scans_is_led_to_the_page_and_keeps_nothing(task: Task) -> None:
    client = Client()
    answer = client.get(f"/board/inspections/t/{task.code}/", follow=True)
    assert answer.redirect_chain == [(address(task, "zh"), 302)]
    assert not client.cookies
    assert (answer["Cache-Control"], answer["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert "<script" not in answer.content.decode()


def test_red_says_that_the_firm_may_refuse_and_why(task: Task) -> None:
    Certificate.objects.filter(number="湘B01").update(revoked_on=timezone.localdate(), revoke_reason="调离")
    shown = read(task)
    assert "Red code: you may refuse this visit" in shown
    assert "<b>A2</b>" in shown
    assert "No valid certificate" in shown


def test_after_the_scan_the_page_says_whether_it_agrees(scene: doors.Scene, task: Task) -> None:
    now = timezone.now()
    scene.enter(now, leave=False, task=task, helpers=1)
    shown = read(task)
    assert "are those of the task" in shown
    assert "helpers without a certificate: 1" in shown
    other = scene.task(timezone.localdate())
    scene.enter(now, leave=False, firm=1, task=other)
    assert "another firm’s" in read(other)


def test_refusing_opens_a_case_once(scene: doors.Scene, task: Task) -> None:
    client = Client(enforce_csrf_checks=True)
    for _again in range(2):
        answer = client.post(address(task, act="refusal/"), {"text": "证件过期"})
        assert (answer.status_code, answer["Location"]) == (303, address(task) + "#said")
    found = Refusal.objects.get()
    assert (found.firm, found.task, found.kind, found.recorded_by) == (scene.firm, task, "refusal", None)
    assert Case.objects.get().organisation == scene.firm.organisation
    shown = read(task)
    assert "You refused this visit" in shown
    assert 'action="' + address(task, act="refusal/") not in shown
    assert not client.cookies


def test_a_complaint_says_something_and_is_taken_five_times(task: Task) -> None:
    client = Client()
    assert client.post(address(task, act="complaint/"), {"text": " "}).status_code == 422
    for number in range(7):
        assert client.post(address(task, act="complaint/"), {"text": f"索要财物{number}\x00"}).status_code == 303
    assert Refusal.objects.filter(kind="complaint").count() == 5
    assert "Send the complaint" not in read(task)


def test_reading_changes_nothing(task: Task) -> None:
    client = Client()
    for act in ("refusal/", "complaint/"):
        assert client.get(address(task, act=act)).status_code == 303
    assert not Refusal.objects.exists()


@pytest.mark.parametrize("way", ["unknown", "short", "longer", "not issued", "long ago"])
def test_a_code_that_is_nobodys_is_answered_always_alike(task: Task, way: str) -> None:
    code = str(task.code)
    if way == "not issued":
        Task.objects.update(coded_at=None)
    if way == "long ago":
        Task.objects.update(
            first_day=timezone.localdate() - timedelta(days=70), last_day=timezone.localdate() - timedelta(days=61)
        )
    asked = {"unknown": new_code(), "short": code[:21], "longer": code + "x"}.get(way, code)
    plain = Client().get(address("A" * 22))
    answer = Client().get(address(asked))
    assert answer.status_code == plain.status_code == 404
    assert answer.content.replace(asked.encode(), b"") == plain.content.replace(b"A" * 22, b"")
    assert Client().post(address(asked, act="refusal/")).status_code == 404
    assert not Refusal.objects.exists()


def test_who_guesses_is_slowed_down_and_others_are_not(task: Task) -> None:
    client = Client()
    answers = [client.get(address(new_code())).status_code for _ in range(25)]
    assert answers == [404] * 20 + [429] * 5
    assert client.get(address(task)).status_code == 429
    assert client.get(address(task), REMOTE_ADDR="192.0.2.7").status_code == 200


def test_a_cancelled_task_says_so(task: Task) -> None:
    Task.objects.update(cancelled_at=timezone.now(), cancel_reason="改期")
    assert "Nobody may enter with it" in read(task)


def test_the_page_costs_the_same_whatever_is_stored(
    scene: doors.Scene, task: Task, django_assert_max_num_queries: Any
) -> None:
    for _more in range(3):
        scene.enter(timezone.now() - timedelta(days=_more + 1))
    read(task)
    with django_assert_max_num_queries(16):
        read(task)


def test_once_they_have_left_the_page_leads_to_the_rating(scene: doors.Scene, task: Task) -> None:
    entry = scene.enter(timezone.now() - timedelta(hours=2), task=task)
    assert f"/board/inspections/en/r/{code_of(entry)}/" in read(task)


def test_a_supervisor_of_enforcement_sees_the_cases_of_inspections_and_no_others(
    scene: doors.Scene, task: Task, client: Client
) -> None:
    watch = district.staff("enforcement_supervisor", "司法监督", scene.area, doors.LONG_AGO, "watch")
    Client().post(address(task, act="refusal/"), {"text": "没有出示证件"})
    own, now = Case.objects.get(programme="inspections"), timezone.now()
    told: dict[str, Any] = {
        "kind": "rectification",
        "subject": "assessments.visit:7",
        "title": "消火栓无水",
        "area": scene.area,
    }
    other = open_case(
        programme="assessments", **told, site=None, organisation=None, owner=None, due_at=now + timedelta(days=9),
        by=None, at=now,
    )  # fmt: skip
    client.force_login(watch)
    listed = client.get(reverse("desk:cases") + "?state=all").context["rows"]
    assert [case for case, _late in listed] == [own]
    pages = [reverse("desk:case", args=[one.pk]) for one in (own, other)]
    assert [client.get(page).status_code for page in pages] == [200, 403]
    assert client.get(reverse("assessments:order-spot", args=[other.pk])).status_code == 403
    steps = [reverse("desk:case-follow", args=[one.pk, "note"]) for one in (own, other)]
    assert [client.get(page).status_code for page in steps] == [200, 403]
    today = timezone.localdate()
    assert watch in possible_owners(own, today)
    assert watch not in possible_owners(other, today)
    assert near_evidence(watch, f"cases.case:{own.pk}", today)
    assert not near_evidence(watch, f"cases.case:{other.pk}", today)
    client.force_login(scene.people["director"])
    assert {case for case, _late in client.get(reverse("desk:cases") + "?state=all").context["rows"]} == {own, other}
    assert [client.get(page).status_code for page in pages] == [200, 200]
