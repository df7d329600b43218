"""A plan tells before it is approved which warnings it would raise, in as many statements for many firms as for few."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.programmes.inspections import scenes
from tests.programmes.inspections.scenes import SINCE, Scene

from mingjing.programmes.inspections.actions import firms, plans
from mingjing.programmes.inspections.models import Plan
from mingjing.programmes.inspections.queries.foresight import (
    blanket,
    of_plan,
    of_task,
    spared_of_plan,
    spared_of_task,
)


@pytest.fixture
def scene(db: None) -> Scene:
    return scenes.build(bodies=2, firms=6, items=3)


def drafted(scene: Scene, days: list[date], firms: list[int], kind: str = "annual") -> Plan:
    own = scene.bodies[0]
    lines = [
        plans.Line(scene.firms[firm], own.items[at % 3], day, day) for firm in firms for at, day in enumerate(days)
    ]
    return plans.draft_plan(
        authority=own.authority, kind=kind, title="计划", need="近期投诉集中，风险上升明显", first_day=date(2026, 1, 1),
        last_day=date(2026, 12, 31), lines=lines, by=own.staff, at=SINCE,
    )  # fmt: skip


def rules_of(plan: Plan) -> set[tuple[int, str]]:
    return {(one.firm.pk, one.warning.rule.code) for one in of_plan(plan)}


def test_a_third_visit_of_a_year_is_over_the_cap_of_two(scene: Scene) -> None:
    days = [date(2026, 1, 10), date(2026, 5, 10), date(2026, 9, 10)]
    assert (scene.firms[0].pk, "B2") not in rules_of(drafted(scene, days[:2], [0]))
    assert (scene.firms[0].pk, "B2") in rules_of(drafted(scene, days, [0]))


def test_the_cap_is_that_of_the_grade_on_the_day(scene: Scene) -> None:
    firms.grade_firm(
        firm=scene.firms[0], grade="A", first_day=date(2026, 3, 1), basis="信用评价", by=None, at=SINCE
    )  # fmt: skip
    assert (scene.firms[0].pk, "B2") not in rules_of(drafted(scene, [date(2026, 2, 10)], [0]))
    assert (scene.firms[0].pk, "B2") in rules_of(drafted(scene, [date(2026, 4, 10)], [0]))


def test_lines_of_the_same_days_are_one_visit(scene: Scene) -> None:
    assert rules_of(drafted(scene, [date(2026, 1, 10)] * 3, [0])) == set()


def test_a_campaign_of_nearly_all_firms_spares_nobody(scene: Scene) -> None:
    day = [date(2026, 4, 10)]
    assert blanket(drafted(scene, day, list(range(6)), "campaign"))
    assert blanket(drafted(scene, day, list(range(5)), "campaign")) is None
    assert blanket(drafted(scene, day, list(range(6)))) is None, "an annual plan may name every firm"


def test_a_task_is_judged_beside_what_is_on_record(scene: Scene) -> None:
    firms.grade_firm(
        firm=scene.firms[0], grade="A", first_day=date(2026, 3, 1), basis="信用评价", by=None, at=SINCE
    )  # fmt: skip
    assert "B2" in {one.warning.rule.code for one in of_task(scene.drafted(date(2026, 6, 1)))}
    assert "B2" not in {one.warning.rule.code for one in of_task(scene.drafted(date(2026, 6, 1), firm=1))}


def test_a_plan_and_a_task_name_the_firms_that_are_exempt_on_their_days(scene: Scene) -> None:
    days = {"first_day": date(2026, 6, 10), "last_day": date(2026, 6, 30), "by": None, "at": SINCE}
    spared = firms.exempt_firm(firm=scene.firms[0], basis="无事不扰", **days)
    firms.exempt_firm(firm=scene.firms[1], basis="无事不扰", authority=scene.bodies[1].authority, **days)
    assert list(spared_of_plan(drafted(scene, [date(2026, 6, 30)], [0, 1]))) == [spared]
    assert not spared_of_plan(drafted(scene, [date(2026, 7, 1)], [0, 1]))
    assert not spared_of_plan(drafted(scene, [date(2026, 6, 30)], [0], "campaign"))
    assert list(spared_of_task(scene.drafted(date(2026, 6, 4)))) == [spared], "its last day is the tenth"
    assert not spared_of_task(scene.drafted(date(2026, 6, 3)))
    assert not spared_of_task(scene.drafted(date(2026, 6, 4), purpose="case", trigger="complaint"))


def test_many_firms_cost_as_many_statements_as_one(scene: Scene) -> None:
    counts = []
    for chosen in ([0], list(range(6))):
        plan = drafted(scene, [date(2026, 1, 10)], chosen)
        of_plan(plan)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            of_plan(plan)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 6
