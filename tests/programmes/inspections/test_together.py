"""Joint inspections from asking to going together: the gain, who sees what, a no, and what changed meanwhile."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.faces import district
from tests.programmes.inspections import doors

from mingjing.engine.outcome import Refusal
from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.models import Person
from mingjing.programmes.inspections.actions.matching import answer_visit, ask_match, work_out
from mingjing.programmes.inspections.models import Key, Match, MatchVisit, Post, QuietDays, Task

pytestmark = pytest.mark.django_db
MONDAY = date(2099, 11, 2)
FRIDAY = MONDAY + timedelta(days=4)


@pytest.fixture
def scene() -> doors.Scene:
    return doors.build(2, 2)


@pytest.fixture
def people(scene: doors.Scene) -> dict[str, Person]:
    made = {"watch": district.staff("enforcement_supervisor", "司法监督", scene.area, doors.LONG_AGO, "watch")}
    for number, body in enumerate(scene.bodies):
        head = district.staff("authority_head", f"局长{number}", scene.area, doors.LONG_AGO, f"head{number}")
        Post.objects.create(authority=body, person=head, first_day=doors.FIRST, recorded_at=doors.LONG_AGO)
        made[f"head{number}"] = head
    return made


def approved(scene: doors.Scene, body: int, firm: int = 0, **more: Any) -> Task:
    return scene.task(MONDAY, body, firm, **{"noticed_at": None, "notice": {}, "coded_at": None, "code": None} | more)


def asked(scene: doors.Scene, **more: Any) -> Match:
    told: dict[str, Any] = {
        "first_day": MONDAY,
        "last_day": FRIDAY,
        "load": 2,
        "most": 3,
        "by": None,
        "at": timezone.now(),
    }
    made = ask_match(area=scene.area, **told | more)
    drain()
    return Match.objects.get(pk=made.pk)


def client(person: Person) -> Client:
    found = Client()
    found.force_login(person, "django.contrib.auth.backends.ModelBackend")
    return found


def test_three_visits_become_two_and_all_who_come_agree(scene: doors.Scene, people: dict[str, Person]) -> None:
    both, lone = [approved(scene, 0), approved(scene, 1)], approved(scene, 0, 1)
    told = scene.task(MONDAY, 1, 0)  # the firm has notice of it
    found = asked(scene)
    assert (found.before, found.after, found.bound) == (3, 2, 2)
    work_out(match_id=found.pk, at=timezone.now())
    visit = MatchVisit.objects.get()
    assert {part.task_id for part in visit.parts.all()} == {task.pk for task in both}
    now = timezone.now()
    answer_visit(visit=visit, authority=scene.bodies[0], accepted=True, by=people["head0"], at=now)
    assert not Task.objects.exclude(joint=None).exists()
    with pytest.raises(Refusal):
        answer_visit(visit=visit, authority=scene.bodies[0], accepted=False, reason="改主意", by=None, at=now)
    answer_visit(visit=visit, authority=scene.bodies[1], accepted=True, by=people["head1"], at=now)
    joined = Task.objects.filter(joint=visit.joint)
    assert {(task.pk, task.first_day, task.last_day) for task in joined} == {
        (task.pk, visit.day, visit.day) for task in both
    }
    assert Task.objects.filter(pk__in=[lone.pk, told.pk], joint=None).count() == 2
    assert Fact.objects.filter(kind="inspections.match.agreed").count() == 1


def test_one_no_ends_it_and_what_changed_meanwhile_is_refused(scene: doors.Scene) -> None:
    first, second = approved(scene, 0), approved(scene, 1)
    asked(scene)
    visit, now = MatchVisit.objects.get(), timezone.now()
    with pytest.raises(Refusal):
        answer_visit(visit=visit, authority=scene.bodies[0], accepted=False, by=None, at=now)
    answer_visit(visit=visit, authority=scene.bodies[0], accepted=False, reason="人手不足", by=None, at=now)
    with pytest.raises(Refusal):
        answer_visit(visit=visit, authority=scene.bodies[1], accepted=True, by=None, at=now)
    asked(scene)
    visit = MatchVisit.objects.latest("pk")
    answer_visit(visit=visit, authority=scene.bodies[0], accepted=True, by=None, at=now)
    Task.objects.filter(pk=first.pk).update(cancelled_at=now, cancel_reason="企业停业")
    with pytest.raises(Refusal) as refused:
        answer_visit(visit=visit, authority=scene.bodies[1], accepted=True, by=None, at=now)
    assert refused.value.problems[0].code == "inspections.match.changed"
    assert Task.objects.get(pk=second.pk).joint is None


def test_an_impossible_plan_names_the_firm_and_its_quiet_days(scene: doors.Scene, people: dict[str, Person]) -> None:
    approved(scene, 0, last_day=MONDAY + timedelta(days=1))
    QuietDays.objects.create(
        area=scene.area,
        first_day=doors.FIRST,
        month_from=1,
        month_to=15,
        basis="宁静日通知",
        recorded_at=doors.LONG_AGO,
    )
    found = asked(scene)
    assert (found.after, [one["reason"] for one in found.reasons]) == (
        None, ["together.impossible", "together.window", "together.quiet"],
    )  # fmt: skip
    page = client(people["watch"]).get(reverse("inspections:match", args=[found.pk])).content.decode()
    assert str(scene.firm) in page
    assert "2099-11-02" in page


@pytest.mark.parametrize(
    "wrong", [{"last_day": date(2099, 10, 1)}, {"last_day": date(2100, 9, 1)}, {"load": 0}, {"most": 1},
              {"first_day": date(2020, 1, 6), "last_day": date(2020, 1, 7)}],
)  # fmt: skip
def test_what_cannot_be_asked(scene: doors.Scene, wrong: dict[str, Any]) -> None:
    with pytest.raises(Refusal):
        asked(scene, **wrong)


def test_the_desk_from_asking_to_agreeing(scene: doors.Scene, people: dict[str, Person]) -> None:
    approved(scene, 0)
    approved(scene, 1)
    approved(scene, 1, 1)
    watch, heads = client(people["watch"]), [client(people["head0"]), client(people["head1"])]
    form = {"area": scene.area.pk, "first_day": MONDAY, "last_day": FRIDAY, "load": 2, "most": 3}
    assert watch.post(reverse("inspections:match-ask"), form | {"most": 1}).status_code == 422
    assert heads[0].get(reverse("inspections:match-ask")).status_code == 403
    there = watch.post(reverse("inspections:match-ask"), form)["Location"]
    assert heads[0].get(there).status_code == 404, "before it takes part an authority sees nothing of it"
    drain()
    visit = MatchVisit.objects.get()
    assert "/visits/" not in watch.get(there).content.decode(), "who watches over it answers for nobody"
    answer = reverse("inspections:match-answer", args=[visit.match_id, visit.pk])
    for head, body in zip(heads, scene.bodies, strict=True):
        assert answer in head.get(there).content.decode()
        other = next(one for one in scene.bodies if one != body)
        assert head.post(answer, {"authority": other.pk, "answer": "yes"}).status_code == 404
        assert head.post(answer, {"authority": body.pk, "answer": "yes"}).status_code == 302
    visit.refresh_from_db()
    assert visit.agreed_at
    assert all(there in one.get(reverse("inspections:matches")).content.decode() for one in (watch, *heads))


def test_keys_and_addresses_on_the_desk(scene: doors.Scene, people: dict[str, Person]) -> None:
    watch, soon = client(people["watch"]), timezone.localdate() + timedelta(days=9)
    form = {"name": "市平台", "area": scene.area.pk, "rights": ["read"], "last_day": soon, "per_minute": 60}
    shown = watch.post(reverse("inspections:key-issue"), form).content.decode()
    secret = shown.partition('<code class="wrap">')[2].partition("<")[0]
    assert Client().get("/api/inspections/visits", headers={"Authorization": f"Bearer {secret}"}).status_code == 200
    listed = watch.get(reverse("inspections:systems")).content.decode()
    assert "市平台" in listed
    assert secret not in listed
    key = reverse("inspections:key-revoke", args=[Key.objects.get().pk])
    assert watch.post(key, {"reason": "换发"}).status_code == 302
    assert Client().get("/api/inspections/visits", headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    made = {"name": "市平台", "area": scene.area.pk, "events": ["inspections.warning.raised"]}
    wrong = watch.post(reverse("inspections:hook-make"), made | {"url": "http://10.0.0.1/"})
    assert wrong.status_code == 422
    there = watch.post(reverse("inspections:hook-make"), made | {"url": "https://a.example.cn/x"})["Location"]
    assert watch.post(there, {"reason": "停用"}).status_code == 302
    assert watch.get(there).status_code == 200


def test_an_officers_own_calendar(scene: doors.Scene, people: dict[str, Person]) -> None:
    head = client(people["head0"])
    there = reverse("inspections:calendar")
    shown = head.post(there, {"what": "make"}).content.decode()
    address = shown.partition("http://testserver")[2].partition("<")[0]
    assert Client().get(address)["Content-Type"].startswith("text/calendar")
    head.post(there, {"what": "withdraw"})
    assert Client().get(address).status_code == 404
