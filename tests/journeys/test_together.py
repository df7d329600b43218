"""Joint inspections and other systems on the desk: asked for, worked out, agreed to; keys shown once. All looked at."""

import os
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect
from tests.faces import district
from tests.journeys.conftest import LANGUAGES, SIZES, Screen
from tests.programmes.inspections import doors

from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.parties.models import Person
from mingjing.programmes.inspections.models import MatchVisit, Post

OpenScreen = Callable[..., Screen]
MONDAY = date(2099, 11, 2)


@pytest.fixture
def scene(transactional_db: None) -> doors.Scene:
    return doors.build(3, 3)


@pytest.fixture
def people(scene: doors.Scene) -> dict[str, Person]:
    watch = district.staff("enforcement_supervisor", "司法监督", scene.area, doors.LONG_AGO, "watch")
    made = {**scene.people, "watch": watch}
    for number, body in enumerate(scene.bodies):
        head = district.staff("authority_head", f"局长{number}", scene.area, doors.LONG_AGO, f"head{number}")
        Post.objects.create(authority=body, person=head, first_day=doors.FIRST, recorded_at=doors.LONG_AGO)
        made[f"head{number}"] = head
    return made


def looked_at(shown: Screen, name: str) -> None:
    """The page without a fault; kept as a picture where somebody wants to see it."""
    shown.check()
    if folder := os.environ.get("PICTURES"):
        shown.page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def approved(scene: doors.Scene) -> None:
    """What three authorities want of three firms in one week; the firms were not told yet."""
    for body in range(3):
        for firm in range(3):
            scene.task(MONDAY, body, firm, noticed_at=None, notice={}, coded_at=None, code=None)


@pytest.mark.parametrize(("size", "language"), [("desk", "zh"), ("phone", "en")])
def test_nine_visits_become_three(screen: OpenScreen, scene: doors.Scene, size: str, language: str) -> None:
    assert size in SIZES
    assert language in LANGUAGES
    approved(scene)
    watch = screen("watch", size, language)
    watch.open("/inspections/propose-together/")
    looked_at(watch, f"ask-{size}-{language}")
    watch.page.fill("[name=first_day]", MONDAY.isoformat())
    watch.page.fill("[name=last_day]", (MONDAY + timedelta(days=6)).isoformat())
    watch.page.click("form.form button.primary")
    watch.page.wait_for_url("**/together/*/")
    there = watch.page.url.removeprefix(watch.address)
    drain()
    watch.open(there)
    expect(watch.page.locator("h1")).to_contain_text("9")
    looked_at(watch, f"match-{size}-{language}")
    for number in range(3):
        head = screen(f"head{number}", size, language)
        head.open(there)
        if number == 0:
            looked_at(head, f"answer-{size}-{language}")
        head.page.locator("button[value=yes]").first.click()
        expect(head.page.locator("button[value=yes]")).to_have_count(2)
    assert MatchVisit.objects.exclude(agreed_at=None).count() == 1
    watch.open("/inspections/together/")
    looked_at(watch, f"matches-{size}-{language}")


@pytest.mark.parametrize(("size", "language"), [("desk", "en"), ("phone", "zh")])
def test_a_key_is_shown_once(screen: OpenScreen, scene: doors.Scene, size: str, language: str) -> None:
    watch = screen("watch", size, language)
    watch.open("/inspections/issue-key/")
    looked_at(watch, f"issue-{size}-{language}")
    watch.page.fill("[name=name]", "市营商平台")
    watch.page.locator("[name=rights]").first.check()
    watch.page.click("form.form button.primary")
    expect(watch.page.locator("code.wrap")).to_contain_text("mj_")
    looked_at(watch, f"key-{size}-{language}")
    watch.open("/inspections/tell-address/")
    watch.page.fill("[name=name]", "市营商平台")
    watch.page.fill("[name=url]", "https://platform.example.cn/told")
    watch.page.locator("[name=events]").last.check()
    watch.page.click("form.form button.primary")
    watch.page.wait_for_url("**/addresses/*/")
    looked_at(watch, f"hook-{size}-{language}")
    watch.open("/inspections/systems/")
    looked_at(watch, f"systems-{size}-{language}")
    own = screen("head0", size, language)
    own.open("/inspections/calendar/")
    looked_at(own, f"calendar-{size}-{language}")
