"""People who open pages, and a browser without a screen: Django's test client."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from tests.faces import district

from mingjing.kernel.parties.models import Person

SignedIn = Callable[[str], Client]


@pytest.fixture
def people(db: None, at: datetime) -> dict[str, Person]:
    """One person in each role."""
    return district.build(at)


@pytest.fixture
def signed_in(people: dict[str, Person]) -> SignedIn:
    """A client in which the person with that role has signed in; pages in English."""

    def client_of(role: str) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(people[role], "django.contrib.auth.backends.ModelBackend")
        return client

    return client_of
