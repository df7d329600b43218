"""One district with much of everything, in proportion to the communities it has: what pages are measured on.

A programme adds what it has of it by a function `crowd(place, size)` in `tests/programmes/<programme>/crowd.py`, which
yields pages in each state that matters. Routes that nobody names so are opened at the example of tests/districts.py.
Not here: what a page may cost (tests/contracts/test_queries.py, bench/scenario_pages.py).
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib import import_module
from itertools import chain, cycle
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from stdnum.cn import uscc
from tools.routes import routes

from mingjing.kernel import registry
from mingjing.kernel.cases.models import Case, Step, StepKind
from mingjing.kernel.evidence.models import Custody, CustodyKind, Exhibit, Origin
from mingjing.kernel.jobs.models import Delivery
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.guard import mark_of
from mingjing.kernel.parties.models import Organisation, Person, RoleGrant
from mingjing.kernel.places.models import Area, Site
from mingjing.kernel.visits.models import Participant, Visit
from tests.districts import District, address, every_example
from tests.faces import district

__all__ = ["Cost", "Page", "bound", "build", "costs", "exhibits"]

READERS = (
    "officer", "director", "supervisor", "auditor", "administrator", "bureau", "enforcement_supervisor",
    "authority_head", "authority_staff",
)  # fmt: skip
"""Who opens a page: the first two where they may, else the first who may; a page without arguments everybody."""
MOST_OF_ONE = 30
"""How many exhibits, steps or the like one thing has at most, however large the district."""
SHOWN = 200, 422
"""The statuses of a page; the second is that of a form shown again."""
BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True, slots=True)
class Page:
    """A page to open: the route's name, in which state it is shown (empty: the usual one), its address."""

    route: str
    state: str
    address: str


@dataclass(frozen=True, slots=True)
class Cost:
    """What a page took: the statements of one opening, the least seconds of several."""

    queries: int
    seconds: float


def bound(size: int) -> int:
    """How many things hang on one thing in a district of `size`: few, but more in a larger one."""
    return min(MOST_OF_ONE, 2 + size // 8)


def build(size: int, at: datetime) -> tuple[Mapping[str, Person], list[Page]]:
    """The district with `size` communities: its people by role, and every page there is to open."""
    place = _place(at)
    examples = dict(chain.from_iterable(one.items() for one in every_example(place)))
    _kernel(place, size)
    pages = [Page(name, state, address(name, arguments))
             for crowd in _of_programmes() for name, state, arguments in crowd(place, size)]  # fmt: skip
    pages += _of_kernel(place)
    named = {page.route for page in pages}
    for route in routes():
        mark = mark_of(route.view)
        if not (mark and mark.permission) or route.name in named:
            continue
        if "<" not in route.pattern:
            pages.append(Page(route.name, "", f"/{route.pattern}"))
        elif route.name in examples:
            pages.append(Page(route.name, "", address(route.name, examples[route.name])))
    return place.people, sorted(pages, key=lambda page: (page.route, page.state))


def costs(
    people: Mapping[str, Person], pages: Sequence[Page], times: int = 0, known: Mapping[str, Cost] | None = None
) -> tuple[dict[str, Cost], list[str]]:
    """What each page took, by its route, state and reader; and the routes that showed nobody a page.

    Routes that only take what is sent (405) are no pages. `times` is how often a page is opened again for its seconds,
    by which its first opening, cold, is not counted; for those after its first reader, once less; and not where it has
    asked as often as is `known` of it.
    """
    clients = {role: _signed_in(people[role]) for role in READERS if role in people}
    found: dict[str, Cost] = {}
    told: set[str] = set()
    for page in pages:
        seen = 0
        for role, client in clients.items():
            if seen and _asks(page) and role not in READERS[:2]:
                continue
            status, first = _opened(client, page.address)
            if status in SHOWN:
                name = " ".join(filter(None, (page.route, page.state, role)))
                as_known = known is not None and name in known and known[name].queries == first.queries
                more = 0 if as_known else times - bool(seen)
                again = [_opened(client, page.address)[1] for _ in range(more)] or [first]
                cost = Cost(again[-1].queries, min(one.seconds for one in again))
                found[name] = cost
                seen += 1
            if status in (*SHOWN, 405):
                told.add(page.route)
    return found, sorted({page.route for page in pages} - told)


def exhibits(subject: str, area: Area, count: int, by: Person | None, at: datetime) -> list[Exhibit]:
    """So many exhibits of a thing, rows only: their bytes lie nowhere."""
    start = Exhibit.objects.count()
    return Exhibit.objects.bulk_create(
        Exhibit(sha256=f"{start + n:064x}", size=1000, media_type="image/jpeg", file_name=f"{n}.jpg", area=area,
                subject=subject, origin=Origin.UPLOAD, recorded_by=by, recorded_at=at)
        for n in range(count)
    )  # fmt: skip


def _asks(page: Page) -> bool:
    """Whether the page is about one thing, so that two readers are enough."""
    return any(part.isdigit() for part in page.address.split("/")) or "?" in page.address


def _signed_in(person: Person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person, BACKEND)
    return client


def _opened(client: Client, where: str) -> tuple[int, Cost]:
    """The status of a page read to its end, and what it took."""
    count = 0

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal count
        count += 1
        return execute(sql, params, many, context)

    start = time.perf_counter()
    with connection.execute_wrapper(note):
        answer = client.get(where)
        if answer.streaming:
            b"".join(answer.streaming_content)
    return answer.status_code, Cost(count, time.perf_counter() - start)


def _of_programmes() -> Iterator[Callable[[District, int], Iterator[tuple[str, str, Mapping[str, object]]]]]:
    for file in sorted(Path(__file__).parent.glob("programmes/*/crowd.py")):
        yield import_module(f"tests.programmes.{file.parent.name}.crowd").crowd


def _place(at: datetime) -> District:
    people = district.build(at)
    area = Area.objects.get(code="430202")
    for role in registry.roles():
        if role not in people:
            people[role] = district.staff(role, f"某{role}", area, at)
    return District(1, area, people, at)


def _kernel(place: District, size: int) -> None:
    organisations = _organisations(place, size // 5 + 2)
    people = _people(place, size // 10 + 2)
    facts = _facts(place, people, size)
    _deliveries(place, facts[: size // 5 + 2])
    sites = Site.objects.bulk_create(
        Site(name=f"旧址{n}", area=place.area, recorded_at=place.at) for n in range(size // 2)
    )
    _cases(place, sites, organisations)
    _visits(place, sites, organisations, people)


def _organisations(place: District, count: int) -> list[Organisation]:
    def code(number: int) -> str:
        stem = f"91430202MA5C{number:05d}"
        return stem + uscc.calc_check_digit(stem)

    return Organisation.objects.bulk_create(
        Organisation(credit_code=code(n), name=f"示例物业公司{n:05d}", kind="enterprise", area=place.area,
                     recorded_at=place.at)
        for n in range(count)
    )  # fmt: skip


def _people(place: District, count: int) -> list[Person]:
    people = Person.objects.bulk_create(
        Person(username=f"crowd{n}", display_name=f"人员{n}", area=place.area, registered_at=place.at, password="!")
        for n in range(count)
    )
    roles = cycle(("officer", "supervisor", "director"))
    grants = [
        RoleGrant(person=person, role=role, area=place.area, first_day=date(2024, 1, 1), act="act",
                  act_reference="1", granted_at=place.at)
        for person, role in zip(people, roles, strict=False)
    ]  # fmt: skip
    officer = place.people["officer"]
    ended = date(2023, 12, 31)
    grants += [
        RoleGrant(person=officer, role="officer", area=place.area, first_day=date(2023, 1, 1), last_day=ended,
                  act="act", act_reference=str(n), granted_at=place.at)
        for n in range(bound(count * 10))
    ]  # fmt: skip
    RoleGrant.objects.bulk_create(grants)
    return people


def _facts(place: District, people: Sequence[Person], count: int) -> list[Any]:
    with transaction.atomic():
        return [
            writer.append(
                kind="places.site.recorded", subject=f"places.site:{1 + n // 3}", data={"n": n}, area=place.area,
                by=people[n % len(people)], at=place.at,
            )
            for n in range(count)
        ]  # fmt: skip


def _deliveries(place: District, facts: Sequence[Any]) -> None:
    Delivery.objects.bulk_create(
        Delivery(fact=fact, reaction="tested.crowd", attempts=8, error="gone", failed_at=place.at) for fact in facts
    )


def _cases(place: District, sites: Sequence[Site], organisations: Sequence[Organisation]) -> None:
    officer, director = place.people["officer"], place.people["director"]
    at = place.at - timedelta(days=20)
    cases = Case.objects.bulk_create(
        Case(
            register="2023-430202", serial=n + 1, programme="assessments", kind="rectification",
            subject=f"places.site:{site.pk}", title=f"消火栓{n}", area=place.area, site=site,
            organisation=organisations[n % len(organisations)], owner=(officer, director)[n % 2], opened_by=officer,
            opened_at=at, due_at=at + timedelta(days=n % 40), claimed_by=(None, officer, None)[n % 3],
            claimed_at=(None, at, None)[n % 3],
        )
        for n, site in enumerate(sites)
    )  # fmt: skip
    steps = [Step(case=case, number=1, kind=StepKind.OPENED, by=officer, at=at) for case in cases]
    for n in range(bound(2 * len(sites))):
        steps.append(Step(case=cases[0], number=n + 2, kind=StepKind.NOTED, by=director, at=at, note="看过"))
    Step.objects.bulk_create(steps)
    exhibits(f"cases.case:{cases[0].pk}", place.area, bound(2 * len(sites)), officer, at)


def _visits(
    place: District, sites: Sequence[Site], organisations: Sequence[Organisation], people: Sequence[Person]
) -> None:
    visits = Visit.objects.bulk_create(
        Visit(programme="assessments", purpose="assessments.check", subject=f"places.site:{site.pk}", area=place.area,
              site=site, organisation=organisations[n % len(organisations)], entered_at=place.at,
              recorded_at=place.at)
        for n, site in enumerate(sites)
    )  # fmt: skip
    Participant.objects.bulk_create(
        Participant(visit=visit, person=people[n % len(people)], part="lead") for n, visit in enumerate(visits)
    )
    exhibit = Exhibit.objects.earliest("recorded_at", "id")
    Custody.objects.bulk_create(
        Custody(exhibit=exhibit, kind=CustodyKind.VIEWED, by=people[0], at=place.at)
        for _ in range(bound(2 * len(sites)))
    )
    exhibits(f"visits.visit:{visits[0].pk}", place.area, bound(2 * len(sites)), people[0], place.at)


def _of_kernel(place: District) -> Iterator[Page]:
    case = Case.objects.get(register="2023-430202", serial=1)
    yield Page("desk:case", "long", reverse("desk:case", args=[case.pk]))
    visit = Visit.objects.filter(subject=f"places.site:{case.site_id}").earliest("pk")
    yield Page("desk:visit", "with exhibits", reverse("desk:visit", args=[visit.pk]))
    yield Page("desk:person", "many roles", reverse("desk:person", args=[place.people["officer"].pk]))
    yield Page(
        "desk:exhibit", "often seen", reverse("desk:exhibit", args=[Exhibit.objects.earliest("recorded_at", "id").pk])
    )
    company = Organisation.objects.filter(name="示例物业公司00001").get()
    yield Page("desk:organisation", "of many", reverse("desk:organisation", args=[company.credit_code]))
    for name in ("desk:cases", "desk:people", "desk:organisations", "desk:ledger", "desk:jobs", "desk:visits"):
        yield Page(name, "", reverse(name))
    for name, query in (("desk:cases", "state=all"), ("desk:cases", "q=sl"), ("desk:people", "q=ry"),
                        ("desk:organisations", "q=slwy"), ("desk:ledger", "subject=places.site:1"),
                        ("desk:jobs", "state=failed"), ("desk:visits", "q=jz")):  # fmt: skip
        yield Page(name, query, f"{reverse(name)}?{query}")
