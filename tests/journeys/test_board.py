"""The public board in a real browser: every kind of page, phone and desk, both languages and elder mode, no script."""

from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer
from tests.journeys.conftest import SIZES, Screen
from tests.programmes.assessments.boarded import publish

from mingjing.kernel.parties.models import Person
from mingjing.programmes.assessments.board import files
from mingjing.programmes.assessments.models import Edition

BASE = "/board/assessments/430202/"


@pytest.fixture
def edition(people: dict[str, Person], at: datetime) -> Edition:
    made = publish(people, at, 20)
    files.write(made.round.area)
    return made


def addresses(edition: Edition) -> list[str]:
    """One of each kind of page, below a variant."""
    black = edition.rows.select_related("entry", "company").get(adverse=True)
    assert black.company
    absent = edition.rows.select_related("entry").filter(total=None).first()
    others = [f"communities/{absent.entry.number}/"] if absent else []
    return [
        "", "rounds/2024-2/", "rounds/2024-2/A/", f"communities/{black.entry.number}/", *others, "communities/",
        "companies/", f"companies/{black.company.credit_code}/", "corrections/", "map/", "data/", "search/?q=guihua",
        "near/?lat=27.8&lon=113.1", f"communities/{black.entry.number}/sticker/",
    ]  # fmt: skip


def test_every_public_page_is_readable_by_everybody(
    edition: Edition, browser: Browser, live_server: LiveServer
) -> None:
    checked = 0
    for size, variants in (("phone", ("zh-elder", "en")), ("desk", ("zh", "en-elder"))):
        context = browser.new_context(viewport={"width": SIZES[size][0], "height": SIZES[size][1]})
        screen = Screen(context.new_page(), live_server.url)
        screen.page.on("console", screen.hear)
        for variant in variants:
            for path in addresses(edition):
                if variant.endswith("elder") and path.endswith("sticker/"):
                    continue
                screen.open(f"{BASE}{variant}/{path}")
                screen.check()
                checked += 1
        assert context.cookies() == []
        context.close()
    screen_door = browser.new_context()
    door = Screen(screen_door.new_page(), live_server.url)
    door.open("/board/zh/")
    door.check()
    screen_door.close()
    assert checked >= 4 * len(addresses(edition)) - 2


def test_without_a_script_somebody_finds_a_community_and_its_reasons(
    edition: Edition, browser: Browser, live_server: LiveServer, tmp_path: Path
) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, java_script_enabled=False, accept_downloads=True
    )
    page = context.new_page()
    page.goto(f"{live_server.url}/board/")
    page.get_by_role("link", name="荷塘区").click()
    page.get_by_label("小区名称、拼音首字母或地址").fill("ghhy")
    page.get_by_role("button", name="查找").click()
    page.get_by_role("link", name="桂花花园").first.click()
    assert page.get_by_role("heading", name="列入此等次的理由").is_visible()
    page.get_by_role("link", name="关怀版").click()
    assert page.locator("html.elder").count() == 1
    assert "桂花花园" in page.title()
    page.get_by_role("link", name="English").click()
    assert page.url.endswith("/en-elder/communities/HT-00001/")
    with page.expect_download() as download:
        page.get_by_role("link", name="Decision file").click()
    assert b"public_decision" in download.value.path().read_bytes()
    assert context.cookies() == []
    context.close()


def test_the_print_view_is_the_content_alone(edition: Edition, browser: Browser, live_server: LiveServer) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{live_server.url}{BASE}zh/rounds/2024-2/A/")
    page.emulate_media(media="print")
    for hidden in (".menu", ".reading", ".skip"):
        assert not page.locator(hidden).is_visible()
    shown = page.locator(".tier").first
    assert shown.evaluate("e => getComputedStyle(e).color") == "rgb(0, 0, 0)"
    assert shown.locator("svg").is_visible()
    assert page.pdf(format="A4")[:4] == b"%PDF"
    context.close()
