"""What waits for whom, since when, by working days: on home and behind its link the same, in few queries."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localdate
from tests.programmes.inspections import scenes
from tests.programmes.inspections.scenes import Scene

from mingjing.kernel.parties.models import Person
from mingjing.kernel.registry import Due
from mingjing.programmes.inspections.actions import entries, plans, tasks
from mingjing.programmes.inspections.actions.corrections import ask_correction
from mingjing.programmes.inspections.models import Plan
from mingjing.programmes.inspections.queries.corrections import now_of
from mingjing.programmes.inspections.queries.due import waiting
from mingjing.programmes.inspections.queries.gate import Arrival

THURSDAY = datetime(2026, 3, 12, 9, tzinfo=scenes.CHINA)
TITLE = "三月专项"
Build = Callable[[], Scene]


@pytest.fixture(scope="module")
def build_scene(once: Callable[[str, Build], Build]) -> Build:
    return once("scene", lambda: scenes.build(bodies=2, firms=3))


@pytest.fixture
def scene(db: None, build_scene: Build) -> Scene:
    return build_scene()


def due(person: Person, day: date) -> dict[str, Due]:
    return {one.url.rpartition("?")[2]: one for one in waiting(person, day) if one.count}


def draft(scene: Scene, body: int = 0, filled: bool = True, at: datetime = THURSDAY) -> Plan:
    own, first, last = scene.bodies[body], date(2026, 4, 1), date(2026, 4, 30)
    lines = [plans.Line(scene.firms[0], own.items[0], first, last)] if filled else []
    return plans.draft_plan(
        authority=own.authority, kind="annual", title=TITLE, first_day=first, last_day=last, lines=lines, by=own.staff,
        at=at,
    )  # fmt: skip


def test_a_plan_waits_for_the_next_person_by_working_days(scene: Scene) -> None:
    own, day = scene.bodies[0], THURSDAY.date()
    plan = draft(scene)
    draft(scene, filled=False)
    found = due(own.head, day)["waits=approve"]
    assert (found.count, found.late) == (1, False), "an empty one cannot be approved"
    assert not due(own.head, date(2026, 3, 17))["waits=approve"].late, "Friday, Monday, Tuesday"
    assert due(own.head, date(2026, 3, 18))["waits=approve"].late
    assert "2026-03-17" in str(found.detail)
    assert due(own.staff, day) == due(scene.bodies[1].head, day) == due(scene.supervisor, day) == {}
    plans.approve_plan(plan=plan, reference="批1", by=own.head, at=THURSDAY)
    assert due(own.head, day) == {}
    assert due(scene.supervisor, day)["waits=file"].count == 1
    assert due(scene.supervisor, date(2026, 4, 14))["waits=file"].late, "thirty days, to a Monday"
    plans.file_plan(plan=plan, number="备1", by=scene.supervisor, at=THURSDAY)
    assert due(scene.supervisor, day) == {}
    assert due(own.staff, day)["waits=publish"].count == 1
    plans.publish_plan(plan=plan, url="https://example.invalid", by=own.staff, at=THURSDAY)
    assert due(own.staff, day) == {}


def test_an_emergency_is_approved_on_the_next_working_day(scene: Scene) -> None:
    own, friday = scene.bodies[0], THURSDAY + timedelta(days=1)
    scene.drafted(date(2026, 3, 20), at=friday)
    late = scene.drafted(date(2026, 3, 13), at=friday, emergency=True)
    tasks.issue_code(task=late, by=own.staff, at=friday)
    found = [one for one in waiting(own.head, date(2026, 3, 17)) if one.count]
    assert sorted((one.count, one.late) for one in found) == [(1, False), (1, True)]
    tasks.approve_task(task=late, reference="补批", by=own.head, at=friday)
    assert not any(one.late for one in waiting(own.head, date(2026, 3, 17)))


def corrected(scene: Scene, at: datetime) -> None:
    own = scene.bodies[0]
    arrival = Arrival(
        firm=scene.firms[0], authority=own.authority, officers=own.officers, at=at, purpose="case",
        trigger="complaint", items=own.items,
    )  # fmt: skip
    entry = entries.scan_in(arrival=arrival, reason="举报", by=own.officers[0], at=at)
    after = {**now_of(entry), "helpers": 1}
    ask_correction(entry=entry, after=after, reason="人数有误", by=own.officers[0], at=at)


def test_a_correction_waits_for_a_supervisor(scene: Scene) -> None:
    corrected(scene, THURSDAY)
    found = due(scene.supervisor, date(2026, 3, 18))["open=correction"]
    assert (found.count, found.late) == (1, True)
    assert "open=correction" not in due(scene.bodies[0].head, THURSDAY.date())


@pytest.mark.parametrize("many", [1, 4])
def test_home_and_lists_show_the_same_in_as_many_queries(scene: Scene, client: Client, many: int) -> None:
    at = scenes.SINCE
    for _ in range(many):
        draft(scene, at=at)
        scene.drafted(date(2026, 3, 20), at=at)
        plans.approve_plan(plan=draft(scene, at=at), reference="批1", by=scene.bodies[0].head, at=at)
    corrected(scene, at)
    for person, shown in ((scene.bodies[0].head, ("plans", "tasks")), (scene.supervisor, ("plans",))):
        with CaptureQueriesContext(connection) as asked:
            lines = list(waiting(person, localdate()))
        assert len(asked) <= 24, len(asked)
        client.force_login(person)
        for name in shown:
            (line,) = (one for one in lines if one.url.startswith(reverse(f"inspections:{name}")))
            assert line.count == len(client.get(line.url).context["rows"]) == many
