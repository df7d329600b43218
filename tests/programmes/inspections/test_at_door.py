"""A task that officers open at the door: what their phone brings for it, what it comes to, who may, its clocks."""

import json
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.utils import timezone
from tests.faces import district
from tests.programmes.inspections import doors
from tests.programmes.inspections.test_field import Door, said

from mingjing.kernel.db.fields import instant_text
from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.models import Person
from mingjing.kernel.sync.values import Command, Outcome
from mingjing.programmes.inspections.actions.tasks import approve_task
from mingjing.programmes.inspections.field import apply, pack, states
from mingjing.programmes.inspections.models import Entry, Firm, Refusal, Task, Warning
from mingjing.programmes.inspections.policy.gate import admit
from mingjing.programmes.inspections.policy.rules import read_rules
from mingjing.programmes.inspections.queries.gate import kept_answers
from mingjing.programmes.inspections.queries.seen import tasks_seen

pytestmark = pytest.mark.django_db
NOW = timezone.make_aware(datetime.combine(date(2026, 3, 10), time(10)))


class Walk(Door):
    """The same door, with a subject of the phone's own making."""

    def __init__(self) -> None:
        super().__init__()
        self.key = uuid4()
        self.subject = f"inspections.task:{self.key}"

    def opening(self, **more: Any) -> dict[str, Any]:
        item = self.scene.items[self.scene.body.pk]
        told: dict[str, Any] = {
            "firm": self.firm.organisation.credit_code, "authority": self.scene.body.pk, "purpose": "immediate",
            "trigger": "off_site_clue", "officers": [one.token for one in self.officers], "items": [item.pk],
            "clue": "", "exception": "", "reason": "监测数据突然异常",
        }  # fmt: skip
        return {**told, **more}

    def sent(self, *steps: tuple[str, dict[str, Any]], by: Person | None = None, late: int = 0) -> list[Outcome]:
        commands = [Command(uuid4(), f"inspections.{kind}", self.subject, payload, NOW, NOW) for kind, payload in steps]
        at = NOW + timedelta(hours=late)
        return list(apply(self.subject, commands, by=by or self.officers[0], device=self.device, at=at)())

    def opened(self, **more: Any) -> Outcome:
        (outcome,) = self.sent(("open_task", self.opening(**more)))
        return outcome

    def entering(self, **more: Any) -> dict[str, Any]:
        told: dict[str, Any] = {
            "how": "scan", "code": self.firm.organisation.credit_code, "entered_at": instant_text(NOW),
            "officers": [one.token for one in self.officers], "helpers": 0, "signal": True,
        }  # fmt: skip
        return {**told, **more}

    @property
    def made(self) -> Task:
        return Task.objects.get(pk=UUID(str(self.key)))


@pytest.fixture
def walk() -> Walk:
    return Walk()


def test_a_pack_brings_what_a_task_at_the_door_asks_and_the_phone_answers_as_the_installation(walk: Walk) -> None:
    told = json.loads(json.dumps(pack(walk.officers[0], NOW)))["at_door"]
    (body,), (firm,) = told["authorities"], told["firms"]
    assert [one["certificates"] for one in body["officers"]] == [["湘B00"], ["湘B01"]]
    assert [one["code"] for one in body["items"]] == ["事项0"]
    assert (firm["number"], firm["quiet_day"]) == (walk.firm.organisation.credit_code, "no")
    assert walk.opened().state == "applied"
    assert [one.state for one in walk.sent(("enter", walk.entering(reason="监测数据突然异常")))] == ["applied"]
    rules = read_rules(pack(walk.officers[0], NOW)["rules"][body["rules"]])
    facts = {
        **body["facts"], "purpose": "immediate", "trigger": "off_site_clue", "method": "on_site", "approved": "no",
        "code": "no", "clue": "no", "exception": "none", "draw": "no", "as_noticed": "none", "published": "yes",
        "in_scope": "yes", "quiet_day": firm["quiet_day"], "valid_officers": 2,
    }  # fmt: skip
    assert kept_answers(admit(rules, facts, day=NOW.date())) == Entry.objects.get(task=walk.made).answers


def test_nobody_approved_it_so_it_is_red_unless_it_is_an_emergency(walk: Walk) -> None:
    assert walk.opened().state == "applied"
    (refused,) = walk.sent(("enter", walk.entering()))
    assert said(refused) == ["inspections.entry.red"]
    assert walk.sent(("enter", walk.entering(reason="监测数据突然异常")))[0].state == "applied"
    entry = Entry.objects.get(task=walk.made)
    assert (entry.colour, "A6" in [one["rule"] for one in entry.answers]) == ("red", True)
    other = Walk.__new__(Walk)
    other.__dict__.update(walk.__dict__, key=uuid4())
    other.subject = f"inspections.task:{other.key}"
    assert other.opened(trigger="emergency").state == "applied"
    assert other.sent(("enter", other.entering()))[0].state == "applied"
    found = Entry.objects.get(task=other.made)
    assert ("A7" in [one["rule"] for one in found.answers], found.trigger) == (True, "emergency")


def test_all_of_it_may_arrive_at_once_hours_later_and_twice(walk: Walk) -> None:
    item = walk.scene.items[walk.scene.body.pk].pk
    steps = (
        ("open_task", walk.opening()), ("enter", walk.entering(signal=False)),
        ("leave", {"left_at": instant_text(NOW), "results": [{"item": item, "result": "pass"}]}),
    )  # fmt: skip
    assert [one.state for one in walk.sent(*steps, late=5)] == ["applied"] * 3
    assert [one.state for one in walk.sent(steps[0], late=6)] == ["applied"], "the same again is the same task"
    entry = Entry.objects.get(task=walk.made)
    assert (entry.door, entry.facts["code"], bool(entry.result_at)) == ("offline", "no", True)
    facts = Fact.objects.filter(kind="inspections.task.opened_at_door")
    assert facts.count() == 1
    assert "监测数据" not in json.dumps(facts.get().data)


def test_the_three_working_days_run_from_the_entry_without_a_code(walk: Walk) -> None:
    late = {"how": "none", "code": "", "reason": "监测数据突然异常"}
    walk.sent(("open_task", walk.opening()), ("enter", walk.entering(**late)), late=24 * 8)
    assert Entry.objects.get(task=walk.made).door == "no_code"
    drain()
    assert Warning.objects.filter(rule="C3", firm=walk.firm).exists()


def test_the_firm_may_refuse_it_and_the_head_may_approve_it_afterwards(walk: Walk) -> None:
    told = walk.sent(("open_task", walk.opening()), ("refusal", {"text": "没有通知"}))
    assert [one.state for one in told] == ["applied", "applied"]
    assert Refusal.objects.get().task == walk.made
    task = approve_task(task=walk.made, reference="补批1号", by=walk.scene.people["director"], at=NOW)
    assert task.approved_at
    state = states([walk.subject], walk.officers[1], NOW)[walk.subject]
    assert (state["state"], state["refused"]) == ("planned", True)
    names = [one["name"] for one in pack(walk.officers[1], NOW)["records"] if one["door_reason"]]
    assert names == [walk.firm.organisation.name], "a colleague who is there has it on the phone too"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"purpose": "routine"}, "inspections.door.purpose"), ({"trigger": "plan"}, "inspections.door.purpose"),
        ({"items": []}, "inspections.task.items"), ({"reason": " "}, "inspections.text"),
        ({"firm": "nobody"}, "inspections.firm.unknown"), ({"authority": 10**6}, "inspections.door.authority"),
        ({"authority": "x"}, "inspections.door.authority"), ({"officers": []}, "inspections.door.officers"),
        ({"officers": 3, "items": {"a": 1}}, "inspections.task.items"),
    ],
)  # fmt: skip
def test_what_cannot_be_opened_at_a_door_is_refused_with_all_that_follows(
    walk: Walk, more: dict[str, Any], code: str
) -> None:
    refused, after = walk.sent(("open_task", walk.opening(**more)), ("enter", walk.entering(reason="监测数据突然异常")))
    assert code in said(refused)
    assert said(after) == ["inspections.task.unknown"]
    assert not Task.objects.filter(pk=walk.key).exists()


def test_only_their_own_people_open_it_and_nobody_takes_it_over(walk: Walk) -> None:
    stranger = walk.scene.people["officer"]
    assert pack(stranger, NOW)["at_door"]["authorities"] == []
    (refused,) = walk.sent(("open_task", walk.opening(officers=[stranger.token])), by=stranger)
    assert said(refused) == ["inspections.door.authority"]
    assert walk.opened().state == "applied"
    (again,) = walk.sent(("open_task", walk.opening()), by=walk.officers[1])
    assert said(again) == ["inspections.task.unknown"]


def test_the_desk_says_that_it_was_opened_at_the_door(walk: Walk) -> None:
    walk.opened()
    assert tasks_seen(walk.scene.people["auditor"], NOW.date()).filter(pk=walk.key).exists()
    client = Client()
    client.force_login(walk.scene.people["auditor"], "django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/inspections/tasks/{walk.key}/", headers={"accept-language": "en"}).content.decode()
    assert "监测数据突然异常" in page
    assert "Officers opened this task at the door" in page


def test_firms_to_choose_from_cost_the_same_for_one_and_for_many(
    walk: Walk, django_assert_max_num_queries: Any
) -> None:
    pack(walk.officers[0], NOW)
    for number, company in enumerate(district.companies(9, doors.LONG_AGO)[2:]):
        Firm.objects.get_or_create(organisation=company, defaults={"area": walk.firm.area, "recorded_at": NOW})
        assert number < 9
    with django_assert_max_num_queries(20):
        assert len(pack(walk.officers[0], NOW)["at_door"]["firms"]) > 5
