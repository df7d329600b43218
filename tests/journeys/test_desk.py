"""What people do at the desk, in a real browser: signing in, finding an area, recording an organisation, reading on."""

from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import expect
from tests.faces.district import PASSWORD, companies, credit_code
from tests.journeys.conftest import LANGUAGES, SIZES, Screen

from mingjing.kernel import registry
from mingjing.kernel.parties.models import Organisation, Person

OpenScreen = Callable[..., Screen]


def test_signing_in_by_keyboard_alone_after_a_mistake(screen: OpenScreen) -> None:
    shown = screen(language="en")
    shown.open("/ledger/")
    keyboard = shown.page.keyboard
    keyboard.type("auditor")
    keyboard.press("Tab")
    keyboard.type("not the password")
    keyboard.press("Enter")
    assert shown.sees("The username or the password is wrong")
    shown.check()
    keyboard.press("ControlOrMeta+a")
    keyboard.type("auditor")
    keyboard.press("Tab")
    keyboard.type(PASSWORD)
    keyboard.press("Tab")
    assert "Sign in" in shown.page.evaluate("document.activeElement.textContent")
    keyboard.press("Enter")
    shown.page.wait_for_url(shown.address + "/ledger/")
    keyboard.press("Tab")
    expect(shown.page.locator(":focus")).to_have_attribute("href", "#content")


def test_too_many_attempts_are_locked_out(screen: OpenScreen) -> None:
    shown = screen(language="en")
    for attempt in range(5):
        shown.open("/sign-in/")
        shown.page.fill("[name=username]", "officer")
        shown.page.fill("[name=password]", f"wrong {attempt}")
        with shown.page.expect_navigation():
            shown.page.keyboard.press("Enter")
    assert shown.sees("Too many attempts")
    shown.check()


def test_the_language_stays_switched(screen: OpenScreen, people: dict[str, Person]) -> None:
    shown = screen("officer", language="zh")
    shown.open("/areas/")
    expect(shown.page.locator("html")).to_have_attribute("lang", "zh-Hans")
    shown.page.get_by_role("button", name="English").click()
    expect(shown.page.locator("html")).to_have_attribute("lang", "en")
    assert shown.page.url.endswith("/areas/")
    shown.open("/")
    expect(shown.page.locator("html")).to_have_attribute("lang", "en")
    people["officer"].refresh_from_db()
    assert people["officer"].preferred_language == "en"


def test_an_area_is_found_by_typing_and_by_walking_down(screen: OpenScreen) -> None:
    shown = screen("officer", language="en")
    shown.open("/areas/")
    shown.page.get_by_role("link", name="荷塘区").click()
    shown.page.get_by_role("link", name="桂花街道").click()
    expect(shown.page.get_by_role("heading", level=1)).to_contain_text("桂花街道")
    shown.page.get_by_role("link", name="Areas", exact=True).first.click()
    shown.page.get_by_role("searchbox").press_sequentially("宋家桥")
    expect(shown.page.locator("#results")).to_contain_text("宋家桥街道")
    shown.page.wait_for_url("**/areas/?q=*")
    assert shown.page.get_by_role("searchbox").input_value() == "宋家桥"
    shown.check()


def test_a_wrong_credit_code_is_mended(screen: OpenScreen) -> None:
    shown, code = screen("officer", language="en"), credit_code(7)
    shown.open("/organisations/")
    shown.page.get_by_role("link", name="Record an organisation").click()
    shown.page.get_by_label("Name").fill("新物业服务有限公司")
    shown.page.get_by_label("Unified social credit code").fill(code[:-1] + ("A" if code[-1] != "A" else "B"))
    shown.page.get_by_role("button", name="Record").click()
    assert shown.sees("There is 1 problem")
    shown.check()
    shown.page.locator(".problems a").click()
    field = shown.page.get_by_label("Unified social credit code")
    expect(field).to_be_focused()
    field.fill(code)
    shown.page.get_by_role("button", name="Record").click()
    assert shown.sees("新物业服务有限公司 was recorded.")
    assert Organisation.objects.get().credit_code == code
    shown.check()


def test_the_ledger_is_checked_and_a_fact_read(screen: OpenScreen) -> None:
    shown = screen("auditor", language="en")
    shown.open("/ledger/")
    shown.page.get_by_role("link", name="Check now").click()
    assert shown.sees("The ledger is whole.")
    shown.check()
    shown.page.locator("tbody th a").first.click()
    assert shown.sees("Hash of this fact")
    shown.check()


def test_the_menu_of_a_phone_opens_and_closes(screen: OpenScreen) -> None:
    shown = screen("director", "phone", "en")
    shown.open("/")
    menu, rail = shown.page.get_by_role("button", name="Menu"), shown.page.get_by_role("navigation", name="Main")
    expect(rail).to_be_hidden()
    menu.click()
    expect(menu).to_have_attribute("aria-expanded", "true")
    shown.check()
    rail.get_by_role("link", name="Ledger").press("Escape")
    expect(rail).to_be_hidden()
    expect(menu).to_be_focused()
    menu.click()
    rail.get_by_role("link", name="Ledger").click()
    shown.page.wait_for_url("**/ledger/")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES)
def test_every_page_fits_and_is_accessible(screen: OpenScreen, at: datetime, size: str, language: str) -> None:
    companies(3, at)
    shown = screen("director", size, language)
    for path in (
        "/",
        *pages(),
        "/areas/430202/",
        f"/organisations/{credit_code(0)}/",
        "/ledger/1/",
        "/patterns/",
        "/no/",
    ):
        shown.open(path)
        shown.check()
    visitor = screen(size=size, language=language)
    visitor.open("/sign-in/")
    visitor.check()


def pages() -> list[str]:
    """The address of every line of the navigation."""
    from django.urls import reverse

    return [reverse(item.url_name) for part in registry.manifests().values() for item in part.navigation]
