"""Who acts for a company: by an act, for days, in all of it or in one case; and nobody stands on both sides."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from tests.faces.district import credit_code

from mingjing.engine.outcome import Refusal
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.actions import (
    end_mandate,
    give_mandate,
    record_departure,
    record_organisation,
    register_person,
)
from mingjing.kernel.parties.mandates import acting_for
from mingjing.kernel.parties.models import Mandate, Organisation, Person, RoleGrant

pytestmark = pytest.mark.django_db
FIRST = date(2024, 9, 1)
CASE = "proceedings.proceeding:7"


@pytest.fixture
def company(area: Callable[..., object], at: datetime) -> Organisation:
    return record_organisation(
        credit_code=credit_code(1), name="示例物业", area=area("430202"), by=None, at=at  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.fixture
def give(person: Person, company: Organisation, at: datetime) -> Callable[..., Mandate]:
    def give_it(**changes: object) -> Mandate:
        usual = {
            "person": person, "organisation": company, "capacity": "staff", "first_day": FIRST, "act": "授权委托书",
            "act_reference": "2024-9", "by": None, "at": at,
        }  # fmt: skip
        return give_mandate(**usual | changes)  # type: ignore[arg-type]

    return give_it


def codes(step: Callable[[], object]) -> list[str]:
    with pytest.raises(Refusal) as refused:
        step()
    return [problem.code for problem in refused.value.problems]


def test_a_mandate_holds_from_its_first_day_to_its_last(give: Callable[..., Mandate], person: Person) -> None:
    mandate = give(last_day=FIRST + timedelta(days=9))
    days = {day: bool(acting_for(person, on=FIRST + timedelta(days=day))) for day in (-1, 0, 9, 10)}
    assert days == {-1: False, 0: True, 9: True, 10: False}
    acting = acting_for(person, on=FIRST)
    assert acting.covers(mandate.organisation_id)
    assert not acting.covers(None)
    assert not acting.covers(mandate.organisation_id + 1)
    assert not acting.headed


def test_counsel_acts_in_one_case_only(give: Callable[..., Mandate], person: Person, company: Organisation) -> None:
    give(capacity="counsel", matter=CASE)
    acting = acting_for(person, on=FIRST)
    assert not acting.everything_of
    assert not acting.covers(company.pk)
    assert not acting.covers(company.pk, [CASE + "1"])
    assert acting.covers(company.pk, ["", CASE])
    assert not acting.covers(company.pk + 1, [CASE])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"capacity": "counsel"}, "parties.mandate.capacity"),
        ({"matter": CASE}, "parties.mandate.capacity"),
        ({"capacity": "owner"}, "parties.mandate.capacity"),
        ({"last_day": FIRST - timedelta(days=1)}, "parties.mandate.days"),
        ({"act": " "}, "parties.mandate.act"),
        ({"act_reference": "x" * 101}, "parties.mandate.act"),
    ],
)
def test_what_is_no_mandate_is_refused(give: Callable[..., Mandate], changes: dict[str, object], code: str) -> None:
    assert code in codes(lambda: give(**changes))
    assert not Mandate.objects.exists()


def test_nobody_stands_on_both_sides(
    give: Callable[..., Mandate], grant: Callable[..., RoleGrant], person: Person, at: datetime
) -> None:
    mandate = give()
    assert codes(grant) == ["parties.role.both_sides"]
    end_mandate(mandate=mandate, reason="转岗", by=None, at=at)
    grant()
    assert codes(give) == ["parties.mandate.both_sides"]


def test_one_mandate_at_a_time_for_the_same(give: Callable[..., Mandate]) -> None:
    give()
    assert codes(give) == ["parties.mandate.held"]


def test_a_revoked_mandate_opens_nothing_and_stays(give: Callable[..., Mandate], person: Person, at: datetime) -> None:
    mandate = give()
    assert codes(lambda: end_mandate(mandate=mandate, reason=" ", by=None, at=at)) == ["parties.mandate.reason"]
    end_mandate(mandate=mandate, reason="离职", by=None, at=at)
    assert not acting_for(Person.objects.get(pk=person.pk), on=at.date())
    assert codes(lambda: end_mandate(mandate=mandate, reason="离职", by=None, at=at)) == ["parties.mandate.ended"]
    for change in ({"matter": CASE}, {"person_id": None}, {"ended_at": None, "end_reason": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Mandate.objects.filter(pk=mandate.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Mandate.objects.all().delete()
    kinds = list(Fact.objects.filter(subject=f"parties.mandate:{mandate.pk}").values_list("kind", flat=True))
    assert kinds == ["parties.mandate.given", "parties.mandate.ended"]


def test_who_leaves_acts_for_nobody_any_more(give: Callable[..., Mandate], person: Person, at: datetime) -> None:
    mandate = give()
    chief = register_person(username="chief", display_name="主任", by=None, at=at)
    record_departure(person=person, reason="离职", by=chief, at=at)
    mandate.refresh_from_db()
    assert (mandate.ended_at, mandate.end_reason) == (at, "离职")
    assert not acting_for(person, on=at.date())
    assert codes(give) == ["parties.mandate.person_left"]
