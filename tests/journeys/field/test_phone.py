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

from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.sync.actions import make_enrolment
from mingjing.kernel.sync.models import Capture
from mingjing.programmes.assessments.models import Part, TeamDay, TeamMember, VisitRecord

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PIN = "246810"


class Phone:
    """One phone: a context of its own, with what its page complained of."""

    def __init__(self, browser: Browser, url: str, language: str = "en") -> None:
        self.url, self.complaints = url, list[str]()
        self.context: BrowserContext = browser.new_context(
            viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True,
            permissions=["camera", "geolocation"],
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


def started(phone: Phone, online: bool = True) -> None:
    """The day is started where there is a network; the pack brings where to go."""
    phone.page.get_by_role("button", name="Start the day").click()
    expect(phone.page.get_by_role("button", name="Begin").first).to_be_visible(timeout=20_000)
    phone.ready()


def press(phone: Phone, key: str, inside: str = "main") -> None:
    phone.page.locator(f"{inside} [data-key='{key}']").first.click()


def arrived_at(phone: Phone) -> None:
    """The team has entered, by position."""
    phone.page.get_by_role("button", name="Begin").first.click()
    press(phone, "locate")
    expect(phone.page.locator(".fa-notice").first).to_be_visible()
    press(phone, "begin")
    expect(phone.page.locator(".fa-form")).to_be_visible()


def deducted(phone: Phone, code: str, place: str) -> None:
    """One tap, a place, a live photo."""
    phone.page.locator(f"[id='check-{code}'] [data-key=deduct]").click()
    phone.page.locator("[data-key=place]").fill(place)
    press(phone, "photo", "dialog")
    shutter = phone.page.get_by_role("button", name="Take the photo")
    expect(shutter).to_be_enabled()
    shutter.click()
    phone.page.get_by_role("button", name="Go on").click()
    expect(phone.page.locator(".fa-thumb")).to_have_count(1)
    press(phone, "done", "dialog")


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
    expect(phone.page.get_by_role("row", name="Photos arrived, with receipt")).to_contain_text("1", timeout=30_000)
    expect(phone.page.get_by_role("row", name="Entries only here")).to_contain_text("0")
    record = VisitRecord.objects.get(visit__isnull=False)
    (finding,) = record.sheet_document["findings"]
    capture = Capture.objects.get()
    assert (finding["check"], finding["place"], finding["evidence"]) == (code, "3栋门厅", [capture.sha256])
    assert capture.exhibit is not None
    assert Exhibit.objects.get().sha256 == capture.sha256
    assert capture.not_before is not None
    assert capture.not_before < capture.not_after  # type: ignore[operator]
