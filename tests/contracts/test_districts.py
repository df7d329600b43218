"""Twenty districts in one installation: whoever works in the first sees nothing of the others, whatever they open.

Every route is opened, also those that come later: a route with arguments needs an example (tests/districts.py).
"""

import re
from datetime import datetime
from itertools import chain
from pathlib import Path

import pytest
from django.test import Client
from tests.districts import District, Routes, address, build, every_example, secret
from tools.routes import Route, routes

from mingjing.kernel.parties.guard import mark_of
from mingjing.kernel.parties.models import Person

DISTRICTS = 20
OTHERS = re.compile("|".join(secret(number) for number in range(2, DISTRICTS + 1)))
QUERIES = (
    "",
    "?q=secret",
    "?q=secret02",
    "?state=failed",
    "?state=all",
    "?ending=soon",
    "?subject=places.site:secret02",
)
ECHOED = re.compile(r'value="(secret02|places\.site:secret02)"|“secret02”|[?&;](q|subject)=[\w.:%]*secret02')
"""What the reader has typed stands in the answer again."""


@pytest.fixture
def districts(db: None, at: datetime, settings, tmp_path: Path) -> list[District]:  # type: ignore[no-untyped-def]
    """The districts; everything uploaded goes with the test."""
    settings.DATA_DIR = tmp_path
    return build(DISTRICTS, at)


@pytest.fixture
def examples(districts: list[District]) -> Routes:
    """The arguments by which the routes lead to what the second district has; all the others have the same."""
    found = [dict(chain.from_iterable(one.items() for one in every_example(each))) for each in districts]
    return found[1]


def signed_in(person: Person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person, "django.contrib.auth.backends.ModelBackend")
    return client


def guarded() -> list[Route]:
    return [route for route in routes() if (mark := mark_of(route.view)) and mark.permission]


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


def test_the_examples_lead_somewhere_for_those_who_work_there(districts: list[District], examples: Routes) -> None:
    clients = [signed_in(person) for person in districts[1].people.values()]
    for name, arguments in examples.items():
        answers = [opened(client.get(address(name, arguments))) for client in clients]
        assert any(answer in {200, 302, 405} for answer in answers), f"{name}: {answers}"


def test_nothing_of_another_district_is_opened_or_changed(districts: list[District], examples: Routes) -> None:
    for role, person in districts[0].people.items():
        client = signed_in(person)
        for name, arguments in examples.items():
            there = address(name, arguments)
            for answer in (client.get(there), client.post(there), client.post(there, {"reason": "x"})):
                assert answer.status_code in {403, 404, 405}, f"{name} by {role}: {answer.status_code}"
                assert not OTHERS.search(body(answer)), f"{name} by {role}"


def test_no_list_shows_anything_of_another_district(districts: list[District], examples: Routes) -> None:
    assert examples
    lists = [
        route for route in routes() if "<" not in route.pattern and route.name.startswith(("desk:", "assessments:"))
    ]
    own = re.compile(secret(1))
    seen_own = set()
    for role, person in districts[0].people.items():
        client = signed_in(person)
        for route in lists:
            if route.name == "desk:sign-out":
                continue
            for query in QUERIES:
                text = body(client.get(f"/{route.pattern}{query}"))
                assert not OTHERS.search(ECHOED.sub("", text)), f"{route.name}{query} by {role}"
                if own.search(text):
                    seen_own.add(route.name)
            if mark_of(route.view) and mark_of(route.view).permission:  # type: ignore[union-attr]
                assert not OTHERS.search(body(client.post(f"/{route.pattern}"))), f"{route.name} by {role}"
    assert {"desk:people", "desk:organisations", "desk:ledger", "desk:ledger-export", "desk:jobs"} <= seen_own
