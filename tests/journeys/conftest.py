"""A real browser (Debian's Chromium) before a live server. Console errors, refused resources and WCAG faults fail.

Without Chromium the journeys are skipped, saying so. Not here: what the pages say; that is tests/faces.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright
from tests.faces import district
from tools.suites import BROWSERS

from mingjing.kernel.parties.models import Person

PATIENCE = 45_000
"""Milliseconds that a journey waits for what must come: a cap for a machine that does three things at once."""
expect.set_options(timeout=PATIENCE)
SIZES = {"desk": (1366, 768), "phone": (390, 844)}
LANGUAGES = {"zh": "zh-hans", "en": "en"}
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",  # a camera that shows a moving picture
    "--use-fake-ui-for-media-stream",
]
WCAG = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],
    "preload": False,  # no rule here looks into style sheets, which axe would fetch again for every page
}
COLOURS = Path(__file__).with_name("colours.js").read_text("utf-8")
KNOWN_COLOURS: set[int] = set()
"""Kinds of text (colours.js) that have been searched for too little contrast, which is most of what a search takes."""
REFUSALS = (403, 404, 409, 422, 429)
EXPECTED = tuple(f"{told} {status}" for told in ("status of", "Status Error Code") for status in REFUSALS)
"""What the console says of an answer that refuses; the second is how htmx says it."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker(pytest.mark.journey)


@pytest.fixture(scope="session")
def program() -> str:
    """Where Chromium is."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, (*BROWSERS, "chromium-browser"))), None)
    if not found:
        pytest.skip(f"journeys need Chromium: apt-get install {BROWSERS[0]}, or set CHROMIUM to its program")
    return found


@pytest.fixture(scope="session")
def browser(program: str) -> Iterator[Browser]:
    """One Chromium for all journeys."""
    # Playwright's loop would make Django take the tests for asynchronous ones and refuse to touch the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield started
        started.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@dataclass
class Screen:
    """A page in the browser, and everything it complained about."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)
    searched: bool = True  # for WCAG faults

    def open(self, path: str) -> None:
        """Go to `path` of the live server."""
        self.page.goto(self.address + path)

    def sees(self, text: str) -> bool:
        """Whether the text can be seen, now or soon."""
        self.page.get_by_text(text).first.wait_for(timeout=PATIENCE)
        return True

    def check(self) -> None:
        """Nothing wider than the screen, no WCAG A or AA fault (if `searched`), no complaint of the browser so far."""
        wide = self.page.locator("html").evaluate("root => root.scrollWidth - root.clientWidth")
        assert wide <= 0, f"{self.page.url} is {wide} px wider than the screen"
        if self.searched:
            kinds = set(self.page.evaluate(COLOURS))
            known = {"rules": {"color-contrast": {"enabled": not kinds <= KNOWN_COLOURS}}}
            faults = Axe().run(self.page, options=WCAG | known)
            assert not faults.violations_count, f"{self.page.url}\n{faults.generate_report()}"
            KNOWN_COLOURS.update(kinds)
        assert not self.complaints, f"{self.page.url}: {self.complaints}"

    def hear(self, message: ConsoleMessage) -> None:
        """Keep what the browser's console says, if it is a fault."""
        if message.type in {"error", "warning"} and not any(known in message.text for known in EXPECTED):
            self.complaints.append(message.text)


OpenScreen = Callable[..., Screen]


@pytest.fixture(autouse=True)
def originals(settings, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """Originals of a journey go with it."""
    settings.DATA_DIR = tmp_path


@pytest.fixture
def people(transactional_db: None, at: datetime) -> dict[str, Person]:
    """One person in each role of a real district."""
    return district.build(at)


@pytest.fixture
def crossed(request: pytest.FixtureRequest) -> bool:
    """Whether a test opens the same pages in each size and each language."""
    parameters = request.node.callspec.params if hasattr(request.node, "callspec") else {}
    return {"size", "language"} <= set(parameters)


def is_searched(size: str, language: str, *, crossed: bool) -> bool:
    """Whether pages are searched for WCAG faults, which is half of what a page takes: on one database, and twice.

    Of the same pages in four ways two are searched, so that each size is and each language.
    """
    return connection.vendor == "sqlite" and (not crossed or (size == "desk") == (language == "zh"))


@pytest.fixture
def screen(browser: Browser, live_server, people: dict[str, Person], crossed: bool) -> Iterator[OpenScreen]:  # type: ignore[no-untyped-def]
    """Opens a screen: size, language, and the role of who has signed in (nobody, unless given)."""
    contexts: list[BrowserContext] = []

    def open_screen(role: str = "", size: str = "desk", language: str = "zh") -> Screen:
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height},
            locale="zh-CN" if language == "zh" else "en-GB",
            has_touch=size == "phone",
            is_mobile=size == "phone",
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        context.add_cookies(
            [{"name": settings.LANGUAGE_COOKIE_NAME, "value": LANGUAGES[language], "url": live_server.url}]
        )
        if role:
            context.add_cookies([session_of(people[role], live_server.url)])
        shown = Screen(context.new_page(), live_server.url, searched=is_searched(size, language, crossed=crossed))
        shown.page.on("console", shown.hear)
        shown.page.on("pageerror", lambda error: shown.complaints.append(str(error)))
        return shown

    yield open_screen
    for context in contexts:
        context.close()


def session_of(person: Person, url: str) -> dict[str, str]:
    """The cookie of a session in which `person` has signed in."""
    client = Client()
    client.force_login(person, "django.contrib.auth.backends.ModelBackend")
    return {
        "name": settings.SESSION_COOKIE_NAME,
        "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
        "url": url,
    }
