"""What a whole round is told with: the people of the demonstration, each at a screen, and a clock that is turned on.

Not here: what they do (preparing, drawing, visiting, deciding), nor that it comes out right (test_round).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from time import monotonic
from unittest.mock import patch

from django.utils import timezone
from playwright.sync_api import Locator, Page
from tests.journeys.conftest import OpenScreen, Screen, session_of

from mingjing.kernel.parties import demo as parties_demo
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places import demo as places_demo
from mingjing.kernel.places.models import Area
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.assessments import demo
from mingjing.programmes.assessments.demo.clock import moment, weekdays
from mingjing.programmes.assessments.demo.invented import SITES, VISITED, Community, communities, earlier
from mingjing.programmes.assessments.demo.rounds import MOST, TEAMS, Cast
from mingjing.programmes.assessments.models import Round
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.queries.schemes import scheme_of

__all__ = ["Clock", "Story", "begin", "download", "fill", "press", "rows_of", "settled", "turning"]

FIRST_DAY = date(2026, 3, 2)
"""A Monday: the first day the teams go out."""
SEED = 2024


@dataclass
class Clock:
    """The house's clock: it ticks, from wherever it was turned to last."""

    at: datetime
    turned: float = field(default_factory=monotonic)

    def turn(self, at: datetime) -> None:
        """It is `at` now."""
        self.at, self.turned = at, monotonic()

    def now(self) -> datetime:
        """What Django asks."""
        return (self.at + timedelta(seconds=monotonic() - self.turned)).astimezone(UTC)


@contextmanager
def turning() -> Iterator[Clock]:
    """While it lasts, the house goes by this clock, in every thread."""
    clock = Clock(moment(FIRST_DAY - timedelta(days=20), 9))
    with patch.object(timezone, "now", clock.now):
        yield clock


@dataclass
class Story:
    """The round and everybody in it. `people` are by username; each has one screen, in English."""

    open_screen: OpenScreen
    people: dict[str, Person]
    clock: Clock
    folder: Path
    area: Area
    version: Version
    scheme: Scheme
    found: list[Community]
    cast: Cast
    screens: dict[str, Screen] = field(default_factory=dict)
    round: Round = field(default_factory=Round)

    @property
    def days(self) -> list[date]:
        """The days of the draw: as many as every community needs."""
        return weekdays(FIRST_DAY, 0, -(-len(self.found) // (TEAMS * MOST)) - 1)

    def at(self, username: str, path: str = "") -> Screen:
        """The screen of somebody; at `path` where one is given (`{round}` stands for the round)."""
        if username not in self.screens:
            self.screens[username] = self.open_screen(language="en")
        shown = self.screens[username]
        # Weeks pass between the chapters, and sessions with them: everybody has always just signed in.
        shown.page.context.add_cookies([session_of(self.people[username], shown.address)])
        if path:
            shown.open("/assessments/" + path.format(round=f"rounds/{self.round.pk}"))
        return shown

    def rest(self) -> None:
        """Every screen shows nothing, so that none asks for anything while a lot is written."""
        for shown in self.screens.values():
            shown.page.goto("about:blank")


def begin(open_screen: OpenScreen, people: dict[str, Person], clock: Clock, folder: Path, sites: int = SITES) -> Story:
    """The district before its first round: people, companies, a published scheme, and a register that is empty."""
    area, version = demo.prepare(clock.now())
    people |= {person.username: person for person in Person.objects.all()}
    scheme = scheme_of(version)
    found = visited(scheme, sites)
    return Story(open_screen, people, clock, folder, area, version, scheme, found, demo.cast())


def visited(scheme: Scheme, sites: int) -> list[Community]:
    """The demonstration's communities, each with something found on a visit, and with the events on record."""
    now = communities(scheme, Random(SEED), sites, min(sites, VISITED))
    found = earlier(now, scheme, Random(SEED + 1))
    for one, later in zip(found, now, strict=True):
        one.words = {**later.words, **one.words}
    return found


def settled() -> dict[str, Person]:
    """The areas of the district, its companies, and one person in each role."""
    for part in (places_demo.build, parties_demo.build):
        part(lambda line: None)
    return {person.username: person for person in Person.objects.all()}


def download(page: Page, link: Locator, folder: Path) -> Path:
    """The file behind a link or button, as it was named."""
    with page.expect_download() as found:
        link.click()
    path = folder / found.value.suggested_filename
    found.value.save_as(path)
    return path


def press(shown: Screen, name: str, within: str = "main") -> None:
    """Press the first button called `name`, and wait for the page it leads to."""
    with shown.page.expect_navigation():
        shown.page.locator(within).get_by_role("button", name=name).first.click()


def fill(shown: Screen, **values: str) -> None:
    """Write into the fields of these names, or choose from them."""
    for name, value in values.items():
        control = shown.page.locator(f"main [name={name}]").first
        if control.evaluate("element => element.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value)


def rows_of(page: Page) -> int:
    """How many communities a list has, page after page."""
    count = page.locator("main tbody tr").count()
    while (after := page.locator("a[rel=next]")).count():
        after.click()
        page.wait_for_load_state()
        count += page.locator("main tbody tr").count()
    return count
