"""What follows a published list, in the browser: an exit that is only recommended, an order repaired within a day, a
company that changed, a bar that a correction undoes without a trace. What precedes each is made by actions and rows.
"""

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from tests.faces import district
from tests.faces.portal.conftest import member
from tests.guarded import guards_lifted
from tests.journeys.conftest import OpenScreen, Screen, session_of
from tests.journeys.publishing import scan
from tests.journeys.story import fill, press
from tests.programmes.assessments.contested import published as published_by_acts
from tests.programmes.assessments.contested import settled
from tests.programmes.assessments.judged import in_review, register
from tests.programmes.assessments.listed import corrected, engaged, published, served, whose
from tests.programmes.assessments.test_editions import accident
from tests.programmes.assessments.test_measures import FIRST, LAW, entry_of
from tests.programmes.assessments.test_round_decisions import decided

from mingjing.kernel.cases.models import Case
from mingjing.kernel.documents.models import Document
from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.ledger.verify import verify
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.proceedings.models import Proceeding
from mingjing.programmes.assessments.actions.measures import follow_list
from mingjing.programmes.assessments.actions.rectifying import order_findings
from mingjing.programmes.assessments.models import Community, Edition, Entry, VisitRecord
from mingjing.programmes.assessments.queries.rectifying import wanting

People = dict[str, Person]
DAY = timedelta(days=1)


@pytest.fixture
def company(people: People, at: datetime) -> Organisation:
    return district.companies(2, at)[0]


@pytest.fixture
def communities(people: People, company: Organisation, at: datetime) -> list[Community]:
    found = register(3, at)
    for community in found:
        engaged(community, company, at)
    return found


def listed(communities: list[Community], people: People, at: datetime, rounds: int = 1) -> Edition:
    """The first community on the black list of so many rounds; the newest list, with what follows it."""
    for n in range(rounds):
        day = date(2024, 1, 1) + timedelta(days=184 * n)
        edition = published(communities, {FIRST: "BLACK"}, people, at + n * DAY, code=f"r{n + 1}", first_day=day)
        follow_list(edition=edition, by=people["director"], at=at + n * DAY)
    return edition


def listed_by_acts(communities: list[Community], people: People, at: datetime, rounds: int) -> Edition:
    """The same by acts alone: visited, decided, told, heard, shown to the public, signed and published each time."""
    bureau = district.staff("director", "局领导", communities[0].area, at, username="bureau")
    for n in range(rounds):
        when, first = at + 60 * n * DAY, date(2024, 1, 1) + timedelta(days=184 * n)
        round_ = in_review(people, when, communities, code=f"r{n + 1}", first_day=first, seed=n + 20)
        with guards_lifted():
            whose(round_)
            attributes = {"service_months": "40", "occupancy": "85", "completed_year": "2005", "fee": "0.8"}
            Entry.objects.filter(round=round_, number=FIRST).update(attributes=attributes)
            entry = Entry.objects.select_related("company", "round__area", "community").get(round=round_, number=FIRST)
            accident(entry, people, when)
        decided(round_, people, when)
        after = settled(round_, entry, [people["director"], bureau], people["officer"], "uphold", when)
        edition = published_by_acts(round_, people["director"], bureau, after)
        assert edition.rows.get(adverse=True).entry == entry
        drain()  # what follows it opens by itself
        assert Proceeding.objects.filter(kind="exit").count() == (n == rounds - 1)
    return edition


def go(shown: Screen, who: Person, path: str) -> Screen:
    """The page as this person sees it, who has just signed in."""
    shown.page.context.add_cookies([session_of(who, shown.address)])  # type: ignore[list-item]
    shown.open(path)
    return shown


def of(edition: Edition) -> str:
    return f"/assessments/rounds/{edition.round_id}/measures/{FIRST}/"


def follow(shown: Screen, name: str) -> None:
    """Follow the link of this name to its page."""
    with shown.page.expect_navigation():
        shown.page.locator("main").get_by_role("link", name=name).first.click()


def test_three_in_a_row_lead_to_a_recommendation_and_to_nothing_else(
    screen: OpenScreen, people: People, communities: list[Community], at: datetime, tmp_path: Path
) -> None:
    edition, shown = listed_by_acts(communities, people, at, rounds=3), screen("", language="en")
    assert Proceeding.objects.get(kind="exit").subject == entry_of(edition).subject
    officer, director = people["officer"], people["director"]
    go(shown, officer, "/assessments/measures/").check()
    go(shown, officer, of(edition))
    assert shown.sees("It recommends; the owners decide. Nobody is removed by it.")
    assert shown.sees("3 in a row")
    shown.check()
    go(shown, officer, f"{of(edition)}steps/exit/proposed/")
    fill(shown, note="连续三轮列入黑榜")
    press(shown, "Record")
    follow(go(shown, director, of(edition)), "Approve…")
    fill(shown, note="同意")
    press(shown, "Record")
    go(shown, officer, f"{of(edition)}papers/exit/sent/")
    shown.check()
    press(shown, "Issue the paper")
    paper = Document.objects.get(kind="assessments.exit_recommendation")
    assert shown.sees(paper.number)
    go(shown, officer, f"{of(edition)}steps/exit/sent/")
    shown.page.locator("main input[type=file]").set_input_files(scan(tmp_path, "receipt.jpg"))
    press(shown, "Record")
    assert shown.sees("Recommendation handed to the subdistrict")
    assert communities[0].engagements.get(last_day=None).company_id == communities[0].company_id
    assert verify().whole


def test_a_critical_order_is_repaired_within_a_day_and_confirmed_by_another(
    screen: OpenScreen, people: People, communities: list[Community], at: datetime, tmp_path: Path
) -> None:
    edition, shown, officer = listed(communities, people, at), screen("", language="en"), people["officer"]
    deputy = district.staff("director", "副主任", Area.objects.get(code="430202"), at, username="deputy")
    found_dry(edition)
    follow(go(shown, officer, of(edition)), "Give an order…")
    shown.page.locator("main input[type=checkbox]").first.check()
    shown.check()
    press(shown, "Give the order")
    case = Case.objects.get()
    assert case.due_at - case.opened_at == DAY
    go(shown, officer, f"/cases/{case.pk}/steps/report/")
    fill(shown, note="已恢复供水")
    shown.page.locator("main input[type=file]").set_input_files(scan(tmp_path, "after.jpg"))
    press(shown, "Report as done")
    go(shown, officer, f"/cases/{case.pk}/")
    expect(shown.page.get_by_text("does not confirm it").first).to_be_visible()
    go(shown, deputy, f"/cases/{case.pk}/decisions/confirmation/")
    shown.page.locator("main input[type=file]").set_input_files(scan(tmp_path, "look.jpg"))
    press(shown, "Confirm as done")
    case.refresh_from_db()
    assert case.closed_at
    assert case.closed_at - case.opened_at < DAY
    assert go(shown, officer, of(edition)).sees("Put right")
    shown.check()
    go(shown, officer, f"/assessments/spots/{case.pk}/").check()


def found_dry(edition: Edition) -> None:
    """A hydrant without water stands in the record of the first community."""
    record = VisitRecord.objects.select_related("entry").get(entry=entry_of(edition))
    check = "A5.2" if record.entry.class_code == "A" else "B10.2"
    finding: dict[str, Any] = {
        "id": "00000000-0000-7000-8000-000000000001", "n": 1, "version": 1, "check": check, "steps": 1, "fact": "",
        "place": "三栋", "note": "消火栓无水", "evidence": [], "measured": {}, "by": "x",
        "at": "2024-09-04T09:45:00+08:00",
    }  # fmt: skip
    with guards_lifted():
        VisitRecord.objects.filter(pk=record.pk).update(sheet=json.dumps({"findings": [finding]}))


def test_a_company_that_came_later_does_not_inherit_the_listing(
    screen: OpenScreen, people: People, communities: list[Community], company: Organisation, at: datetime
) -> None:
    edition = listed(communities, people, at)
    newcomer = Organisation.objects.exclude(pk=company.pk).get()
    engaged(communities[0], newcomer, at, edition.round.first_day + 120 * DAY)
    for size, language in (("desk", "en"), ("phone", "zh")):
        shown = go(screen("", size=size, language=language), people["officer"], of(edition))
        assert shown.sees("The listing stays with that company" if language == "en" else "列入结果归该企业")
        expect(shown.page.locator("main")).not_to_contain_text(newcomer.name)
        shown.check()


@pytest.mark.parametrize(("size", "language"), [("phone", "zh"), ("desk", "en")])
def test_a_company_that_comes_while_an_order_is_open_meets_it_at_its_own_door(
    screen: OpenScreen, people: People, communities: list[Community], company: Organisation, at: datetime,
    tmp_path: Path, size: str, language: str,
) -> None:  # fmt: skip
    edition, today = listed(communities, people, at), timezone.localdate()
    found_dry(edition)
    order_findings(
        entry=entry_of(edition), findings=[one.key for one in wanting(entry_of(edition))], by=people["officer"],
        at=timezone.now() - 2 * DAY,
    )  # fmt: skip
    case = Case.objects.get()
    newcomer = Organisation.objects.exclude(pk=company.pk).get()
    heads = [member(one, f"head{one.pk}", "head", at) for one in (company, newcomer)]
    engaged(communities[0], newcomer, at, today)
    shown = go(screen("", size=size, language=language), heads[1], "/portal/")
    shown.page.locator("main a", has_text=case.title).first.click()
    assert shown.sees("You look after it now" if language == "en" else "现由你单位提供服务")
    shown.check()
    shown.page.locator(f"main a[href$='/orders/{case.pk}/report/']").click()
    fill(shown, text="已恢复供水")
    shown.page.locator("main input[type=file]").set_input_files(scan(tmp_path, "after.jpg"))
    shown.page.locator("main form .button.primary, main form button.primary").last.click()
    shown.page.wait_for_url("**/receipts/**")
    case.refresh_from_db()
    assert (case.state, case.claimed_by) == ("claimed", heads[1])
    shown = go(shown, heads[0], f"/portal/assessments/orders/{case.pk}/")
    assert shown.sees("Another company looks after this community now" if language == "en" else "现由其他企业提供服务")
    expect(shown.page.locator("main")).not_to_contain_text("已恢复供水")
    shown.check()


def test_a_bar_is_undone_by_a_correction_without_a_trace(
    screen: OpenScreen, people: People, communities: list[Community], company: Organisation, at: datetime
) -> None:
    edition, shown, officer = listed(communities, people, at), screen("", language="en"), people["officer"]
    today = timezone.localdate()
    follow(go(shown, officer, of(edition)), "Decide a bar…")
    shown.check()
    fill(shown, first_day=today.isoformat(), last_day=(today + 365 * DAY).isoformat(), **LAW)
    press(shown, "Decide the bar")
    url = shown.page.url.removeprefix(shown.address)
    assert shown.sees("Nobody has signed it off for the law.")
    shown.check()
    fill(go(shown, people["director"], url), opinion="依据充分")
    press(shown, "Sign off")
    press(go(shown, officer, url), "Issue the decision")
    served(Document.objects.get(kind="assessments.bar_decision"), edition, officer, timezone.now())
    assert go(shown, officer, url).sees("In force")
    assert asked(shown, company)["barred"]
    before = timezone.now()
    after = corrected(edition, {FIRST: "ORDINARY"}, timezone.now())
    follow_list(edition=after, by=people["director"], at=timezone.now())
    assert go(shown, officer, url).sees("it bars nobody, on any day")
    shown.check()
    told = asked(shown, company)
    assert (told["barred"], told["bars"], told["name"]) == (False, [], None)
    assert asked(shown, company, on=today.isoformat(), known=before.isoformat())["barred"], "as was known then"
    assert not asked(shown, company, on=(today + 30 * DAY).isoformat())["barred"]
    assert verify().whole


def asked(shown: Screen, company: Organisation, **more: str) -> dict[str, Any]:
    """What a procurement office is told, today unless it asks of another day."""
    query = urlencode({"credit_code": company.credit_code, **more})
    answer = shown.page.request.get(f"{shown.address}/api/assessments/standing?{query}")
    found: dict[str, Any] = answer.json()
    return found
