"""What the screens send is what the installation takes: two people, a phone each, one visit, and a live installation.

The screens are the ones that ship; the phone under them is tests/phones.py, so that nothing of the browser's storage is
asked here. Not here: that, which is the shell's.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import count
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from tests.journeys.conftest import PATIENCE, Screen
from tests.journeys.field import drawn_screens
from tests.phones import Phone, bound, picture
from tests.programmes.assessments import drawing
from tests.programmes.assessments.conftest import published

from mingjing.kernel.cases.models import Case
from mingjing.kernel.parties.models import Person
from mingjing.programmes.assessments.models import Part, TeamDay, TeamMember, VisitRecord
from mingjing.programmes.assessments.policy.recording import signed_form

numbers = count(1)


class Held(Screen):
    """A person with the screens before them, and the phone that speaks for them."""

    def __init__(self, page: Page, address: str, phone: Phone, record: VisitRecord) -> None:
        super().__init__(page, address)
        self.phone, self.record, self.photos = phone, record, list[bytes]()

    def start(self) -> None:
        """The pack of the day into the screens."""
        answer = self.phone.client.get("/field/api/pack/", headers=self.phone.bearer)
        pack = answer.json()["programmes"]["assessments"]
        record = next(one for one in pack["records"] if one["subject"] == self.record.subject)
        member = next(one for one in record["members"] if one["token"] == self.phone.device.person.token)
        rubric, notes = pack["rubrics"][record["rubric"]], pack["notes"]
        given = {"person": member, "record": record, "rubric": rubric, "notes": notes}
        self.page.expose_function("shoot", self.shoot)
        self.page.add_init_script(f"window.given = {drawn_screens.script(given)}")
        self.page.goto(self.address)
        self.page.wait_for_function("window.visit")

    def shoot(self, about: str, challenge: Any) -> dict[str, Any]:
        """A photo, signed by the phone."""
        raw = picture(next(numbers))
        self.photos.append(raw)
        asked = challenge and {**challenge, "answered": True}
        command = self.phone.photo(
            "assessments.photo", self.record.subject, raw, timezone.now(), about=about, challenge=asked
        )
        return {"sha256": sha256(raw).hexdigest(), "command": command}

    def sync(self) -> list[str]:
        """Photos and commands up, answers down; what became of each command that was not taken."""
        for raw in self.photos:
            assert self.phone.upload(raw).status_code == 201
        self.photos.clear()
        sent = self.page.evaluate("visit.waiting()")
        answer = self.phone.sync(sent, timezone.now(), (self.record.subject,))
        self.page.evaluate("(answer) => visit.answered(answer)", answer)
        return [f"{one['state']} {one['problems']}" for one in answer["outcomes"] if one["state"] != "applied"]

    def row(self, code: str) -> Any:
        return self.page.locator(f"[id='check-{code}']")

    def press(self, key: str, inside: str = "main") -> None:
        self.page.locator(f"{inside} [data-key='{key}']").first.click()

    def keep(self) -> None:
        self.press("done", "dialog")
        expect(self.page.locator("dialog")).to_have_count(0)

    def deduct(self, code: str, place: str = "", photo: bool = True) -> None:
        """A tap, where it was, and a photo of it."""
        self.page.evaluate("(code) => visit.screen.goTo(code)", code)
        self.row(code).locator("[data-key=deduct]").click()
        if place:
            self.page.locator("dialog [data-key=place]").fill(place)
        if photo:
            self.press("photo", "dialog")
            expect(self.page.locator("dialog .fa-thumb")).to_have_count(1)
        self.keep()

    def shown(self) -> dict[str, Any]:
        """The sheet as this phone shows it."""
        found: dict[str, Any] = self.page.evaluate("visit.work.sheet")
        return found


@dataclass
class Team:
    """Who goes, and the first community of their day, which is still to be started."""

    people: list[Person]
    day: TeamDay
    record: VisitRecord


@pytest.fixture
def team(people: dict[str, Person], at: datetime) -> Team:
    """Two of the staff and a supervisor."""
    made = drawing.build(published("hetang-2024", people["director"], at), people, at, sites=6)
    draw = made.commit()
    made.begin()
    day = TeamDay.objects.create(draw=draw, day=timezone.localdate(), team=1)
    members = [made.staff[0], made.staff[2], made.supervisors[0]]
    for person, part in zip(members, (Part.STAFF, Part.STAFF, Part.EXPERT), strict=True):
        TeamMember.objects.create(team_day=day, person=person, part=part, added_at=at)
    entry = made.round.entries.filter(class_code="A").order_by("pk")[0]
    return Team(members, day, VisitRecord.objects.create(round=made.round, entry=entry, team_day=day))


Hold = Callable[[int], Held]


@pytest.fixture
def held(browser: Browser, team: Team) -> Iterator[Hold]:
    """The day is started; each member gets a phone with the screens."""
    contexts = []
    with drawn_screens.served() as address:
        first = bound(team.people[0], timezone.now())
        opening = first.command("assessments.open_day", team.day.subject, timezone.now())
        (outcome,) = first.sync([opening], timezone.now())["outcomes"]
        assert outcome["state"] == "applied", outcome

        def hold(number: int) -> Held:
            context = browser.new_context(
                viewport={"width": 360, "height": 740}, locale="en-GB", is_mobile=True, has_touch=True
            )
            contexts.append(context)
            context.set_default_timeout(PATIENCE)
            phone = bound(team.people[number], timezone.now())
            found = Held(context.new_page(), address, phone, team.record)
            found.page.on("console", found.hear)
            found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
            found.start()
            return found

        yield hold
    for context in contexts:
        context.close()


def begin(shown: Held) -> None:
    shown.press("locate")
    shown.press("begin")
    expect(shown.page.locator(".fa-form")).to_be_visible()


def sheet_of(record: VisitRecord) -> dict[str, Any]:
    return VisitRecord.objects.get(pk=record.pk).sheet_document


def test_a_whole_visit_without_a_network_is_taken_as_it_was_done(held: Hold, team: Team) -> None:
    record = team.record
    first = held(0)
    begin(first)
    first.deduct("A1.1", "3栋门厅")
    first.deduct("A5.1")  # at the place of the last one; a ★ check
    share(first, "A2.3", good=6, of=10)
    picked(first, "A3.2", 18)
    absent(first, "A4.3")
    rest(first)
    hand_in(first)
    before = first.shown()
    assert first.sync() == []
    told(first, record, before)
    second = held(1)
    second.page.evaluate("visit.screen.show('finish')")
    second.press("sign")
    second.press("witness")
    assert second.sync() == []
    row = VisitRecord.objects.get(pk=record.pk)
    assert row.company_stance == "refused"
    signed = {one.part for one in row.signatures.filter(sheet_digest=row.sheet_digest)}
    assert signed == {"member", "manager", "witness"}
    assert first.complaints == second.complaints == []


def told(shown: Held, record: VisitRecord, before: dict[str, Any]) -> None:
    """What stands in the installation is what the phone showed before it was sent."""
    after = sheet_of(record)
    assert signed_form(after) == signed_form(before)
    assert shown.shown() == after
    assert after["samples"][0]["picks"] == sorted(after["samples"][0]["picks"])
    assert Case.objects.filter(subject=f"{record.subject}/A5.1").count() == 1
    arrival = VisitRecord.objects.select_related("visit").get(pk=record.pk).visit.arrival  # type: ignore[union-attr]
    assert arrival["how"] == "position"


def share(shown: Held, code: str, good: int, of: int) -> None:
    shown.page.evaluate("(code) => visit.screen.goTo(code)", code)
    shown.row(code).locator("[data-key=deduct]").click()
    for name, value in (("good", good), ("of", of)):
        shown.page.locator(f"dialog [data-key={name}]").fill(str(value))
    shown.press("photo", "dialog")
    expect(shown.page.locator("dialog .fa-thumb")).to_have_count(1)
    shown.keep()


def picked(shown: Held, code: str, population: int) -> None:
    shown.page.evaluate("(code) => visit.screen.goTo(code)", code)
    shown.row(code).locator("[data-key=head]").click()
    shown.page.locator("dialog [data-key=population]").fill(str(population))
    shown.press("pick", "dialog")
    expect(shown.page.locator("dialog .fa-picks p")).to_be_visible()
    shown.keep()


def absent(shown: Held, code: str) -> None:
    shown.page.evaluate("(code) => visit.screen.goTo(code)", code)
    shown.row(code).locator("[data-key=head]").click()
    shown.page.locator("dialog .fa-chip").first.click()
    shown.press("absent", "dialog")
    shown.keep()


def rest(shown: Held) -> None:
    """Nothing found on the rest; shares that are asked for are all good."""
    shown.page.evaluate("visit.allGood().then(() => visit.screen.goTo('A1.1'))")
    items = shown.page.evaluate("visit.work.rubric.items.map(({ code }) => code)")
    for code in items:
        shown.page.locator(f".fa-strip [data-key='{code}']").click()
        if shown.page.locator("[data-key=rest]").count():
            shown.press("rest")
            expect(shown.page.locator("[data-key=rest]")).to_have_count(0)


def hand_in(shown: Held) -> None:
    """Handed in, signed, and the manager refuses."""
    shown.press("finish")
    shown.press("submit")
    shown.press("sign")
    expect(shown.page.locator("[data-key=sign]")).to_have_count(0)
    shown.page.locator("[data-key=name]").fill("演示·陈经理")
    shown.page.locator("input[value=refused]").check()
    shown.press("manager")
    expect(shown.page.locator(".fa-part")).to_have_count(0)


def test_a_conflict_of_two_phones_is_settled_by_a_person(held: Hold, team: Team) -> None:
    record = team.record
    first = held(0)
    begin(first)
    first.deduct("A1.1", "公示栏")
    assert first.sync() == []
    second = held(1)
    both(first, second)
    (stuck,) = second.sync()
    assert stuck.startswith("conflict")
    card = second.row("A1.1").locator(".fa-dispute")
    expect(card).to_contain_text("东门公示栏")
    expect(card).to_contain_text("公示栏")
    assert [one["steps"] for one in sheet_of(record)["findings"]] == [3]
    second.page.evaluate("visit.screen.goTo('A1.1')")
    second.press("mine")
    expect(card).to_have_count(0)
    assert second.sync() == []
    (finding,) = sheet_of(record)["findings"]
    assert finding["place"] == "东门公示栏"
    assert first.sync() == []
    expect(first.row("A1.1")).to_contain_text("东门公示栏")


def both(first: Held, second: Held) -> None:
    """Both change the finding; the first one is sent."""
    for shown, place, taps in ((first, "", 2), (second, "东门公示栏", 0)):
        shown.page.evaluate("visit.screen.goTo('A1.1')")
        shown.row("A1.1").locator(".fa-finding").click()
        for _ in range(taps):
            shown.press("more", "dialog")
        if place:
            shown.page.locator("dialog [data-key=place]").fill(place)
        shown.keep()
    assert first.sync() == []
