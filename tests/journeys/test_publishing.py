"""From a decided round to a fair list, in the browser: a clean one, a contested one that stands, one overturned."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.utils import timezone
from tests.journeys import publishing
from tests.journeys.conftest import OpenScreen, Screen
from tests.journeys.publishing import Clock, Office, scan
from tests.journeys.story import fill, press
from tests.programmes.assessments.listed import served
from tests.programmes.assessments.test_measures import LAW

from mingjing.kernel.ledger.verify import verify
from mingjing.kernel.parties.models import Person
from mingjing.programmes.assessments.actions.bars import decide_bar, issue_bar_document, sign_bar
from mingjing.programmes.assessments.models import Bar, Edition
from mingjing.programmes.assessments.queries.listings import proposals


@pytest.fixture
def clock() -> Iterator[Clock]:
    with publishing.later() as clock:
        yield clock


def office(screen: OpenScreen, people: dict[str, Person], at: datetime, *, accident: bool) -> Office:
    cast = publishing.cast_of(people, at)
    return Office(screen, cast, publishing.decided_round(cast, at, accident=accident))


def step(shown: Screen, note: str = "", **values: str) -> None:
    """Fill in the form of the step that is next, and record it."""
    if note:
        fill(shown, note=note)
    fill(shown, **values)
    press(shown, "Record:")


def signed_and_published(told: Office, clock: Clock) -> None:
    """Shown to the public, signed by two houses after the clock has run out, published."""
    shown = told.at("officer", "signing/")
    step(shown, "Website of the district")
    assert shown.sees("7 working days")
    shown.check()
    assert told.at("director", "signing/").sees("waits until")
    clock.turn(days=16)
    step(told.at("director", "signing/"), "Everything was heard")
    told.at("director", "signing/").check()
    step(told.at("bureau", "signing/"), "Agreed")
    shown = told.at("director", "signing/")
    shown.check()
    press(shown, "Publish the list")
    assert shown.sees("The list is published.")
    shown.check()


def test_a_clean_round_is_published(screen: OpenScreen, people: dict[str, Person], at: datetime, clock: Clock) -> None:
    told = office(screen, people, at, accident=False)
    shown = told.at("officer", "publication/")
    assert shown.sees("Nobody is proposed for a list that takes rights")
    shown.check()
    signed_and_published(told, clock)
    assert not Edition.objects.get().rows.filter(adverse=True).exists()


def test_a_black_listing_is_contested_and_stands_until_an_appeal_overturns_it(
    screen: OpenScreen, people: dict[str, Person], at: datetime, clock: Clock, tmp_path: Path
) -> None:
    # One round for both: what is overturned must have been published first.
    told = office(screen, people, at, accident=True)
    (one,) = proposals(told.round, timezone.now())
    assert one.stands
    assert one.stands.proceeding.organisation
    case = f"publication/of/{one.entry.number}/"
    noticed_and_served(told, case, one.stands.proceeding.organisation.credit_code, clock, tmp_path)
    heard_and_decided(told, case, clock, tmp_path)
    signed_and_published(told, clock)
    assert Edition.objects.get().rows.get(adverse=True).entry == one.entry
    code = barred(told).company.credit_code
    before = timezone.now()
    assert standing(told, code)["barred"]
    clock.turn(hours=2)
    overturned(told, one.entry.number)
    now, then = standing(told, code), standing(told, code, known=before.isoformat())
    assert (now["barred"], now["bars"], now["name"]) == (False, [], None)
    assert not standing(told, code, on=before.date().isoformat())["barred"]
    assert then["barred"]
    assert then["bars"][0]["listing"]["edition"] == 1
    assert verify().whole


def barred(told: Office) -> Bar:
    """Its company is barred from procurement from today on: decided, signed off by another, served."""
    now, edition, cast = timezone.now(), Edition.objects.get(), told.people
    days = {"first_day": timezone.localdate(), "last_day": timezone.localdate() + timedelta(days=365)}
    entry = edition.rows.get(adverse=True).entry
    bar = decide_bar(entry=entry, **days, **LAW, by=cast["officer"], at=now)
    sign_bar(bar=bar, opinion="依据充分", by=cast["director"], at=now)
    served(issue_bar_document(bar=bar, by=cast["officer"], at=now), edition, cast["officer"], now)
    return bar


def standing(told: Office, credit_code: str, **more: str) -> dict[str, Any]:
    """What a procurement office is told."""
    shown = told.at("officer", "publication/")
    query = urlencode({"credit_code": credit_code, **more})
    found: dict[str, Any] = shown.page.request.get(f"{shown.address}/api/assessments/standing?{query}").json()
    return found


def noticed_and_served(told: Office, case: str, credit_code: str, clock: Clock, folder: Path) -> None:
    shown = told.at("officer", "publication/")
    assert shown.sees("Pre-listing notice served")
    shown.check()
    shown = told.at("officer", case)
    press(shown, "Issue the notice")
    clock.turn(hours=2)
    shown.page.get_by_role("link", name="Record proof of service").click()
    moment = f"{timezone.localtime():%Y-%m-%dT%H:%M}"
    fill(shown, credit_code="91430202MA4Q000770", method="direct", served_at=moment, received_by="Front desk")
    shown.page.set_input_files("input[type=file]", scan(folder, "receipt.jpg"))
    clock.turn(minutes=2)
    press(shown, "Record")
    assert shown.sees("There is 1 problem")
    shown.check()
    fill(shown, credit_code=credit_code)
    shown.page.set_input_files("input[type=file]", scan(folder, "receipt.jpg"))
    press(shown, "Record")
    assert shown.sees("5 working days")
    shown.check()


def heard_and_decided(told: Office, case: str, clock: Clock, folder: Path) -> None:
    shown = told.at("officer", case)
    shown.page.get_by_role("link", name="Statement of the company received").click()
    step(shown, "The host was broken before we came", on_behalf="Manager")
    shown.page.get_by_role("link", name="Hearing asked for").click()
    step(shown)
    shown = told.at("director", case)
    step(shown)
    assert shown.sees("There is 1 problem")  # no minutes
    shown.page.set_input_files("main input[type=file]", scan(folder, "minutes.jpg"))
    step(shown)
    shown.check()
    step(told.at("director", case), "The report came after the accident")
    clock.turn(days=9)
    for member in ("panel", "panel2"):
        shown = told.at(member, case)
        shown.page.get_by_label("List it", exact=True).check()
        step(shown, "The finding of the authority and two visits agree")
    assert shown.sees("Decided: list it")
    shown.check()


def overturned(told: Office, number: str) -> None:
    """An appeal is recorded, decided by somebody who had no part, and the next edition spares the community."""
    shown = told.at("officer", "editions/1/")
    shown.page.locator("tr", has_text=number).get_by_role("link", name="Record an appeal").click()
    fill(shown, grounds="The authority corrected its finding")
    press(shown, "Record")
    assert shown.sees("somebody who had no part in it decides")
    shown.check()
    page = shown.page.url.partition(f"/rounds/{told.round.pk}/")[2]
    assert told.at("panel", page).sees("You had a part in what this is about")
    shown = told.at("panel3", page)
    shown.check()
    shown.page.get_by_label("Well founded", exact=True).check()
    shown.page.get_by_label("The listing itself falls").check()
    step(shown, "The correction is genuine")
    assert shown.sees("Edition 2")
    assert not Edition.objects.get(number=2).rows.filter(adverse=True).exists()
    for path in (
        "editions/",
        "editions/1/",
        "editions/2/",
        "disputes/",
        "publication/",
        "seconds/",
        f"findings/{number}/",
    ):
        told.at("auditor", path).check()
    phone = Office(told.open_screen, told.people, told.round, "phone", "zh")
    for path in ("publication/", f"publication/of/{number}/", "signing/", "editions/", "editions/2/", page, "seconds/"):
        phone.at("auditor", path).check()
