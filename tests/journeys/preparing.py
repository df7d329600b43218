"""From an empty register to a frozen round: the roster in, the round open, the borderline classes settled.

What is decided is pressed by the keyboard alone.
"""

import json

from playwright.sync_api import Locator, Page, expect
from tests.journeys.conftest import Screen
from tests.journeys.keys import follow_by_keys, tab_until
from tests.journeys.story import Story, fill, press, rows_of

from mingjing.kernel.jobs.worker import drain
from mingjing.programmes.assessments.demo import register
from mingjing.programmes.assessments.demo.rounds import classes
from mingjing.programmes.assessments.models import Community, Round

__all__ = ["freeze", "import_again", "import_roster", "open_round", "settle_classes", "step"]

BY_HAND = 3
"""How many borderline classes are settled in the browser; the others by the same action."""


def import_roster(story: Story) -> None:
    """The officer hands the workbook in and sees the preview; the director approves; the register has them all."""
    count = len(story.found)
    shown = hand_in(story)
    expect(figure(shown.page, "new")).to_have_text(str(count))
    shown.check()
    assert not Community.objects.exists()

    director = story.at("director")
    director.page.goto(shown.page.url)
    director.check()
    follow_by_keys(director.page, f"Approve: {count} new, 0 changed")
    drain()
    assert director.sees(f"The register was brought up to date: {count} communities added, 0 changed.")
    director.check()
    register_shows(story, count)


def import_again(story: Story) -> None:
    """The same file once more says that there is nothing to change, and asks for nothing."""
    shown = hand_in(story)
    assert shown.sees("The register says the same as the file: 0 new, 0 changed.")
    expect(figure(shown.page, "unchanged")).to_have_text(str(len(story.found)))
    expect(shown.page.get_by_role("button", name="Approve")).to_have_count(0)
    press(shown, "Discard")
    register_shows(story, len(story.found))


def hand_in(story: Story) -> Screen:
    """The officer uploads the roster; its preview, once the background work has read it."""
    path = story.folder / register.FILE
    register.write(path, story.found)
    shown = story.at("officer", "rosters/")
    shown.page.get_by_role("link", name="Hand in a roster").first.click()
    shown.page.set_input_files("[name=file]", path)
    press(shown, "Read it")
    drain()
    expect(figure(shown.page, "new")).to_be_visible()  # the page notices by itself
    return shown


def figure(page: Page, title: str) -> Locator:
    """The number under one of the figures of a page."""
    return page.locator("dl.figures div").filter(has=page.get_by_text(title, exact=True)).locator("dd").first


def register_shows(story: Story, count: int) -> None:
    """So many communities on the pages of the register."""
    assert Community.objects.count() == count
    shown = story.at("officer", "communities/")
    shown.check()
    assert rows_of(shown.page) == count


def open_round(story: Story) -> None:
    """The director opens the round; it takes every community of the register."""
    shown = story.at("director", "add-round/")
    days = {"first_day": story.days[0].isoformat(), "last_day": story.days[-1].isoformat()}
    fill(shown, code="2026-1", title="2026年第一轮考核", **days, scheme=str(story.version.pk))
    fill(shown, lead=str(story.people["officer"].pk))
    shown.check()
    follow_by_keys(shown.page, "Open it as a draft")
    story.round = Round.objects.get()
    expect(shown.page.locator("main")).to_contain_text(f"of {len(story.found)} done")
    shown.check()
    assert story.round.entries.count() == len(story.found)


def settle_classes(story: Story) -> None:
    """Officer and director look at each borderline community and agree; a few of them in the browser."""
    waiting = [(entry.name, entry.proposed_class) for entry in story.round.entries.unclassed().order_by("number")]
    assert len(waiting) > BY_HAND
    for username in ("officer", "director"):
        shown = story.at(username, "{round}/classes/")
        shown.check()
        confirm_by_keys(shown.page, *waiting[0])
        for name, code in waiting[1:BY_HAND]:
            row = shown.page.locator(".queue-row").filter(has_text=name)
            row.locator(f"[name=class_code][value={code}]").check()
            row.locator("[name=reason]").fill("竣工年份与收费标准分属两类，以收费为准")
            with shown.page.expect_navigation():
                row.get_by_role("button", name="Confirm").click()
    assert shown.sees("two people agree, so its class is settled")
    assert story.round.entries.unclassed().count() == len(waiting) - BY_HAND
    classes(story.round, story.cast, story.clock.now())
    shown = story.at("director", "{round}/classes/")
    assert shown.sees("No class of this round waits for you.")
    shown.check()


def confirm_by_keys(page: Page, name: str, code: str) -> None:
    """The class of one community: chosen with the arrows, the reason typed, Enter."""
    row = f"document.activeElement.closest('.queue-row')?.textContent.includes({json.dumps(name)})"
    tab_until(page, f"{row} && document.activeElement.name === 'class_code'")
    for _ in range(page.locator("[name=class_code]").count()):
        if page.evaluate(f"document.activeElement.checked && document.activeElement.value === {json.dumps(code)}"):
            break
        page.keyboard.press("ArrowDown")
    tab_until(page, "document.activeElement.name === 'reason'")
    page.keyboard.type("竣工年份与收费标准分属两类，以收费为准")
    with page.expect_navigation():
        page.keyboard.press("Enter")


def freeze(story: Story) -> None:
    """The director freezes roster, classes and scheme."""
    step(story, "Freeze")
    assert story.round.roster_digest


def says(name: str) -> str:
    """The condition that what has the focus begins with these words."""
    return f"document.activeElement.textContent.trim().startsWith({json.dumps(name)})"


def step(story: Story, name: str) -> None:
    """The director takes the next step of the round, knowing that it is final."""
    shown = story.at("director", "{round}/")
    shown.check()
    tab_until(shown.page, "document.activeElement.matches('.next-step [type=checkbox]')")
    shown.page.keyboard.press("Space")
    tab_until(shown.page, f"document.activeElement.matches('.next-step button') && {says(name)}")
    with shown.page.expect_navigation():
        shown.page.keyboard.press("Enter")
    assert shown.sees("Done. The step is in the ledger.")
    shown.check()
    story.round.refresh_from_db()
