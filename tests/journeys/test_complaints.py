"""Complaints in a real browser: from the hotline's file to a published ranking, every page looked over on the way."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from tests.faces import district
from tests.journeys.conftest import LANGUAGES, SIZES, Screen
from tests.journeys.story import Clock, turning
from tests.programmes.complaints.conftest import SIZES as HOUSEHOLDS
from tests.programmes.complaints.conftest import communities, publish_rules, row, table
from tests.programmes.complaints.test_flow import july

from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.programmes.complaints.models import Complaint, Edition, Intake, Objection

OpenScreen = Callable[..., Screen]


@pytest.fixture
def clock() -> Iterator[Clock]:
    """The house's clock, in August 2026."""
    with turning() as turned:
        turned.turn(datetime.fromisoformat("2026-08-03T09:00:00+08:00"))
        yield turned


@pytest.fixture
def ready(people: dict[str, Person], clock: Clock, at: datetime) -> Area:
    """Communities, rules in force, and a second officer."""
    area = Area.objects.get(code="430202")
    communities(area, HOUSEHOLDS, at)
    publish_rules(area, people["director"], at)
    people["second"] = district.staff("officer", "周科员", area, at, "officer2")
    return area


def moved(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """The rows of a July, in 2026."""
    return [{name: text.replace("2024-", "2026-") for name, text in one.items()} for one in rows]


def test_from_the_file_of_the_hotline_to_a_published_ranking(
    screen: OpenScreen, ready: Area, clock: Clock, tmp_path: Path
) -> None:
    file = tmp_path / "七月工单.csv"
    file.write_bytes(table(moved(july())).read())
    officer = screen("officer", language="en")
    taken_in(officer, file)
    decided(screen("officer", language="en"))
    edition = checked(officer)
    contested(officer, screen("second", language="en"), edition)
    published(screen("director", language="en"), clock, edition)


def taken_in(shown: Screen, file: Path) -> None:
    shown.open("/complaints/add-intake/")
    shown.check()
    shown.page.get_by_label("File", exact=True).set_input_files(file)
    shown.page.get_by_role("button", name="Read it").click()
    assert shown.sees("is being read")
    drain()
    shown.page.reload()
    shown.check()
    shown.page.get_by_role("link", name="New complaints (16)").click()
    shown.check()
    shown.page.get_by_role("link", name="Overview").click()
    shown.page.get_by_role("button", name="Take in: 16 new, 0 changed").click()
    drain()
    shown.page.reload()
    assert shown.sees("Taken in: 16 new complaints, 0 changed.")
    shown.check()


def decided(shown: Screen) -> None:
    """One by itself, and on to the next; the others together."""
    shown.open("/complaints/?state=undecided")
    shown.check()
    shown.page.locator("tbody th a").first.click()
    shown.check()
    shown.page.get_by_label("Valid", exact=True).check()
    shown.page.get_by_label("Whose duty is it?").select_option("company")
    shown.page.get_by_label("Reason").fill("现场核实属实")
    shown.page.get_by_role("button", name="Decide, and on to the next").click()
    assert shown.sees("The decision was recorded.")
    shown.open("/complaints/?state=undecided")
    for box in shown.page.get_by_role("checkbox").all():
        box.check()
    shown.page.get_by_role("button", name="Decide on the chosen ones together").click()
    shown.check()
    shown.page.get_by_label("Valid", exact=True).check()
    shown.page.get_by_label("Whose duty is it?").select_option("company")
    shown.page.get_by_role("button", name="Decide on all of them").click()
    assert shown.sees("There is 1 problem")
    shown.check()
    shown.page.get_by_label("Reason").fill("现场核实属实")
    shown.page.get_by_role("button", name="Decide on all of them").click()
    assert shown.sees("15 complaints were decided on.")
    assert not Complaint.objects.undecided().exists()


def checked(shown: Screen) -> Edition:
    shown.open("/complaints/open-edition/")
    shown.check()
    shown.page.get_by_label("First day").fill("2026-07-01")
    shown.page.get_by_label("Last day").fill("2026-07-31")
    shown.page.get_by_role("button", name="Open it").click()
    assert shown.sees("is being ranked")
    drain()
    shown.page.reload()
    expect(shown.page.locator("tbody tr").first).to_contain_text("桂花花园")
    expect(shown.page.locator("tbody tr").first).to_contain_text("10.00")
    shown.check()
    shown.page.get_by_role("searchbox").fill("dfmy")
    shown.page.get_by_role("button", name="Show").click()
    expect(shown.page.locator("tbody tr")).to_have_count(1)
    shown.page.get_by_role("link", name="Without a rank (1)").click()
    assert shown.sees("60 households; below 100 a rate would say little.")
    shown.check()
    shown.page.get_by_role("link", name="Ranked (3)").click()
    shown.page.get_by_role("button", name="Begin the companies’ check").click()
    assert shown.sees("The companies’ check lasts until 2026-08-11 00:00.")
    shown.check()
    return Edition.objects.get()


def contested(officer: Screen, second: Screen, edition: Edition) -> None:
    officer.page.get_by_role("link", name="望江楼").click()
    officer.check()
    officer.page.get_by_role("link", name="Object").first.click()
    officer.page.get_by_label("The company claims").select_option("parking")
    officer.page.get_by_label("In its own words").fill("道路违停，不归物业")
    officer.check()
    officer.page.get_by_role("button", name="Record the objection").click()
    assert officer.sees("Somebody uninvolved decides on it.")
    second.open(f"/complaints/editions/{edition.pk}/objections/")
    second.check()
    second.page.locator("tbody th a").click()
    second.page.get_by_label("Upheld", exact=True).check()
    second.page.get_by_label("Reason").fill("照片显示为道路违停")
    second.check()
    second.page.get_by_role("button", name="Decide", exact=True).click()
    assert second.sees("The objection was decided.")
    assert Objection.objects.get().ruling == "upheld"
    drain()


def published(shown: Screen, clock: Clock, edition: Edition) -> None:
    address = f"/complaints/editions/{edition.pk}/"
    shown.open(address)
    expect(shown.page.get_by_role("link", name="Ranked (2)")).to_be_visible()
    expect(shown.page.get_by_role("button", name="Publish the ranking")).to_have_count(0)
    clock.turn(datetime.fromisoformat("2026-08-11T09:00:00+08:00"))
    shown.open(address)
    shown.check()
    shown.page.get_by_label("I know that it can never be changed").check()
    shown.page.get_by_role("button", name="Publish the ranking").click()
    assert shown.sees("The edition is published.")
    shown.check()
    with shown.page.expect_download() as taken:
        shown.page.get_by_role("link", name="CSV").click()
    text = Path(taken.value.path()).read_text("utf-8-sig")
    assert text.splitlines()[1].startswith("1,桂花花园,桂花花园物业公司,500,10.00,5,6,6,1,")
    shown.page.get_by_role("button", name="Issue the bulletin").click()
    assert shown.sees("荷物投〔2026〕1号")
    shown.check()
    shown.open(address)
    expect(shown.page.get_by_role("link", name="荷物投〔2026〕1号")).to_be_visible()
    shown.check()
    shown.page.get_by_role("link", name="Correct it").click()
    shown.check()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES)
def test_every_page_fits_and_is_accessible(
    screen: OpenScreen, people: dict[str, Person], ready: Area, at: datetime, size: str, language: str
) -> None:
    from tests.programmes.complaints.conftest import decided as decide_all
    from tests.programmes.complaints.conftest import ranked, take_in

    from mingjing.programmes.complaints.actions.editions import begin_check, open_edition

    rows = moved([*july(), row(90, "没有登记的小区", "2024-07-09")])
    take_in(ready, rows, people["officer"], timezone.now())
    decide_all(people["officer"], timezone.now())
    first, last = (datetime.fromisoformat(f"2026-07-{day}").date() for day in ("01", "31"))
    edition = ranked(open_edition(area=ready, first_day=first, last_day=last, by=people["officer"], at=timezone.now()))
    nowhere = Complaint.objects.get(site=None)
    Complaint.objects.filter(pk=nowhere.pk).update(validity="invalid")
    begin_check(edition=edition, by=people["officer"], at=timezone.now())
    repeat, intake = Complaint.objects.get(number="W6"), Intake.objects.get()
    shown = screen("director", size, language)
    paths = (
        "", "?state=counted", f"cases/{repeat.pk}/", f"cases/{nowhere.pk}/", "intakes/", f"intakes/{intake.pk}/",
        f"intakes/{intake.pk}/added/", "add-intake/", "editions/", f"editions/{edition.pk}/",
        f"editions/{edition.pk}/unranked/", f"editions/{edition.pk}/communities/{repeat.site_id}/",
        f"editions/{edition.pk}/objections/", f"editions/{edition.pk}/object/{repeat.pk}/", "open-edition/", "rules/",
        f"rules/430202/versions/{edition.rules_id}/", "rules/430202/draft/",
    )  # fmt: skip
    for path in paths:
        shown.open(f"/complaints/{path}")
        shown.check()
