"""Where no team can look again, a crew is called together, in the browser: committed to, drawn, sealed, made again."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import Locator, expect
from tests.faces import district
from tests.journeys.conftest import LANGUAGES, SIZES, OpenScreen, Screen
from tests.journeys.publishing import Office
from tests.journeys.story import Clock, download, turning
from tests.kernel.evidence.photographs import photo
from tests.programmes.assessments.conftest import published
from tests.programmes.assessments.contested import reviewed
from tests.programmes.assessments.test_crews import many_crews
from tests.programmes.assessments.worked import in_fieldwork, noon, visited

from mingjing.config.commands import main
from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.ledger.verify import verify
from mingjing.kernel.parties.models import Person
from mingjing.programmes.assessments.actions import draws
from mingjing.programmes.assessments.actions.decisions import request_decision
from mingjing.programmes.assessments.actions.filings import decide_filing, file_document
from mingjing.programmes.assessments.actions.rounds import begin_review
from mingjing.programmes.assessments.models import CrewDraw, Entry, Purpose, Round, TeamDay, VisitRecord

WHY = "另一组有督导员须回避"


@pytest.fixture
def clock(at: datetime) -> Iterator[Clock]:
    with turning() as found:
        found.turn(at)
        yield found


@pytest.fixture
def round_(people: dict[str, Person], at: datetime, clock: Clock) -> Round:
    """Six communities visited; an accident on file would put one of those of the last day on the black list."""
    made = in_fieldwork(published("hetang-2024", people["director"], at), people, at)
    for record in VisitRecord.objects.filter(round=made).select_related("round__area", "entry", "team_day"):
        visited(record, people, noon(at, record.team_day))
    last = TeamDay.objects.filter(draw__round=made).latest("day").day
    entry = VisitRecord.objects.filter(team_day__day=last).earliest("pk").entry
    filing = file_document(
        entry=entry, kind="veto", code="serious_safety_accident", document="荷应急〔2024〕7号事故认定书",
        occurred_on=date(2024, 9, 2), responsibility="消防设施维保由该公司负责", by=people["officer"], at=at,
        files=[SimpleUploadedFile("认定书.jpg", photo(colour=(1, 2, 3)))],
    )  # fmt: skip
    area = made.area
    for member in (people["director"], district.staff("panel", "评审员", area, at)):
        decide_filing(filing=filing, approved=True, reason="因果关系明确", by=member, at=at)
    clock.turn(at.replace(day=last.day, hour=18))
    return made


def test_a_crew_is_called_together_drawn_goes_and_is_found_whole(
    screen: OpenScreen, people: dict[str, Person], at: datetime, round_: Round, clock: Clock, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    told, entry = Office(screen, people, round_), Entry.objects.get(filings__kind="veto")
    day = TeamDay.objects.filter(draw__round=round_).latest("day").day + timedelta(days=2)
    refused_while_a_team_can_go(told, entry, day, people, clock.now())
    crew = called_and_drawn(told, entry, day)
    sealed(told, crew)

    clock.turn(at.replace(day=day.day, hour=18))
    record = VisitRecord.objects.get(entry=entry, purpose=Purpose.SECOND)
    assert record.team_day == crew.team_day
    visited(record, people, noon(at, record.team_day))
    assert "crew-" not in told.at("auditor", "seconds/").page.content(), "its file is to be had once the day is over"
    clock.turn(at.replace(day=day.day + 1, hour=9))
    made_again(told, crew, tmp_path, capsys)

    begin_review(round=round_, by=people["director"], at=clock.now())
    request_decision(round=round_, by=people["director"], at=clock.now())
    drain()
    assert main(["--lang", "en", "assessments", "check-round", round_.code, "--area", "430202"]) == 0
    assert verify().whole
    assert told.at("auditor", f"of/{entry.number}/").sees("Black")


def row_of(shown: Screen, entry: Entry) -> Locator:
    """What is said of a community that another team must look at."""
    return shown.page.locator("li").filter(has=shown.page.get_by_text(entry.name, exact=True))


def press(shown: Screen, row: Locator, name: str) -> None:
    with shown.page.expect_navigation():
        row.get_by_role("button", name=name).click()


def refused_while_a_team_can_go(
    told: Office, entry: Entry, day: date, people: dict[str, Person], now: datetime
) -> None:
    """A crew is the way out only where no team can go: each way says which of them it is."""
    shown = told.at("director", "seconds/")
    ask(shown, entry, day)
    expect(shown.page.locator("main")).to_contain_text("can go on that day: send it")
    shown.check()
    (first,) = VisitRecord.objects.filter(entry=entry).select_related("team_day")
    days = TeamDay.objects.filter(day=first.team_day.day, draw__round=entry.round)
    other = days.exclude(pk=first.team_day_id).get()
    expert = entry.round.experts.get(person=other.members.filter(part="expert").earliest("pk").person)
    draws.declare_conflict(
        expert=expert, community=entry.community, reason="近亲属在该公司任职", by=people["officer"], at=now
    )
    row = row_of(shown, entry)
    row.get_by_label("Day of the visit").first.fill(day.isoformat())
    row.get_by_label("Team", exact=True).fill(str(other.team))
    press(shown, row, "Send this team")
    expect(shown.page.locator("main")).to_contain_text("call a crew together for it")
    shown.check()


def ask(shown: Screen, entry: Entry, day: date) -> None:
    """Unfold the way out, say when and why, and call a crew together."""
    row = row_of(shown, entry)
    row.get_by_text("No team can go", exact=True).click()
    row.get_by_label("Day of the visit").last.fill(day.isoformat())
    row.get_by_label("Why no team can go").fill(WHY)
    press(shown, row, "Call a crew together")


def called_and_drawn(told: Office, entry: Entry, day: date) -> CrewDraw:
    """Two acts: the commitment stands on the page before anybody knows who goes; then the lot says it, to nobody."""
    shown = told.at("director", "seconds/")
    ask(shown, entry, day)
    expect(row_of(shown, entry)).to_contain_text(f"A crew is called together for {day}; who could go is fixed.")
    crew = CrewDraw.objects.get()
    expect(row_of(shown, entry)).to_contain_text(crew.commitment[:8])
    assert not VisitRecord.objects.filter(purpose=Purpose.SECOND).exists()
    every_way(told)
    press(shown, row_of(shown, entry), "Draw who goes")
    expect(row_of(shown, entry)).to_contain_text("A crew was drawn for it; sealed until its day.")
    expect(row_of(shown, entry).get_by_role("button")).to_have_count(0)
    every_way(told)
    crew.refresh_from_db()
    return crew


def every_way(told: Office) -> None:
    """The page as it stands, for who sends teams: in both sizes and languages."""
    for size in SIZES:
        for language in LANGUAGES:
            Office(told.open_screen, told.people, told.round, size, language).at("director", "seconds/").check()


def sealed(told: Office, crew: CrewDraw) -> None:
    """Whoever sends nobody learns nothing; who goes learns that it is sealed."""
    assert crew.team_day
    members = [member.person for member in crew.team_day.members.select_related("person")]
    for username in ("officer", "auditor"):
        page = told.at(username, "seconds/").page.locator("main").inner_text()
        assert crew.entry.name not in page
        assert not [person for person in members if person.display_name in page]
    going = Office(told.open_screen, {"going": members[0]}, told.round).at("going", "../../visits/")
    assert going.sees("sealed until")
    assert crew.entry.name not in going.page.content()


def made_again(told: Office, crew: CrewDraw, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The day has passed: both visits stand side by side, and the file makes the crew again on any computer."""
    assert crew.team_day
    shown = told.at("auditor", "seconds/")
    row = shown.page.get_by_role("row").filter(has_text=crew.entry.name)
    expect(row).to_contain_text(f"Team {crew.team_day.team}")
    expect(shown.page.locator("main")).to_contain_text(WHY)
    every_way(told)
    file = download(shown.page, shown.page.get_by_role("link", name=f"crew-{crew.pk}.json"), folder)
    capsys.readouterr()
    assert main(["--lang", "en", "verify", str(file)]) == 0
    assert "Drawn again and the same: 4 go" in capsys.readouterr().out


@pytest.mark.parametrize(("size", "language"), [("desk", "zh"), ("phone", "en")])
def test_with_more_than_a_page_of_both_each_list_turns_by_the_keyboard_and_stays_in_sight(
    screen: OpenScreen, people: dict[str, Person], at: datetime, size: str, language: str
) -> None:
    round_ = reviewed(people, at, 70, 53)
    many_crews(round_, 52, at)
    shown = Office(screen, people, round_, size, language).at("auditor", "seconds/")
    shown.check()
    crews, twice = shown.page.locator("#crews"), shown.page.locator("#twice")
    for turned, other, left in ((crews, twice, 2), (twice, crews, 3)):
        kept = other.inner_text()
        turned.locator("[rel=next]").focus()
        with shown.page.expect_navigation():
            shown.page.keyboard.press("Enter")
        expect(turned).to_be_in_viewport()
        expect(turned.locator("tbody tr, dl > div")).to_have_count(left)
        assert other.inner_text() == kept
        shown.check()
    with shown.page.expect_navigation():
        crews.locator("[rel=prev]").press("Enter")
    expect(crews.locator("dl > div")).to_have_count(50)
