"""Passwords are set by their owners, leave no trace in the ledger, and end what rested on the former one."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.contrib.auth import authenticate
from tests.races import at_once

from mingjing.engine.outcome import Refusal
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.actions import issue_link, record_departure, register_person, set_password
from mingjing.kernel.parties.actions.passwords import link_holds
from mingjing.kernel.parties.models import Person

PASSWORD = "lantern-under-the-bridge"
OTHER = "bridge-over-the-lantern"


def refused(person: Person, password: str, at: datetime) -> list[str]:
    with pytest.raises(Refusal) as error:
        set_password(person=person, password=password, by=person, at=at)
    assert all(problem.say() for problem in error.value.problems)
    return [problem.code for problem in error.value.problems]


def test_a_password_is_set_and_no_fact_knows_it(person: Person, at: datetime, rf: object) -> None:
    set_password(person=person, password=PASSWORD, by=person, at=at)
    assert authenticate(rf.get("/"), username=person.username, password=PASSWORD) == person
    fact = Fact.objects.get(kind="parties.password.set")
    assert (fact.values, fact.by) == ({"person": person.token}, person.token)
    assert PASSWORD not in fact.data
    assert person.password not in fact.data


def test_weak_and_unchanged_passwords_are_refused(person: Person, at: datetime) -> None:
    assert set(refused(person, "123", at)) == {"parties.person.password"}
    assert refused(person, f"{person.username}99", at) == ["parties.person.password"]
    set_password(person=person, password=PASSWORD, by=person, at=at)
    assert refused(person, PASSWORD, at) == ["parties.password.same"]
    assert Fact.objects.filter(kind="parties.password.set").count() == 1


def test_who_left_and_who_demonstrates_keep_what_they_have(person: Person, at: datetime) -> None:
    demo = register_person(username="demo", display_name="x", password="demo", is_demo=True, by=None, at=at)
    assert refused(demo, PASSWORD, at) == ["parties.password.demo"]
    record_departure(person=person, reason="moved away", by=None, at=at)
    assert refused(person, PASSWORD, at) == ["parties.password.left"]
    for someone in (person, demo):
        with pytest.raises(Refusal):
            issue_link(person=someone, by=None, at=at)


def test_what_was_proven_with_a_former_password_counts_no_more(person: Person, at: datetime) -> None:
    proven = Person.objects.get(pk=person.pk)
    set_password(person=person, password=PASSWORD, by=person, at=at)
    assert refused(proven, OTHER, at) == ["parties.password.meanwhile"]
    assert Person.objects.get().check_password(PASSWORD)


def test_a_link_works_once(person: Person, at: datetime) -> None:
    secret = issue_link(person=person, by=None, at=at)
    assert link_holds(person, secret)
    assert not link_holds(person, secret[:-1])
    assert not link_holds(person, "")
    fact = Fact.objects.get(kind="parties.password.link_issued")
    assert fact.values == {"person": person.token}
    set_password(person=person, password=PASSWORD, by=person, at=at)
    assert not link_holds(person, secret)


def test_a_link_is_for_one_person_and_a_few_days(person: Person, at: datetime, settings: object) -> None:
    other = register_person(username="zhao", display_name="赵强", by=None, at=at)
    secret = issue_link(person=person, by=None, at=at)
    assert not link_holds(other, secret)
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert not link_holds(person, secret)


def test_a_link_ends_when_its_person_leaves(person: Person, at: datetime) -> None:
    secret = issue_link(person=person, by=None, at=at)
    record_departure(person=person, reason="moved away", by=None, at=at)
    assert not link_holds(person, secret)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_use_a_link_at_once_one_succeeds(person: Person, at: datetime) -> None:
    def use(password: str) -> Callable[[], None]:
        holder = Person.objects.get(pk=person.pk)
        return lambda: set_password(person=holder, password=password, by=holder, at=at)

    first, other = at_once(use(PASSWORD), use(OTHER))
    winner, refusal = (PASSWORD, other) if first is None else (OTHER, first)
    assert (first is None) != (other is None)
    assert isinstance(refusal, Refusal)
    assert refusal.problems[0].code == "parties.password.meanwhile"
    assert Person.objects.get().check_password(winner)
    assert Fact.objects.filter(kind="parties.password.set").count() == 1
