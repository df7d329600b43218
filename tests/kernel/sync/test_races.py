"""The same sent twice at once, two phones on one subject, and a desk that records what a phone promised."""

import io
from datetime import datetime
from threading import Event
from time import sleep
from typing import Any

import pytest
from django.utils import timezone
from tests.faces import district
from tests.kernel.sync import office
from tests.kernel.sync.conftest import SUBJECT
from tests.phones import Phone, bound, picture
from tests.races import at_once, failures

from mingjing.engine.outcome import Refusal
from mingjing.kernel.evidence.actions import record_exhibit
from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.ledger.verify import verify
from mingjing.kernel.places.models import Area
from mingjing.kernel.sync.actions import receive, settle, settle_arrived
from mingjing.kernel.sync.models import Capture, Received
from mingjing.kernel.sync.turns import turn_to_work, turn_to_write

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def phones(transactional_db: None) -> list[Phone]:
    people = district.build(timezone.now())
    return [bound(people[role], timezone.now()) for role in ("officer", "director")]


def sending(phone: Phone, sent: list[dict[str, Any]], at: datetime) -> Any:
    body = phone.body(sent, at)
    return lambda: receive(body=body, signature=phone.sign(body), device=phone.device, at=timezone.now())


def test_what_is_sent_twice_at_once_is_done_once_and_answered_alike(phones: list[Phone], at: datetime) -> None:
    phone = phones[0]
    sent = [phone.command("parties.note", f"parties.organisation:{n % 3}", at, n=n) for n in range(9)]
    sent.append(phone.command("parties.refuse", SUBJECT, at))
    answers = at_once(*[sending(phone, sent, at)] * 4)
    assert not failures(answers)
    outcomes = [answer["outcomes"] for answer in answers]  # type: ignore[index]
    assert all(one == outcomes[0] for one in outcomes)
    assert len(office.DONE) == 9
    assert Received.objects.count() == 10


def test_what_is_sent_twice_while_another_process_writes_is_done_once_too(phones: list[Phone], at: datetime) -> None:
    """Who waits to write lets others of its process begin: one of the same phone must not wait for it then."""
    phone, writes = phones[0], Event()
    act = sending(phone, [phone.command("parties.note", SUBJECT, at)], at)

    def other() -> None:
        with turn_to_write():
            with turn_to_work():
                writes.set()
                sleep(0.3)  # all have come
            sleep(0.5)  # all have worked theirs out, or wait for the one of their phone that has

    answers = at_once(other, *[lambda: writes.wait(5) and act()] * 3)
    assert not failures(answers), answers
    assert len(office.DONE) == 1
    assert Received.objects.count() == 1


def test_the_same_photos_told_twice_at_once_are_promised_once(phones: list[Phone], at: datetime) -> None:
    phone, raws = phones[0], [picture(n) for n in range(6)]
    for raw in raws[::2]:
        phone.upload(raw)
    sent = [phone.photo("parties.photo", SUBJECT, raw, at) for raw in raws]
    answers = at_once(*[sending(phone, sent, at)] * 3)
    assert not failures(answers)
    assert Capture.objects.count() == 6
    assert Capture.objects.arrived().count() == 3
    answers = at_once(*[lambda: settle_arrived(at=timezone.now())] * 3)
    assert not failures(answers)
    assert Exhibit.objects.count() == 3
    assert verify().whole


def test_photos_are_settled_once_whoever_asks(phones: list[Phone], at: datetime) -> None:
    phone, raws = phones[0], [picture(n) for n in range(6)]
    phone.sync([phone.photo("parties.photo", SUBJECT, raw, at) for raw in raws], at)
    for raw in raws:
        phone.upload(raw)
    answers = at_once(*[lambda: settle(at=timezone.now())] * 3, sending(phone, [], at))
    assert not failures(answers)
    assert sum(answer for answer in answers if isinstance(answer, int)) == 6
    assert Exhibit.objects.count() == 6
    assert verify().whole


def test_a_phone_that_tells_of_arrivals_and_whoever_settles_do_not_wait_for_each_other(
    phones: list[Phone], at: datetime
) -> None:
    phone, raws = phones[0], [picture(n) for n in range(40)]
    sent = [phone.photo("parties.photo", SUBJECT, raw, at) for raw in raws]
    phone.sync(sent[::-1], at)
    for raw in raws:
        phone.upload(raw)

    def told() -> object:
        return phone.sync([], at, watch=(SUBJECT,), worker=False)

    answers = at_once(told, lambda: settle(at=timezone.now()), told, lambda: settle(at=timezone.now()), told)
    assert not failures(answers)
    assert Exhibit.objects.count() == 40
    assert verify().whole


def test_a_desk_and_a_phone_with_the_same_photo_make_one_exhibit(phones: list[Phone], at: datetime) -> None:
    phone, raw, area = phones[0], picture(3), Area.objects.get(code="430202")
    phone.sync([phone.photo("parties.photo", SUBJECT, raw, at)], at)
    phone.upload(raw)

    def desk() -> object:
        return record_exhibit(
            file=io.BytesIO(raw), file_name="a.jpg", subject=SUBJECT, area=area, origin="upload", by=None,
            at=timezone.now(),
        )  # fmt: skip

    answers = at_once(desk, lambda: phone.sync([], at, watch=(SUBJECT,)))
    assert all(isinstance(failure, Refusal) for failure in failures(answers)), answers
    assert list(phone.sync([], at, watch=(SUBJECT,))["captures"].values()) == ["kept"]
    assert Exhibit.objects.count() == 1
    assert verify().whole
