"""A role has an act, days and an end with a reason; its row is never half-filled."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from mingjing.engine.outcome import Refusal
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.actions import end_role, record_departure
from mingjing.kernel.parties.models import Person, RoleGrant
from mingjing.kernel.places.models import Area

Give = Callable[..., RoleGrant]


def refused_codes(grant: Give, **changes: object) -> list[str]:
    with pytest.raises(Refusal) as refused:
        grant(**changes)
    assert all(problem.say() for problem in refused.value.problems)
    return [problem.code for problem in refused.value.problems]


def test_fact_of_a_grant_has_ids_days_and_a_salted_digest(grant: Give, person: Person) -> None:
    given = grant()
    fact = Fact.objects.get(kind="parties.role.granted")
    assert fact.values == {
        "grant": given.pk,
        "person": person.token,
        "role": "officer",
        "area": "430202",
        "first": "2024-09-01",
        "last": None,
        "act": given.digest(),
    }
    assert "王敏" not in fact.data
    other = RoleGrant(act=given.act, act_reference=given.act_reference)
    assert other.digest() != given.digest()


def test_all_problems_at_once(grant: Give) -> None:
    assert refused_codes(grant, role="king", last_day=date(2024, 8, 1), act=" ") == [
        "parties.role.unknown",
        "parties.role.days",
        "parties.role.act",
    ]
    assert not RoleGrant.objects.exists()


def test_no_role_for_who_left(grant: Give, person: Person, at: datetime) -> None:
    record_departure(person=person, reason="moved away", by=None, at=at)
    assert refused_codes(grant) == ["parties.role.person_left"]


def test_the_same_role_is_not_given_twice_for_the_same_days(grant: Give, area: Callable[[str], Area]) -> None:
    grant(last_day=date(2024, 9, 30))
    assert refused_codes(grant, first_day=date(2024, 9, 30)) == ["parties.role.held"]
    assert refused_codes(grant, first_day=date(2024, 8, 1), last_day=date(2024, 9, 1)) == ["parties.role.held"]
    grant(first_day=date(2024, 10, 1))
    grant(first_day=date(2024, 8, 1), last_day=date(2024, 8, 31))
    grant(area=area("430203"))
    assert RoleGrant.objects.count() == 4


def test_a_role_ends_once_for_a_reason_and_its_row_stays(grant: Give, at: datetime) -> None:
    given = grant()
    with pytest.raises(Refusal):
        end_role(grant=given, reason=" ", by=None, at=at)
    end_role(grant=given, reason="调离", by=None, at=at)
    assert RoleGrant.objects.get().end_reason == "调离"
    assert Fact.objects.filter(kind="parties.role.ended").count() == 1
    with pytest.raises(Refusal):
        end_role(grant=given, reason="又一次", by=None, at=at)
    assert RoleGrant.objects.get().end_reason == "调离"
    assert grant().pk != given.pk


def test_people_and_areas_with_roles_cannot_be_deleted(grant: Give, person: Person) -> None:
    given = grant()
    for row in (person, given.area):
        with pytest.raises(ProtectedError):
            row.delete()


@pytest.mark.parametrize(
    "half", [{"end_reason": "x"}, {"act": ""}, {"act_reference": ""}, {"last_day": date(2024, 8, 1)}]
)
def test_database_refuses_half_filled_rows(grant: Give, half: dict[str, object]) -> None:
    given = grant()
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.filter(pk=given.pk).update(**half)
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.filter(pk=given.pk).update(ended_at=given.granted_at)


def test_database_keeps_grants_as_they_were(grant: Give, at: datetime) -> None:
    given = grant()
    end_role(grant=given, reason="调离", by=None, at=at)
    rows = RoleGrant.objects.filter(pk=given.pk)
    with pytest.raises(IntegrityError, match="final"), transaction.atomic():
        rows.update(first_day=date(2020, 1, 1))
    with pytest.raises(IntegrityError, match="stays ended"), transaction.atomic():
        rows.update(ended_at=None, end_reason="")
    with pytest.raises(IntegrityError, match="final"), transaction.atomic():
        rows.delete()
    rows.update(act="[erased]")
    assert RoleGrant.objects.get().digest() != given.digest()
