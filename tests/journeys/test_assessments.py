"""Schemes and replays in a real browser: a workbook mended and published, a file scored and a result understood."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from tests.journeys.conftest import LANGUAGES, SIZES, Screen
from tests.programmes.assessments.conftest import MAPPING, TABLE, published

from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.parties.models import Person
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.assessments.actions.replays import request_replay
from mingjing.programmes.assessments.models import Replay

OpenScreen = Callable[..., Screen]


@pytest.fixture
def hetang(people: dict[str, Person], at: datetime) -> Version:
    return published("hetang-2024", people["director"], at)


@pytest.fixture
def done(hetang: Version, people: dict[str, Person], at: datetime) -> Replay:
    """The small table, scored."""
    replay = request_replay(
        scheme=hetang, mapping_name="own.toml", mapping_text=MAPPING, file=BytesIO(TABLE.encode()),
        file_name="table.csv", by=people["officer"], at=at,
    )  # fmt: skip
    drain()
    return replay


def changed(source: Path, target: Path, **cells: object) -> Path:
    """The workbook with cells of its checks changed, as an office program saves it."""
    book = openpyxl.load_workbook(source)
    for cell, value in cells.items():
        book["Checks"][cell] = value
    book.save(target)
    return target


def download(page: Page, name: str, folder: Path) -> Path:
    """What the link called `name` gives."""
    with page.expect_download() as found:
        page.get_by_role("link", name=name).first.click()
    path = folder / found.value.suggested_filename
    found.value.save_as(path)
    return path


def bring(page: Page, file: Path) -> None:
    """Upload `file` on the page that asks for a workbook."""
    page.set_input_files("[name=file]", file)
    with page.expect_navigation():
        page.get_by_role("button", name="Take it in").click()


def test_a_director_mends_a_workbook_and_publishes_it(screen: OpenScreen, hetang: Version, tmp_path: Path) -> None:
    shown = screen("director", language="en")
    page = shown.page
    shown.open("/assessments/schemes/")
    page.get_by_role("link", name="Hetang district").click()
    page.get_by_role("link", name="Version 1").click()
    page.get_by_text("Begin a draft from this version").click()
    page.fill("[name=note]", "Second round")
    page.get_by_role("button", name="Begin the draft").click()
    original = download(page, "Workbook", tmp_path)

    page.get_by_role("link", name="Bring a workbook").click()
    bring(page, changed(original, tmp_path / "broken.xlsx", E2="30", F3="GUESS", C4="", D4=""))
    assert shown.sees("Nothing was saved")
    for place in ("Checks!F3", "Checks!E2", "Checks!C4"):
        expect(page.locator(".problems")).to_contain_text(place.split("!")[0])
    expect(page.locator(".problems")).to_contain_text("Checks!F3")
    shown.check()
    assert Version.objects.get(number=2).digest == hetang.digest

    bring(page, changed(original, tmp_path / "right.xlsx", D2="The manager's name can be read"))
    assert shown.sees("The manager's name can be read")
    assert shown.sees("1 change")
    shown.check()
    page.get_by_role("link", name="Publish…").click()
    day = timezone.localdate() + timedelta(days=30)
    page.fill("[name=effective_from]", day.isoformat())
    page.get_by_label("I have read the changes").check()
    shown.check()
    page.get_by_role("button", name="Publish version 2").click()
    assert shown.sees("Version 2 was published.")
    shown.check()
    assert Version.objects.get(number=2).effective_from == day


def test_an_officer_replays_a_file_and_understands_a_result(
    screen: OpenScreen, hetang: Version, tmp_path: Path
) -> None:
    (tmp_path / "table.csv").write_text(TABLE, "utf-8")
    (tmp_path / "own.toml").write_text(MAPPING, "utf-8")
    shown = screen("officer", language="en")
    page = shown.page
    shown.open("/assessments/replays/")
    page.get_by_role("link", name="Replay a file").click()
    page.set_input_files("[name=file]", tmp_path / "table.csv")
    page.select_option("[name=scheme]", str(hetang.pk))
    page.set_input_files("[name=mapping_file]", tmp_path / "own.toml")
    page.get_by_role("button", name="Score it").click()
    assert shown.sees("Waiting for the background work")
    shown.check()
    drain()
    assert shown.sees("All of this class, by rank")  # the page noticed by itself
    shown.check()
    page.get_by_role("link", name="All of this class, by rank").first.click()
    shown.check()
    page.get_by_role("link", name="third").click()
    assert shown.sees("1 repair would have led to “Red list”:")
    expect(page.locator("main")).to_contain_text("open critical checks is 1; the rule asks for = 0.")
    shown.check()
    file = download(page, "Decision file", tmp_path)
    assert file.stat().st_size > 1000


def test_mistakes_of_a_file_are_shown_by_place(screen: OpenScreen, hetang: Version, people: dict[str, Person]) -> None:
    replay = request_replay(
        scheme=hetang, mapping_name="own.toml", mapping_text=MAPPING, file=BytesIO(TABLE.replace("half", "?").encode()),
        file_name="坏.csv", by=people["officer"], at=timezone.now(),
    )  # fmt: skip
    drain()
    shown = screen("officer", language="en", size="phone")
    shown.open(f"/assessments/replays/{replay.pk}/")
    assert shown.sees("row 2, column A1.2")
    shown.check()


PAGES = (
    "schemes/", "schemes/hetang-2024/", "schemes/hetang-2024/1/", "schemes/hetang-2024/compare/?old=1&new=2",
    "schemes/hetang-2024/2/", "schemes/hetang-2024/2/upload/", "schemes/hetang-2024/2/publish/",
    "schemes/hetang-2024/2/withdraw/", "schemes/hetang-2024/3/", "add-scheme/",
    "replays/", "ask-replay/", "replays/{pk}/", "replays/{pk}/class/A/", "replays/{pk}/results/0/",
    "replays/{pk}/results/3/", "replays/{pk}/results/4/",
)  # fmt: skip


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_in_both_languages_and_sizes(
    screen: OpenScreen, done: Replay, people: dict[str, Person], size: str, language: str
) -> None:
    from mingjing.kernel.rulebooks.actions import save_draft, start_draft, withdraw_draft

    draft = start_draft(base=done.scheme, note="第二轮", by=people["officer"], at=timezone.now())
    document = draft.content | {"sampling": []}
    save_draft(version=draft, document=document, expected_revision=1, by=people["officer"], at=timezone.now())
    other = start_draft(base=draft, by=people["officer"], at=timezone.now())
    withdraw_draft(version=other, reason="与第二轮草稿重复", by=people["officer"], at=timezone.now())
    shown = screen("director", size=size, language=language)
    for path in PAGES:
        shown.open("/assessments/" + path.format(pk=done.pk))
        expect(shown.page.locator("h1")).to_be_visible()
        shown.check()
