"""Every route with hostile parts in its address, asked by one who may: refused or not found, never a failure.

Who may not is answered before an address is looked at (test_permissions); where nobody needs a permission, a visitor
asks as well.
"""

import re
from collections.abc import Collection
from datetime import datetime

import pytest
from django.test import Client, RequestFactory
from django.urls import Resolver404, resolve
from tests.faces import district
from tools.routes import Route, routes

from mingjing.kernel import registry
from mingjing.kernel.parties.guard import mark_of

HOSTILE = (
    "%00",
    "a%00b",
    "%0A",
    "%1F",
    "%7F",
    "%FF",
    "%ED%A0%80",
    "%F0%9F%98%80",
    "..",
    "%2E%2E%2F",
    "'%22%3C",
    "桂" * 300,
)
NUMBERS = ("0", "9" * 18, "9" * 19, "9" * 40, "9" * 5000)
PLACE = re.compile(r"<(?:(\w+):)?\w+>")
ROUTES = [route for route in routes() if "<" in route.pattern]


def filled(route: Route, text: str, number: str) -> str:
    """An address of the route, with `text` where it takes texts and `number` where it takes numbers."""
    return "/" + PLACE.sub(lambda part: number if part[1] == "int" else text, route.pattern)


def addresses(route: Route) -> list[str]:
    """The route with each kind of part hostile, and with both, each address once."""
    texts = [filled(route, text, number) for text in HOSTILE for number in ("99999", text)]
    numbers = [filled(route, text, number) for number in NUMBERS for text in ("hetang-2024", number)]
    return list(dict.fromkeys(texts + numbers))


def test_no_part_of_an_address_lets_control_characters_through() -> None:
    loose = [
        route.pattern for route in ROUTES for part in PLACE.finditer(route.pattern) if part[1] in {None, "str", "path"}
    ]
    assert loose == [], "use <code:…> or <codes:…> of faces.ui.addresses"


def leads_somewhere(address: str) -> bool:
    """Whether a view is asked at all: where none is, the answer is the same whatever the method and whoever asks."""
    try:
        resolve(RequestFactory().get(address).path_info)
    except Resolver404:
        return False
    return True


EVERY = [(route, address, leads_somewhere(address)) for route in ROUTES for address in addresses(route)]


def askers(route: Route, people: Collection[str]) -> list[str]:
    """The first role that holds the route's permission, or any; and a visitor ("") where none is needed."""
    mark = mark_of(route.view)
    if mark and mark.permission:
        holding = registry.permissions()[mark.permission].roles
        return sorted(people, key=lambda role: (role not in holding, role))[:1]
    return ["director", ""]


def test_hostile_addresses_are_refused_in_words(db: None, at: datetime) -> None:
    people = district.build(at)
    clients = {role: Client() for role in (*people, "")}
    for role, person in people.items():
        clients[role].force_login(person, "django.contrib.auth.backends.ModelBackend")
    for number, (route, address, leads) in enumerate(EVERY):
        if leads:
            caller = f"10.0.{number // 250}.{number % 250}"  # each from elsewhere: who guesses codes is slowed down
            for client in map(clients.__getitem__, askers(route, people)):
                for answer in (client.get(address, REMOTE_ADDR=caller), client.post(address, REMOTE_ADDR=caller)):
                    assert answer.status_code in {302, 400, 401, 403, 404, 405}, f"{route.name}: {address[:80]}"


def test_what_leads_nowhere_is_not_found(client: Client) -> None:
    astray = [address for _route, address, leads in EVERY if not leads]
    assert len(astray) > 2000
    for address in astray:
        assert client.get(address).status_code == 404, address[:80]


@pytest.mark.one_database
def test_what_leads_nowhere_is_not_found_by_those_who_work_there(db: None, at: datetime, client: Client) -> None:
    client.force_login(district.build(at)["director"], "django.contrib.auth.backends.ModelBackend")
    astray = [(route.name, address) for route, address, leads in EVERY if not leads]
    of_each_route = dict(astray).values()
    with_each_part = {part: address for part in (*HOSTILE, *NUMBERS) for _name, address in astray if part in address}
    for address in {*of_each_route, *with_each_part.values()}:
        assert {client.get(address).status_code, client.post(address).status_code} == {404}, address[:80]
