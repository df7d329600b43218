"""People are registered once, leave once, and leave no trace of themselves in the ledger."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.contrib.auth import authenticate
from django.db import IntegrityError, transaction

from mingjing.engine.outcome import Refusal
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.actions import record_departure, register_person
from mingjing.kernel.parties.models import Person, RoleGrant

pytestmark = pytest.mark.django_db

PASSWORD = "lantern-under-the-bridge"


def codes(refused: "pytest.ExceptionInfo[Refusal]") -> list[str]:
    assert all(problem.say() for problem in refused.value.problems)
    return [problem.code for problem in refused.value.problems]


def test_registered_person_signs_in(at: datetime, rf: object) -> None:
    register_person(username=" Li.Na ", display_name="李娜", password=PASSWORD, by=None, at=at)
    signed_in = authenticate(rf.get("/"), username="li.na", password=PASSWORD)
    assert signed_in == Person.objects.get()
    assert signed_in.display_name == "李娜"


def test_without_a_password_nobody_signs_in(person: Person, rf: object) -> None:
    assert authenticate(rf.get("/"), username=person.username, password="") is None


def test_facts_know_people_by_token_only(person: Person, at: datetime) -> None:
    helper = register_person(username="zhao", display_name="赵强", by=person, at=at)
    fact = Fact.objects.order_by("-seq")[0]
    assert fact.by == person.token
    assert fact.values == {"person": helper.token, "demo": 0}
    assert not any(word in fact.data for word in ("赵强", "zhao"))
    assert len({person.token, helper.token}) == 2


def test_all_problems_at_once(at: datetime) -> None:
    with pytest.raises(Refusal) as refused:
        register_person(username="a b", display_name=" ", password="123", preferred_language="fr", by=None, at=at)
    found = codes(refused)
    assert found[:3] == ["parties.person.username", "parties.person.name", "parties.person.language"]
    assert set(found[3:]) == {"parties.person.password"}
    assert not Person.objects.exists()
    assert not Fact.objects.exists()


def test_a_username_is_taken_whatever_its_case(person: Person, at: datetime) -> None:
    with pytest.raises(Refusal) as refused:
        register_person(username="WANG.MIN", display_name="x", by=None, at=at)
    assert codes(refused) == ["parties.person.username_taken"]


def test_demo_logins_may_be_weak_and_say_that_they_are(at: datetime) -> None:
    assert register_person(username="demo", display_name="x", password="demo", is_demo=True, by=None, at=at).is_demo


def test_who_leaves_signs_in_no_more_and_holds_no_role(
    grant: Callable[..., RoleGrant], person: Person, at: datetime, rf: object
) -> None:
    person.set_password(PASSWORD)
    person.save()
    held = grant()
    record_departure(person=person, reason="moved away", by=None, at=at)
    assert authenticate(rf.get("/"), username=person.username, password=PASSWORD) is None
    held.refresh_from_db()
    assert (held.ended_at, held.end_reason) == (at, "moved away")
    assert Fact.objects.get(kind="parties.person.left").values == {"person": person.token, "grants": [held.pk]}
    with pytest.raises(Refusal):
        record_departure(person=person, reason="moved away", by=None, at=at)


def test_a_departure_has_a_reason_and_is_not_ones_own(person: Person, at: datetime) -> None:
    with pytest.raises(Refusal) as refused:
        record_departure(person=person, reason=" ", by=person, at=at)
    assert codes(refused) == ["parties.person.left_self", "parties.person.left_reason"]
    record_departure(person=person, reason=" moved away ", by=None, at=at)
    assert Person.objects.get().left_reason == "moved away"
    assert "moved" not in Fact.objects.get(kind="parties.person.left").data


def test_database_refuses_to_forget_who_left_when(person: Person) -> None:
    person.left_by = person
    with pytest.raises(IntegrityError), transaction.atomic():
        person.save()


def test_search(person: Person) -> None:
    assert Person.objects.search("敏").get() == person
    assert Person.objects.search("WANG").get() == person
    assert not Person.objects.search("无此人").exists()
