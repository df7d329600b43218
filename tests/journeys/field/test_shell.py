"""The shell of the phones' app in a real browser: PINs, letters and languages, updates, locking, revocation, a cold start."""

from collections.abc import Callable
from os import environ
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from tests.journeys.field.handset import PIN, Phone

from mingjing.kernel.sync.actions import make_enrolment

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
OpenPhone = Callable[..., Phone]


def looked(phone: Phone, name: str) -> None:
    """No WCAG fault, nothing wider than the screen; a picture where FIELD_SHOTS says so."""
    if folder := environ.get("FIELD_SHOTS"):
        phone.page.screenshot(path=Path(folder) / f"shell-{name}.png")
    assert phone.faults() == []
    wide = phone.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{name} is {wide} px wider than the screen"


@pytest.fixture
def bare(browser: Any, live_server: Any) -> Any:
    """A phone that is bound to nobody, in a language."""
    made = []

    def new(language: str) -> Phone:
        made.append(Phone(browser, live_server.url, language=language))
        return made[-1]

    yield new
    for phone in made:
        phone.context.close()


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_every_screen_of_the_shell(team: Any, bare: Any, language: str) -> None:
    """Binding, PIN, today, outbox and the phone itself: read in both languages, in ordinary and in large letters."""
    phone, person = bare(language), team.staff[0]
    page = phone.page
    code = make_enrolment(person=person, by=person, at=timezone.now())[1]
    page.goto(f"{phone.url}/field/#enrol={code}")
    expect(page.locator("form.fl-gate")).to_be_visible()
    looked(phone, f"{language}-1-enrol")
    page.locator("input[type=password]").nth(0).fill(PIN)
    page.locator("input[type=password]").nth(1).fill("135791")
    page.locator("form button.primary").click()
    expect(page.get_by_role("alert")).not_to_be_empty()
    page.locator("input[type=password]").nth(1).fill(PIN)
    page.locator("form button.primary").click()
    expect(page.locator(".fl-home button").first).to_be_visible()
    for letters in ("", "-elder"):
        for place, name in enumerate(("", "outbox", "phone"), 2):
            page.evaluate(f"location.hash = '#/{name}'")
            expect(page.locator(".fl-page button").last).to_be_visible()
            page.wait_for_timeout(300)
            looked(phone, f"{language}-{place}-{name or 'home'}{letters}")
        page.get_by_role("switch").check()
    page.reload()
    expect(page.locator("form.fl-gate")).to_be_visible()
    assert page.evaluate("document.documentElement.classList.contains('elder')")
    looked(phone, f"{language}-5-unlock-elder")
    page.locator("input[type=password]").fill("000000")
    page.locator("form button.primary").click()
    expect(page.get_by_role("alert")).not_to_be_empty()
    assert phone.complaints == []
