"""Every route against every role, as an installation answers: who lacks its permission gets nothing by any method."""

import re
from datetime import datetime

import pytest
from django.test import Client
from tests.faces import district
from tools.routes import Route, routes

from mingjing.kernel import registry
from mingjing.kernel.parties.guard import mark_of

GUARDED = [(route, mark.permission) for route in routes() if (mark := mark_of(route.view)) and mark.permission]


NOTHING = {"int": "1", "uuid": "00000000-0000-7000-8000-000000000000"}
"""What a part of an address may read, by converter."""


def address(route: Route) -> str:
    """An address of the route; nothing need be there."""
    return "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda found: NOTHING.get(found[1], "430202"), route.pattern)


@pytest.mark.one_database
def test_no_route_opens_without_its_permission(db: None, at: datetime) -> None:
    people = {"": None, **district.build(at)}
    for role, person in people.items():
        client = Client()
        if person:
            client.force_login(person, "django.contrib.auth.backends.ModelBackend")
        for route, permission in GUARDED:
            if role not in registry.permissions()[permission].roles:
                answers = {client.get(address(route)).status_code, client.post(address(route)).status_code}
                assert answers <= ({403, 404} if person else {302}), f"{route.name} by {role or 'a visitor'}: {answers}"
