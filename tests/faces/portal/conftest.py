"""A company with its head, a member of its staff and a lawyer in one case; and another company."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.test import Client
from django.utils import timezone
from tests.faces import district

from mingjing.kernel.parties.actions import give_mandate, register_person
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.places.models import Area

CASE = "proceedings.proceeding:7"
FIRST = date(2024, 1, 1)


@pytest.fixture
def companies(people: dict[str, Person], at: datetime) -> list[Organisation]:
    return district.companies(2, at)


def member(company: Organisation, username: str, capacity: str, at: datetime, matter: str = "") -> Person:
    """Somebody who acts for the company from 2024 on."""
    area = Area.objects.get(code="430202")
    person = register_person(username=username, display_name=f"企业{username}", area=area, by=None, at=at)
    person.password = district.hashed()
    person.save(update_fields=["password"])
    give_mandate(
        person=person, organisation=company, capacity=capacity, matter=matter, first_day=FIRST, act="授权委托书",
        act_reference="2024-1", by=None, at=at,
    )  # fmt: skip
    return person


@pytest.fixture
def outsiders(companies: list[Organisation], at: datetime) -> dict[str, Person]:
    own, other = companies
    return {
        "head": member(own, "head", "head", at),
        "clerk": member(own, "clerk", "staff", at),
        "lawyer": member(own, "lawyer", "counsel", at, CASE),
        "rival": member(other, "rival", "head", at),
    }


@pytest.fixture
def enter(outsiders: dict[str, Person]) -> Callable[[str], Client]:
    """A client in which one of them has signed in; pages in English."""

    def client_of(name: str) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(outsiders[name], "django.contrib.auth.backends.ModelBackend")
        return client

    return client_of


def today() -> date:
    return timezone.localdate()
