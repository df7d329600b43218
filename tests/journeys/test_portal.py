"""A company contests a black listing from a phone, and its lawyer sees that one case; both read large letters too."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.journeys.conftest import OpenScreen, Screen
from tests.journeys.story import press, turning
from tests.kernel.evidence.photographs import photo
from tests.programmes.assessments.companies import World, build

from mingjing.kernel.parties.models import Person
from mingjing.kernel.proceedings.models import Taken
from mingjing.kernel.submissions.models import Submission

PICTURES = os.environ.get("MINGJING_PICTURES", "")
"""A folder in which to leave pictures of the pages, to be looked at."""


@pytest.fixture
def world(people: dict[str, Person], at: datetime) -> Iterator[World]:
    made = build(people, at, count=4)
    for number, company in enumerate(made.companies):
        people[f"head{number}"], people[f"lawyer{number}"] = company.head, company.lawyer
    with turning() as clock:
        clock.turn(at + timedelta(days=1))
        yield made


def looked_at(shown: Screen, name: str) -> None:
    """Checked, and left as a picture where somebody wants to look."""
    shown.check()
    if PICTURES:
        shown.page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_company_contests_a_black_listing_from_the_phone(
    screen: OpenScreen, world: World, tmp_path: Path, language: str
) -> None:
    own = world.companies[0]
    file = tmp_path / "公示栏.jpg"
    file.write_bytes(photo(colour=(9, 9, 90)))
    shown = screen("head0", size="phone", language=language)
    shown.open("/portal/")
    looked_at(shown, f"home-phone-{language}")
    shown.page.locator("main a", has_text=own.entry.name).first.click()
    looked_at(shown, f"case-phone-{language}")
    case = shown.page.url
    shown.page.locator(f"main a[href$='/communities/{own.entry.pk}/']").first.click()
    expect(shown.page.locator("main")).to_contain_text("公示栏内容缺失")
    looked_at(shown, f"community-phone-{language}")
    shown.page.goto(case)
    shown.page.locator("main a[href$='/statement/']").click()
    shown.page.locator("textarea[name=text]").fill("公示栏当日正在更换，照片为证。")
    wrong = tmp_path / "公示栏.pdf"
    wrong.write_bytes(file.read_bytes())
    shown.page.locator("input[name=papers]").set_input_files(wrong)
    press(shown, "Hand it in" if language == "en" else "提交")
    looked_at(shown, f"refused-phone-{language}")
    shown.page.locator("input[name=papers]").set_input_files(file)
    press(shown, "Hand it in" if language == "en" else "提交")
    expect(shown.page.locator("main")).to_contain_text(Submission.objects.get().number)
    looked_at(shown, f"receipt-phone-{language}")
    assert Taken.objects.get(step="statement").by == own.head
    shown.page.goto(case)
    shown.page.locator("main a[href$='/hearing/']").click()
    press(shown, "Hand it in" if language == "en" else "提交")
    assert Taken.objects.filter(step="hearing_asked").exists()
    press(shown, "Large letters" if language == "en" else "大字", within="header")
    looked_at(shown, f"large-phone-{language}")


def test_a_lawyer_sees_one_case(screen: OpenScreen, world: World) -> None:
    own, other = world.companies
    shown = screen("lawyer0", language="zh")
    shown.open("/portal/")
    looked_at(shown, "lawyer-home-desk-zh")
    expect(shown.page.locator("main")).to_contain_text(own.entry.name)
    expect(shown.page.locator("main")).not_to_contain_text(own.order.title)
    expect(shown.page.locator("nav.ways")).not_to_contain_text("加分")
    shown.page.locator("main a", has_text=own.entry.name).first.click()
    looked_at(shown, "lawyer-case-desk-zh")
    shown.open(f"/portal/assessments/communities/{own.entry.pk}/slip/")
    looked_at(shown, "slip-desk-zh")
    shown.open(f"/portal/assessments/communities/{other.entry.pk}/")
    expect(shown.page.locator("body")).not_to_contain_text(other.entry.name)


def test_the_head_of_a_company_goes_through_its_pages(screen: OpenScreen, world: World) -> None:
    own = world.companies[0]
    shown = screen("head0", language="zh")
    pages = {
        "standing": "assessments/standing/", "records": "assessments/records/",
        "communities": "assessments/communities/", "orders": "assessments/orders/", "claims": "assessments/bonus/",
        "order": f"assessments/orders/{own.order.pk}/", "report": f"assessments/orders/{own.order.pk}/report/",
        "claim": f"assessments/bonus/{own.open_entry.pk}/new/", "people": "people/", "documents": "documents/",
        "invite": f"people/{own.organisation.credit_code}/new/", "account": "account/", "receipts": "receipts/",
    }  # fmt: skip
    for name, path in pages.items():
        shown.open(f"/portal/{path}")
        looked_at(shown, f"{name}-desk-zh")
    visitor = screen(size="phone", language="en")
    visitor.open("/portal/")
    looked_at(visitor, "sign-in-phone-en")
