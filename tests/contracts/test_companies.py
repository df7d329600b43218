"""Two companies in one round: whoever acts for the first finds nothing of the second, whatever they open or send.

Every route of the portal with arguments is tried, also those that come later: it needs an example (Company.arguments).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from tests.faces import district
from tests.programmes.assessments.companies import World, build, deliver, entered, now_is, publish
from tests.programmes.inspections.visited import routes_of, visited
from tools.routes import routes

from mingjing.engine.outcome import Reason
from mingjing.faces.portal.door import is_companies_only
from mingjing.kernel.parties.models import Person
from mingjing.kernel.submissions.actions import hand_in
from mingjing.kernel.submissions.models import Submission
from mingjing.programmes.inspections.models import Finding

pytestmark = pytest.mark.django_db
OVER: set[str] = set()
"""Routes to what is over for the first company when this is asked."""


@pytest.fixture
def people(db: None, at: datetime, settings, tmp_path) -> dict[str, Person]:  # type: ignore[no-untyped-def]
    settings.DATA_DIR = tmp_path
    return district.build(at)


@pytest.fixture
def world(people: dict[str, Person], at: datetime) -> World:
    made = build(people, at, count=4)
    for company in made.companies:
        company.record = deliver(company, people, at)
        visited(company.organisation, made.round.area, at)
    made.served = publish(made, people, at)
    return made


def examples(world: World, which: int, at: datetime) -> Mapping[str, Mapping[str, object]]:
    company = world.companies[which]
    receipt = hand_in(
        key=uuid4(), kind="test", about="test.thing:1", title="x", organisation=company.organisation,
        area=world.round.area, take=lambda: (Reason("test", "x"),), by=company.head, at=at,
    )  # fmt: skip
    exhibit = world.exhibits[which].pk
    more = dict(company.record_arguments(company.record, exhibit))
    more |= routes_of(Finding.objects.get(entry_item__entry__firm__organisation=company.organisation))
    return {**company.arguments(exhibit), **more, "portal:receipt": {"key": receipt.pk}}


def test_nothing_of_another_company_is_opened_or_changed(world: World, at: datetime) -> None:
    own, others = (examples(world, which, at) for which in (0, 1))
    guarded = {route.name for route in routes() if "<" in route.pattern and is_companies_only(route.view)}
    assert guarded == set(others), "give each of these routes an example in Company.arguments"
    count, open_ones, lost = Submission.objects.count(), set(), set()
    with now_is(world.served + timedelta(days=1)):
        for person in (world.companies[0].head, world.companies[0].staff, world.companies[0].lawyer):
            client = entered(person)
            for name, arguments in others.items():
                there = reverse(name, kwargs=arguments)
                for answer in (client.get(there), client.post(there), client.post(there, {"key": str(uuid4())})):
                    if answer.status_code not in {404, 405}:
                        open_ones.add((name, person.username, answer.status_code))
        head = entered(world.companies[0].head)
        for name, arguments in own.items():
            answer = head.get(reverse(name, kwargs=arguments))
            b"".join(answer.streaming_content) if answer.streaming else answer.content
            if answer.status_code != 200 and name not in OVER:
                lost.add((name, answer.status_code))
    assert not open_ones, open_ones
    assert not lost, lost
    assert Submission.objects.count() == count


def test_no_list_shows_anything_of_another_company(world: World, at: datetime) -> None:
    own, other = world.companies
    lists = [route for route in routes() if "<" not in route.pattern and is_companies_only(route.view)]
    told, seen = set(), set()
    with now_is(world.served + timedelta(days=1)):
        for person in (own.head, own.staff, own.lawyer):
            client = entered(person)
            for route in lists:
                text = client.get(f"/{route.pattern}").content.decode()
                names = (other.organisation.name, other.entry.name, other.order.title, other.open_entry.name)
                if any(name in text for name in (*names, other.head.display_name)):
                    told.add((route.name, person.username))
                if own.entry.name in text or own.organisation.name in text:
                    seen.add(route.name)
    assert not told, told
    assert {"portal:home", "portal:people", "assessments_portal:communities", "assessments_portal:orders"} <= seen
