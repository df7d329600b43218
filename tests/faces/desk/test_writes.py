"""What people can do on the desk's own pages: record an organisation, grant and end a role, start work again."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.utils import timezone
from tests.faces.district import companies, credit_code

from mingjing.kernel.jobs.models import Delivery
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.models import Organisation, Person, RoleGrant

SignedIn = Callable[[str], Client]
NEW = "/organisations/new/"


def test_an_organisation_is_recorded_with_its_fact(signed_in: SignedIn, people: dict[str, Person]) -> None:
    code = credit_code(5)
    answer = signed_in("officer").post(
        NEW, {"name": "新物业公司", "credit_code": f" {code.lower()} ", "area": "430202"}
    )
    assert answer.headers["Location"] == f"/organisations/{code}/"
    fact = Fact.objects.get(kind="parties.organisation.recorded")
    assert fact.by == people["officer"].token
    assert Organisation.objects.get().area is not None


def test_every_mistake_is_told_at_once_and_nothing_recorded(signed_in: SignedIn) -> None:
    wrong = credit_code(5)[:-1] + ("0" if credit_code(5)[-1] != "0" else "1")
    answer = signed_in("officer").post(NEW, {"name": "", "credit_code": wrong, "area": "999999"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "There are 3 problems" in page
    assert "check digit" in page
    assert "No area has the code 999999" in page
    assert f'value="{wrong}"' in page
    assert not Organisation.objects.exists()


def test_a_known_code_is_not_overwritten(signed_in: SignedIn, at: datetime) -> None:
    known = companies(1, at)[0]
    answer = signed_in("officer").post(NEW, {"name": "另一家", "credit_code": known.credit_code})
    assert answer.status_code == 422
    assert known.name in answer.content.decode()
    assert Organisation.objects.get().name == known.name


def test_only_those_who_may_record_are_offered_it(signed_in: SignedIn) -> None:
    auditor = signed_in("auditor")
    assert "Record an organisation" not in auditor.get("/organisations/").content.decode()
    assert auditor.post(NEW, {}).status_code == 403


GRANT = {
    "role": "auditor",
    "area": "430202001",
    "first_day": "2024-09-01",
    "act": "决定",
    "act_reference": "〔2024〕9号",
}


def test_a_role_is_granted_and_ended(signed_in: SignedIn, people: dict[str, Person]) -> None:
    client, officer = signed_in("administrator"), people["officer"]
    assert client.post(f"/people/{officer.pk}/roles/", GRANT).status_code == 302
    grant = RoleGrant.objects.get(person=officer, role="auditor")
    assert grant.granted_by == people["administrator"]
    assert "Held" in client.get(f"/people/{officer.pk}/").content.decode()
    assert client.post(f"/roles/{grant.pk}/end/", {"reason": ""}).status_code == 422
    assert client.post(f"/roles/{grant.pk}/end/", {"reason": "调离"}).status_code == 302
    grant.refresh_from_db()
    assert grant.end_reason == "调离"
    assert client.post(f"/roles/{grant.pk}/end/", {"reason": "again"}).status_code == 422
    assert set(Fact.objects.values_list("kind", flat=True)) >= {"parties.role.granted", "parties.role.ended"}


@pytest.mark.parametrize(
    "change", [{"area": "4302"}, {"last_day": "2024-08-01"}, {"role": "king"}, {"first_day": "0000-00-00"}]
)
def test_a_wrong_grant_is_refused(signed_in: SignedIn, people: dict[str, Person], change: dict[str, str]) -> None:
    before = RoleGrant.objects.count()
    answer = signed_in("administrator").post(f"/people/{people['officer'].pk}/roles/", GRANT | change)
    assert answer.status_code == 422
    assert RoleGrant.objects.count() == before


@pytest.mark.parametrize("role", ["director", "officer", "auditor"])
def test_only_administrators_grant(signed_in: SignedIn, people: dict[str, Person], role: str) -> None:
    client, held = signed_in(role), people["officer"].role_grants.get()
    assert client.post(f"/people/{people['officer'].pk}/roles/", GRANT).status_code == 403
    assert client.post(f"/roles/{held.pk}/end/", {"reason": "x"}).status_code == 403


def test_failed_work_is_started_again_once(signed_in: SignedIn) -> None:
    client = signed_in("administrator")
    delivery = Delivery.objects.create(
        fact=Fact.objects.first(), reaction="sample.reaction", failed_at=timezone.now(), error="no <room> left"
    )
    page = client.get("/jobs/?state=failed").content.decode()
    assert "no &lt;room&gt; left" in page
    assert client.post(f"/jobs/{delivery.pk}/retry/").status_code == 302
    delivery.refresh_from_db()
    assert delivery.state == "waiting"
    again = client.post(f"/jobs/{delivery.pk}/retry/", follow=True).content.decode()
    assert "did not fail" in again
    assert signed_in("director").post(f"/jobs/{delivery.pk}/retry/").status_code == 403
