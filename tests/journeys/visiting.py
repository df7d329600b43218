"""One visit recorded entirely in the browser, from the sealed day to the locked record; the others by the same actions.

Not here: the 135 others' findings, which are the demonstration's (demo.fieldwork).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from unittest.mock import patch

from django.db import transaction
from playwright.sync_api import expect
from tests.journeys.conftest import Screen
from tests.journeys.sheets import CHECKS, Chosen, attach, check_of, choose, find, record, taken, write
from tests.journeys.story import Story, fill, press

from mingjing.kernel.cases.models import Case
from mingjing.kernel.parties.models import Person
from mingjing.programmes.assessments.demo import fieldwork
from mingjing.programmes.assessments.demo.clock import moment
from mingjing.programmes.assessments.demo.fieldwork import Visitor, file_events
from mingjing.programmes.assessments.models import TeamDay, VisitRecord

__all__ = [
    "Visit",
    "hand_in_and_sign",
    "lock",
    "missing",
    "open_day",
    "others",
    "progress",
    "record_visit",
    "send_back",
]

SECOND = "officer05"
"""The other member of the centre's staff in the first team."""
REVIEWER = "officer09"
HOURS = (9, 10, 14)
REASON = "消防通道的处数与照片不符，请核对"


class Visit:
    """The record that is made in the browser, and the checks that something is found on."""

    def __init__(self, story: Story, row: VisitRecord) -> None:
        self.story, self.row = story, row
        self.chosen: Chosen = CHECKS[row.entry.class_code]
        self.rubric = story.scheme.rubrics[row.entry.class_code]

    @property
    def path(self) -> str:
        """Its address below /assessments/."""
        return f"visits/{self.row.pk}/"


def open_day(story: Story) -> Visit:
    """On the morning itself the officer opens the day of their team, and enters the first community."""
    story.clock.turn(moment(story.days[0], 8, 40))
    shown = story.at("officer", "visits/")
    shown.check()
    press(shown, "Open the day")
    assert shown.sees("The assignment is open; the visits can begin.")
    shown.check()
    team_day = TeamDay.objects.get(draw__round=story.round, day=story.days[0], team=1)
    row = team_day.records.select_related("entry").order_by("id")[0]
    story.clock.turn(moment(story.days[0], 9))
    shown = story.at("officer", "visits/")
    shown.page.get_by_role("link", name=row.entry.name).first.click()
    shown.check()
    press(shown, "The team has entered")
    expect(shown.page.locator("#score")).to_be_visible()
    shown.check()
    return Visit(story, row)


def record_visit(visit: Visit) -> None:
    """Counts, a grade, a share, a check that does not apply, a ★ finding with its order, and one thing seen twice."""
    shown, chosen = visit.story.at("officer"), visit.chosen
    find(shown, chosen.count, count="2", place="3栋门厅", note="公示栏缺一页", photo=taken(visit.row, "PHOTO 1"))
    find(shown, chosen.grade, grade="partial", note="公示已过期")  # no place and no photo yet
    find(shown, chosen.share, good="7", of="10", place="1栋", note="逐户询问")  # no record of the interviews yet
    find(shown, chosen.star, count="1", place="东侧消防通道", note="两辆轿车占用", photo=taken(visit.row, "PHOTO 2"))
    assert shown.sees("Order given")
    find(
        shown,
        chosen.again,
        count="1",
        place="东侧消防通道",
        note="同上",
        same_as=chosen.star,
        photo=taken(visit.row, "PHOTO 3"),
    )
    expect(check_of(shown, chosen.again).locator(".finding")).to_contain_text("东侧消防通道")
    choose(shown, chosen.absent, "Does not apply", reason="本小区没有此项设施")
    expect(check_of(shown, chosen.absent)).to_contain_text("本小区没有此项设施")
    shown.check()
    row = VisitRecord.objects.get(pk=visit.row.pk)
    facts = {entry["check"]: entry["fact"] for entry in row.sheet_document["findings"]}
    assert facts[chosen.again] == facts[chosen.star]
    assert Case.objects.get(subject=f"{row.subject}/{chosen.star}").kind == "rectification"


def missing(visit: Visit) -> None:
    """It cannot be handed in while something is missing; each thing is named, and can be mended."""
    shown, chosen = visit.story.at("officer"), visit.chosen
    shown.page.get_by_role("link", name="Hand in", exact=True).click()
    problems = shown.page.locator(".problems")
    expect(problems).to_contain_text("checks are not answered")
    expect(problems).to_contain_text(f"A deduction on {chosen.grade} does not say where")
    for code in (chosen.grade, chosen.share):
        expect(problems).to_contain_text(f"A deduction on {code} has no evidence")
    expect(shown.page.get_by_role("button", name="Hand the record in")).to_have_count(0)
    shown.check()
    shown.page.get_by_role("link", name="Back to the form").click()
    write(shown, chosen.grade, "Change", place="物业服务中心")
    for code in (chosen.grade, chosen.share):
        attach(shown, code, taken(visit.row, f"LATER {code}"))
    for item in visit.rubric.items:
        section = shown.page.locator(f"[id='item-{item.code}']")
        with shown.page.expect_response("**/edit/"):
            section.get_by_role("button", name="Nothing found on the rest").click()
    for code in chosen.measured:
        find(shown, code, **record(code))
    expect(shown.page.locator("#score progress")).to_have_js_property("value", len(visit.rubric.checks))
    shown.check()


def hand_in_and_sign(visit: Visit) -> None:
    """Handed in; two members sign; the manager refuses, which a second member confirms from their own account."""
    story = visit.story
    first, second = story.at("officer", visit.path + "signatures/"), story.at(SECOND)
    story.clock.turn(story.clock.now() + timedelta(minutes=45))
    first.page.reload()
    first.check()
    press(first, "Hand the record in")
    assert first.sees("The record is handed in.")
    press(first, "Sign this sheet")
    first.page.get_by_label("Refused").check()
    fill(first, name="演示·项目负责人", comment="不认可扣分")
    press(first, "Record")
    first.check()
    story.at(SECOND, "visits/")
    second.page.get_by_role("link", name=visit.row.entry.name).first.click()
    second.page.get_by_role("link", name="Hand in and sign").click()
    press(second, "Sign this sheet")
    press(second, "I was there: the manager refused")
    assert second.sees("Confirms the refusal")
    second.check()
    row = VisitRecord.objects.get(pk=visit.row.pk)
    assert row.company_stance == "refused"


def send_back(visit: Visit) -> None:
    """Somebody off the team sends it back with a reason; the team sees why, mends it, and hands it in anew."""
    shown = reviewing(visit)
    shown.check()
    fill(shown, **{"back-reason": REASON})
    press(shown, "Send back")
    assert shown.sees("was sent back to its team")
    team = visit.story.at("officer", "visits/")
    expect(team.page.locator("main")).to_contain_text("Sent back")
    team.check()
    team.page.get_by_role("link", name=visit.row.entry.name).first.click()
    assert team.sees(REASON)
    write(team, visit.chosen.star, "Change", count="2")
    team.check()


def lock(visit: Visit) -> None:
    """Reviewed: every reason why a check does not apply was looked at. Then nothing of it changes any more."""
    shown = reviewing(visit)
    press(shown, "Reviewed: lock it")
    assert shown.sees("Look at the reason why")
    shown.check()
    for box in shown.page.locator("[name=absences]").all():
        box.check()
    press(shown, "Reviewed: lock it")
    assert shown.sees("is done.")
    row = VisitRecord.objects.get(pk=visit.row.pk)
    assert row.locked_at
    assert row.signatures.filter(part="witness", sheet_digest=row.sheet_digest).count() == 2
    for page in ("", "sheet/", "history/", "signatures/", "review/"):
        visit.story.at(REVIEWER, visit.path + page).check()


def reviewing(visit: Visit) -> Screen:
    """The reviewer with the record open."""
    shown = visit.story.at(REVIEWER, "{round}/review/")
    shown.check()
    shown.page.get_by_role("link", name=visit.row.entry.name).first.click()
    return shown


def others(story: Story, visit: Visit) -> None:
    """All the other visits, day by day, through the actions behind the same forms; and what else is on record."""
    story.rest()
    named = {f"HT-{one.number:03d}": one for one in story.found}
    visitor = Visitor(story.scheme, story.cast, named, Random(1))
    with transaction.atomic(), patch.object(fieldwork, "PHOTOS", 1):
        for row, staff, at in _remaining(story, visitor, visit):
            visitor.visit(row, staff, at)
            if visitor.chance.random() < 0.5:
                visitor.put_right(row, at + timedelta(hours=20))
    story.clock.turn(moment(story.days[-1] + timedelta(days=1), 9))
    entries = {entry.number: entry for entry in story.round.entries.all()}
    file_events(entries, story.found, story.cast, story.days[0], story.clock.now())


def _remaining(story: Story, visitor: Visitor, visit: Visit) -> Iterator[tuple[VisitRecord, list[Person], datetime]]:
    """What is still to be visited, with the staff who go and when they arrive."""
    for team_day in TeamDay.objects.filter(draw__round=story.round).select_related("draw__round__area"):
        records = list(team_day.records.select_related("round__area", "entry").order_by("id"))
        if team_day.opened_at:
            staff = [member.person for member in team_day.members.select_related("person").filter(part="staff")]
        elif records:
            staff = visitor.open(team_day, moment(team_day.day, 8, 30))
        for row, hour in zip(records, HOURS, strict=False):
            if row.pk != visit.row.pk:
                yield row, staff, moment(team_day.day, hour)


def progress(story: Story, done: int) -> None:
    """The round says how many are done, to whoever asks."""
    shown = story.at("director", "{round}/")
    expect(shown.page.locator(".headline")).to_contain_text(f"{done} of {len(story.found)} done")
    shown.check()
