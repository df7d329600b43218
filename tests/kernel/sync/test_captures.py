"""Photos of phones: promised with a signed record, kept when their bytes are here, given up with a reason."""

import io
import shutil
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.kernel.sync.conftest import SUBJECT
from tests.phones import Phone, picture

from mingjing.engine.chain import canonical
from mingjing.engine.outcome import Refusal
from mingjing.kernel.db.fields import instant_text
from mingjing.kernel.db.ids import uuid7
from mingjing.kernel.evidence import store
from mingjing.kernel.evidence.actions import record_exhibit
from mingjing.kernel.evidence.keeping import Kept
from mingjing.kernel.evidence.models import Custody, Exhibit
from mingjing.kernel.ledger.heads import signed_head
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.ledger.verify import verify
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.sync import uploads
from mingjing.kernel.sync.actions import captures, release_capture, rescue, settle, settle_arrived
from mingjing.kernel.sync.arrivals import folder
from mingjing.kernel.sync.models import Capture

pytestmark = pytest.mark.django_db
RAW = picture(7)


def promise(phone: Phone, raw: bytes, at: datetime, subject: str = SUBJECT, **changes: Any) -> Any:
    """Send the record of a photo; what became of it: its state and the codes of what is wrong."""
    return outcome(phone.sync([phone.photo("parties.photo", subject, raw, at, **changes)], at))


def outcome(answer: Any) -> list[str]:
    [one] = answer["outcomes"]
    return [one["state"], *(problem["code"] for problem in one["problems"])]


def signals(**changes: Any) -> list[str]:
    return [signal["code"] for signal in Capture.objects.get(**changes).signals]


def test_a_photo_is_promised_with_what_its_phone_signed(phone: Phone, at: datetime) -> None:
    head = signed_head(at=at - timedelta(hours=2))
    record = phone.record(SUBJECT, RAW, at, about="A5.1", head=head)
    sent = phone.command("parties.photo", SUBJECT, at, record=record, signature=phone.sign(canonical(record)))
    answer = phone.sync([sent], at)
    assert answer["captures"] == {record["sha256"]: "promised"}
    assert answer["states"][SUBJECT]["captures"] == {record["sha256"]: {"state": "promised", "about": "A5.1"}}
    capture = Capture.objects.get()
    assert capture.record.encode() == canonical(record)
    assert (capture.not_before, capture.head_seq) == (at - timedelta(hours=2), head["seq"])
    assert (str(capture.latitude), capture.accuracy, capture.signals) == ("27.8300000", 12, [])
    assert not Exhibit.objects.exists()


@pytest.mark.parametrize("first", ["record", "bytes"])
def test_record_and_bytes_meet_whichever_comes_first(phone: Phone, at: datetime, first: str) -> None:
    if first == "bytes":
        assert phone.upload(RAW).status_code == 201
    assert promise(phone, RAW, at, head=signed_head(at=at)) == ["applied"]
    if first == "record":
        assert phone.upload(RAW).status_code == 201
    answer = phone.sync([], at, watch=(SUBJECT,))
    assert list(answer["captures"].values()) == ["kept"]
    capture, exhibit = Capture.objects.get(), Exhibit.objects.get()
    assert capture.exhibit == exhibit
    assert capture.not_before is not None
    assert capture.not_after is not None
    assert capture.not_before <= capture.not_after
    assert (exhibit.sha256, exhibit.subject, exhibit.recorded_by) == (capture.sha256, SUBJECT, phone.device.person)
    assert Custody.objects.filter(exhibit=exhibit, kind="recorded").count() == 1
    assert verify().whole


def test_photos_arrive_and_become_exhibits_in_as_many_statements_however_many(phone: Phone, at: datetime) -> None:
    waited, made = [], []
    for start, size in ((10, 1), (100, 20)):
        raws = [picture(start + n) for n in range(size)]
        subject = f"parties.organisation:{start}"
        phone.sync([phone.photo("parties.photo", subject, raw, at) for raw in raws], at)
        for raw in raws:
            phone.upload(raw)
        with CaptureQueriesContext(connection) as captured:
            told = phone.sync([], at, watch=(subject,), worker=False)
        assert set(told["captures"].values()) == {"kept"}
        waited.append(len([query for query in captured if "SAVEPOINT" not in query["sql"]]))
        with CaptureQueriesContext(connection) as captured:
            assert settle_arrived(at=at)
        made.append(len([query for query in captured if "SAVEPOINT" not in query["sql"]]))
    assert waited[0] == waited[1] <= 4, "a phone waits for no exhibit"
    assert made[0] == made[1] <= 11, made
    assert Exhibit.objects.count() == 21


def test_what_cannot_be_put_on_record_holds_up_nothing_else(
    phone: Phone, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    raws = {key: picture(key) for key in (1, 2, 3)}
    for key, raw in raws.items():
        phone.upload(raw)
        phone.sync([phone.photo("parties.photo", f"parties.organisation:{key}", raw, at)], at, worker=False)
    plain = captures.record_kept

    def broken(*, lot: Sequence[Kept], **named: Any) -> list[Exhibit]:
        if any(kept.subject == "parties.organisation:2" for kept in lot):
            raise RuntimeError("a fault of ours")
        return plain(lot=lot, **named)

    with monkeypatch.context() as patch:
        patch.setattr(captures, "record_kept", broken)
        with pytest.raises(RuntimeError):
            settle_arrived(at=at)
    assert {one.subject[-1] for one in Exhibit.objects.all()} == {"1", "3"}
    assert settle_arrived(at=at), "it is tried again"
    assert Exhibit.objects.count() == 3
    assert not settle_arrived(at=at)


def test_told_again_a_photo_is_the_same_photo(phone: Phone, at: datetime) -> None:
    sent = phone.photo("parties.photo", SUBJECT, RAW, at)
    again = {**sent, "id": str(uuid7())}
    assert [outcome(phone.sync([one], at)) for one in (sent, sent, again)] == [["applied"]] * 3
    both = phone.sync([again, {**sent, "id": str(uuid7())}], at)
    assert [one["state"] for one in both["outcomes"]] == ["applied", "applied"]
    assert Capture.objects.count() == 1


def test_other_words_for_the_same_photo_are_refused(phone: Phone, at: datetime) -> None:
    first = phone.record(SUBJECT, RAW, at)

    def send(**changes: Any) -> list[str]:
        record = first | changes
        signature = phone.sign(canonical(record))
        return outcome(
            phone.sync([phone.command("parties.photo", SUBJECT, at, record=record, signature=signature)], at)
        )

    assert send() == ["applied"]
    assert send(taken_at=instant_text(at - timedelta(days=1))) == ["refused", "capture.told_before"]
    assert send(id=str(uuid7())) == ["refused", "capture.told_before"]
    assert send(sha256="0" * 64) == ["refused", "capture.told_before"]
    assert Capture.objects.get().record.encode() == canonical(first)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"format": "mingjing.capture/2"}, "capture.record"),
        ({"sha256": "A" * 64}, "capture.record"),
        ({"sha256": None}, "capture.record"),
        ({"size": 0}, "capture.record"),
        ({"size": uploads.LIMIT + 1}, "capture.record"),
        ({"size": True}, "capture.record"),
        ({"media_type": "application/pdf"}, "capture.record"),
        ({"origin": "paper"}, "capture.record"),
        ({"access": "public"}, "capture.record"),
        ({"about": "x" * 61}, "capture.record"),
        ({"id": "7"}, "capture.record"),
        ({"taken_at": "yesterday"}, "capture.record"),
        ({"taken_at": "1970-01-01T00:00:00Z"}, "capture.record"),
        ({"clock": {"offset": "3"}}, "capture.record"),
        ({"clock": []}, "capture.record"),
        ({"position": []}, "capture.record"),
        ({"challenge": "K7MX"}, "capture.record"),
        ({"head": "x", "about": None}, "capture.record"),
        ({"id": 7}, "capture.record"),
        ({"position": {"latitude": "91", "longitude": "0", "accuracy": 1}}, "capture.record"),
        ({"position": {"latitude": "NaN", "longitude": "0", "accuracy": 1}}, "capture.record"),
        ({"position": {"latitude": "0", "longitude": "0", "accuracy": -1}}, "capture.record"),
        ({"extra": 1}, "capture.record"),
        ({"device": str(uuid7())}, "capture.signature"),
        ({"subject": "parties.organisation:8"}, "capture.subject"),
    ],
)
def test_a_record_that_cannot_be_is_refused(phone: Phone, at: datetime, changes: dict[str, Any], code: str) -> None:
    record = phone.record(SUBJECT, RAW, at) | changes
    sent = phone.command("parties.photo", SUBJECT, at, record=record, signature=phone.sign(canonical(record)))
    assert outcome(phone.sync([sent], at)) == ["refused", code]
    assert not Capture.objects.exists()


def test_a_record_somebody_else_signed_or_changed_is_refused(phone: Phone, other: Phone, at: datetime) -> None:
    record = phone.record(SUBJECT, RAW, at)
    for signature in (other.sign(canonical(record)), phone.sign(canonical(record | {"size": 1})), "", "AAAA", 7, None):
        sent = phone.command("parties.photo", SUBJECT, at, record=record, signature=signature)
        assert outcome(phone.sync([sent], at)) == ["refused", "capture.signature"]
    stolen = other.command("parties.photo", SUBJECT, at, record=record, signature=phone.sign(canonical(record)))
    assert outcome(other.sync([stolen], at)) == ["refused", "capture.signature"], "another person's record"


def test_what_a_reviewer_should_look_at_is_said_and_bars_nothing(phone: Phone, at: datetime) -> None:
    vague = {"latitude": "27.83", "longitude": "113.13", "accuracy": 2_000}
    cases: list[tuple[dict[str, Any], list[str]]] = [
        ({}, ["head_missing"]),
        ({"head": signed_head(at=at)}, []),
        ({"head": {**signed_head(at=at), "seq": 5}}, ["head_unknown"]),
        ({"origin": "gallery"}, ["gallery", "head_missing"]),
        ({"challenge": {"kind": "word", "word": "K7MX", "answered": False}}, ["challenge_missed", "head_missing"]),
        ({"challenge": {"kind": "word", "word": "K7MX", "answered": True}}, ["head_missing"]),
        ({"position": None}, ["head_missing", "position_missing"]),
        ({"position": vague}, ["head_missing", "position_vague"]),
        ({"clock": {"offset": -500, "monotonic": 1}}, ["clock", "head_missing"]),
    ]
    for number, (changes, expected) in enumerate(cases):
        raw = picture(900 + number)
        assert promise(phone, raw, at, **changes) == ["applied"]
        assert signals(size=len(raw), sha256=phone.record(SUBJECT, raw, at)["sha256"]) == expected


def test_a_clock_years_off_is_a_signal(phone: Phone, at: datetime) -> None:
    wrong = at - timedelta(days=3650)
    assert outcome(phone.sync([phone.photo("parties.photo", SUBJECT, RAW, wrong)], wrong)) == ["applied"]
    assert signals()[0] == "clock"
    capture = Capture.objects.get()
    assert capture.taken_at == wrong, "what the phone's clock said stands"
    assert capture.promised_at > at - timedelta(minutes=1)


def test_bytes_that_are_no_picture_are_told_to_phone_and_desk(phone: Phone, at: datetime) -> None:
    raw = RAW + b"PK\3\4"
    promise(phone, raw, at)
    assert phone.upload(raw).status_code == 422
    answer = phone.sync([], at, watch=(SUBJECT,))
    assert list(answer["captures"].values()) == ["refused"]
    assert settle(at=at) == 0, "and is waited for until somebody gives it up"
    assert Capture.objects.promised().count() == 1


def test_bytes_from_another_phone_do_not_keep_a_promise_by_themselves(phone: Phone, other: Phone, at: datetime) -> None:
    promise(phone, RAW, at)
    other.upload(RAW)
    assert list(phone.sync([], at, watch=(SUBJECT,))["captures"].values()) == ["promised"]
    assert settle(subjects=[SUBJECT], at=at) == 1, "when somebody looks closer they do: the bytes are the same"


def test_a_photo_that_came_by_a_desk_keeps_the_promise(phone: Phone, at: datetime) -> None:
    promise(phone, RAW, at)
    area = Area.objects.get(code="430202")
    exhibit = record_exhibit(
        file=io.BytesIO(RAW), file_name="cable.jpg", subject=SUBJECT, area=area, origin="upload", by=None, at=at
    )
    assert settle(at=at) == 1
    assert Capture.objects.get().exhibit == exhibit
    assert Exhibit.objects.count() == 1


def test_the_same_bytes_of_two_subjects_are_two_exhibits_and_the_later_knows(phone: Phone, at: datetime) -> None:
    phone.upload(RAW)
    for key in (1, 2):
        assert promise(phone, RAW, at, subject=f"parties.organisation:{key}") == ["applied"]
    for key in (3, 4):  # of these the worker makes exhibits together
        phone.sync([phone.photo("parties.photo", f"parties.organisation:{key}", RAW, at)], at, worker=False)
    assert settle_arrived(at=at)
    assert sorted(exhibit.facts.get("seen_before", 0) for exhibit in Exhibit.objects.all()) == [0, 1, 2, 3]


def test_a_lost_photo_is_given_up_for_ever(phone: Phone, people: dict[str, Person], at: datetime) -> None:
    promise(phone, RAW, at)
    capture = Capture.objects.get()
    with pytest.raises(Refusal, match="why"):
        release_capture(capture=capture, reason="  ", by=people["director"], at=at)
    release_capture(capture=capture, reason="手机掉进池塘", by=people["director"], at=at)
    fact = Fact.objects.get(kind="sync.capture.released")
    assert (fact.values["sha256"], fact.values["of"], fact.by) == (capture.sha256, SUBJECT, people["director"].token)
    assert "池塘" not in fact.data
    with pytest.raises(Refusal, match="not waited for"):
        release_capture(capture=capture, reason="再次", by=people["director"], at=at)
    phone.upload(RAW)
    assert list(phone.sync([], at, watch=(SUBJECT,))["captures"].values()) == ["released"]
    assert not Exhibit.objects.exists()


def test_found_again_a_photo_given_up_is_promised_anew(phone: Phone, people: dict[str, Person], at: datetime) -> None:
    promise(phone, RAW, at)
    release_capture(capture=Capture.objects.get(), reason="丢失", by=people["director"], at=at)
    phone.upload(RAW)
    assert promise(phone, RAW, at) == ["applied"], "a record of its own"
    assert list(phone.sync([], at, watch=(SUBJECT,))["captures"].values()) == ["kept"]


def test_a_kept_photo_cannot_be_given_up(phone: Phone, people: dict[str, Person], at: datetime) -> None:
    phone.upload(RAW)
    promise(phone, RAW, at)
    with pytest.raises(Refusal, match="not waited for"):
        release_capture(capture=Capture.objects.get(), reason="丢失", by=people["director"], at=at)


def test_after_a_power_cut_no_photo_with_a_receipt_is_lost(phone: Phone, at: datetime) -> None:
    """The notes of both are gone; the bytes of one have their first name only."""
    named, first = picture(31), picture(32)
    phone.sync([phone.photo("parties.photo", SUBJECT, raw, at) for raw in (named, first)], at)
    for raw in (named, first):
        assert phone.upload(raw).headers["Mingjing-Receipt"]
    for note in folder().rglob("*.json"):
        note.write_bytes(b"")
    digest = phone.record(SUBJECT, first, at)["sha256"]
    store.path_of(digest).rename(folder() / f"{'0' * 32}-{'1' * 32}.part")
    assert set(phone.sync([], at, watch=(SUBJECT,))["captures"].values()) == {"promised"}
    assert rescue(at=at + timedelta(hours=1)) == 2
    assert set(phone.sync([], at, watch=(SUBJECT,))["captures"].values()) == {"kept"}
    assert verify().whole


def test_a_photo_whose_original_is_lost_stays_and_keeps_no_other_waiting(
    phone: Phone, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(captures, "LOT", 1)
    lost, later = picture(1), picture(2)
    for key, raw in ((1, lost), (2, later)):
        phone.upload(raw)
        phone.sync([phone.photo("parties.photo", f"parties.organisation:{key}", raw, at)], at, worker=False)
    shutil.rmtree(folder() / "done")
    for file in folder().parent.rglob(f"*{sha256(lost).hexdigest()[4:]}*"):
        file.unlink()
    assert settle_arrived(at=at)
    assert Exhibit.objects.get().subject == "parties.organisation:2"
    assert not settle_arrived(at=at)
    assert Capture.objects.arrived().get().subject == "parties.organisation:1", "it is seen to be missing"


def test_when_a_photo_had_arrived_is_never_rewritten(phone: Phone, at: datetime) -> None:
    phone.upload(RAW)
    phone.sync([phone.photo("parties.photo", SUBJECT, RAW, at)], at, worker=False)
    for other in (None, at + timedelta(hours=1)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Capture.objects.update(not_after=other)
    assert settle_arrived(at=at)
    assert Capture.objects.get().exhibit
