"""From the last locked record to the list: decided by the scheme, read, taken away, and checked without the house."""

import re

import openpyxl
import pytest
from playwright.sync_api import expect
from tests.journeys.preparing import step
from tests.journeys.story import Story, download, press, rows_of

from mingjing.config.commands import main
from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.ledger.verify import verify
from mingjing.programmes.assessments.models import Result

__all__ = ["begin_review", "decide", "ledger_is_whole", "read_lists", "take_away"]


def begin_review(story: Story) -> None:
    """The director ends fieldwork."""
    step(story, "End fieldwork and begin review")


def decide(story: Story) -> None:
    """The director has the round decided; the background work does, and the page notices."""
    shown = story.at("director", "{round}/result/")
    shown.check()
    press(shown, "Decide the round")
    drain()
    assert shown.sees("What it rests on")
    shown.check()
    story.round.refresh_from_db()
    assert story.round.state == "decided"
    assert Result.objects.filter(replay__round=story.round).count() == len(story.found)


def read_lists(story: Story) -> None:
    """The list of each class, with every community on one of them; what changed, and who stands near a cut-off."""
    listed = 0
    for code in story.scheme.classes:
        shown = story.at("auditor", "{round}/" + f"list/{code}/")
        shown.check()
        listed += rows_of(shown.page)
    assert listed == len(story.found)
    worst = Result.objects.filter(replay__round=story.round).order_by("total").first()
    assert worst
    assert worst.entry
    shown = story.at("auditor", "{round}/" + f"of/{worst.entry.number}/")
    expect(shown.page.locator("main")).to_contain_text("What cost points")
    expect(shown.page.locator("main")).to_contain_text("Hash of this result")
    shown.check()
    shown = story.at("auditor", "{round}/changes/")
    assert shown.sees("No earlier round")
    shown.check()
    shown = story.at("auditor", "{round}/edges/")
    expect(shown.page.locator("main table").first).to_be_visible()
    shown.check()


def take_away(story: Story, capsys: pytest.CaptureFixture[str]) -> None:
    """The office's workbook opens and has everybody; a decision file holds without the house."""
    shown = story.at("director", "{round}/exports/")
    press(shown, "Make the workbook")
    drain()
    made = download(shown.page, shown.page.get_by_role("button", name="Download"), story.folder)
    shown.check()
    book = openpyxl.load_workbook(made, read_only=True)
    numbers = {
        str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row
        if re.fullmatch(r"HT-\d{3}", str(cell))
    }  # fmt: skip
    assert len(numbers) == len(story.found)
    book.close()

    number = story.found[0].number
    shown = story.at("auditor", "{round}/" + f"of/HT-{number:03d}/")
    file = download(shown.page, shown.page.get_by_role("link", name="Decision file"), story.folder)
    capsys.readouterr()
    assert main(["verify", str(file), "--lang", "en"]) == 0
    assert f"{file.name} holds." in capsys.readouterr().out


def ledger_is_whole(story: Story) -> None:
    """Every fact of the round stands in the ledger, which verifies, also before the auditor's eyes."""
    assert verify().whole
    shown = story.at("auditor")
    shown.open("/ledger/")
    shown.page.get_by_role("link", name="Check now").click()
    assert shown.sees("The ledger is whole.")
    shown.check()
