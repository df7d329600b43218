"""Photos of phones as reviewers, auditors and everybody see them in a browser: WCAG, widths, both languages, masks.

MINGJING_SHOTS names a folder in which pictures of the pages are left, to be looked at.
"""

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from tests.journeys.conftest import LANGUAGES, SIZES, OpenScreen, Screen
from tests.kernel.evidence.pictures import CHANGES, jpeg, scene
from tests.programmes.assessments import drawing
from tests.programmes.assessments.conftest import published
from tests.programmes.assessments.test_field_commands import Day

from mingjing.kernel.evidence.actions import set_masks
from mingjing.kernel.evidence.models import Exhibit, Mask
from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.ledger.heads import signed_head
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Site

SITE = ("27.8300000", "113.1300000")
BIG = (1200, 900)


def at_place(latitude: str, longitude: str, accuracy: int) -> dict[str, Any]:
    return {"latitude": latitude, "longitude": longitude, "accuracy": accuracy, "at": "2026-01-01T00:00:00Z"}


@pytest.fixture
def day(people: dict[str, Person], at: datetime) -> Day:
    """A visit with photos of every kind: near, far, vague, uncited, still away, just arrived, like another visit's."""
    day = Day(drawing.build(published("hetang-2024", people["director"], at), people, at, sites=6)).begun()
    Site.objects.filter(community=day.record.entry.community_id).update(
        latitude=SITE[0], longitude=SITE[1], given_latitude=SITE[0], given_longitude=SITE[1], given_datum="WGS-84"
    )
    head = signed_head(at=timezone.now() - timedelta(minutes=35))
    word = {"kind": "word", "word": "K7MX", "answered": True}
    photo(day, 1, "A1.1", head=head, position=at_place("27.8301500", "113.1302000", 8), challenge=word)
    photo(day, 2, "A1.3", head=head, position=at_place("27.8296000", "113.1294000", 140))
    photo(day, 3, "A1.4", position=at_place("27.8391000", "113.1310000", 12), challenge=word | {"answered": False})
    photo(day, 4, "A2.1", arrives=False, head=head)
    photo(day, 5, "", cited=False, position=None)
    assert day.states(day.find("A2.1", evidence=[])) == ["applied"]
    other, phone, raw = day.records[1], day.phones[1], jpeg(CHANGES["small, watermarked, compressed"](scene(1, BIG)))
    begin = day.begin() | {"subject": other.subject}
    phone.upload(raw)
    told = phone.photo("assessments.photo", other.subject, raw, timezone.now(), head=head)
    assert day.states(begin, told, phone=1) == ["applied", "applied"]
    drain()
    photo(day, 6, "A3.1", head=head, worker=False)
    return day


def photo(
    day: Day, seed: int, check: str, *, arrives: bool = True, cited: bool = True, worker: bool = True, **record: Any
) -> None:
    raw = jpeg(scene(seed, BIG))
    told = day.photo(raw, about=check, **record)
    digest = told["payload"]["record"]["sha256"]
    if arrives:
        day.phones[0].upload(raw)
    find = [day.find(check, evidence=[digest], note="公示栏缺页")] if cited else []
    answer = day.send(told, *find, worker=worker)
    assert {one["state"] for one in answer["outcomes"]} == {"applied"}


def pages(day: Day) -> dict[str, tuple[str, str]]:
    """Every page on which photos are looked at: its address and who opens it."""
    record, round_ = day.records[0], day.records[0].round_id
    first = Exhibit.objects.filter(subject=record.subject).earliest("recorded_at", "id")
    return {
        "photos": (f"/assessments/visits/{record.pk}/photos/", "director"),
        "review": (f"/assessments/visits/{record.pk}/review/", "director"),
        "queue": (f"/assessments/rounds/{round_}/review/", "director"),
        "alike": (f"/assessments/rounds/{round_}/alike/", "director"),
        "exhibit": (f"/exhibits/{first.pk}/", "director"),
        "verify": (f"/verify/{first.sha256}/", ""),
        "unknown": (f"/verify/{'0' * 64}/", ""),
        "look-up": ("/verify/", ""),
    }


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES)
def test_every_page_with_photos(screen: OpenScreen, day: Day, size: str, language: str) -> None:
    for name, (path, role) in pages(day).items():
        shown = screen(role, size, language)
        shown.open(path)
        shown.page.evaluate("document.querySelectorAll('main details').forEach((details) => (details.open = true))")
        shown.page.wait_for_load_state("networkidle")
        kept(shown, f"{name}-{size}-{language}")
        shown.check()


def test_photos_on_paper(screen: OpenScreen, day: Day) -> None:
    shown = screen("director")
    shown.open(pages(day)["photos"][0])
    shown.page.emulate_media(media="print")
    expect(shown.page.locator(".photo").first).to_be_visible()
    expect(shown.page.locator("nav.tabs")).to_be_hidden()
    kept(shown, "photos-print")


def test_masks_are_drawn_with_the_pointer_listed_for_the_keyboard_and_saved(screen: OpenScreen, day: Day) -> None:
    shown = screen("director", language="en")
    shown.open(pages(day)["exhibit"][0])
    page = shown.page
    page.locator("mj-masks summary").click()
    page.get_by_role("button", name="Draw on the picture").click()
    page.locator("mj-masks .picture svg").scroll_into_view_if_needed()
    box = page.locator("mj-masks .picture svg").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.25)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.5, steps=4)
    page.mouse.up()
    first = page.locator(".box-row").first
    assert abs(float(first.locator("[name=left]").input_value()) - 25) < 1
    assert abs(float(first.locator("[name=width]").input_value()) - 25) < 1
    page.get_by_role("button", name="Add a box").click()
    expect(page.locator(".box-row")).to_have_count(2)
    expect(page.locator(".box-row [name=left]").nth(1)).to_be_focused()
    kept(shown, "masks-en")
    page.locator(".box-row").nth(1).get_by_role("button", name="Take away").click()
    expect(page.locator("mj-masks rect")).to_have_count(1)
    with page.expect_navigation():
        page.get_by_role("button", name="Set the masks").click()
    ((left, top, width, height),) = Mask.objects.get().boxes
    assert max(abs(part - 2500) for part in (left, top, width, height)) < 100
    shown.check()


def test_a_file_is_compared_in_the_browser_without_being_sent(screen: OpenScreen, day: Day, tmp_path: Path) -> None:
    shown = screen(language="en")
    shown.open(pages(day)["verify"][0])
    same, other = tmp_path / "same.jpg", tmp_path / "other.jpg"
    same.write_bytes(jpeg(scene(1, BIG)))
    other.write_bytes(jpeg(scene(2, BIG)))
    requests: list[str] = []
    shown.page.on("request", lambda request: requests.append(request.url))
    shown.page.set_input_files("input[type=file]", same)
    expect(shown.page.get_by_text("The same, bit for bit")).to_be_visible()
    shown.page.set_input_files("input[type=file]", other)
    expect(shown.page.get_by_text("Another file, or one that was changed")).to_be_visible()
    assert requests == []
    shown.check()


def test_the_copies_for_outside(screen: OpenScreen, day: Day, people: dict[str, Person]) -> None:
    exhibit = Exhibit.objects.filter(subject=day.records[0].subject).earliest("recorded_at", "id")
    set_masks(exhibit=exhibit, boxes=[[3000, 2500, 1500, 2500]], by=people["director"], at=timezone.now())
    for language in LANGUAGES:
        shown = screen("director", language=language)
        for name in ("watermarked", "public"):
            shown.open(f"/exhibits/{exhibit.pk}/{name}/")
            kept(shown, f"{name}-{language}")


def kept(shown: Screen, name: str) -> None:
    """Leave a picture of the whole page, if anybody wants to look at it."""
    if folder := os.environ.get("MINGJING_SHOTS"):
        shown.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
