"""The live gate: what is known of an arrival, what the rules of its day say, in a fixed number of statements."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.programmes.inspections import doors

from mingjing.programmes.inspections.actions import entries
from mingjing.programmes.inspections.models import (
    Authority,
    Certificate,
    Exemption,
    Grade,
    Item,
    Listing,
    Plan,
    PlanLine,
    QuietDays,
    Task,
)
from mingjing.programmes.inspections.queries.gate import Arrival, decide, facts_of, firm_by_code, replayed, task_by_code

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 10)
AT = datetime(2026, 3, 10, 9, tzinfo=doors.CHINA)


@pytest.fixture
def scene() -> doors.Scene:
    return doors.build()


def at_the_door(scene: doors.Scene, task: Task, at: datetime = AT, **more: Any) -> Arrival:
    found = task_by_code(str(task.code), timezone.localdate(at))
    assert found is not None
    return Arrival(
        **{"firm": found.firm, "authority": found.authority, "officers": scene.officers[found.authority_id],
           "task": found, "at": at, "distance": 10, **more}
    )  # fmt: skip


def codes(arrival: Arrival) -> list[str]:
    return [f"{one.rule.code} {one.level.code}" for one in decide(arrival).admission.answers]


def test_everything_in_order_is_green(scene: doors.Scene) -> None:
    found = decide(at_the_door(scene, scene.task(DAY)))
    assert (found.admission.colour, found.admission.answers) == ("green", ())
    assert (found.facts["valid_officers"], found.about["items"]) == (2, ["事项0"])
    assert [one.rule.code for one in found.warnings] == []


def spared(scene: doors.Scene, authority: Authority | None, first: date = DAY, last: date = DAY) -> Exemption:
    told = {"first_day": first, "last_day": last, "basis": "无事不扰", "recorded_at": doors.LONG_AGO}
    return Exemption.objects.create(firm=scene.firm, authority=authority, **told)


CHANGES: dict[str, Any] = {
    "A1 red": lambda scene: Listing.objects.filter(authority=scene.body).update(last_day=date(2026, 3, 9)),
    "A2 red": lambda scene: Certificate.objects.filter(number="湘B00").update(last_day=date(2026, 3, 9)),
    "A3 red": lambda scene: Item.objects.update(last_day=date(2026, 3, 9)),
    "A8 red": lambda scene: QuietDays.objects.create(
        area=scene.area, first_day=doors.FIRST, month_from=1, month_to=15, basis="通告", recorded_at=doors.LONG_AGO
    ),
    "A10 red": lambda scene: Grade.objects.create(
        firm=scene.firm, grade="A", first_day=date(2026, 3, 10), basis="评定", recorded_at=doors.LONG_AGO
    ),
    "A14 red": lambda scene: spared(scene, scene.body),
}  # fmt: skip


@pytest.mark.parametrize("answer", CHANGES)
def test_each_fact_changes_its_answer_and_no_other(scene: doors.Scene, answer: str) -> None:
    task = scene.task(DAY)
    CHANGES[answer](scene)
    assert codes(at_the_door(scene, task)) == [answer]


@pytest.mark.parametrize(("scope", "answers"), [(["消防"], ["A2 red"]), (["消防", "食品"], []), ([], [])])
def test_a_certificate_is_good_within_its_scope_only(scene: doors.Scene, scope: list[str], answers: list[str]) -> None:
    Certificate.objects.filter(number="湘B00").update(scope=scope)
    assert codes(at_the_door(scene, scene.task(DAY))) == answers


def test_the_day_before_a_listing_ends_it_holds(scene: doors.Scene) -> None:
    Listing.objects.filter(authority=scene.body).update(last_day=DAY)
    assert codes(at_the_door(scene, scene.task(DAY))) == []


def test_an_exemption_is_of_its_firm_its_authorities_and_its_days(scene: doors.Scene) -> None:
    task, other = scene.task(DAY), scene.bodies[1]
    spared(scene, scene.body, DAY + timedelta(days=1), DAY + timedelta(days=9))
    spared(scene, other)
    assert codes(at_the_door(scene, task)) == []
    Authority.objects.filter(pk=scene.body.pk).update(delegated_by=other)
    assert codes(at_the_door(scene, task)) == ["A14 red"], "what it may not, nobody may in its place"
    asked = scene.arrival(AT, purpose="routine", trigger="plan")
    asked.authority.refresh_from_db()
    assert facts_of(asked)["exempt"] == "yes"
    Authority.objects.filter(pk=scene.body.pk).update(delegated_by=None)
    asked.authority.refresh_from_db()
    assert facts_of(asked)["exempt"] == "no"
    spared(scene, None)
    assert facts_of(asked)["exempt"] == "yes"


@pytest.mark.parametrize(
    ("changes", "answers"),
    [
        ({"plan": None}, []),
        ({"approved_at": AT + timedelta(seconds=1)}, ["A6 red"]),
        ({"approved_at": AT}, []),
        ({"approved_at": None, "emergency": True}, ["A7 info"]),
        ({"noticed_at": None}, ["A11 yellow"]),
        ({"notice": {"officers": [], "items": ["事项0"]}}, ["A11 red"]),
        ({"purpose": "case", "trigger": "complaint", "noticed_at": None}, ["A13 yellow"]),
        ({"purpose": "case", "trigger": "complaint", "noticed_at": None, "clue": "线索1"}, []),
        ({"purpose": "campaign"}, []),
        ({"purpose": "campaign", "plan": None}, ["A5 red"]),
    ],
)
def test_what_the_task_says(scene: doors.Scene, changes: dict[str, Any], answers: list[str]) -> None:
    assert codes(at_the_door(scene, scene.task(DAY, **changes))) == answers


def test_an_uncovered_item_and_other_officers(scene: doors.Scene) -> None:
    task = scene.task(DAY)
    task.plan.lines.all().delete()  # type: ignore[union-attr]
    others = scene.officers[scene.bodies[1].pk]
    assert codes(at_the_door(scene, task, officers=others)) == ["A2 red", "A4 red", "A11 red"]


def test_far_from_the_site_is_yellow_and_unknown_is_told(scene: doors.Scene) -> None:
    task = scene.task(DAY)
    assert codes(at_the_door(scene, task, distance=301)) == ["A12 yellow"]
    found = decide(at_the_door(scene, task, distance=None))
    assert [(one.rule.code, one.unknown) for one in found.admission.answers] == [("A12", ("distance",))]


@pytest.mark.parametrize("planned", [0, 1, 2])
@pytest.mark.parametrize("found", [(), (0,), (1,), (0, 1)])
def test_items_that_are_asked_with_their_firm_are_told_as_one_by_one(
    scene: doors.Scene, planned: int, found: tuple[int, ...]
) -> None:
    """What another system asks takes one statement for firm and items; a finding of another item or firm is none."""
    body, firm = scene.body, scene.firm
    other = Item.objects.create(
        authority=body, code="事项9", title="事项9", first_day=doors.FIRST, recorded_at=doors.LONG_AGO
    )
    named = [scene.items[body.pk], other]
    plan = scene.task(DAY, body=1).plan
    assert plan is not None
    Plan.objects.filter(pk=plan.pk).update(authority=body)
    for item in named[:planned]:
        PlanLine.objects.create(plan=plan, firm=firm, item=item, first_day=DAY, last_day=DAY)
    for number in found:
        entry = scene.enter(AT - timedelta(days=9 + number), leave=False, items=[named[number]])
        out = AT - timedelta(days=9 + number, hours=-1)
        results = [entries.Result(item=named[number].pk, result="finding", findings=[("标签缺失", None)])]
        entries.scan_out(entry=entry, left_at=out, results=results, by=None, at=out)
    for items in (named, named[:1], named[1:], []):
        asked = firm_by_code(firm.organisation.credit_code, body, DAY, items, AT)
        assert asked == firm
        told = facts_of(replace(scene.arrival(AT, items=items), firm=asked))
        assert told == facts_of(scene.arrival(AT, items=items))
        if items:
            assert told["covered"] == ("yes" if all(named.index(one) < planned for one in items) else "no")
            assert told["open_finding"] == ("yes" if any(named.index(one) in found for one in items) else "no")


def test_six_statements_whatever_is_stored(scene: doors.Scene, django_assert_num_queries: Any) -> None:
    task = scene.task(DAY)
    decide(at_the_door(scene, task))  # prepares, and reads the pack
    with django_assert_num_queries(6):
        decide(at_the_door(scene, task))
    for back in range(1, 9):
        scene.enter(AT - timedelta(days=9 * back), body=back % 2)
    with django_assert_num_queries(6):
        found = decide(at_the_door(scene, task))
    assert {one.rule.code for one in found.warnings} >= {"B4", "B5"}
    with django_assert_num_queries(6):
        decide(scene.arrival(AT))
    assert facts_of(scene.arrival(AT))["approved"] == "no"


def test_a_decision_is_kept_with_what_it_rested_on(scene: doors.Scene) -> None:
    task = scene.task(DAY)
    entry = entries.scan_in(arrival=at_the_door(scene, task), by=scene.people["officer"], at=AT)
    Listing.objects.all().delete()
    assert entry.colour == "green"
    assert entry.answers == replayed(entry) == []
    red = scene.enter(AT + timedelta(days=1), leave=False)
    assert red.colour == "red"
    assert red.answers == replayed(red) != []
