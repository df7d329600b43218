"""Who goes where: supervisors, a declared conflict, a plan, a witness's seed, and a draw that anybody can recompute."""

import json
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from tests.journeys.keys import follow_by_keys
from tests.journeys.preparing import step
from tests.journeys.story import Story, download, fill, press

from mingjing.config.commands import main
from mingjing.kernel.jobs.worker import drain
from mingjing.programmes.assessments.actions.draws import list_expert, staff_team
from mingjing.programmes.assessments.demo.clock import moment
from mingjing.programmes.assessments.demo.rounds import MOST, TEAM_SIZE, TEAMS
from mingjing.programmes.assessments.models import Draw, TeamDay, VisitRecord

__all__ = ["begin_fieldwork", "commit", "draw", "plan", "sealed", "teams", "verify_files"]

LISTED = 24
"""Supervisors on the list; one of them by hand."""


def teams(story: Story) -> None:
    """Supervisors on the list, one declaring a conflict, and two staff with each team."""
    first, *others = story.cast.supervisors[:LISTED]
    company = story.round.entries.exclude(company_name="").order_by("number")[0].company_name
    shown = story.at("officer", "{round}/teams/add-supervisor/")
    shown.check()
    fill(shown, person=str(first.pk), home=company)
    press(shown, "Save")
    for person in others:
        list_expert(round=story.round, person=person, by=story.cast.officer, at=story.clock.now())
    declare(story, first.username)
    for number, person in enumerate(story.cast.staff):
        if number:
            staff_team(
                round=story.round, team=number % TEAMS + 1, person=person, by=story.cast.officer, at=story.clock.now()
            )
    shown = story.at("officer", "{round}/teams/add-staff/")
    fill(shown, person=str(story.cast.staff[0].pk), team="1")
    press(shown, "Save")
    expect(shown.page.locator("tbody tr")).to_have_count(LISTED)
    shown.check()


def declare(story: Story, username: str) -> None:
    """A supervisor declares that they live in one of the communities."""
    shown = story.at(username, "my-conflicts/")
    shown.check()
    shown.page.get_by_role("link", name="Declare a conflict").first.click()
    fill(shown, community=story.found[5].name, reason="本人居住于该小区")
    shown.check()
    press(shown, "Declare")
    assert shown.sees("The conflict was declared; it will be kept to.")


def plan(story: Story) -> None:
    """The officer plans; what stands in the way is said while the plan is typed."""
    shown = story.at("officer", "{round}/draw/plan/")
    days = " ".join(day.isoformat() for day in story.days)
    fill(shown, teams=str(TEAMS), team_size=str(TEAM_SIZE), most="1", days=days)
    shown.page.keyboard.press("Tab")
    assert shown.sees("The draw cannot be made like this")
    shown.check()
    fill(shown, most=str(MOST))
    shown.page.keyboard.press("Tab")
    assert shown.sees("Nothing stands in the way of this draw")
    follow_by_keys(shown.page, "Save the plan")
    assert shown.sees("The plan was saved.")
    shown.check()


def commit(story: Story) -> None:
    """The director commits; the auditor, as a witness, adds a seed of their own."""
    shown = story.at("director", "{round}/draw/")
    follow_by_keys(shown.page, "Commit to the draw")
    witness = story.at("auditor", "{round}/draw/")
    witness.page.get_by_role("link", name="Steps, seeds and files").click()
    witness.page.get_by_role("link", name="Add a seed of your own").click()
    witness.page.get_by_role("button", name="Make a seed in this browser").click()
    witness.check()
    kept = download(witness.page, witness.page.get_by_role("link", name="Save the seed"), story.folder)
    fill(witness, label="物业服务企业代表")
    press(witness, "Commit to this seed")
    witness.check()
    witness.page.get_by_role("link", name="Reveal your seed").click()
    fill(witness, secret=json.loads(kept.read_text("utf-8"))["seed"])
    witness.check()
    press(witness, "Reveal")
    assert witness.sees("Your seed was taken.")


def draw(story: Story) -> None:
    """All seeds are in: the director has the draw made, and sees that it is."""
    made = Draw.objects.get(round=story.round)
    shown = story.at("director", "{round}/" + f"draws/{made.pk}/")
    shown.check()
    follow_by_keys(shown.page, "Reveal and draw")
    assert shown.sees("The draw is being made.")
    drain()
    assert shown.sees("What was drawn")  # the page noticed by itself
    shown.check()
    assert VisitRecord.objects.filter(round=story.round).count() == len(story.found)


def sealed(story: Story) -> None:
    """The evening before: nobody, whatever their role, is told where a team goes."""
    story.clock.turn(moment(story.days[0] - timedelta(days=1), 22))
    made = Draw.objects.get(round=story.round)
    team_day = TeamDay.objects.filter(draw=made).earliest("day", "team")
    record = team_day.records.earliest("id")
    member = team_day.members.filter(part="expert").earliest("pk").person
    for username in ("director", "officer", "auditor", "admin", member.username):
        shown = story.at(username, "{round}/team-days/")
        assert shown.sees("No day has come yet")
        shown.check()
        for path in (
            f"rounds/{story.round.pk}/team-days/{team_day.pk}/", f"visits/{record.pk}/",
            f"rounds/{story.round.pk}/draws/{made.pk}/draw.json",
            f"rounds/{story.round.pk}/draws/{made.pk}/days/{team_day.day}.json",
        ):  # fmt: skip
            answer = shown.page.request.get(f"{shown.address}/assessments/{path}")
            assert answer.status in (403, 404), (username, path, answer.status)
    shown = story.at(member.username, "visits/")
    assert shown.sees("sealed until")
    told = shown.page.content()
    assert not [one.name for one in story.found if one.name in told]
    shown.check()


def begin_fieldwork(story: Story) -> None:
    """The director lets the teams go out."""
    step(story, "Begin fieldwork")


def verify_files(story: Story, capsys: pytest.CaptureFixture[str]) -> None:
    """On the last day the whole draw is public: what the page gives away recomputes to the same draw."""
    made = Draw.objects.get(round=story.round)
    shown = story.at("auditor", "{round}/" + f"draws/{made.pk}/")
    shown.check()
    page, main_part = shown.page, shown.page.locator("main")
    inputs = download(page, main_part.get_by_role("link", name="inputs.json"), story.folder)
    drawn = download(page, main_part.get_by_role("link", name="draw.json"), story.folder)
    links = main_part.get_by_role("link", name="Commitment")
    commitments = [download(page, links.nth(number), story.folder) for number in range(links.count())]
    assert len(commitments) == 2
    given = [word for path in commitments for word in ("--commitment", str(path))]
    capsys.readouterr()
    assert main(["--lang", "en", "assessments", "draw", "verify", str(drawn), "--inputs", str(inputs), *given]) == 0
    assert f"{drawn.name} holds." in capsys.readouterr().out
