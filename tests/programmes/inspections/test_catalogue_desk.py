"""The register, plans and tasks on the desk: pages open, drafts are their own authority's, steps go to the end."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests.programmes.inspections import scenes
from tests.programmes.inspections.scenes import SINCE, Scene

from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import EntryCode
from mingjing.programmes.inspections.actions import firms
from mingjing.programmes.inspections.models import Firm, Item, Plan, QuietDays, Task

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def scene(db: None) -> Scene:
    return scenes.build(bodies=2, firms=3)


def as_(person: Person) -> Client:
    client = Client()
    client.force_login(person, BACKEND)
    return client


def post(client: Client, name: str, *args: object, **data: object) -> int:
    return client.post(reverse(f"inspections:{name}", args=args), data).status_code


def every_page(scene: Scene) -> Iterator[str]:
    task, plan = scene.coded(timezone.localdate(), plan=scene.planned()), Plan.objects.get()
    quiet = firms.record_quiet_days(
        area=scene.area, first_day=date(2026, 1, 1), month_from=1, month_to=15, basis="宁静日通知", by=None, at=SINCE
    )
    body = scene.bodies[0].authority
    for name in ("authorities", "items", "firms", "quiet-days", "plans", "tasks"):
        yield reverse(f"inspections:{name}")
        yield reverse(f"inspections:{name}") + "?q=sl"
    yield reverse("inspections:authority", args=[body.pk])
    yield reverse("inspections:item", args=[scene.bodies[0].items[0].pk])
    yield reverse("inspections:firm", args=[scene.firms[0].pk])
    yield reverse("inspections:plan", args=[plan.pk])
    yield reverse("inspections:task", args=[task.pk])
    assert quiet.pk


def test_every_page_opens_for_its_own_and_for_the_supervisor(scene: Scene) -> None:
    clients = [as_(scene.bodies[0].head), as_(scene.supervisor), as_(scene.people["auditor"])]
    for address in every_page(scene):
        for client in clients:
            assert client.get(address).status_code == 200, address


def test_drafts_are_seen_by_their_own_authority_only(scene: Scene) -> None:
    task = scene.drafted(date(2026, 6, 1))
    own, other = scene.bodies
    page = reverse("inspections:task", args=[task.pk])
    assert as_(own.officers[0]).get(page).status_code == 200
    for stranger in (other.head, other.officers[0], scene.supervisor, scene.people["auditor"]):
        client = as_(stranger)
        assert client.get(page).status_code == 404
        assert str(scene.firms[0]) not in client.get(reverse("inspections:tasks")).content.decode()
    plan = Plan.objects.create(
        authority=own.authority, kind="annual", title="秘密草案", first_day=date(2026, 1, 1),
        last_day=date(2026, 12, 31), drafted_at=SINCE,
    )  # fmt: skip
    for stranger in (other.staff, scene.supervisor):
        client = as_(stranger)
        assert client.get(reverse("inspections:plan", args=[plan.pk])).status_code == 404
        assert "秘密草案" not in client.get(reverse("inspections:plans")).content.decode()
    assert "秘密草案" in as_(own.staff).get(reverse("inspections:plans")).content.decode()


def test_nobody_acts_for_another_authority(scene: Scene) -> None:
    task, other = scene.drafted(date(2026, 6, 1)), scene.bodies[1]
    assert post(as_(other.head), "task-act", task.pk, "approve", reference="批1") == 404
    assert post(as_(other.staff), "authority-act", scene.bodies[0].authority.pk, "post", person="x") == 404
    assert post(as_(scene.bodies[0].officers[0]), "task-act", task.pk, "approve", reference="批1") == 403
    task.refresh_from_db()
    assert task.approved_at is None


def test_a_plan_and_a_task_go_all_their_steps_on_the_desk(scene: Scene) -> None:
    own, today = scene.bodies[0], timezone.localdate()
    staff, head, bureau = as_(own.staff), as_(own.head), as_(scene.supervisor)
    firm = scene.firms[0].organisation.credit_code
    days = {"first_day": today.isoformat(), "last_day": (today + timedelta(days=30)).isoformat()}
    told = {"authority": own.authority.pk, "kind": "annual", "title": "检查计划", "ordered": "own", **days}
    assert post(staff, "plan-add", **told) == 302
    plan = Plan.objects.get()
    assert post(staff, "plan-act", plan.pk, "lines", firms=f"{firm}\n", items=[own.items[0].pk], **days) == 302
    assert post(staff, "plan-act", plan.pk, "lines", firms="91430202XXXX", items=[own.items[0].pk], **days) == 422
    assert post(head, "plan-act", plan.pk, "approve", reference="批1") == 302
    assert post(bureau, "plan-act", plan.pk, "file", number="备1") == 302
    assert post(staff, "plan-act", plan.pk, "publish", url="https://example.invalid/p") == 302
    plan.refresh_from_db()
    assert plan.state == "published"
    told = {"authority": own.authority.pk, "firm": firm, "purpose": "routine", "trigger": "plan", "plan": plan.pk}
    told |= {"items": [own.items[0].pk], "officers": [one.pk for one in own.officers], "method": "on_site", **days}
    assert post(staff, "task-add", **told) == 302
    task = Task.objects.get()
    assert post(staff, "task-act", task.pk, "code") == 404, "no code before approval"
    assert post(head, "task-act", task.pk, "approve", reference="批2") == 302
    assert post(staff, "task-act", task.pk, "notice") == 302
    assert post(staff, "task-act", task.pk, "code") == 302
    task.refresh_from_db()
    sheet = reverse("inspections:task-sheet", args=[task.pk])
    assert task.code
    assert task.code in as_(own.officers[0]).get(sheet).content.decode()
    assert as_(scene.supervisor).get(sheet).status_code == 404, "the code is for who shows it"


def test_a_draw_is_prepared_and_made_by_two_people(scene: Scene) -> None:
    own, today = scene.bodies[0], timezone.localdate()
    days = {"first_day": today.isoformat(), "last_day": (today + timedelta(days=30)).isoformat()}
    told = {"authority": own.authority.pk, "kind": "lot", "title": "双随机", "ordered": "own", **days}
    assert post(as_(own.staff), "plan-add", **told) == 302
    plan = Plan.objects.get()
    assert post(as_(own.head), "plan-act", plan.pk, "approve", reference="批1") == 302
    assert post(as_(own.staff), "plan-act", plan.pk, "draw", witness="见证人") == 404, "nothing is bound yet"
    wanted = {f"wanted_{grade}": 0 for grade in "ABCD"} | {"wanted_none": 2}
    assert post(as_(own.staff), "plan-act", plan.pk, "commit", items=[own.items[0].pk], **wanted, **days) == 302
    assert post(as_(own.staff), "plan-act", plan.pk, "draw", witness="见证人") == 422, "it takes a second person"
    file = reverse("inspections:lot", args=[plan.pk, plan.lots.get().pk])
    assert 'seed"' not in as_(own.staff).get(file).content.decode()
    assert post(as_(own.head), "plan-act", plan.pk, "draw", witness="见证人") == 302
    assert as_(own.staff).get(file).json()["seed"]
    assert Task.objects.filter(plan=plan).count() == 2


def test_the_register_is_kept_on_the_desk(scene: Scene) -> None:
    bureau, own = as_(scene.supervisor), scene.bodies[0]
    new = scenes.organisation("91", 77, "示例新企业", scene.area)
    told = {"organisation": new.credit_code, "area": scene.area.pk, "address": "示例路77号"}
    assert post(bureau, "firm-add", **told) == 302
    assert post(bureau, "firm-add", **told) == 422
    firm = Firm.objects.get(organisation=new)
    assert (
        EntryCode.objects.get(site=firm.site).code
        in bureau.get(reverse("inspections:firm-sheet", args=[firm.pk])).content.decode()
    )
    assert post(bureau, "firm-act", firm.pk, "grade", grade="B", first_day="2026-01-01", basis="评价") == 302
    told = {"code": "00-09", "title": "新事项", "legal_basis": "法第1条\n法第2条", "method": "on_site"}
    assert post(bureau, "authority-act", own.authority.pk, "item", first_day="2026-01-01", **told) == 302
    item = Item.objects.get(code="00-09")
    assert item.legal_basis == ["法第1条", "法第2条"]
    assert post(bureau, "item-act", item.pk, "withdraw", last_day="2026-06-30", reason="取消") == 302
    told = {"basis": "通知", "area": scene.area.pk, "first_day": "2026-01-01", "month_from": 1, "month_to": 15}
    assert post(bureau, "quiet-add", **told) == 302
    assert post(bureau, "quiet-act", QuietDays.objects.get().pk, "end", last_day="2026-12-31") == 302
    certificate = own.authority.certificates.first()
    assert certificate
    told = {"last_day": "2026-06-30", "reason": "调离"}
    assert post(bureau, "authority-part", own.authority.pk, "certificate", certificate.pk, **told) == 302
    certificate.refresh_from_db()
    assert certificate.revoked_on == date(2026, 7, 1)


@pytest.mark.parametrize("name", ["authorities", "items", "firms", "plans", "tasks"])
def test_lists_cost_as_much_for_many_rows_as_for_few(scene: Scene, name: str) -> None:
    client, own = as_(scene.bodies[0].head), scene.bodies[0]
    counts = []
    for more in (0, 3):
        for at in range(more):
            scene.planned(firms=[at])
            scene.coded(date(2026, 6, 1), firm=at)
        client.get(reverse(f"inspections:{name}"))
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse(f"inspections:{name}"))
        counts.append(len(asked))
    assert counts[0] == counts[1], own
