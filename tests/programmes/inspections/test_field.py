"""The officer's phone: what it brings along, what its commands come to, and who may send them."""

import json
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from tests.faces import district
from tests.kernel.evidence.photographs import photo
from tests.programmes.inspections import doors

from mingjing.kernel.db.fields import instant_text
from mingjing.kernel.evidence.actions import record_exhibit
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import EntryCode
from mingjing.kernel.sync.models import Device
from mingjing.kernel.sync.values import Command, Outcome
from mingjing.programmes.inspections.desk.exhibits import home, words
from mingjing.programmes.inspections.field import apply, pack, states
from mingjing.programmes.inspections.models import Certificate, Entry, Firm, Refusal, Task
from mingjing.programmes.inspections.policy.gate import admit
from mingjing.programmes.inspections.policy.previews import gate_document
from mingjing.programmes.inspections.policy.rules import read_rules
from mingjing.programmes.inspections.queries.codes import firm_of
from mingjing.programmes.inspections.queries.evidence import near_evidence
from mingjing.programmes.inspections.queries.files import load_rules
from mingjing.programmes.inspections.queries.gate import kept_answers

pytestmark = pytest.mark.django_db
NOW = timezone.make_aware(datetime.combine(date(2026, 3, 10), time(10)))
WALL = "ABCD2345"


def hung(firm: Firm, code: str) -> None:
    """The firm's fixed code hangs on its wall."""
    assert firm.site
    EntryCode.objects.create(site=firm.site, code=code, issued_at=doors.LONG_AGO)


class Door:
    """A coded task, two officers with a phone, and the firm's code on its wall."""

    def __init__(self, firms: int = 1) -> None:
        self.scene = doors.build(bodies=1, firms=firms)
        self.firm = self.scene.firm
        hung(self.firm, WALL)
        self.task = self.scene.task(NOW.date())
        self.officers = self.scene.officers[self.scene.body.pk]
        self.device = Device.objects.create(
            person=self.officers[0], label="手机", public_key="key", enrolled_at=doors.LONG_AGO
        )

    def send(self, kind: str, made: datetime = NOW, at: datetime | None = None, **payload: Any) -> Outcome:
        return self.send_as(self.officers[0], kind, made, at, **payload)

    def send_as(
        self, person: Person, kind: str, made: datetime = NOW, at: datetime | None = None, **payload: Any
    ) -> Outcome:
        command = Command(uuid4(), f"inspections.{kind}", self.task.subject, payload, made, made)
        (outcome,) = apply(self.task.subject, [command], by=person, device=self.device, at=at or made)()
        return outcome

    def enter(self, made: datetime = NOW, at: datetime | None = None, **more: Any) -> Outcome:
        told: dict[str, Any] = {
            "how": "scan", "code": WALL, "officers": [one.token for one in self.officers], "helpers": 0,
            "entered_at": instant_text(made), "signal": True,
        }  # fmt: skip
        return self.send("enter", made, at, **{**told, **more})

    @property
    def entry(self) -> Entry:
        return Entry.objects.get(task=self.task, visit__voided_at=None)

    @property
    def state(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = states([self.task.subject], self.officers[0], NOW)[self.task.subject]
        return found


@pytest.fixture
def door() -> Door:
    return Door()


def said(outcome: Outcome) -> list[str]:
    return [problem.code for problem in outcome.problems]


def test_a_pack_holds_what_the_gate_asks_and_answers_as_the_installation_does(door: Door) -> None:
    told = json.loads(json.dumps(pack(door.officers[0], NOW)))
    (record,) = told["records"]
    assert [record["name"], record["number"]] == [door.firm.organisation.name, door.firm.organisation.credit_code]
    assert [one["certificates"] for one in record["officers"]] == [["湘B00"], ["湘B01"]]
    assert WALL not in json.dumps(told), "the code on the wall is recognised by its digest, and cannot be copied"
    rules = read_rules(told["rules"][record["rules"]])
    facts = {**record["facts"], "valid_officers": 2}
    assert door.enter().state == "applied"
    assert kept_answers(admit(rules, facts, day=NOW.date())) == door.entry.answers
    assert [one["rule"] for one in door.entry.answers] == ["A12"], "where they stood nobody knows"


def test_only_who_is_sent_sees_the_task_and_acts_on_it(door: Door) -> None:
    other = door.scene.people["officer"]
    assert pack(other, NOW)["records"] == []
    assert states([door.task.subject], other, NOW) == {}
    with pytest.raises(Exception, match="No task of yours"):
        door.send_as(other, "refusal")
    assert not Refusal.objects.exists()


@pytest.mark.parametrize("way", ["wall", "address", "licence", "text"])
def test_the_code_on_the_wall_and_that_of_the_licence_name_the_firm(door: Door, way: str) -> None:
    credit = door.firm.organisation.credit_code
    text = {
        "wall": WALL.lower(), "address": f"https://example.org/field/#entry={WALL}",
        "licence": f"https://example.org/licence?uniscid={credit}&t=1", "text": f"名称 某公司 代码:{credit}。",
    }[way]  # fmt: skip
    assert firm_of(text) == door.firm


@pytest.mark.parametrize("text", ["", " ", "nothing", "91430202MA4Q999999", "0" * 5000, "\u202e", "#code="])
def test_what_names_no_firm_is_none(door: Door, text: str) -> None:
    assert firm_of(text) is None


def test_red_at_the_door_is_entered_with_a_reason_only_and_both_are_on_record(door: Door) -> None:
    Certificate.objects.filter(number="湘B01").update(revoked_on=NOW.date(), revoke_reason="调离")
    refused = door.enter()
    assert (refused.state, said(refused)) == ("refused", ["inspections.entry.red"])
    assert door.enter(reason="另一人在路上").state == "applied"
    assert (door.entry.colour, door.entry.reason) == ("red", "另一人在路上")
    assert ["A2", "red"] in [[one["rule"], one["level"]] for one in door.state["entry"]["answers"]]


def test_another_firms_code_is_red_for_that_firm() -> None:
    door = Door(firms=2)
    hung(door.scene.firms[1], "OTHER234")
    assert said(door.enter(code="OTHER234")) == ["inspections.entry.red"]
    assert door.enter(code="OTHER234", reason="走错").state == "applied"
    assert door.entry.firm == door.scene.firms[1]
    assert "A11" in [one["rule"] for one in door.entry.answers]


def test_without_a_notice_another_firms_code_is_as_red_as_the_phone_says() -> None:
    door = Door(firms=2)
    Task.objects.update(noticed_at=None, notice={}, purpose="case", trigger="complaint")
    hung(door.scene.firms[1], "OTHER234")
    assert said(door.enter(code="OTHER234")) == ["inspections.entry.red"]
    assert door.enter(code="OTHER234", reason="走错").state == "applied"
    assert "A11" in [one["rule"] for one in door.entry.answers]


def test_without_a_signal_what_the_phone_showed_stays_beside_what_the_rules_say(door: Door) -> None:
    Certificate.objects.filter(number="湘B01").update(revoked_on=NOW.date(), revoke_reason="调离")
    shown = {"colour": "green", "answers": [], "known_at": instant_text(NOW - timedelta(hours=3)), "rules": "shipped"}
    later = NOW + timedelta(hours=6)
    assert door.enter(at=later, signal=False, shown=shown).state == "applied"
    assert (door.entry.door, door.entry.colour, door.entry.visit.entered_at) == ("offline", "red", NOW)
    assert door.entry.shown == shown
    assert "gate_differs" in door.entry.visit.arrival["signals"]
    assert door.state["entry"]["shown"] == "green"


def test_two_phones_enter_once_and_a_command_that_says_it_has_a_signal_is_not_believed_hours_later(door: Door) -> None:
    assert door.enter(at=NOW + timedelta(hours=2)).state == "applied"
    assert door.entry.door == "offline"
    assert door.send_as(door.officers[1], "enter", NOW, NOW + timedelta(hours=2)).state == "applied"
    assert Entry.objects.count() == 1


def test_helpers_enter_beside_an_officer_only(door: Door) -> None:
    assert "inspections.entry.nobody" in said(door.enter(officers=[], helpers=2))
    assert "inspections.entry.nobody" in said(door.enter(officers=[door.scene.people["officer"].token], helpers=2))
    assert door.enter(helpers=2).state == "applied"
    assert door.entry.helpers == 2


def test_late_and_without_a_code_ask_for_a_reason(door: Door) -> None:
    late: dict[str, Any] = {"how": "late", "entered_at": instant_text(NOW - timedelta(days=2))}
    assert door.enter(**late).state == "refused"
    assert door.enter(**late, reason="系统故障").state == "applied"
    assert (door.entry.door, door.entry.visit.entered_at) == ("late", NOW - timedelta(days=2))
    assert door.send("leave", left_at=instant_text(NOW)).state == "applied"
    assert said(door.enter(how="none", code="")) != []
    assert door.enter(how="none", code="", reason="码被撕毁").state == "applied"
    assert set(Entry.objects.values_list("door", flat=True)) == {"late", "no_code"}


def test_leaving_tells_each_item_and_what_the_firm_did(door: Door) -> None:
    item = door.scene.items[door.scene.body.pk]
    out = NOW + timedelta(hours=1)
    finding = {"item": item.pk, "result": "finding", "findings": [{"text": "台账缺页", "due": "2026-03-24"}]}
    told: dict[str, Any] = {
        "left_at": instant_text(out),
        "results": [finding],
        "signed": "refused",
        "signed_by": "钱经理",
    }
    assert said(door.send("leave", out, **told)) == ["inspections.entry.none"]
    assert door.enter().state == "applied"
    assert said(door.send("leave", out, **told)) == ["inspections.entry.sign_reason"]
    assert door.state["state"] == "inside", "what is refused leaves nothing behind"
    assert door.send("leave", out, **told, sign_reason="不认可").state == "applied"
    kept = door.state["entry"]
    assert kept["items"][str(item.pk)]["findings"] == [{"text": "台账缺页", "due": "2026-03-24"}]
    assert [door.state["state"], kept["signed"], bool(kept["result_at"])] == ["left", "refused", True]


def test_a_refusal_told_on_the_officers_phone_opens_a_case_too(door: Door) -> None:
    for person in door.officers:
        assert door.send_as(person, "refusal", text="未提前通知").state == "applied"
    assert Refusal.objects.get().task == door.task
    assert door.state["refused"]


@pytest.mark.parametrize("broken", [{"results": [1]}, {"results": "x"}, {"results": [{"item": "x", "result": "pass"}]}])
def test_what_cannot_be_read_is_refused_and_changes_nothing(door: Door, broken: dict[str, Any]) -> None:
    door.enter()
    assert door.send("leave", left_at=instant_text(NOW), **broken).state == "refused"
    assert door.send("leave", left_at="soon").state == "refused"
    assert door.send("dance").state == "refused"
    assert door.state["state"] == "inside"


def test_a_pack_costs_the_same_but_for_the_facts_of_each_task(door: Door, django_assert_max_num_queries: Any) -> None:
    pack(door.officers[0], NOW)
    with django_assert_max_num_queries(20):
        pack(door.officers[0], NOW)
    for _more in range(3):
        door.scene.task(NOW.date())
    with django_assert_max_num_queries(20 + 3 * 6):
        assert len(pack(door.officers[0], NOW)["records"]) == 4


def test_a_task_stays_on_the_phone_for_its_late_entry_and_then_goes(door: Door) -> None:
    last = door.task.last_day
    for days, there in ((10, 1), (11, 0)):
        at = NOW + (last - NOW.date()) + timedelta(days=days)
        assert len(pack(door.officers[0], at)["records"]) == there
    Task.objects.update(cancelled_at=NOW, cancel_reason="x")
    assert pack(door.officers[0], NOW)["records"] == []


def test_the_document_for_phones_is_read_as_the_same_rules() -> None:
    shipped = load_rules("default")
    again = read_rules(gate_document(shipped, NOW.date()))
    assert list(again.rules) == [rule for rule in shipped.of("gate") if rule.holds(NOW.date())]


def test_photos_of_a_visit_are_seen_by_its_authority_and_by_who_watches_it(door: Door) -> None:
    subject, today = door.task.subject, NOW.date()
    stranger = district.staff("officer", "旁人", door.firm.area, doors.LONG_AGO, username="stranger")
    assert near_evidence(door.officers[0], subject, today)
    assert not near_evidence(stranger, subject, today)
    auditor = door.scene.people["auditor"]
    assert not near_evidence(auditor, subject, today), "nobody has entered yet"
    door.enter()
    assert near_evidence(auditor, subject, today)
    assert home(subject) == (door.firm.organisation.name, f"/inspections/entries/{door.entry.pk}/")
    assert words(subject, "事项0") == [door.firm.organisation.name, f"事项0 · {door.scene.body}"]
    for other in ("inspections.task:x", "inspections.warning:x", "places.site:1"):
        assert (near_evidence(auditor, other, today), home(other), words(other, "")) == (False, None, [])


def test_the_desk_shows_the_photos_of_a_visit_to_its_authority(door: Door, settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    door.enter()
    shot = record_exhibit(
        file=BytesIO(photo()), file_name="1.jpg", subject=door.task.subject, area=door.firm.area, origin="camera",
        by=door.officers[0], at=NOW,
    )  # fmt: skip
    client = Client()
    client.force_login(door.officers[0], "django.contrib.auth.backends.ModelBackend")
    assert f"/exhibits/{shot.pk}/" in client.get(f"/inspections/entries/{door.entry.pk}/").content.decode()
