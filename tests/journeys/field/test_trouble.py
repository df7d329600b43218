"""What goes wrong on site, and how people get out of it: a manager who will not sign, an entry that came too late, two
versions of one finding, an upload that was cut in two by a phone that dropped the page.

Not here: the same without a browser, ten thousand times (tests/js/field).
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Browser, Request, expect
from tests.journeys.field.handset import Phone, arrived_at, deducted, keep, opened, press, row, sent, started
from tests.journeys.field.relay import relay
from tests.phones import bound

from mingjing.kernel.db.ids import uuid7
from mingjing.kernel.sync.actions import make_enrolment
from mingjing.kernel.sync.models import Capture
from mingjing.programmes.assessments.models import TeamDay, VisitRecord

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
Phones = Callable[..., Phone]
SHARES = ("A2.2", "A2.3", "A4.3")


def answered(team: Any) -> VisitRecord:
    """A visit on which everything is answered: sent by a phone that is no browser, for speed."""
    record, person, at = VisitRecord.objects.order_by("pk")[0], team.staff[0], timezone.now()
    phone, day = bound(person, at), TeamDay.objects.get()
    told = [phone.command("assessments.open_day", day.subject, at)]
    arrival = {"how": "position", "latitude": "27.8", "longitude": "113.1", "accuracy": 9}
    given: list[tuple[str, dict[str, Any]]] = [
        ("begin", {"entered_at": at.isoformat(), "people": [one.token for one in team.staff[:2]], "arrival": arrival}),
        *(("edit", {"edit": "looked_rest", "item": f"A{item}"}) for item in range(1, 10)),
        *(("edit", {"edit": "find", "check": code, "finding": str(uuid7()), "good": 20, "of": 20}) for code in SHARES),
    ]
    told += [phone.command(f"assessments.{kind}", record.subject, at, **payload) for kind, payload in given]
    assert {one["state"] for one in phone.sync(told, timezone.now())["outcomes"]} == {"applied"}
    return record


def test_a_refusal_with_two_witnesses_and_an_entry_that_came_too_late(team: Any, phones: Phones) -> None:
    record = answered(team)
    first, second = phones(team.staff[0]), phones(team.staff[1])
    opened(second)
    second.context.set_offline(True)
    row(second, "A1.1").locator("[data-key=deduct]").click()
    second.page.locator("dialog [data-key=place]").fill("东门")
    keep(second)
    opened(first)
    refused(first)
    sent(first)
    second.context.set_offline(False)
    too_late(second)
    opened(second)
    press(second, "finish")
    press(second, "sign")
    press(second, "witness")
    expect(second.page.locator(".fa-signed")).to_contain_text("refused")
    assert second.faults() == []
    sent(second)
    record.refresh_from_db()
    assert (record.company_stance, record.state_on(timezone.localdate())) == ("refused", "refused")
    signed = record.signatures.filter(sheet_digest=record.sheet_digest)
    assert sorted(one.part for one in signed) == ["manager", "member", "member", "witness", "witness"]
    assert first.complaints == second.complaints == []


def refused(phone: Phone) -> None:
    """Handed in and signed; the manager refuses, and the phone says that one witness is not enough."""
    press(phone, "finish")
    press(phone, "submit")
    press(phone, "sign")
    phone.page.locator("[data-key=name]").fill("演示·陈经理")
    phone.page.locator("input[value=refused]").check()
    expect(phone.page.locator(".fa-part")).to_contain_text("You are the first witness")
    press(phone, "manager")
    expect(phone.page.get_by_text("Another member of the team confirms it on their own phone.")).to_be_visible()
    expect(phone.page.locator("[data-key=witness]")).to_have_count(0)


def too_late(phone: Phone) -> None:
    """The outbox says what was refused and why, and leads to where it is settled; what was meant can be read there."""
    page = phone.page
    expect(page.locator(".fl-count.wrong")).to_be_visible()
    page.goto(f"{phone.url}/field/#/outbox")
    notice = page.locator("main .fl-notice.wrong")
    expect(notice).to_contain_text("Entry on A1.1")
    expect(notice).to_contain_text("The record was submitted; it can be changed once a reviewer has sent it back.")
    assert phone.faults() == []
    notice.get_by_role("link", name="Open and choose").click()
    card = row(phone, "A1.1").locator(".fa-dispute")
    expect(card).to_contain_text("东门")
    expect(card.locator("[data-key=mine]")).to_have_count(0)
    card.locator("[data-key=theirs]").click()
    expect(card).to_have_count(0)
    expect(page.locator(".fl-count")).to_be_empty()


PASSED = 20_000
"""Bytes of a photo that come through before the cut."""


def test_an_upload_that_was_cut_goes_on_where_it_was(browser: Browser, live_server: Any, team: Any) -> None:
    """The page is dropped amid a photo: opened again, it sends the rest and holds the receipt in the end."""
    person = team.staff[0]
    with relay(live_server.url) as between:
        phone = Phone(browser, between.url)
        phone.bind(make_enrolment(person=person, by=person, at=timezone.now())[1])
        started(phone)
        arrived_at(phone)
        pieces: list[Request] = []
        phone.context.on("request", lambda asked: pieces.append(asked) if asked.method == "PATCH" else None)
        between.limit = PASSED
        deducted(phone, "A1.1", "3栋门厅")
        while not between.held.is_set():
            phone.page.wait_for_timeout(50)  # the browser goes on meanwhile
        phone.killed()
        between.limit = None
        phone.unlocked()
        sent(phone)
        arrived = phone.page.get_by_role("row", name="Photos arrived, with receipt")
        expect(arrived.locator("td").first).to_have_text("1")
        phone.context.close()
    went_on(pieces, between.passed)


def went_on(pieces: list[Request], passed: int) -> None:
    """The second piece begins where the first ended: hardly a byte went twice. Nothing is lost, nothing lies about."""
    capture = Capture.objects.get()
    first, second = (int(one.headers["upload-offset"]) for one in pieces)
    assert (first, capture.exhibit is not None) == (0, True)
    assert capture.size > passed >= second > 0
    assert passed - second < capture.size / 20
    assert not list((Path(settings.DATA_DIR) / "incoming").glob("*.part"))
