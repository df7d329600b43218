"""Commands of phones: each applied or refused by itself, once, in order; one bad one stops no other."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.kernel.sync import office
from tests.kernel.sync.conftest import SUBJECT
from tests.phones import Phone, picture

from mingjing.engine.chain import canonical
from mingjing.engine.outcome import Refusal
from mingjing.kernel.db.fields import instant_text
from mingjing.kernel.ledger.heads import read_head
from mingjing.kernel.parties.models import Person
from mingjing.kernel.sync import envelopes
from mingjing.kernel.sync.actions import receive
from mingjing.kernel.sync.models import Received
from mingjing.kernel.sync.values import APPLIED, Outcome

pytestmark = pytest.mark.django_db
Sent = dict[str, Any]


def told(answer: Any) -> list[tuple[str, list[str]]]:
    return [(one["state"], [problem["code"] for problem in one["problems"]]) for one in answer["outcomes"]]


def told_by(**changes: Any) -> bytes:
    """A body of a phone that is named later."""
    usual = {"format": "mingjing.sync/1", "device": "DEVICE", "sent_at": "2026-01-01T00:00:00Z", "commands": []}
    return json.dumps(usual | changes).encode()


def code_of(refusal: Any) -> str:
    return str(refusal.value.problems[0].code)


def test_each_command_has_its_own_answer_in_the_order_it_was_sent(phone: Phone, at: datetime) -> None:
    kinds = ("note", "refuse", "conflict", "log", "note")
    sent = [phone.command(f"parties.{kind}", f"parties.organisation:{n % 2}", at) for n, kind in enumerate(kinds)]
    answer = phone.sync(sent, at)
    assert [one["id"] for one in answer["outcomes"]] == [one["id"] for one in sent]
    assert told(answer) == [
        ("applied", []), ("refused", ["office.closed"]), ("conflict", ["office.other"]), ("applied", []),
        ("applied", []),
    ]  # fmt: skip
    assert answer["outcomes"][1]["problems"] == [
        {"code": "office.closed", "text": "door: It is 7 o'clock.", "place": "door"}
    ]
    assert answer["outcomes"][2]["current"] == {"count": 3}
    assert answer["states"]["parties.organisation:0"] == {"done": 2, "captures": {}}


def test_the_commands_of_a_subject_keep_their_order(phone: Phone, at: datetime) -> None:
    sent = [phone.command("parties.log", f"parties.organisation:{n % 3}", at, n=n) for n in range(30)]
    phone.sync(sent, at)
    for key in range(3):
        mine = [one.payload["n"] for one in office.DONE if one.subject == f"parties.organisation:{key}"]
        assert mine == sorted(mine)
        assert len(mine) == 10


def test_sent_again_everything_is_answered_as_the_first_time(phone: Phone, at: datetime) -> None:
    sent = [phone.command(f"parties.{kind}", SUBJECT, at) for kind in ("note", "refuse", "conflict", "unheard")]
    first = phone.sync([*sent, phone.command("parties.note", "nobody.here:1", at)], at)
    done = len(office.DONE)
    second = phone.sync(sent, at + timedelta(hours=1))
    assert second["outcomes"] == first["outcomes"][:4]
    assert len(office.DONE) == done, "applied once"


def test_a_number_that_was_used_for_something_else_is_refused(phone: Phone, at: datetime) -> None:
    first = phone.command("parties.note", SUBJECT, at, text="one")
    phone.sync([first], at)
    other = {**phone.command("parties.note", SUBJECT, at, text="two"), "id": first["id"]}
    assert told(phone.sync([other], at)) == [("refused", ["sync.reused"])]
    assert [one.payload["text"] for one in office.DONE] == ["one"]
    assert told(phone.sync([first], at)) == [("applied", [])], "what it was used for first still stands"


def test_a_fault_of_ours_undoes_its_subject_only_and_is_tried_again(
    phone: Phone, at: datetime, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = phone.command("parties.crash", "parties.organisation:1", at), phone.command("parties.note", SUBJECT, at)
    assert told(phone.sync([bad, good], at)) == [("refused", ["sync.failed"]), ("applied", [])]
    assert "a fault of ours" in caplog.text
    assert list(Received.objects.values_list("id", flat=True)) == [office.DONE[0].id]
    monkeypatch.setattr(office, "_one", lambda command, *_: Outcome(command.id, APPLIED))
    assert told(phone.sync([bad], at)) == [("applied", [])], "the fault was put right"


def test_a_refusal_of_all_of_a_subject_is_kept_and_stops_nobody_else(phone: Phone, at: datetime) -> None:
    sent = [phone.command("parties.note", f"parties.organisation:{key}", at) for key in ("404", "7")]
    expected = [("refused", ["office.unknown"]), ("applied", [])]
    assert told(phone.sync(sent, at)) == told(phone.sync(sent, at)) == expected
    assert told(phone.sync([phone.command("x.y", "nobody.here:1", at)], at)) == [("refused", ["sync.unknown"])]


@pytest.mark.parametrize(
    "changes",
    [
        {"payload": {"a": 1.5}}, {"payload": {"a": 2**60}},
        {"payload": []}, {"kind": "DROP TABLE"}, {"kind": 7}, {"subject": "no subject"}, {"subject": None},
        {"at": "yesterday"}, {"at": "2024-01-01T00:00:00"}, {"at": "9999-12-31T23:59:59Z"}, {"at": None},
        {"payload": json.loads("[" * 300 + "]" * 300)},
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_refused_by_itself(phone: Phone, at: datetime, changes: Sent) -> None:
    good = phone.command("parties.note", SUBJECT, at)
    bad = phone.command("parties.note", SUBJECT, at) | changes
    document = {"format": "mingjing.sync/1", "device": str(phone.device.pk), "sent_at": instant_text(at)}
    body = json.dumps({**document, "commands": [bad, good]}).encode()
    answer = receive(body=body, signature=phone.sign(body), device=phone.device, at=at)
    assert told(answer) == [("refused", ["sync.unfit"]), ("applied", [])]


def test_half_a_character_costs_no_comment(phone: Phone, at: datetime) -> None:
    command = phone.command("parties.note", SUBJECT, at) | {"payload": {"a": ["cut in a sign \ud83d", "x\0y"]}}
    document = {"format": "mingjing.sync/1", "device": str(phone.device.pk), "sent_at": instant_text(at)}
    body = json.dumps({**document, "commands": [command]}).encode()
    for _again in range(2):
        assert told(receive(body=body, signature=phone.sign(body), device=phone.device, at=at)) == [("applied", [])]
    assert [one.payload for one in office.DONE] == [{"a": ["cut in a sign ?", "x\ufffdy"]}]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b"{}", b"\xff\xfe", b'{"format": "mingjing.sync/1"}', b"[" * 100_000,
        told_by(format="mingjing.sync/2"), told_by(device="7"), told_by(sent_at="0001-01-01T00:00:00Z"),
        told_by(sent_at=7), told_by(commands=5), told_by(commands=[{"id": "x"}]), told_by(watch=[7]),
        told_by(watch=["no subject"]),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_whole(phone: Phone, at: datetime, body: bytes) -> None:
    body = body.replace(b"DEVICE", str(phone.device.pk).encode())
    with pytest.raises(Refusal) as refusal:
        receive(body=body, signature=phone.sign(body), device=phone.device, at=at)
    assert code_of(refusal) == "sync.format"
    assert not Received.objects.exists()


def test_too_much_at_once_is_refused(phone: Phone, at: datetime) -> None:
    body = phone.body([phone.command("parties.note", SUBJECT, at) for _ in range(envelopes.MOST + 1)], at)
    with pytest.raises(Refusal) as refusal:
        receive(body=body, signature=phone.sign(body), device=phone.device, at=at)
    assert code_of(refusal) == "sync.format"
    body = phone.body([phone.command("parties.note", SUBJECT, at, text="x" * envelopes.LARGEST)], at)
    with pytest.raises(Refusal) as refusal:
        receive(body=body, signature=phone.sign(body), device=phone.device, at=at)
    assert code_of(refusal) == "sync.large"


def test_what_another_phone_signed_or_somebody_changed_is_refused(phone: Phone, other: Phone, at: datetime) -> None:
    body = phone.body([phone.command("parties.note", SUBJECT, at)], at)
    for changed, signature in ((body, other.sign(body)), (body + b" ", phone.sign(body)), (body, "")):
        with pytest.raises(Refusal) as refusal:
            receive(body=changed, signature=signature, device=phone.device, at=at)
        assert code_of(refusal) == "sync.forged"
    with pytest.raises(Refusal) as refusal:  # replayed as if another phone had sent it
        receive(body=body, signature=other.sign(body), device=other.device, at=at)
    assert code_of(refusal) == "sync.format"
    assert not office.DONE


@pytest.mark.parametrize("ahead", [timedelta(days=-8_000), timedelta(minutes=-9), timedelta(0), timedelta(days=9_000)])
def test_the_clock_of_a_phone_is_put_right(phone: Phone, at: datetime, ahead: timedelta) -> None:
    made, sent = at - timedelta(hours=3), at
    phone.sync([phone.command("parties.log", SUBJECT, made + ahead)], sent + ahead)
    [command] = office.DONE
    assert abs(command.made_at - made) < timedelta(seconds=10)
    assert command.claimed_at == made + ahead


def test_no_time_after_now_is_believed(phone: Phone, at: datetime) -> None:
    phone.sync([phone.command("parties.log", SUBJECT, at + timedelta(days=3))], at)
    assert office.DONE[0].made_at < at + timedelta(minutes=1) < office.DONE[0].claimed_at


def test_every_answer_brings_a_head_that_we_signed(phone: Phone, at: datetime) -> None:
    answer = phone.sync([], at)
    head = read_head(answer["head"])
    assert head is not None
    assert head.mark.seq > 0
    assert answer["outcomes"] == []
    assert answer["states"] == {}
    assert answer["captures"] == {}


def test_sync_itself_takes_three_statements_whatever_is_sent(phone: Phone, at: datetime) -> None:
    counts = []
    for size in (1, 65, 300):
        sent = [phone.command("parties.log", SUBJECT, at, n=n) for n in range(size)]
        with CaptureQueriesContext(connection) as captured:
            assert phone.sync(sent, at, worker=False)["outcomes"][-1]["state"] == "applied"
        counts.append([query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]])
    assert [len(each) for each in counts] == [3, 3, 3], counts[0]
    body = [phone.command("parties.note", f"parties.organisation:{n}", at) for n in range(5)]
    with CaptureQueriesContext(connection) as captured:
        phone.sync(body, at, worker=False)
    said = [query for query in captured if "SAVEPOINT" not in query["sql"]]
    assert len(said) == 3 + 5, "one for the answers to each subject's"


def test_photos_are_promised_in_two_more(phone: Phone, at: datetime) -> None:
    counts = []
    for start, size in ((0, 1), (100, 20), (200, 35)):
        photos = [phone.photo("parties.photo", SUBJECT, picture(start + n), at) for n in range(size)]
        with CaptureQueriesContext(connection) as captured:
            assert {state for state, _ in told(phone.sync(photos, at, worker=False))} == {"applied"}
        counts.append(len([query for query in captured if "SAVEPOINT" not in query["sql"]]))
    assert counts == [3 + 2 + 1] * 3, "and one by which the office finds its area"


def test_a_revoked_phone_is_told_so_and_nothing_is_done(phone: Phone, people: dict[str, Person], at: datetime) -> None:
    from mingjing.kernel.sync.actions import revoke_device

    revoke_device(device=phone.device, reason="丢失", by=people["director"], at=at)
    body = phone.body([phone.command("parties.note", SUBJECT, at)], at)
    headers = {**phone.bearer, "Mingjing-Signature": phone.sign(body)}
    answer = phone.client.post("/field/api/sync/", body, content_type="application/json", headers=headers)
    assert (answer.status_code, answer.json()["problems"][0]["code"]) == (403, "field.revoked")
    assert not office.DONE


def test_canonical_json_is_what_phones_sign(phone: Phone, at: datetime) -> None:
    record = phone.record(SUBJECT, picture(1), at)
    assert canonical(record) == json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
