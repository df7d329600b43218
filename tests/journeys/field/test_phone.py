"""A phone in a real browser: bound by a code of the desk, opened without a network, a visit worked offline, sent."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.journeys.field.handset import Phone, arrived_at, deducted, recorded, started

from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.sync.models import Capture
from mingjing.programmes.assessments.models import VisitRecord

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_a_phone_is_bound_and_opens_without_a_network(team: Any, phones: Callable[..., Phone]) -> None:
    phone = phones(team.staff[0])
    expect(phone.page.get_by_role("button", name="Start the day")).to_be_visible()
    assert phone.faults() == []
    phone.ready()
    phone.context.set_offline(True)
    phone.killed()
    phone.page.goto(f"{phone.url}/field/")
    phone.page.get_by_label("PIN").fill("000000")
    phone.page.get_by_role("button", name="Unlock").click()
    expect(phone.page.get_by_role("alert")).to_contain_text("does not open it")
    phone.unlocked()
    expect(phone.page.get_by_text("Where to go is sealed")).to_be_visible()


def test_a_visit_without_a_network_survives_a_killed_page_and_arrives(team: Any, phones: Callable[..., Phone]) -> None:
    phone = phones(team.staff[0])
    started(phone)
    phone.context.set_offline(True)
    arrived_at(phone)
    code = phone.page.locator("[id^=check-]").first.get_attribute("id").removeprefix("check-")  # type: ignore[union-attr]
    deducted(phone, code, "3栋门厅")
    phone.killed()
    phone.unlocked()
    phone.page.get_by_role("button", name="Go on").first.click()
    expect(phone.page.locator(f"[id='check-{code}']")).to_contain_text("3栋门厅")
    phone.page.goto(f"{phone.url}/field/#/outbox")
    expect(phone.page.get_by_role("row", name="Photos only here")).to_contain_text("1")
    assert phone.faults() == []
    assert not Capture.objects.exists()
    phone.context.set_offline(False)
    phone.page.get_by_role("button", name="Send now").click()
    expect(phone.page.get_by_role("row", name="Photos arrived, with receipt")).to_contain_text("1")
    expect(phone.page.get_by_role("row", name="Entries only here")).to_contain_text("0")
    record = VisitRecord.objects.get(visit__isnull=False)
    (finding,) = record.sheet_document["findings"]
    recorded(phone)
    capture = Capture.objects.get()
    assert (finding["check"], finding["place"], finding["evidence"]) == (code, "3栋门厅", [capture.sha256])
    assert capture.exhibit is not None
    assert Exhibit.objects.get().sha256 == capture.sha256
    assert capture.not_before is not None
    assert capture.not_before < capture.not_after  # type: ignore[operator]
