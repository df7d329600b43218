"""The screens of a visit on a small phone, in both languages and in large letters: readable, reachable, no WCAG fault.

What is pressed here is kept in memory; that it survives and arrives is test_sent.
"""

from collections.abc import Callable, Iterator
from itertools import count
from os import environ
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect
from tests.journeys.conftest import PATIENCE, Screen
from tests.journeys.field import drawn_screens

SMALL = """[...document.querySelectorAll('button, select, .fa-choice, .fa-chip')]
  .filter((one) => one.checkVisibility() && !one.closest('[hidden]'))
  .filter((one) => { const { width, height } = one.getBoundingClientRect(); return height < 47.5 || width < 47.5; })
  .map((one) => `${one.className} ${one.textContent}`)"""
LANGUAGES = {"zh": "zh-CN", "en": "en-GB"}


class Phone(Screen):
    """A phone with the screens; `look` holds them to what every screen is held to."""

    def look(self, name: str) -> None:
        """No fault, nothing too small for a thumb; a picture of it where FIELD_SHOTS says so."""
        if folder := environ.get("FIELD_SHOTS"):
            self.page.screenshot(path=Path(folder) / f"{self.label}-{next(self.numbers):02d}-{name}.png")
        assert not (small := self.page.evaluate(SMALL)), small
        self.check()

    def check_row(self, code: str) -> Locator:
        """The check on the form."""
        return self.page.locator(f"[id='check-{code}']")

    def press(self, key: str, inside: str = "main") -> None:
        """Press what has this key."""
        self.page.locator(f"{inside} [data-key='{key}']").first.click()

    def keep(self) -> None:
        """Leave the sheet of a check; what was entered is kept."""
        self.press("done", "dialog")
        expect(self.page.locator("dialog")).to_have_count(0)

    label = ""
    numbers = count()


OpenPhone = Callable[..., Phone]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with drawn_screens.served() as found:
        yield found


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[OpenPhone]:
    """Opens the visit on a phone of 360×740."""
    contexts = []

    def open_phone(language: str = "zh", elder: bool = False) -> Phone:
        context = browser.new_context(
            viewport={"width": 360, "height": 740}, locale=LANGUAGES[language], is_mobile=True, has_touch=True
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        shown = Phone(context.new_page(), address)
        shown.label, shown.numbers = f"{language}{'-elder' * elder}", count()
        shown.page.on("console", shown.hear)
        shown.page.on("pageerror", lambda error: shown.complaints.append(str(error)))
        shown.page.goto(address)
        shown.page.wait_for_function("window.visit")
        shown.page.evaluate("(elder) => document.documentElement.classList.toggle('elder', elder)", elder)
        return shown

    yield open_phone
    for context in contexts:
        context.close()


def begin(shown: Phone) -> None:
    """By position, which is told to be far from the site and keeps nobody from beginning."""
    shown.press("locate")
    expect(shown.page.locator(".fa-notice.watch")).to_contain_text("1.1")
    shown.look("begin")
    shown.press("begin")
    expect(shown.page.locator(".fa-form")).to_be_visible()


@pytest.mark.parametrize(("language", "elder"), [("zh", False), ("en", False), ("zh", True), ("en", True)])
def test_every_screen_of_a_visit(phone: OpenPhone, language: str, elder: bool) -> None:
    shown = phone(language, elder)
    page = shown.page
    begin(shown)
    shown.look("form")
    found_something(shown)
    looked_up(shown)
    shown.press("finish")
    shown.look("missing")
    settled(shown)
    handed_in(shown)
    for opened in ("false", "true"):
        page.evaluate(f"visit.cards({opened})")
        shown.look("day")


def found_something(shown: Phone) -> None:
    """A tap with a place, a number and a photo; a share; a ★ check; picks; and a check that does not apply."""
    shown.check_row("B1.1").locator("[data-key=deduct]").click()
    shown.page.locator("[data-key=place]").fill("3栋门厅")
    shown.press("more", "dialog")
    shown.press("photo", "dialog")
    expect(shown.page.locator(".fa-thumb")).to_have_count(1)
    shown.look("finding")
    shown.keep()
    shown.look("found")
    shown.check_row("B1.2").locator("[data-key=deduct]").click()
    for name, value in (("good", "8"), ("of", "10")):
        shown.page.locator(f"[data-key={name}]").fill(value)
    shown.look("share")
    shown.keep()
    shown.page.evaluate("visit.screen.goTo('B10.2')")
    shown.check_row("B10.2").locator("[data-key=deduct]").click()
    expect(shown.page.locator("[data-key=place]")).to_have_value("3栋门厅")
    shown.look("critical")
    shown.keep()
    shown.page.evaluate("visit.screen.goTo('B5.2')")
    shown.check_row("B5.2").locator("[data-key=head]").click()
    shown.page.locator("[data-key=population]").fill("18")
    shown.press("pick", "dialog")
    expect(shown.page.locator("dialog .fa-picks")).to_contain_text("18")
    shown.look("picks")
    shown.keep()
    absent(shown)


def absent(shown: Phone) -> None:
    shown.page.evaluate("visit.screen.goTo('B8.3')")
    shown.check_row("B8.3").locator("[data-key=head]").click()
    shown.page.locator("dialog .fa-chip").first.click()
    shown.look("absent")
    shown.press("absent", "dialog")
    shown.keep()
    shown.look("absent-row")


def looked_up(shown: Phone) -> None:
    """The search by characters leads to a check of another item."""
    shown.press("search")
    shown.page.locator("input[type=search]").fill("消火栓")
    shown.look("search")
    shown.page.keyboard.press("Enter")
    expect(shown.check_row("B10.2")).to_be_focused()


def settled(shown: Phone) -> None:
    """A colleague changed the same finding: both versions are shown, and a person chooses."""
    shown.page.evaluate("visit.disputed('5栋门厅')")
    card = shown.check_row("B1.1").locator(".fa-dispute")
    expect(card).to_contain_text("5栋门厅")
    expect(card).to_contain_text("4栋电梯厅")
    shown.look("dispute")
    shown.press("mine")
    expect(shown.check_row("B1.1")).to_contain_text("5栋门厅")
    expect(card).to_have_count(0)


def handed_in(shown: Phone) -> None:
    """Everything answered, handed in, signed, refused: all on the phone alone."""
    shown.page.evaluate("visit.whole()")
    shown.press("finish")
    shown.look("ready")
    shown.press("submit")
    shown.press("sign")
    shown.look("sign")
    shown.page.locator("input[value=refused]").check()
    shown.page.locator("[data-key=name]").fill("演示·陈经理")
    shown.look("refuses")
    shown.press("manager")
    expect(shown.page.locator(".fa-part")).to_have_count(0)
    shown.look("witness")


def test_a_whole_check_by_the_keyboard(phone: OpenPhone) -> None:
    shown = phone("en")
    begin(shown)
    page, keyboard = shown.page, shown.page.keyboard
    shown.check_row("B1.1").locator("[data-key=deduct]").focus()
    keyboard.press("Enter")
    expect(page.locator("dialog")).to_be_visible()
    page.locator("[data-key=more]").focus()
    keyboard.press("Enter")
    keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    expect(shown.check_row("B1.1")).to_be_focused()
    expect(shown.check_row("B1.1")).to_contain_text("2 places")
    page.locator("[data-key=undo]").focus()
    keyboard.press("Enter")
    expect(shown.check_row("B1.1").locator(".fa-finding")).to_have_count(0)
    expect(page.locator("[data-key=undo]")).to_be_disabled()


def test_figures_keep_their_place_when_they_change(phone: OpenPhone) -> None:
    shown = phone("zh")
    begin(shown)
    box = "document.querySelector('.fa-list').getBoundingClientRect().top + scrollY"
    before = shown.page.evaluate(box)
    for _ in range(3):
        shown.check_row("B1.3").locator("[data-key=deduct]").click()
        shown.keep()
    expect(shown.page.locator(".fa-figure.base dd")).not_to_have_text("100.00")
    assert shown.page.evaluate(box) == before
