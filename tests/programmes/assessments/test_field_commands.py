"""What phones ask of a visit, command by command, over HTTP: applied once, refused by itself, in the order given."""

import json
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.phones import bound, picture
from tests.programmes.assessments.drawing import Drawn

from mingjing.engine.chain import content_digest
from mingjing.kernel.db.ids import uuid7
from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.models import Person
from mingjing.kernel.rulebooks.models import Version
from mingjing.kernel.sync.actions import revoke_device
from mingjing.kernel.sync.models import Capture, Received
from mingjing.programmes.assessments.models import Part, Signature, TeamDay, TeamMember, VisitRecord
from mingjing.programmes.assessments.policy.recording import signed_form

Sent = dict[str, Any]


class Day:
    """A team of three on its day, with a phone each, and its records."""

    def __init__(self, made: Drawn) -> None:
        self.made, self.at = made, timezone.now()
        draw = made.commit()
        made.begin()
        self.day = TeamDay.objects.create(draw=draw, day=timezone.localdate(self.at), team=1)
        self.team = [made.staff[0], made.staff[2], made.supervisors[0]]
        parts = (Part.STAFF, Part.STAFF, Part.EXPERT)
        for person, part in zip(self.team, parts, strict=True):
            TeamMember.objects.create(team_day=self.day, person=person, part=part, added_at=self.at)
        entries = made.round.entries.order_by("pk")[:3]
        self.records = [VisitRecord.objects.create(round=made.round, entry=one, team_day=self.day) for one in entries]
        self.phones = [bound(person, self.at) for person in self.team]

    @property
    def subject(self) -> str:
        return self.records[0].subject

    def told(self, kind: str, phone: int = 0, subject: str = "", **payload: Any) -> Sent:
        return self.phones[phone].command(f"assessments.{kind}", subject or self.subject, timezone.now(), **payload)

    def send(self, *commands: Sent, phone: int = 0, watch: tuple[str, ...] = (), worker: bool = True) -> Any:
        return self.phones[phone].sync(list(commands), timezone.now(), watch, worker=worker)

    def states(self, *commands: Sent, phone: int = 0) -> list[str]:
        return [one["state"] for one in self.send(*commands, phone=phone)["outcomes"]]

    def edit(self, edit: str, check: str, phone: int = 0, **more: Any) -> Sent:
        return self.told("edit", phone, edit=edit, check=check, **more)

    def find(self, check: str = "A1.1", **more: Any) -> Sent:
        return self.edit("find", check, finding=str(uuid7()), count=1, place="3栋", **more)

    def photo(self, raw: bytes, phone: int = 0, **more: Any) -> Sent:
        return self.phones[phone].photo("assessments.photo", self.subject, raw, timezone.now(), **more)

    def open(self) -> None:
        answer = self.send(self.told("open_day", subject=self.day.subject))
        assert [one["state"] for one in answer["outcomes"]] == ["applied"], answer["outcomes"]

    def begin(self) -> Sent:
        tokens = [person.token for person in self.team]
        where = {"how": "position", "latitude": "27.8000000", "longitude": "113.1000000", "accuracy": 20}
        return self.told("begin", entered_at=timezone.now().isoformat(), people=tokens, arrival=where)

    def begun(self) -> "Day":
        self.open()
        assert self.states(self.begin()) == ["applied"]
        return self

    @property
    def record(self) -> VisitRecord:
        return VisitRecord.objects.select_related("visit", "team_day", "entry", "round").get(pk=self.records[0].pk)


@pytest.fixture
def day(hetang: Version, people: dict[str, Person], six_once: Callable[[], Drawn]) -> Day:
    return Day(six_once())


def codes(answer: Any) -> list[str]:
    return [problem["code"] for one in answer["outcomes"] for problem in one["problems"]]


def test_the_day_is_opened_and_the_pack_brings_what_was_sealed(day: Day) -> None:
    phone = day.phones[0]

    def pack() -> Any:
        return phone.client.get("/field/api/pack/", headers=phone.bearer).json()["programmes"]["assessments"]

    before = pack()
    assert [one["opened"] for one in before["days"]] == [False]
    assert before["records"] == before["notes"] == []
    assert before["rubrics"] == {}
    day.open()
    after = pack()
    assert [one["subject"] for one in after["records"]] == [record.subject for record in day.records]
    assert set(after["rubrics"]) == {one["rubric"] for one in after["records"]}
    assert all(len(one["seed"]) == 64 for one in after["records"])
    picks = Fact.objects.get(kind="assessments.team_day.opened").values["picks"]
    day.day.refresh_from_db()
    assert sha256(bytes.fromhex(day.day.pick_seed)).hexdigest() == picks


def test_a_pack_takes_the_same_statements_whatever_it_holds(day: Day) -> None:
    day.open()
    phone, counts = day.phones[0], []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            assert phone.client.get("/field/api/pack/", headers=phone.bearer).status_code == 200
        counts.append(len(captured))
        for entry in day.made.round.entries.filter(records=None):
            VisitRecord.objects.create(round=day.made.round, entry=entry, team_day=day.day)
    assert counts[0] == counts[1]


def test_arriving_is_recorded_with_how_far_it_was(day: Day) -> None:
    day.begun()
    visit = day.record.visit
    assert visit is not None
    assert visit.arrival["how"] == "position"
    assert visit.arrival["signals"] == []
    assert visit.participants.count() == 3


def test_a_far_position_and_a_wrong_code_are_signals_and_no_bar(day: Day) -> None:
    day.open()
    where = {"how": "code", "code": "NOPE", "latitude": "26.0", "longitude": "113.1", "accuracy": 900}
    command = day.told(
        "begin", subject=day.records[1].subject, people=[], entered_at=timezone.now().isoformat(), arrival=where
    )
    assert day.states(command) == ["applied"]
    visit = VisitRecord.objects.get(pk=day.records[1].pk).visit
    assert visit is not None
    assert set(visit.arrival["signals"]) == {"code_wrong", "position_vague", "position_far"}


def test_a_whole_visit_from_a_phone(day: Day) -> None:
    day.begun()
    raw, checks = picture(1), _checks(day)
    digest = sha256(raw).hexdigest()
    edits = [_answer(day, code, kind) for code, kind in checks if code != "A1.1"]
    sent = day.send(day.photo(raw, about="A1.1"), day.find(evidence=[digest]), *edits,
                    day.told("submit", left_at=timezone.now().isoformat()))  # fmt: skip
    assert {one["state"] for one in sent["outcomes"]} == {"applied"}, codes(sent)
    assert sent["captures"] == {digest: "promised"}
    assert day.phones[0].upload(raw).status_code == 201
    assert day.send(watch=(day.subject,))["captures"] == {digest: "kept"}
    assert Exhibit.objects.get(sha256=digest).subject == day.subject
    form = content_digest(signed_form(day.record.sheet_document))
    assert day.states(day.told("sign", form=form)) == ["applied"]
    refusal = day.told("manager", form=form, name="某经理", stance="refused", comment="", image=None)
    assert day.states(refusal) == ["applied"]
    assert day.record.company_stance == ""
    assert day.states(day.told("witness", 1, form=form), phone=1) == ["applied"]
    assert day.record.company_stance == "refused"


def test_what_was_signed_on_a_phone_is_what_stands_or_it_is_refused(day: Day) -> None:
    day.begun()
    form = content_digest(signed_form(day.record.sheet_document))
    day.send(day.find())
    assert codes(day.send(day.told("sign", form=form))) == ["visit.other_form"]


def test_a_command_comes_twice_and_is_applied_once(day: Day) -> None:
    day.begun()
    find, photo = day.find(), day.photo(picture(2))
    for _ in range(3):
        assert day.states(find, photo) == ["applied", "applied"]
    assert len(day.record.sheet_document["findings"]) == 1
    assert Capture.objects.count() == 1


def test_one_bad_command_stops_no_other_and_is_answered_the_same_again(day: Day) -> None:
    day.begun()
    bad = day.edit("find", "Z9.9", finding=str(uuid7()))
    lot = (day.find(), bad, day.edit("looked", "A1.3"))
    first = day.send(*lot)
    assert [one["state"] for one in first["outcomes"]] == ["applied", "refused", "applied"]
    assert codes(first) == ["recording.unknown_check"]
    assert day.send(*lot)["outcomes"] == first["outcomes"]
    assert Received.objects.filter(state="refused").count() == 1


def test_a_number_used_again_for_something_else_is_refused(day: Day) -> None:
    day.begun()
    bad = day.edit("find", "Z9.9", finding=str(uuid7()))
    day.send(bad)
    assert codes(day.send({**bad, "payload": {"edit": "looked", "check": "A1.3"}})) == ["sync.reused"]


def test_two_phones_on_one_finding_are_told_and_neither_loses(day: Day) -> None:
    day.begun()
    find = day.find()
    day.send(find)
    name = find["payload"]["finding"]
    change = {"finding": name, "check": "A1.1", "expected": 1}
    assert day.states(day.told("edit", edit="change", note="甲", **change)) == ["applied"]
    other = day.send(day.told("edit", 1, edit="change", note="乙", **change), phone=1)
    assert [one["state"] for one in other["outcomes"]] == ["conflict"]
    assert other["outcomes"][0]["current"]["note"] == "甲"


def test_who_is_not_of_the_team_does_nothing(day: Day) -> None:
    day.begun()
    stranger = bound(day.made.staff[1], day.at)
    answer = stranger.sync(
        [stranger.command("assessments.edit", day.subject, timezone.now(), edit="looked", check="A1.3")], timezone.now()
    )
    assert codes(answer) == ["visit.not_of_team"]
    assert day.record.revision == 0
    opened = stranger.command("assessments.open_day", day.day.subject, timezone.now())
    assert codes(stranger.sync([opened], timezone.now())) == ["visit.unknown"]


@pytest.mark.parametrize(
    "subject", ["assessments.visit:999999", "assessments.visit:x", "assessments.round:1", "nothing.at:1"]
)
def test_subjects_that_are_not_there_are_refused(day: Day, subject: str) -> None:
    answer = day.send(day.told("edit", subject=subject, edit="looked", check="A1.3"))
    assert codes(answer)[0] in {"visit.unknown", "sync.unknown"}


def test_a_sealed_day_is_as_unknown_as_one_that_is_not_there(day: Day) -> None:
    tomorrow = TeamDay.objects.create(draw=day.day.draw, day=day.day.day + timedelta(days=1), team=1)
    TeamMember.objects.create(team_day=tomorrow, person=day.team[0], part=Part.STAFF, added_at=day.at)
    sealed = VisitRecord.objects.create(round=day.made.round, entry=day.made.round.entries.last(), team_day=tomorrow)
    here, nowhere = (day.send(day.told("edit", subject=f"assessments.visit:{key}", edit="looked", check="A1.3"))
                     for key in (sealed.pk, 10**9))  # fmt: skip
    assert codes(here) == codes(nowhere) == ["visit.unknown"]
    assert day.send(watch=(sealed.subject,))["states"] == {}


def test_a_forged_body_is_not_taken(day: Day) -> None:
    phone = day.phones[0]
    body = phone.body([day.find()], timezone.now())
    headers = {**phone.bearer, "Mingjing-Signature": day.phones[1].sign(body), "accept-language": "en"}
    answer = phone.client.post("/field/api/sync/", body, content_type="application/json", headers=headers)
    assert (answer.status_code, answer.json()["problems"][0]["code"]) == (422, "sync.forged")


def test_a_photo_of_another_phone_or_another_visit_is_not_taken(day: Day) -> None:
    day.begun()
    foreign = day.photo(picture(3), phone=1)
    assert codes(day.send(foreign)) == ["capture.signature"]
    moved = {**day.photo(picture(4)), "subject": day.records[1].subject}
    day.states(
        day.told("begin", subject=day.records[1].subject, people=[], entered_at=timezone.now().isoformat(), arrival={})
    )
    assert codes(day.send(moved)) == ["capture.subject"]


def test_gallery_pictures_only_where_the_scheme_says(day: Day) -> None:
    day.begun()
    assert codes(day.send(day.photo(picture(5), about="A1.1", origin="gallery"))) == ["capture.gallery"]


def test_a_gallery_picture_where_the_scheme_takes_one_is_marked_for_ever(day: Day) -> None:
    day.begun()
    about = "A2.2" if day.record.entry.class_code == "A" else "B4.1"
    assert day.states(day.photo(picture(5), about=about, origin="gallery")) == ["applied"]
    assert "gallery" in [signal["code"] for signal in Capture.objects.get().signals]


def handed_in(day: Day) -> str:
    """The record as it is handed in and signed by nobody yet: the digest of its form."""
    VisitRecord.objects.filter(pk=day.record.pk).update(submitted_at=timezone.now(), submitted_by=day.team[0])
    return content_digest(signed_form(day.record.sheet_document))


def test_the_managers_signature_on_glass_is_kept_with_the_signature(day: Day) -> None:
    day.begun()
    form, raw = handed_in(day), picture(8, "PNG")
    digest = sha256(raw).hexdigest()
    said = {"form": form, "name": "某经理", "stance": "signed", "comment": "", "image": digest}
    assert codes(day.send(day.told("manager", **said))) == ["visit.signature_image"]
    loose = day.photo(raw, about="signature", media_type="image/png")
    assert codes(day.send(loose)) == ["capture.access"]
    kept = day.photo(raw, about="signature", media_type="image/png", access="restricted")
    assert day.states(kept, day.told("manager", **said)) == ["applied", "applied"]
    assert Signature.objects.get(part="manager").image_digest == digest
    assert day.record.company_stance == "signed"
    day.phones[0].upload(raw)
    day.send(watch=(day.subject,))
    assert Exhibit.objects.get(sha256=digest).access == "restricted"


@pytest.mark.parametrize("image", [7, ["x"], {"a": 1}, "x" * 5000, "\u0000"])
def test_a_picture_that_is_no_digest_is_refused_and_no_fault(day: Day, image: Any) -> None:
    day.begun()
    said = {"form": handed_in(day), "name": "某经理", "stance": "signed", "comment": "", "image": image}
    assert codes(day.send(day.told("manager", **said))) == ["visit.signature_image"]
    assert day.record.company_stance == ""


def test_a_clock_years_off_is_a_signal_and_decides_nothing(day: Day) -> None:
    day.begun()
    then = timezone.now() - timedelta(days=3 * 365)
    phone = day.phones[0]
    find = {**day.find(), "at": then.isoformat()}
    answer = phone.sync([find, {**day.photo(picture(6)), "at": then.isoformat()}], then)
    assert [one["state"] for one in answer["outcomes"]] == ["applied", "applied"]
    assert day.record.sheet_document["findings"][0]["at"] >= day.record.started_at.isoformat()[:10]  # type: ignore[union-attr]
    assert "clock" in [signal["code"] for signal in Capture.objects.get().signals]


@pytest.mark.parametrize("text", ["3栋\ud83d", "\0", "\ud83d\ude00", "é" * 200])
def test_a_text_cut_in_the_middle_of_a_sign_blocks_nothing(day: Day, text: str) -> None:
    """A phone may cut a text between the halves of a pair: what no database keeps becomes a sign that says so."""
    day.begun()
    bad, refused = day.find(note=text), day.edit("find", "Z9.9", finding=text)
    body = json.dumps(json.loads(day.phones[0].body([], timezone.now())) | {"commands": [bad, refused]}).encode()
    headers = {**day.phones[0].bearer, "Mingjing-Signature": day.phones[0].sign(body)}
    answer = day.phones[0].client.post("/field/api/sync/", body, content_type="application/json", headers=headers)
    assert [one["state"] for one in answer.json()["outcomes"]] == ["applied", "refused"]
    assert len(day.record.sheet_document["findings"]) == 1


def test_a_revoked_phone_sends_nothing_more(day: Day) -> None:
    day.begun()
    phone = day.phones[0]
    revoke_device(device=phone.device, reason="丢失", by=day.made.by, at=timezone.now())
    body = phone.body([day.find()], timezone.now())
    headers = {**phone.bearer, "Mingjing-Signature": phone.sign(body)}
    answer = phone.client.post("/field/api/sync/", body, content_type="application/json", headers=headers)
    assert (answer.status_code, answer.json()["problems"][0]["code"]) == (403, "field.revoked")


def test_a_sync_takes_the_same_statements_whatever_it_holds(day: Day) -> None:
    day.begun()
    counts = []
    for size, start in ((2, 10), (20, 100)):
        raws = [picture(start + n) for n in range(size)]
        for raw in raws:
            day.phones[0].upload(raw)
        photos = [day.photo(raw) for raw in raws]
        finds = [day.find("A3.1", evidence=[sha256(raw).hexdigest()]) for raw in raws]
        with CaptureQueriesContext(connection) as captured:
            answer = day.send(*photos, *finds)
        assert {one["state"] for one in answer["outcomes"]} == {"applied"}
        assert set(answer["captures"].values()) == {"kept"}
        counts.append([query["sql"][:60] for query in captured if "SAVEPOINT" not in query["sql"]])
    assert len(counts[0]) == len(counts[1]), counts


def _checks(day: Day) -> list[tuple[str, str]]:
    from mingjing.programmes.assessments.queries.schemes import scheme_of

    rubric = scheme_of(day.record.round.scheme).rubrics[day.record.entry.class_code]
    return [(code, check.rule.kind) for code, check in rubric.checks.items()]


def _answer(day: Day, code: str, kind: str) -> Sent:
    if kind == "RATIO":
        return day.edit("find", code, finding=str(uuid7()), good=20, of=20, place="3栋")
    return day.edit("looked", code)
