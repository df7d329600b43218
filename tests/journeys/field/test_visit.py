"""A whole visit on a phone without a network, through a killed page, to what stands in the end; and two phones.

The screens, the phone's store and the installation are the ones that ship. Not here: how each screen looks
(test_screens), binding a phone (test_phone).
"""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.journeys.field.handset import (
    Phone,
    arrived_at,
    deducted,
    go_to,
    keep,
    opened,
    press,
    row,
    sent,
    started,
)

from mingjing.engine.quantities import points_text
from mingjing.kernel.cases.models import Case
from mingjing.kernel.sync.models import Capture
from mingjing.programmes.assessments.field.states import states_of
from mingjing.programmes.assessments.models import VisitRecord

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

Phones = Callable[..., Phone]


def share(phone: Phone, code: str, good: int, of: int) -> None:
    go_to(phone, code).locator("[data-key=deduct]").click()
    for name, value in (("good", good), ("of", of)):
        phone.page.locator(f"dialog [data-key={name}]").fill(str(value))
    keep(phone)


def picked(phone: Phone, code: str, population: int) -> None:
    go_to(phone, code).locator("[data-key=head]").click()
    phone.page.locator("dialog [data-key=population]").fill(str(population))
    press(phone, "pick", "dialog")
    expect(phone.page.locator("dialog .fa-picks p")).to_be_visible()
    keep(phone)


def absent(phone: Phone, code: str) -> None:
    go_to(phone, code).locator("[data-key=head]").click()
    phone.page.locator("dialog [data-key=reason]").fill("本小区没有监控")
    press(phone, "absent", "dialog")
    keep(phone)


def killed_behind_the_shutter(phone: Phone, code: str) -> None:
    """The page dies when the photo is taken and not yet put to its finding: it is there, and is put there by hand."""
    row(phone, code).locator(".fa-finding").click()
    press(phone, "photo", "dialog")
    shutter = phone.page.get_by_role("button", name="Take the photo")
    expect(shutter).to_be_enabled()
    phone.page.wait_for_timeout(
        700
    )  # a faked camera begins every film alike: at once it might give the first photo again
    shutter.click()
    expect(phone.page.get_by_role("button", name="Go on")).to_be_visible()  # kept, and shown
    phone.killed()
    phone.unlocked()
    phone.page.get_by_role("button", name="Go on").first.click()
    go_to(phone, code).locator(".fa-finding").click()
    press(phone, "loose", "dialog")
    expect(phone.page.locator(".fa-thumb")).to_have_count(2)
    keep(phone)


def nothing_else(phone: Phone) -> None:
    """Nothing found on the rest, item by item."""
    for code in [f"A{number}" for number in range(1, 10)]:
        phone.page.locator(f".fa-strip [data-key='{code}']").click()
        expect(phone.page.locator(f".fa-strip [data-key='{code}']")).to_have_attribute("aria-current", "true")
        if (rest := phone.page.locator("[data-key=rest]")).count():
            rest.click()
            expect(rest).to_have_count(0)


def handed_in_and_signed(phone: Phone) -> None:
    """Handed in, signed by this person, and by the manager on the glass."""
    press(phone, "finish")
    press(phone, "submit")
    press(phone, "sign")
    expect(phone.page.locator("[data-key=sign]")).to_have_count(0)
    phone.page.locator("[data-key=name]").fill("演示·陈经理")
    press(phone, "manager")
    drawn(phone)
    phone.page.locator(".fl-dialog").get_by_role("button", name="Done").click()
    expect(phone.page.locator(".fa-signed")).to_contain_text("The manager signed.")


def drawn(phone: Phone) -> None:
    """A signature on the glass."""
    box = phone.page.get_by_label("Sign here with a finger").bounding_box()
    assert box is not None
    mouse, (left, top) = phone.page.mouse, (box["x"] + 30, box["y"] + 30)
    mouse.move(left, top)
    mouse.down()
    for step in range(1, 8):
        mouse.move(left + 25 * step, top + 30 * (step % 2))
    mouse.up()


def test_a_whole_visit_without_a_network(team: Any, phones: Phones) -> None:
    phone = phones(team.staff[0])
    started(phone)
    phone.context.set_offline(True)
    arrived_at(phone)
    deducted(phone, "A1.1", "3栋门厅")
    killed_behind_the_shutter(phone, "A1.1")
    go_to(phone, "A5.1")
    deducted(phone, "A5.1", "东侧消防通道")
    expect(row(phone, "A5.1")).to_contain_text("An order is given the same day")
    for code in ("A2.2", "A2.3"):
        share(phone, code, 20, 20)
    picked(phone, "A3.2", 18)
    absent(phone, "A4.3")
    nothing_else(phone)
    shown = phone.page.locator(".fa-figure.base dd").inner_text()
    handed_in_and_signed(phone)
    assert not VisitRecord.objects.filter(visit__isnull=False).exists()
    sent(phone)
    stands(shown)
    assert [said for said in phone.complaints if "ERR_INTERNET_DISCONNECTED" not in said] == []


def stands(shown: str) -> None:
    """What stands in the installation is what was done on site."""
    record = VisitRecord.objects.select_related("visit").get(visit__isnull=False)
    sheet = record.sheet_document
    found = {one["check"]: one for one in sheet["findings"] if one["steps"]}
    assert {code: (one["place"], len(one["evidence"])) for code, one in found.items()} == {
        "A1.1": ("3栋门厅", 2),
        "A5.1": ("东侧消防通道", 1),
    }
    assert [one["check"] for one in sheet["not_applicable"]] == ["A4.3"]
    assert [(one["check"], one["population"]) for one in sheet["samples"]] == [("A3.2", 18)]
    assert record.submitted_at
    assert record.company_stance == "signed"
    signed = record.signatures.filter(sheet_digest=record.sheet_digest).values_list("part", flat=True)
    assert set(signed) == {"member", "manager"}
    assert record.visit.arrival["how"] == "position"  # type: ignore[union-attr]
    assert shown == points_text(states_of([record], record.submitted_at)[record.subject]["score"]["base"], 2)
    assert Case.objects.get(subject=f"{record.subject}/A5.1").kind == "rectification"
    photos = {
        digest for one in found.values() for digest in one["evidence"]
    }  # a camera that is faked may repeat itself
    kept = {one.sha256: one.about for one in Capture.objects.exclude(exhibit=None)}
    assert photos < set(kept)
    assert not Capture.objects.filter(exhibit=None).exists()
    assert [about for digest, about in kept.items() if digest not in photos] == ["signature"]


def test_two_phones_on_one_visit_and_a_person_settles(team: Any, phones: Phones) -> None:
    first = phones(team.staff[0])
    started(first)
    arrived_at(first)
    deducted(first, "A1.1", "公示栏")
    sent(first)
    second = phones(team.staff[1])
    second.ready()
    for phone, taps, place in ((first, 2, ""), (second, 0, "东门公示栏")):
        opened(phone)
        phone.context.set_offline(True)
        row(phone, "A1.1").locator(".fa-finding").click()
        for _ in range(taps):
            press(phone, "more", "dialog")
        if place:
            phone.page.locator("dialog [data-key=place]").fill(place)
        keep(phone)
    sent(first)
    second.context.set_offline(False)
    expect(second.page.locator(".fl-count.wrong")).to_be_visible()
    second.page.goto(f"{second.url}/field/#/outbox")
    second.page.get_by_role("link", name="Open and choose").click()
    card = row(second, "A1.1").locator(".fa-dispute")
    expect(card).to_contain_text("东门公示栏")
    expect(card).to_contain_text("3 places")
    assert second.faults() == []
    record = VisitRecord.objects.get(visit__isnull=False)
    assert [one["place"] for one in record.sheet_document["findings"]] == ["公示栏"]
    press(second, "mine")
    expect(card).to_have_count(0)
    sent(second)
    record.refresh_from_db()
    assert [one["place"] for one in record.sheet_document["findings"]] == ["东门公示栏"]
    sent(first)
    opened(first)
    expect(row(first, "A1.1")).to_contain_text("东门公示栏")
