"""Visits on the desk: whose, where, together with which; nothing of another district."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.faces.district import companies, staff

from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.actions import record_site
from mingjing.kernel.places.models import Area
from mingjing.kernel.visits.actions import end_visit, start_visit, void_visit
from mingjing.kernel.visits.models import Visit

SignedIn = Callable[[str], Client]
People = dict[str, Person]


@pytest.fixture
def entered(people: People, at: datetime) -> Callable[..., Visit]:
    (company,) = companies(1, at)

    def enter(**changes: object) -> Visit:
        area = changes.pop("area", None) or Area.objects.get(code="430202001")
        name = str(changes.pop("name", "桂花花园"))
        usual = {
            "programme": "assessments", "purpose": "assessment", "subject": "assessments.visit:7", "area": area,
            "site": record_site(name=name, area=area, by=None, at=at), "organisation": company,  # type: ignore[arg-type]
            "people": [(people["officer"], "lead"), (people["director"], "member")],
            "entered_at": at - timedelta(hours=1), "by": people["officer"], "at": at,
        }  # fmt: skip
        return start_visit(**usual | changes)

    return enter


def test_the_list_is_narrowed_by_place_programme_area_and_days(
    signed_in: SignedIn, entered: Callable[..., Visit], at: datetime
) -> None:
    here = entered()
    there = entered(
        name="栗树山", area=Area.objects.get(code="430202002"), programme="inspections",
        entered_at=at - timedelta(days=40),
    )  # fmt: skip
    client = signed_in("auditor")

    def listed(query: str) -> list[object]:
        return [visit.pk for visit, _why in client.get(f"/visits/?{query}").context["rows"]]

    assert listed("") == [here.pk, there.pk]
    assert listed("q=ghhy") == listed("programme=assessments") == listed("area=430202001") == [here.pk]
    assert listed("q=示例物业") == [here.pk, there.pk]
    assert listed("first=2024-09-04&last=2024-09-04") == [here.pk]
    assert listed("last=2024-09-03") == [there.pk]
    assert "Recorded late" in client.get("/visits/").content.decode()
    assert client.get("/visits/?first=nonsense").status_code == 422
    assert listed("first=0001-01-01&last=9999-12-31") == listed("")


def test_a_visit_says_who_was_there_and_what_it_was_made_together_with(
    signed_in: SignedIn, entered: Callable[..., Visit], people: People, at: datetime
) -> None:
    group = uuid4()
    visit, other = entered(joint=group), entered(name="栗树山", joint=group)
    alone = entered(name="无关小区")
    page = signed_in("auditor").get(f"/visits/{visit.pk}/").content.decode()
    assert people["officer"].display_name in page
    assert f"/visits/{other.pk}/" in page
    assert f"/visits/{alone.pk}/" not in page
    assert "not recorded yet" in page
    end_visit(visit=visit, left_at=at, by=people["officer"], at=at)
    void_visit(visit=visit, reason="走错小区", by=people["officer"], at=at)
    page = signed_in("auditor").get(f"/visits/{visit.pk}/").content.decode()
    assert "走错小区" in page
    assert f"/visits/{visit.pk}/" not in signed_in("auditor").get(f"/visits/{other.pk}/").content.decode()


def test_another_district_sees_none_of_them(people: People, entered: Callable[..., Visit], at: datetime) -> None:
    group, elsewhere = uuid4(), Area.objects.get(code="430203")
    visit, theirs = entered(joint=group), entered(name="芦淞小区", area=elsewhere, joint=group)
    client = Client(headers={"accept-language": "en"})
    stranger = staff("director", "Lusong director", elsewhere, at, username="lusong")
    client.force_login(stranger, "django.contrib.auth.backends.ModelBackend")
    assert [one.pk for one, _why in client.get("/visits/").context["rows"]] == [theirs.pk]
    assert client.get(f"/visits/{visit.pk}/").status_code == 403
    page = client.get(f"/visits/{theirs.pk}/")
    assert "桂花花园" not in page.content.decode()
    assert page.context["load"] <= 1, "how often another district went there is theirs to know"


@pytest.mark.parametrize("path", ["/visits/", "/visits/{pk}/"])
def test_no_page_asks_more_for_more_visits(signed_in: SignedIn, entered: Callable[..., Visit], path: str) -> None:
    client, group = signed_in("auditor"), uuid4()
    visit = entered(joint=group)
    entered(joint=group, name="同行")
    url = path.format(pk=visit.pk)

    def asked() -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    few = asked()
    for number in range(8):
        entered(joint=group, name=f"小区{number}")
    assert asked() == few
