"""Rounds, registers, draws and lists in a real browser: on every page, for every reader, and on paper."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.journeys.conftest import LANGUAGES, SIZES, OpenScreen, is_searched
from tests.journeys.story import fill, press, settled

from mingjing.kernel.parties.models import Person
from mingjing.programmes.assessments import demo
from mingjing.programmes.assessments.models import Community, Entry, Result, Roster, Round, TeamDay

COMMUNITIES, DONE = 20, 12


@dataclass
class Shown:
    """The demonstration of a few communities: a decided round, and one that is going on."""

    before: Round
    now: Round

    @property
    def pages(self) -> list[str]:
        """The pages of registers, rosters, rounds, draws and lists, below /assessments/."""
        community, roster = Community.objects.earliest("pk"), Roster.objects.earliest("pk")
        entry, day = self.now.entries.earliest("number"), TeamDay.objects.filter(draw__round=self.now).earliest("pk")
        register = ["communities/", f"communities/{community.pk}/", f"communities/{community.pk}/removal/", "rosters/",
                    "add-roster/", f"rosters/{roster.pk}/", f"rosters/{roster.pk}/added/"]  # fmt: skip
        now = ("", "communities/", f"communities/{entry.number}/", "classes/", "hand-over/", "teams/",
               "teams/add-supervisor/", "teams/add-staff/", "draw/", f"draws/{day.draw_id}/", "team-days/",
               f"team-days/{day.pk}/", "visits/", "review/", "result/", f"of/{entry.number}/")  # fmt: skip
        worst = self.worst
        before = ("result/", f"list/{worst.entry.class_code}/", f"of/{worst.entry.number}/", "changes/", "edges/",
                  "exports/", "not-assessed/", "what-if/")  # fmt: skip
        return [
            *register, "rounds/", "add-round/", "what-ifs/",
            *(f"rounds/{self.now.pk}/{page}" for page in now), *(f"rounds/{self.before.pk}/{page}" for page in before),
        ]  # fmt: skip

    @property
    def worst(self) -> Result:
        """The result of the decided round that lost most."""
        found = Result.objects.filter(replay__round=self.before).select_related("entry").order_by("total")
        return found[0]


@pytest.fixture
def people(transactional_db: None) -> dict[str, Person]:
    """Everybody of the demonstration, by username."""
    return settled()


@pytest.fixture
def shown(people: dict[str, Person]) -> Shown:
    demo.build(lambda line: None, COMMUNITIES, DONE)
    people |= {person.username: person for person in Person.objects.all()}
    before, now = Round.objects.order_by("pk")
    return Shown(before, now)


def test_what_people_do_with_rounds_and_every_page_of_them(
    screen: OpenScreen, shown: Shown, people: dict[str, Person], tmp_path: Path
) -> None:
    # One test: the rounds take longer to make than to look at. Each part is a promise of its own.
    found_by_initials(screen, shown.now.entries.earliest("number"))
    handed_over(screen, shown.now, people["officer02"])
    on_paper(screen, shown.worst, shown.before, tmp_path)
    every_page(screen, shown)


def every_page(screen: OpenScreen, shown: Shown) -> None:
    """Every page fits, at both sizes and in both languages, and is accessible; all faults are told at once."""
    faults = []
    for size in SIZES:
        for language in LANGUAGES:
            reader = screen("director", size, language)
            reader.searched = is_searched(size, language, crossed=True)
            for path in shown.pages:
                reader.open(f"/assessments/{path}")
                try:
                    reader.check()
                except AssertionError as fault:
                    faults.append(f"{size} {language} {path}: {fault}")
                    reader.complaints.clear()
    assert not faults, "\n\n".join(faults)


def found_by_initials(screen: OpenScreen, entry: Entry) -> None:
    """A community is found by the initials of its name, while they are typed, in the register and in a round."""
    initials = entry.community.words.split()
    reader = screen("officer", language="zh")
    word = next(word for word in initials if word.isascii() and word.isalpha() and 4 <= len(word) <= 8)
    for path in ("communities/", f"rounds/{entry.round_id}/communities/"):
        reader.open(f"/assessments/{path}")
        reader.page.get_by_role("searchbox").first.press_sequentially(word)
        reader.page.wait_for_url(f"**?*q={word}*")
        expect(reader.page.locator("main tbody")).to_contain_text(entry.name)
        reader.check()


def handed_over(screen: OpenScreen, round_: Round, to: Person) -> None:
    """A round goes from one person to another, with the reason, and shows who answers for it now."""
    officer = screen("officer", language="en")
    officer.open(f"/assessments/rounds/{round_.pk}/")
    officer.page.get_by_role("link", name="Hand over").click()
    fill(officer, to=str(to.pk), reason="原负责人调往街道办事处")
    officer.check()
    press(officer, "Hand it over")
    expect(officer.page.locator("main")).to_contain_text(to.display_name)
    officer.check()
    round_.refresh_from_db()
    assert round_.lead == to
    follower = screen(to.username, language="en")
    follower.open(f"/assessments/rounds/{round_.pk}/hand-over/")
    expect(follower.page.locator("main")).to_contain_text("原负责人调往街道办事处")
    follower.check()


def on_paper(screen: OpenScreen, result: Result, round_: Round, folder: Path) -> None:
    """The page of a community prints: tier and reasons are on the paper, menus and buttons are not."""
    assert result.entry
    reader = screen("director", language="zh")
    reader.open(f"/assessments/rounds/{round_.pk}/of/{result.entry.number}/")
    page = reader.page
    page.emulate_media(media="print")
    told = [result.entry.name, page.locator("h1 .tag").inner_text(), page.locator(".reasons li").first.inner_text()]
    printed = page.locator("main").inner_text()
    assert not [text for text in told if text not in printed]
    expect(page.get_by_role("navigation").first).to_be_hidden()
    file = folder / "community.pdf"
    page.pdf(path=file, format="A4")
    assert file.read_bytes().startswith(b"%PDF-")
    if reading := shutil.which("pdftotext"):  # not asked for: where it is installed, the file itself is read too
        text = subprocess.run([reading, "-raw", file, "-"], capture_output=True, check=True).stdout.decode()
        assert not [part for part in told[:2] if part not in text]
