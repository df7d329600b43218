"""Twenty districts in one installation: whoever works in the first sees nothing of the others, whatever they open.

Every route is opened, also those that come later: a route with arguments needs an example (tests/districts.py).
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import chain
from typing import ClassVar
from unittest.mock import patch

import pytest
from django.http import HttpResponse, QueryDict
from django.test import Client, override_settings
from tests.districts import District, Routes, address, build, every_example, secret
from tools.routes import Route, routes

from mingjing.kernel import registry
from mingjing.kernel.parties.guard import mark_of
from mingjing.kernel.parties.models import Person

DISTRICTS = 20
OTHERS = re.compile("|".join(secret(number) for number in range(2, DISTRICTS + 1)))
VIEWS = {route.name: route.view for route in routes()}
QUERIES = (
    "?q=secret",
    "?q=secret02",
    "?state=failed",
    "?state=all",
    "?ending=soon",
    "?subject=places.site:secret02",
)
NAMED = ("q", "state", "ending", "subject")
UNREACHED = {
    f"assessments:{name}"
    for name in (
        "draw-commitment", "draw-reveal-seed", "listing", "listing-back", "listing-decide", "listing-follow",
        "listing-service", "reopening-back", "reopening-service",
        "signing-back", "signing-bureau", "round-changes", "round-csv", "round-decision",
        "round-edges", "round-json", "what-if-community", "what-if-round",
    )
}  # fmt: skip
"""Routes whose object needs a state that no example reaches: that others find it closed is tried all the same."""
ECHOED = re.compile(r'value="(secret02|places\.site:secret02)"|“secret02”|[?&;](q|subject)=[\w.:%]*secret02')
"""What the reader has typed stands in the answer again."""


@pytest.fixture(scope="module")
def built(module_db, at: datetime, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[list[District], Routes]]:  # type: ignore[no-untyped-def]
    """The districts, and what the second has: built once; everything uploaded goes with the module."""
    with override_settings(DATA_DIR=tmp_path_factory.mktemp("districts")):
        with module_db():
            districts = build(DISTRICTS, at)
            found = [dict(chain.from_iterable(one.items() for one in every_example(each))) for each in districts]
        yield districts, found[1]


@pytest.fixture
def districts(db: None, built: tuple[list[District], Routes]) -> list[District]:
    return built[0]


@pytest.fixture
def examples(db: None, built: tuple[list[District], Routes]) -> Routes:
    """The arguments by which the routes lead to what the second district has; all the others have the same."""
    return built[1]


def signed_in(person: Person) -> Client:
    client = Client(headers={"accept-language": "en"}, raise_request_exception=False)
    client.force_login(person, "django.contrib.auth.backends.ModelBackend")
    return client


def guarded() -> list[Route]:
    return [route for route in routes() if (mark := mark_of(route.view)) and mark.permission]


class Noted(QueryDict):
    """What is asked after the "?", which notes the names that a page looks at."""

    looked: ClassVar[set[str]] = set()

    def __getitem__(self, key: str) -> str:
        self.looked.add(key)
        return super().__getitem__(key)

    def getlist(self, key: str, default: list[str] | None = None) -> list[str]:
        self.looked.add(key)
        return super().getlist(key, default)

    def __contains__(self, key: object) -> bool:
        self.looked.add(str(key))
        return super().__contains__(key)

    def __iter__(self) -> Iterator[str]:
        self.looked |= set(NAMED)
        return super().__iter__()

    def lists(self) -> Iterator[tuple[str, list[str]]]:
        self.looked |= set(NAMED)
        return super().lists()


def looked_at(client: Client, there: str) -> Iterator[HttpResponse]:
    """The page, and with each of QUERIES that holds something it looks at: to all others its answer is the same."""
    yield client.get(there)
    Noted.looked.clear()
    with patch("django.core.handlers.wsgi.QueryDict", Noted):
        yield client.get(f"{there}?unknown=1")  # a page may look no further where nothing is asked
        for query in QUERIES:
            if Noted.looked & set(QueryDict(query[1:])):
                yield client.get(there + query)


def askers(name: str, people: Mapping[str, Person]) -> list[str]:
    """The roles that hold the route's permission and one that does not, which is refused before anything is read."""
    mark = mark_of(VIEWS[name])
    if not mark or not mark.permission:
        return list(people)
    holding = registry.permissions()[mark.permission].roles
    return [role for role in people if role in holding] + [role for role in people if role not in holding][:1]


def body(answer) -> str:  # type: ignore[no-untyped-def]
    raw = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return raw.decode("utf-8", "replace") + str(answer.headers)


def opened(answer) -> int:  # type: ignore[no-untyped-def]
    """The status of an answer that is read to its end, as a browser does."""
    body(answer)
    return int(answer.status_code)


def test_every_route_to_something_of_a_district_has_an_example(examples: Routes) -> None:
    lacking = sorted(route.name for route in guarded() if "<" in route.pattern and route.name not in examples)
    assert not lacking, (
        f"give each of these routes an example in tests/districts.py or a programme's examples.py: {lacking}"
    )


@pytest.mark.one_database
def test_the_examples_lead_somewhere_for_those_who_work_there(districts: list[District], examples: Routes) -> None:
    clients = {role: signed_in(person) for role, person in districts[1].people.items()}
    lost = []
    for name, arguments in examples.items():
        there = address(name, arguments)
        answers = [opened(clients[role].get(there)) for role in askers(name, districts[1].people)]
        if name not in UNREACHED and set(answers) <= {403, 404}:
            lost.append((name, answers))
    assert not lost, " ".join(sorted(name for name, _answers in lost))


@pytest.mark.one_database
def test_nothing_of_another_district_is_opened_or_changed(districts: list[District], examples: Routes) -> None:
    open_ones = set()
    clients = {role: signed_in(person) for role, person in districts[0].people.items()}
    for name, arguments in examples.items():
        there = address(name, arguments)
        for role in askers(name, districts[0].people):
            client = clients[role]
            for answer in (client.get(there), client.post(there), client.post(there, {"reason": "x"})):
                if OTHERS.search(body(answer)) or answer.status_code not in {403, 404, 405}:
                    open_ones.add((name, role, answer.status_code))
    assert not open_ones, open_ones


def test_no_list_shows_anything_of_another_district(districts: list[District], examples: Routes) -> None:
    assert examples
    parts = ("desk:", "assessments:", "complaints:", "inspections:")
    lists = [route for route in routes() if "<" not in route.pattern and route.name.startswith(parts)]
    own = re.compile(secret(1))
    seen_own, told = set(), set()
    for role, person in districts[0].people.items():
        client = signed_in(person)
        for route in lists:
            answers = list(looked_at(client, f"/{route.pattern}")) if route.name != "desk:sign-out" else []
            mark = mark_of(route.view)
            if mark and mark.permission:
                answers.append(client.post(f"/{route.pattern}"))
            text = "".join(map(body, answers))
            if OTHERS.search(ECHOED.sub("", text)):
                told.add((route.name, role))
            if own.search(text):
                seen_own.add(route.name)
    assert not told, told
    assert {"desk:people", "desk:organisations", "desk:ledger", "desk:ledger-export", "desk:jobs"} <= seen_own
