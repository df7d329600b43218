"""A phone in a real browser, and what a person does with it: bound, killed, unlocked; a day started, a photo taken."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from tests.journeys.conftest import PATIENCE
from tests.phones import worker_came

from mingjing.kernel.sync.models import Capture

__all__ = ["Phone", "arrived_at", "deducted", "go_to", "keep", "opened", "press", "recorded", "row", "sent", "started"]

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
        self.context.set_default_timeout(PATIENCE)
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
        self.page.get_by_role("button", name="Unlock").click()

    def faults(self) -> list[str]:
        """What axe finds on the screen (WCAG A and AA)."""
        found = Axe().run(self.page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
        return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found.response["violations"]]


def started(phone: Phone, online: bool = True) -> None:
    """The day is started where there is a network; the pack brings where to go."""
    phone.page.get_by_role("button", name="Start the day").click()
    expect(phone.page.get_by_role("button", name="Begin").first).to_be_visible()
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


def row(phone: Phone, code: str) -> Locator:
    return phone.page.locator(f"[id='check-{code}']")


def go_to(phone: Phone, code: str) -> Locator:
    """The check, by the search."""
    press(phone, "search")
    phone.page.locator("input[type=search]").fill(code)
    phone.page.keyboard.press("Enter")
    expect(row(phone, code)).to_be_focused()
    return row(phone, code)


def keep(phone: Phone) -> None:
    press(phone, "done", "dialog")
    expect(phone.page.locator("dialog")).to_have_count(0)


def sent(phone: Phone) -> None:
    """Everything is sent, nothing was refused, and the worker has been."""
    phone.context.set_offline(False)
    phone.page.goto(f"{phone.url}/field/#/outbox")
    phone.page.get_by_role("button", name="Send now").click()
    for name in ("Entries only here", "Photos only here", "Photos on their way"):
        cell = phone.page.get_by_role("row", name=name).locator("td").first
        expect(cell).to_have_text("0")
    expect(phone.page.locator("main .fl-notice.wrong")).to_have_count(0)
    recorded(phone)


def recorded(phone: Phone) -> None:
    """The closing word, which says that photos are here, has followed their receipts; then the worker came."""
    for _ in range(PATIENCE // 100):
        if not Capture.objects.promised().exists():
            break
        phone.page.wait_for_timeout(100)
    worker_came()


def opened(phone: Phone) -> None:
    """The visit that is under way."""
    phone.page.goto(f"{phone.url}/field/#/")
    phone.page.get_by_role("button", name="Go on").first.click()
    expect(phone.page.locator(".fa-form")).to_be_visible()
