"""A right ends where its area ends: what people of the next district see of this one, and what they can change."""

import io
import json
from datetime import date, datetime

import pytest
from django.db import transaction
from django.test import Client
from tests.faces.district import companies, credit_code, staff

from mingjing.kernel.jobs.models import Delivery
from mingjing.kernel.ledger import writer
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.ledger.queries import head
from mingjing.kernel.ledger.verify import verify_export
from mingjing.kernel.parties.actions import grant_role, issue_link, record_departure, register_person
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
    lusong, hetang = Area.objects.get(code="430203"), Area.objects.get(code="430202")
    for name, area in (("Newcomer", lusong), ("Neighbour", hetang), ("Founder", None)):
        register_person(username=name.lower(), display_name=name, area=area, by=None, at=at)
    page = neighbours["administrator"].get("/people/").content.decode()
    assert "Lusong director" in page
    assert "Newcomer" in page, "who has no role yet is waiting for one"
    assert people["director"].display_name not in page
    assert "Neighbour" not in page, "who waits in another district is not seen here"
    assert "Founder" not in page, "who was registered nowhere waits for the command line"
    for name in ("neighbour", "founder"):
        someone = Person.objects.get(username=name)
        for path in ("", "link/", "departure/", "roles/"):
            assert neighbours["administrator"].post(f"/people/{someone.pk}/{path}").status_code == 404
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


def test_somebody_is_registered_in_ones_own_area_only(neighbours: dict[str, Client]) -> None:
    who = {"username": "zhou.x", "display_name": "周新来", "preferred_language": "zh-hans"}
    client = neighbours["administrator"]
    assert 'value="430203"' in client.get("/people/new/").content.decode(), "the only area of the right is filled in"
    for area, says in (("430202", "Your own right does not cover this area."), ("", "This field is required.")):
        answer = client.post("/people/new/", who | {"area": area})
        assert answer.status_code == 422
        assert says in answer.content.decode()
    assert not Person.objects.filter(username="zhou.x").exists()
    assert client.post("/people/new/", who | {"area": "430203"}).status_code == 200
    assert Person.objects.get(username="zhou.x").area.code == "430203"


def scoped(area: Area | None, number: int, at: datetime) -> Fact:
    with transaction.atomic():
        return writer.append(
            kind="places.site.recorded", subject=f"places.site:secret-{number}", data={}, area=area, by=None, at=at
        )


@pytest.fixture
def facts(neighbours: dict[str, Client], at: datetime) -> dict[str, Fact]:
    """One fact of each district, of a part of it, of what lies above, and of nobody in particular."""
    codes = {"theirs": "430202", "own": "430203", "above": "4302"}
    found = {name: scoped(Area.objects.get(code=code), number, at) for number, (name, code) in enumerate(codes.items())}
    street = Area.objects.filter(parent__code="430202").first()
    return found | {"street": scoped(street, 7, at), "whole": scoped(None, 8, at)}


def test_the_ledger_shows_facts_of_ones_own_areas(neighbours: dict[str, Client], facts: dict[str, Fact]) -> None:
    for role in ("administrator", "director", "auditor"):
        client = neighbours[role]
        page = (
            client.get("/ledger/").content.decode() + client.get("/ledger/?kind=places.site.recorded").content.decode()
        )
        for name, fact in facts.items():
            seen = name in {"own", "whole"}
            assert (fact.subject in page) == seen, name
            assert (fact.hash in page) == (seen or fact.seq == facts["whole"].seq), name
            answers = {client.get(f"/ledger/{fact.seq}/{path}").status_code for path in ("", "proof/")}
            assert answers == {200 if seen else 404}, name
        assert fact.subject in client.get(f"/ledger/?subject={fact.subject}").content.decode()
        theirs = client.get(f"/ledger/?subject={facts['theirs'].subject}").context["page"].rows
        assert not theirs


def test_a_fact_leads_to_those_one_sees(neighbours: dict[str, Client], facts: dict[str, Fact]) -> None:
    page = neighbours["auditor"].get(f"/ledger/{facts['own'].seq}/").content.decode()
    assert f'href="/ledger/{facts["whole"].seq}/"' in page
    for hidden in ("above", "street", "theirs"):
        assert f'href="/ledger/{facts[hidden].seq}/"' not in page
    assert "Taken up by the next" in page


def test_an_export_withholds_others_facts_and_proves_ones_own(
    neighbours: dict[str, Client], facts: dict[str, Fact]
) -> None:
    exported = b"".join(neighbours["auditor"].get("/ledger/export/").streaming_content)  # type: ignore[arg-type]
    for name, fact in facts.items():
        assert (fact.subject.encode() in exported) == (name in {"own", "whole"})
    assert json.loads(exported.splitlines()[0])["format"] == "mingjing.ledger.export/2"
    report = verify_export(io.BytesIO(exported), [head()])
    assert report.whole
    assert report.count == head().seq
    assert 0 < report.withheld < report.count
    changed = exported.replace(facts["own"].subject.encode(), b"places.site:secret-9")
    assert not verify_export(io.BytesIO(changed)).whole


def test_background_work_is_seen_and_retried_where_it_belongs(
    neighbours: dict[str, Client], facts: dict[str, Fact], people: dict[str, Person], at: datetime
) -> None:
    for name, fact in facts.items():
        Delivery.objects.create(fact=fact, reaction=f"tested.{name}", attempts=8, error=f"broke {name}", failed_at=at)
    administrator = neighbours["administrator"].get("/jobs/").content.decode()
    director = neighbours["director"].get("/jobs/?state=failed").content.decode()
    for name, fact in facts.items():
        work = Delivery.objects.get(fact=fact)
        seen = name in {"own", "whole"}
        assert (f"tested.{name}" in administrator) == (f"tested.{name}" in director) == seen
        assert (f"broke {name}" in administrator) == seen
        assert f"broke {name}" not in director, "what went wrong is told to those who may act on it"
        answer = neighbours["administrator"].post(f"/jobs/{work.pk}/retry/")
        assert answer.status_code == (302 if seen else 404)
        assert (Delivery.objects.get(pk=work.pk).failed_at is None) == seen
    retried = Fact.objects.filter(kind="jobs.delivery.retried").order_by("seq")
    assert {fact.scope for fact in retried} == {facts["own"].scope, ""}
    assert "Failed (2)" not in neighbours["auditor"].get("/jobs/").content.decode()


def test_facts_about_people_belong_where_they_work(
    neighbours: dict[str, Client], people: dict[str, Person], at: datetime
) -> None:
    hetang, lusong = Area.objects.get(code="430202"), Area.objects.get(code="430203")
    mover = register_person(username="mover", display_name="Mover", area=hetang, by=None, at=at)
    issue_link(person=mover, by=None, at=at)
    grant_role(
        person=mover, role="officer", area=lusong, first_day=date(2024, 1, 1), act="Act", act_reference="1",
        by=None, at=at,
    )  # fmt: skip
    issue_link(person=mover, by=None, at=at)
    record_departure(person=mover, reason="moved on", by=None, at=at)
    told = Fact.objects.filter(subject=f"parties.person:{mover.pk}").order_by("seq").values_list("kind", "scope")
    assert list(told) == [
        ("parties.person.registered", hetang.path),
        ("parties.password.link_issued", hetang.path),
        ("parties.password.link_issued", lusong.path),
        ("parties.person.left", lusong.path),
    ]
