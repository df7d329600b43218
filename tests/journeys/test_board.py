"""The public board in a real browser: every kind of page, phone and desk, both languages and elder mode, no script."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer
from tests.faces import district
from tests.journeys.conftest import SIZES, Screen
from tests.programmes.assessments.boarded import publish

from mingjing.faces.board.variants import VARIANTS
from mingjing.kernel.parties.models import Person
from mingjing.programmes.assessments.actions.appeals import decide_appeal, file_appeal
from mingjing.programmes.assessments.board import files, pages
from mingjing.programmes.assessments.board.pages import Site, _every
from mingjing.programmes.assessments.models import Edition, VisitRecord
from mingjing.programmes.assessments.policy.corrections import Remedy
from mingjing.programmes.assessments.queries.published import published_of

BASE = "/board/assessments/430202/"
TEMPLATES = Path(pages.__file__).parents[1] / "templates/assessments/board"
READ = """async (drawn) => {
  const { reader } = await import("#mj/field/dialogs.js");
  const picture = new Image(400, 400);
  picture.src = `data:image/svg+xml,${encodeURIComponent(drawn)}`;
  await picture.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: 400, height: 400 });
  const paper = canvas.getContext("2d");
  paper.fillStyle = "white";
  paper.fillRect(0, 0, 400, 400);
  paper.drawImage(picture, 0, 0, 400, 400);
  return (await (await reader()).detect(canvas)).map(({ rawValue }) => rawValue);
}"""
"""What the scanner of the phones' app reads of a drawing."""
SQUEEZED = """() => [...document.querySelectorAll("th")]
  .filter(cell => cell.offsetWidth && cell.innerText.trim().length > 3)
  .filter(cell => cell.offsetWidth < (cell.closest("thead") ? 3 : 4) * parseFloat(getComputedStyle(cell).fontSize))
  .map(cell => cell.innerText)"""
"""Heads of rows and columns in which a word stands letter below letter."""
DRAWN = "e => new XMLSerializer().serializeToString(e)"


@pytest.fixture
def edition(people: dict[str, Person], at: datetime) -> Edition:
    made = publish(people, at, 20)
    corrected(made, people)
    files.write(made.round.area)
    return made


def corrected(edition: Edition, people: dict[str, Person]) -> None:
    """A finding is struck on appeal, of somebody who is not on the black list: there is an earlier edition to read."""
    third = district.staff("director", "复核员", edition.round.area, edition.published_at, username="third")
    for row in edition.rows.filter(company__isnull=False, adverse=False).select_related("entry"):
        record = VisitRecord.objects.filter(entry=row.entry).first()
        if record and (found := record.sheet_document.get("findings")):
            told: dict[str, Any] = {"by": people["officer"], "at": edition.published_at + timedelta(days=1)}
            appeal = file_appeal(row=row, grounds="不实", **told)
            struck = Remedy(findings={(record.pk, str(found[0]["id"])): 0})
            told |= {"by": third, "note": "证据不足", "stance": "upheld"}
            decide_appeal(proceeding=appeal, remedy=struck, **told)
            return
    raise AssertionError("nobody has a finding that could be struck")


def addresses(edition: Edition) -> list[str]:
    """One of each kind of published page and every live one, below a variant."""
    black = edition.rows.select_related("entry").get(adverse=True)
    absent = edition.rows.select_related("entry").filter(total=None).first()
    site, found = Site.of(published_of(edition.round.area)), dict[str, str]()
    for path, template, _context in _every(site, VARIANTS["zh"]):
        found.setdefault(template, path)
    whole = {one.stem for one in TEMPLATES.glob("*.html") if "{% extends" in one.read_text("utf-8")}
    assert found.keys() == whole - {"base", "search", "near"}
    found["community"] = f"communities/{black.entry.number}/"
    others = [f"communities/{absent.entry.number}/"] if absent else []
    return [*found.values(), *others, "search/?q=guihua", "near/?lat=27.8&lon=113.1"]


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
                assert screen.page.evaluate(SQUEEZED) == [], path
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


def test_the_code_of_a_sticker_leads_to_the_page_of_its_community(
    edition: Edition, browser: Browser, live_server: LiveServer
) -> None:
    context = browser.new_context()
    page, scanner = context.new_page(), context.new_page()
    scanner.goto(f"{live_server.url}/field/")
    for number in ("HT-00001", "HT-00005"):
        page.goto(f"{live_server.url}{BASE}zh/communities/{number}/sticker/")
        name = page.locator("h1").inner_text()
        (address,) = scanner.evaluate(READ, page.locator("svg.qr").evaluate(DRAWN))
        assert address == page.locator(".sticker code").first.inner_text()
        page.goto(f"{live_server.url}{urlsplit(address).path}")
        assert page.locator("h1").inner_text().startswith(name)
        assert page.get_by_role("heading", name="历轮结果").is_visible()
    context.close()
