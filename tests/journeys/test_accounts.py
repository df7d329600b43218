"""An account from registration to departure, in a real browser: in both languages, at the desk and on a phone."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.faces.district import PASSWORD
from tests.journeys.conftest import LANGUAGES, SIZES, Screen

from mingjing.kernel.parties.models import Person

OpenScreen = Callable[..., Screen]
NEW = "bridge-over-the-lantern"


def fill(shown: Screen, **values: str) -> None:
    """Fill in a form and send it."""
    for name, value in values.items():
        shown.page.fill(f"[name={name}]", value)
    with shown.page.expect_navigation():
        shown.page.locator("main form .primary, main form .danger").last.click()


def look(shown: Screen, name: str) -> None:
    """Check the page; keep its picture where MINGJING_PICTURES names a folder."""
    shown.check()
    if folder := os.environ.get("MINGJING_PICTURES"):
        shown.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES)
def test_an_account_from_registration_to_departure(
    screen: OpenScreen, people: dict[str, Person], size: str, language: str
) -> None:
    Person.objects.update(preferred_language=LANGUAGES[language])
    administrator, visitor = screen("administrator", size, language), screen("", size, language)
    mark = f"{size}-{language}"
    administrator.open("/people/new/")
    look(administrator, f"register-{mark}")
    fill(administrator, display_name="周新来", username="zhou")
    look(administrator, f"link-{mark}")
    link = administrator.page.locator("dd code").first.inner_text()
    visitor.page.goto(link)
    look(visitor, f"set-{mark}")
    fill(visitor, new=NEW, again="other")
    look(visitor, f"set-wrong-{mark}")
    fill(visitor, new=NEW, again=NEW)
    fill(visitor, username="zhou", password=NEW)
    visitor.open("/account/")
    look(visitor, f"account-new-{mark}")
    visitor.page.goto(link)
    look(visitor, f"over-{mark}")
    newcomer = Person.objects.get(username="zhou")
    administrator.open(f"/people/{newcomer.pk}/")
    look(administrator, f"person-{mark}")
    administrator.open(f"/people/{newcomer.pk}/departure/")
    look(administrator, f"depart-{mark}")
    fill(administrator, reason="调往市局")
    look(administrator, f"left-{mark}")
    administrator.open("/account/")
    fill(administrator, old=PASSWORD, new=NEW, again=NEW)
    look(administrator, f"changed-{mark}")
    newcomer.refresh_from_db()
    assert newcomer.left_reason == "调往市局"
