"""The office lets a company's first person in, by a link that works once, and sees who acts for whom."""

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from tests.faces import district

from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.models import Mandate, Organisation, Person

SignedIn = Callable[[str], Client]
FORM = {
    "display_name": "周经理", "username": "zhou", "capacity": "head", "matter": "", "first_day": "2024-01-01",
    "last_day": "", "act": "授权委托书", "act_reference": "2024-7",
}  # fmt: skip


@pytest.fixture
def company(people: dict[str, Person], at: datetime) -> Organisation:
    return district.companies(1, at)[0]


def test_the_first_person_of_a_company_comes_in_by_a_link(signed_in: SignedIn, company: Organisation) -> None:
    officer, there = signed_in("officer"), f"/organisations/{company.credit_code}/people/"
    assert there in officer.get(f"/organisations/{company.credit_code}/").content.decode()
    assert "Nobody acts for it yet" in officer.get(there).content.decode()
    link = re.search(r"http://testserver(/portal/password/[^<]+)", officer.post(f"{there}new/", FORM).content.decode())
    assert link
    assert "周经理" in officer.get(there).content.decode()
    visitor, fresh = Client(), "bridge-over-the-lantern"
    assert visitor.post(link[1], {"new": fresh, "again": fresh}).status_code == 302
    assert visitor.post("/portal/sign-in/", {"username": "zhou", "password": fresh}).headers["Location"] == "/portal/"
    assert visitor.get("/portal/").status_code == 200
    mandate = Mandate.objects.get()
    assert Fact.objects.get(kind="parties.mandate.given").by == Person.objects.get(username="officer").token
    assert officer.post(f"/mandates/{mandate.pk}/end/", {"reason": "离职"}).status_code == 302
    assert visitor.get("/portal/").status_code == 403


def test_who_works_in_the_office_is_not_let_in(signed_in: SignedIn, company: Organisation) -> None:
    there = f"/organisations/{company.credit_code}/people/new/"
    answer = signed_in("officer").post(there, FORM | {"username": "auditor"})
    assert answer.status_code == 422
    assert "is taken" in answer.content.decode()
    assert not Mandate.objects.exists()
    for role in ("auditor",):
        assert signed_in(role).get(there).status_code == 403
