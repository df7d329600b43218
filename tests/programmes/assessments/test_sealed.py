"""Sealed until the day, on every page there is: what nobody may know changes nothing that anybody is shown.

The sealed part of a drawn round is rearranged in the tables. Every page and download of the programme, asked for by
every role on the first day, must answer byte for byte as before; pages of sealed visits must not be there at all. Only
who is on duty learns on which days, and from two pages of their own.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime

import pytest
from django.db.models import QuerySet
from django.test import Client
from django.urls import URLPattern, reverse, reverse_lazy
from tests.guarded import guards_lifted
from tests.programmes.assessments.companies import now_is
from tests.programmes.assessments.conftest import Once, SignedIn
from tests.programmes.assessments.drawing import DAYS, Drawn
from tests.programmes.assessments.test_draw_desk import ROLES, On, on  # noqa: F401 - `on` is a fixture

from mingjing.kernel.parties.models import Person
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.assessments.desk.urls import urlpatterns
from mingjing.programmes.assessments.models import Draw, TeamDay, TeamMember, VisitRecord

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
TOKEN = re.compile(rb'(name="csrfmiddlewaretoken" value="|nonce=")[^"]+|"X-CSRFToken": ?"[^"]+"')
ELSEWHERE = ("/", "/ledger/", "/jobs/", "/cases/", "/visits/")


@pytest.fixture(scope="module")
def begun_once(once: Once, ready_once: Callable[[], Drawn], at: datetime) -> Callable[[], tuple[Draw, Person]]:
    def build() -> tuple[Draw, Person]:
        with now_is(at):
            made = ready_once()
            draw = made.draw()
            made.begin()
        return draw, made.supervisors[0]

    return once("begun_once", build)


@pytest.fixture
def drawn(
    hetang: Version,
    people: dict[str, Person],
    begun_once: Callable[[], tuple[Draw, Person]],
    on: On,  # noqa: F811
) -> Draw:
    """A round in fieldwork, on the first of its three days."""
    draw, people["supervisor"] = begun_once()
    on(DAYS[0])
    return draw


def values(draw: Draw, pattern: str, sealed: TeamDay) -> dict[str, object]:
    """What the parts of an address may be, so that it names something of the round, sealed where it can be."""
    record, member = sealed.records.select_related("entry").first(), sealed.members.first()
    assert record is not None
    assert member is not None
    whole = {"rounds": draw.round_id, "visits": record.pk, "communities": record.entry.community_id}
    expert = draw.round.experts.first()
    return {
        "pk": next((pk for name, pk in whole.items() if name in pattern.split("<")[0] or f"/{name}/" in pattern), 0),
        "number": 1 if "<int:number>" in pattern else record.entry.number,
        "class_code": record.entry.class_code, "draw": draw.pk,
        "digest": draw.seeds.values_list("commitment", flat=True)[0], "day": sealed.day.isoformat(),
        "team_day": sealed.pk, "member": member.pk, "expert": expert and expert.pk,
    }  # fmt: skip


def addresses(draw: Draw) -> Iterator[str]:
    """Every address of the programme that names something of the round."""
    sealed = draw.team_days.filter(day__gt=DAYS[0]).order_by("pk").first()
    assert sealed is not None
    yield from ELSEWHERE
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern)
        route, name = str(pattern.pattern), pattern.name or ""
        wanted = set(pattern.pattern.converters)
        found = values(draw, route, sealed)
        if wanted <= found.keys() and (found["pk"] or "pk" not in wanted):
            yield reverse(f"assessments:{name}", kwargs={part: found[part] for part in wanted})


def answers(client: Client, urls: list[str]) -> dict[str, tuple[int, bytes]]:
    """What each address answers, without what is new in every answer."""
    found = {}
    for url in urls:
        answer = client.get(url)
        body = b"".join(answer) if answer.streaming else answer.content
        found[url] = answer.status_code, TOKEN.sub(b"", body)
    return found


OWN = {"/", reverse_lazy("assessments:my-visits")}
"""Where people read on which days they are on duty themselves."""


def duty(draw: Draw, person: Person) -> list[date]:
    own = TeamMember.objects.filter(team_day__draw=draw, person=person, removed_at=None).order_by("team_day__day")
    return list(own.values_list("team_day__day", flat=True))


def sealed_members(draw: Draw) -> QuerySet[TeamMember]:
    later = TeamMember.objects.filter(team_day__draw=draw, team_day__day__gt=DAYS[0], part="expert")
    return later.select_related("team_day").order_by("pk")


def two_of_other_days(draw: Draw) -> tuple[Person, Person]:
    """Two supervisors of whom one is on duty on a sealed day when the other is not."""
    on_days = {expert.person: set(duty(draw, expert.person)) - {DAYS[0]} for expert in draw.round.experts.all()}
    return next((one, other) for one in on_days for other in on_days if on_days[one] - on_days[other])


def rearrange(draw: Draw, exchanged: tuple[Person, ...] = ()) -> None:
    """Exchange sealed visits between team-days, supervisors within each day, and those two on all sealed days."""
    later = VisitRecord.objects.filter(team_day__draw=draw, team_day__day__gt=DAYS[0]).order_by("pk")
    records, slots = list(later), list(later.values_list("team_day", flat=True))
    members = list(sealed_members(draw))
    by_day = [[member for member in members if member.team_day.day == day] for day in DAYS[1:]]
    people = [
        (member, other.person_id) for part in by_day for member, other in zip(part, part[2:] + part[:2], strict=True)
    ]
    if exchanged:
        one, other = (person.pk for person in exchanged)
        people = [(member, {one: other, other: one}.get(person, person)) for member, person in people]
    assert any(member.person_id != person for member, person in people)
    with guards_lifted():
        for record, slot in zip(records, slots[5:] + slots[:5], strict=True):
            VisitRecord.objects.filter(pk=record.pk).update(team_day=slot)
        TeamMember.objects.filter(pk__in=[member.pk for member in members]).delete()
        for member, person in people:
            member.person_id, member.pk = person, None
            member.save(force_insert=True)


@pytest.mark.parametrize("role", ROLES)
def test_what_is_sealed_changes_nothing_that_anybody_is_shown(drawn: Draw, signed_in: SignedIn, role: str) -> None:
    client, urls = signed_in(role), list(addresses(drawn))
    before = answers(client, urls)
    assert sum(status == 200 for status, _ in before.values()) > 5
    rearrange(drawn, () if role == "supervisor" else two_of_other_days(drawn))
    after = answers(client, urls)
    assert [url for url in urls if before[url] != after[url]] == []


def test_of_other_days_only_who_is_on_duty_learns_and_only_their_own(
    drawn: Draw, people: dict[str, Person], signed_in: SignedIn
) -> None:
    exchanged = two_of_other_days(drawn)
    people["supervisor"] = exchanged[0]
    client, urls = signed_in("supervisor"), list(addresses(drawn))
    before, days = answers(client, urls), duty(drawn, exchanged[0])
    rearrange(drawn, exchanged)
    after = answers(client, urls)
    assert duty(drawn, exchanged[0]) != days
    changed = {url for url in urls if before[url] != after[url]}
    assert changed == {url for url in map(str, OWN) if url in urls}
    for url in changed:
        others = {day.isoformat() for day in DAYS[1:]} - {day.isoformat() for day in duty(drawn, exchanged[0])}
        assert not [day for day in others if day.encode() in after[url][1]]


@pytest.mark.parametrize("role", ROLES)
def test_a_sealed_visit_is_not_there(drawn: Draw, signed_in: SignedIn, role: str) -> None:
    client = signed_in(role)
    urls = [url for url in addresses(drawn) if "/team-days/" in url or re.search(r"/assessments/visits/\d", url)]
    statuses = {url: client.get(url).status_code for url in urls}
    sealed = {url: status for url, status in statuses.items() if not url.endswith("/team-days/")}
    assert set(sealed.values()) <= {403, 404, 405}, sealed
