"""A phone is bound by a code that works once and not for long, proves itself, and is revoked for good."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.phones import Phone

from mingjing.engine.outcome import Refusal
from mingjing.kernel import keys
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.actions import record_departure
from mingjing.kernel.parties.models import Person
from mingjing.kernel.sync import sessions
from mingjing.kernel.sync.actions import enrol_device, make_enrolment, revoke_device
from mingjing.kernel.sync.models import Device, Enrolment
from mingjing.kernel.sync.sessions import enrolment_message

pytestmark = pytest.mark.django_db


def new(code: str, at: datetime, **changes: Any) -> Device:
    """Bind a phone that has just made its key."""
    phone = Phone(Device(), ec.generate_private_key(ec.SECP256R1()), "")
    point = keys.text(phone.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))
    given = {"code": code, "public_key": point, "label": "华为", "signature": phone.sign(enrolment_message(code))}
    return enrol_device(**given | changes, at=at)


def codes(refusal: Any) -> list[str]:
    return [problem.code for problem in refusal.value.problems]


def test_only_the_digest_of_a_code_is_kept(people: dict[str, Person], at: datetime) -> None:
    enrolment, code = make_enrolment(person=people["officer"], by=people["officer"], at=at)
    assert code not in str(Enrolment.objects.values())
    assert enrolment.expires_at - at == timedelta(minutes=10)
    assert len({make_enrolment(person=people["officer"], by=None, at=at)[1] for _ in range(50)}) == 50


def test_a_code_binds_one_phone_and_the_fact_names_nobody(people: dict[str, Person], at: datetime) -> None:
    _, code = make_enrolment(person=people["officer"], by=people["director"], at=at)
    device = new(code, at)
    assert device.person == people["officer"]
    fact = Fact.objects.get(kind="sync.device.enrolled")
    assert (fact.subject, fact.by) == (device.ledger_subject, people["officer"].token)
    assert "华为" not in fact.data
    assert "王科员" not in fact.data
    assert fact.scope == people["officer"].home.path  # type: ignore[union-attr]
    with pytest.raises(Refusal) as refusal:
        new(code, at)
    assert codes(refusal) == ["sync.code"]


def test_a_code_is_good_for_ten_minutes(people: dict[str, Person], at: datetime) -> None:
    _, code = make_enrolment(person=people["officer"], by=None, at=at)
    with pytest.raises(Refusal) as refusal:
        new(code, at + timedelta(minutes=10))
    assert codes(refusal) == ["sync.code"]
    assert new(code, at + timedelta(minutes=9, seconds=59))


def test_who_has_left_binds_nothing(people: dict[str, Person], at: datetime) -> None:
    _, code = make_enrolment(person=people["officer"], by=None, at=at)
    record_departure(person=people["officer"], reason="调离", by=None, at=at)
    people["officer"].refresh_from_db()
    with pytest.raises(Refusal) as refusal:
        new(code, at)
    assert codes(refusal) == ["sync.code"]
    with pytest.raises(Refusal) as refusal:
        make_enrolment(person=people["officer"], by=None, at=at)
    assert codes(refusal) == ["sync.person_left"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"label": " "}, ["sync.label"]),
        ({"label": "x" * 101}, ["sync.label"]),
        ({"label": "a\nb\x07"}, ["sync.label"]),
        ({"public_key": "AAAA"}, ["sync.key"]),
        ({"signature": "AAAA"}, ["sync.signature"]),
        ({"label": "", "public_key": ""}, ["sync.label", "sync.key"]),
    ],
)
def test_every_mistake_is_told(
    people: dict[str, Person], at: datetime, changes: dict[str, str], expected: list[str]
) -> None:
    _, code = make_enrolment(person=people["officer"], by=None, at=at)
    with pytest.raises(Refusal) as refusal:
        new(code, at, **changes)
    assert codes(refusal) == expected
    assert new(code, at), "a mistake does not use up the code"


def test_a_key_belongs_to_one_phone(people: dict[str, Person], phone: Phone, at: datetime) -> None:
    _, code = make_enrolment(person=people["officer"], by=None, at=at)
    signature = phone.sign(enrolment_message(code))
    with pytest.raises(Refusal) as refusal:
        new(code, at, public_key=phone.device.public_key, signature=signature)
    assert codes(refusal) == ["sync.key_known"]


def test_a_revoked_phone_stays_so_and_is_told_why(people: dict[str, Person], phone: Phone, at: datetime) -> None:
    given = sessions.read_token(phone.token)
    assert given
    assert sessions.standing_device(given) == phone.device
    with pytest.raises(Refusal) as refusal:
        revoke_device(device=phone.device, reason=" ", by=people["director"], at=at)
    assert codes(refusal) == ["sync.revoke_reason"]
    revoke_device(device=phone.device, reason="丢失", by=people["director"], at=at)
    assert sessions.standing_device(given) is None
    with pytest.raises(Refusal) as refusal:
        revoke_device(device=phone.device, reason="再次", by=people["director"], at=at)
    assert codes(refusal) == ["sync.revoked"]
    assert "丢失" not in Fact.objects.get(kind="sync.device.revoked").data


def test_a_phone_of_who_has_left_stands_no_more(people: dict[str, Person], phone: Phone, at: datetime) -> None:
    given = sessions.read_token(phone.token)
    record_departure(person=people["officer"], reason="调离", by=None, at=at)
    assert given
    assert sessions.standing_device(given) is None


def test_a_challenge_is_answered_by_its_phone_only(phone: Phone, other: Phone) -> None:
    challenge = sessions.made_challenge(phone.device.pk)
    message = f"mingjing.session/1 {challenge}".encode()
    assert sessions.took_challenge(phone.device, challenge, phone.sign(message))
    assert not sessions.took_challenge(phone.device, challenge, other.sign(message))
    assert not sessions.took_challenge(other.device, challenge, other.sign(message))
    assert not sessions.took_challenge(phone.device, challenge + "x", phone.sign(message + b"x"))
    assert not sessions.took_challenge(
        phone.device, phone.token, phone.sign(f"mingjing.session/1 {phone.token}".encode())
    )


def test_challenges_and_tokens_grow_old(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    challenge = sessions.made_challenge(phone.device.pk)
    signature, real = phone.sign(f"mingjing.session/1 {challenge}".encode()), time.time
    monkeypatch.setattr(time, "time", lambda: real() + 119)
    assert sessions.took_challenge(phone.device, challenge, signature)
    monkeypatch.setattr(time, "time", lambda: real() + 121)
    assert not sessions.took_challenge(phone.device, challenge, signature)
    monkeypatch.setattr(time, "time", lambda: real() + 12 * 3600 + 1)
    assert sessions.read_token(phone.token) is None


def test_a_challenge_is_no_token(phone: Phone) -> None:
    assert sessions.read_token(sessions.made_challenge(phone.device.pk)) is None
