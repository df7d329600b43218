"""A phone in a real browser: bound by a code of the desk, opened without a network, a visit worked offline, sent."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tests.faces import district
from tests.programmes.assessments import drawing
from tests.programmes.assessments.conftest import published

from mingjing.kernel.sync.actions import make_enrolment
from mingjing.programmes.assessments.models import Part, TeamDay, TeamMember, VisitRecord

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PIN = "246810"


class Phone:
    """One phone: a context of its own, with what its page complained of."""

    def __init__(self, browser: Browser, url: str, language: str = "en") -> None:
        self.url, self.complaints = url, list[str]()
        self.context: BrowserContext = browser.new_context(
            viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True, permissions=["camera", "geolocation"],
            geolocation={"latitude": 27.8, "longitude": 113.1, "accuracy": 9}, locale="en-GB",
        )  # fmt: skip
        self.context.set_default_timeout(15_000)
        self.context.add_init_script(f"localStorage.setItem('mj-language', '{language}')")
        self.page = self.opened()

    def opened(self) -> Page:
        page = self.context.new_page()
        page.on("console", lambda said: said.type == "error" and self.complaints.append(said.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def bind(self, code: str) -> None:
        self.page.goto(f"{self.url}/field/#enrol={code}")
        self.page.get_by_label("New PIN, at least 6 digits").fill(PIN)
        self.page.get_by_label("The PIN once more").fill(PIN)
        self.page.get_by_role("button", name="Bind this phone").click()

    def ready(self) -> None:
        """The service worker holds the whole app."""
        self.page.evaluate("navigator.serviceWorker.ready")
        self.page.wait_for_function("caches.keys().then((names) => names.length > 0)")

    def killed(self) -> None:
        """The page is gone, as when a phone drops it; another is opened."""
        self.page.close()
        self.page = self.opened()

    def unlocked(self) -> None:
        self.page.goto(f"{self.url}/field/")
        self.page.get_by_label("PIN").fill(PIN)
        self.page.get_by_role("button", name="Open", exact=True).click()

    def faults(self) -> list[str]:
        """What axe finds on the screen (WCAG A and AA)."""
        found = Axe().run(self.page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
        return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found.response["violations"]]


@pytest.fixture
def team(db: None, at: datetime, settings: Any, tmp_path: Path) -> Any:
    """A team whose day is today, still sealed."""
    settings.DATA_DIR = tmp_path
    people, now = district.build(at), timezone.now()
    made = drawing.build(published("hetang-2024", people["director"], at), people, at, sites=6)
    draw = made.commit()
    made.begin()
    day = TeamDay.objects.create(draw=draw, day=timezone.localdate(now), team=1)
    for person in made.staff[:2]:
        TeamMember.objects.create(team_day=day, person=person, part=Part.STAFF, added_at=now)
    for entry in made.round.entries.order_by("pk")[:2]:
        VisitRecord.objects.create(round=made.round, entry=entry, team_day=day)
    return made


@pytest.fixture
def phones(browser: Browser, live_server: Any) -> Iterator[Callable[..., Phone]]:
    made: list[Phone] = []

    def new(person: Any, **more: Any) -> Phone:
        phone = Phone(browser, live_server.url, **more)
        made.append(phone)
        phone.bind(make_enrolment(person=person, by=person, at=timezone.now())[1])
        return phone

    yield new
    for phone in made:
        phone.context.close()


def test_a_phone_is_bound_and_opens_without_a_network(team: Any, phones: Callable[..., Phone]) -> None:
    phone = phones(team.staff[0])
    expect(phone.page.get_by_role("button", name="Start the day")).to_be_visible()
    assert phone.faults() == []
    phone.ready()
    phone.context.set_offline(True)
    phone.killed()
    phone.page.goto(f"{phone.url}/field/")
    phone.page.get_by_label("PIN").fill("000000")
    phone.page.get_by_role("button", name="Open", exact=True).click()
    expect(phone.page.get_by_role("alert")).to_contain_text("does not open it")
    phone.unlocked()
    expect(phone.page.get_by_text("Where to go is sealed")).to_be_visible()
