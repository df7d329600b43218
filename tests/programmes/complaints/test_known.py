"""What complaints tell the rest of the house: a rate and a top share, as they stood; steps and rules by rights."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.programmes.complaints.conftest import People, SignedIn, communities, decided, ranked, row, take_in

from mingjing.kernel import registry
from mingjing.kernel.places.models import Area, Site
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.complaints.actions.editions import begin_check, correct_edition, open_edition, publish_edition
from mingjing.programmes.complaints.models import Complaint, Edition

FIRST, LAST = date(2024, 7, 1), date(2024, 12, 31)
NAMES = [f"第{number}小区" for number in range(1, 12)]


@pytest.fixture
def places(area: Area) -> dict[str, Site]:
    return communities(area, dict.fromkeys(NAMES, 1000), timezone.now())


@pytest.fixture
def edition(places: dict[str, Site], area: Area, rules: Version, people: People) -> Edition:
    """Ten communities with a rank, the first with most; the eleventh has too few."""
    rows = [row(100 * place + n, name, f"2024-07-{n:02d}") for place, name in enumerate(NAMES)
            for n in range(1, 15 - place if place < 10 else 3)]  # fmt: skip
    take_in(area, rows, people["officer"], timezone.now())
    decided(people["officer"], timezone.now())
    made = open_edition(area=area, first_day=date(2024, 7, 1), last_day=date(2024, 7, 31), by=None, at=timezone.now())
    begin_check(edition=ranked(made), by=people["officer"], at=timezone.now())
    return Edition.objects.get()


def told(code: str, places: dict[str, Site], at: object) -> dict[str, str]:
    keys = [site.pk for site in places.values()]
    found = registry.answers(registry.known()[code], keys, FIRST, LAST, at)  # type: ignore[arg-type]
    return {name: found[site.pk].text for name, site in places.items() if site.pk in found}


def test_a_published_edition_is_told_as_it_stood(edition: Edition, places: dict[str, Site], people: People) -> None:
    assert told("complaints.rate", places, timezone.now()) == {}
    until = edition.check_until
    assert until
    publish_edition(edition=edition, by=people["director"], at=until)
    rates, top = (told(code, places, until) for code in ("complaints.rate", "complaints.top_share"))
    assert (rates["第1小区"], rates["第10小区"], rates["第11小区"]) == ("14.00", "5.00", "")
    assert {name for name, text in top.items() if text == "yes"} == {"第1小区"}
    assert top["第11小区"] == "no"
    assert told("complaints.rate", places, until - timedelta(seconds=1)) == {}
    again = ranked(correct_edition(edition=edition, reason="一件有误", by=people["director"], at=timezone.now()))
    Complaint.objects.filter(site=places["第1小区"]).update(validity="invalid", duty="")
    begin_check(edition=again, by=None, at=timezone.now())
    assert told("complaints.rate", places, until) == rates


def test_households_and_companies_are_asked_for_by_what_they_are(places: dict[str, Site]) -> None:
    keys = [site.pk for site in places.values()]
    found = registry.answers(registry.known_as("households"), keys, FIRST, LAST, timezone.now())
    assert {answer.text for answer in found.values()} == {"1000"}
    assert registry.known_as("shoe_size") is None
    assert registry.answers(None, keys, FIRST, LAST, timezone.now()) == {}


def test_each_step_asks_for_its_own_right(edition: Edition, signed_in: SignedIn) -> None:
    url = reverse("complaints:edition-step", args=[edition.pk])
    for role, step, status in (
        ("auditor", "rank", 403), ("auditor", "publish", 403), ("officer", "publish", 403),
        ("director", "nonsense", 404), ("officer", "rank", 302), ("director", "publish", 302),
    ):  # fmt: skip
        assert signed_in(role).post(url, {"step": step}).status_code == status, (role, step)
    edition.refresh_from_db()
    assert edition.state == "checking"  # the clock stood in the way


def test_rules_are_drafted_by_their_numbers_and_published_once(area: Area, rules: Version, signed_in: SignedIn) -> None:
    numbers = {"within_days": 15, "per_households": 1000, "least_households": 50, "least_cases": 3, "top_percent": 10,
               "check_days": 7, "note": "试行"}  # fmt: skip
    answer = signed_in("officer").post(reverse("complaints:rules-draft", args=[area.code]), numbers)
    assert answer.status_code == 302
    draft = Version.objects.latest("pk")
    assert (draft.is_draft, draft.content["check"], draft.content["repeats"]["within_days"]) == (
        True, {"working_days": 7}, 15,
    )  # fmt: skip
    page = reverse("complaints:rules-version", args=[area.code, draft.pk])
    last = {"effective_from": timezone.localdate().isoformat(), "digest": draft.digest}
    assert signed_in("officer").post(page, last).status_code in (200, 422)
    draft.refresh_from_db()
    assert draft.is_draft
    assert signed_in("director").post(page, last).status_code == 302
    draft.refresh_from_db()
    assert draft.is_published
