"""A right ends where its area ends: what people of the next district see of this one, and what they can change."""

from datetime import date, datetime

import pytest
from django.test import Client
from tests.faces.district import companies, credit_code, staff

from mingjing.kernel.parties.actions import grant_role, register_person
from mingjing.kernel.parties.models import Organisation, Person, RoleGrant
from mingjing.kernel.places.models import Area


@pytest.fixture
def neighbours(people: dict[str, Person], at: datetime) -> dict[str, Client]:
    """A client for each role, signed in as somebody of the next district."""
    district = Area.objects.get(code="430203")
    clients = {role: Client(headers={"accept-language": "en"}) for role in people}
    for role, client in clients.items():
        person = staff(role, f"Lusong {role}", district, at, username=f"lusong-{role}")
        client.force_login(person, "django.contrib.auth.backends.ModelBackend")
    return clients


def test_people_are_seen_where_their_roles_are(
    neighbours: dict[str, Client], people: dict[str, Person], at: datetime
) -> None:
    register_person(username="newcomer", display_name="Newcomer", by=None, at=at)
    page = neighbours["administrator"].get("/people/").content.decode()
    assert "Lusong director" in page
    assert "Newcomer" in page, "who has no role yet is waiting for one"
    assert people["director"].display_name not in page
    assert neighbours["administrator"].get(f"/people/{people['director'].pk}/").status_code == 404
    assert neighbours["administrator"].post(f"/people/{people['director'].pk}/roles/").status_code == 404


def test_whose_role_covers_the_area_is_seen_there_without_their_other_roles(
    neighbours: dict[str, Client], at: datetime
) -> None:
    boss = register_person(username="boss", display_name="City auditor", by=None, at=at)
    for area, act in (("4302", "Act of the city"), ("430202", "Act of Hetang")):
        grant_role(
            person=boss, role="auditor", area=Area.objects.get(code=area), first_day=date(2024, 1, 1), act=act,
            act_reference="1", by=None, at=at,
        )  # fmt: skip
    assert "City auditor" in neighbours["director"].get("/people/").content.decode()
    page = neighbours["director"].get(f"/people/{boss.pk}/").content.decode()
    assert "Act of the city" in page
    assert "Act of Hetang" not in page


def test_a_role_of_another_district_is_not_ended(neighbours: dict[str, Client], people: dict[str, Person]) -> None:
    grant = RoleGrant.objects.get(person=people["director"])
    assert neighbours["administrator"].post(f"/roles/{grant.pk}/end/", {"reason": "x"}).status_code == 403
    assert RoleGrant.objects.get(pk=grant.pk).ended_at is None


def test_the_ledger_names_no_people_of_another_district(
    neighbours: dict[str, Client], people: dict[str, Person], at: datetime
) -> None:
    register_person(username="somebody", display_name="Somebody", by=people["administrator"], at=at)
    name = people["administrator"].display_name
    assert name not in neighbours["auditor"].get("/ledger/").content.decode()
    own = Client()
    own.force_login(people["auditor"], "django.contrib.auth.backends.ModelBackend")
    assert name in own.get("/ledger/").content.decode()


def test_organisations_are_seen_where_they_are_registered(neighbours: dict[str, Client], at: datetime) -> None:
    theirs, nowhere = companies(2, at)
    Organisation.objects.filter(pk=nowhere.pk).update(area=None, branch_of=theirs)
    client = neighbours["officer"]
    page = client.get("/organisations/").content.decode()
    assert theirs.credit_code not in page
    assert nowhere.credit_code in page
    assert client.get(f"/organisations/{theirs.credit_code}/").status_code == 404
    assert theirs.credit_code not in client.get(f"/organisations/{nowhere.credit_code}/").content.decode()


def test_an_organisation_is_recorded_in_ones_own_area_only(neighbours: dict[str, Client]) -> None:
    data = {"name": "新物业公司", "credit_code": credit_code(5), "area": "430202"}
    answer = neighbours["officer"].post("/organisations/new/", data)
    assert answer.status_code == 422
    assert "Your own right does not cover this area." in answer.content.decode()
    assert not Organisation.objects.exists()
    assert neighbours["officer"].post("/organisations/new/", data | {"area": "430203"}).status_code == 302
