"""Mandates are given by an act, and revoked for a reason. Not here: what a mandate allows (parties.mandates).

Nobody who holds a role of the house acts for a company that the house judges, and the other way about: whoever changes
sides ends the one first (see actions.roles).
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.actions.people import is_line, register_person
from mingjing.kernel.parties.models import Capacity, Mandate, Organisation, Person, RoleGrant

__all__ = ["end_mandate", "give_mandate", "invite_person"]


def give_mandate(
    *,
    person: Person,
    organisation: Organisation,
    capacity: str,
    matter: str = "",
    first_day: date,
    last_day: date | None = None,
    act: str,
    act_reference: str,
    by: Person | None,
    at: datetime,
) -> Mandate:
    """Let `person` act for `organisation`, both days included; counsel in the one `matter` named. Raises Refusal.

    Who may let somebody act is asked before: the office, or the head of the organisation.
    """
    mandate = Mandate(person=person, organisation=organisation, capacity=capacity, matter=matter, first_day=first_day)
    mandate.last_day, mandate.act, mandate.act_reference = last_day, act.strip(), act_reference.strip()
    mandate.given_by, mandate.given_at = by, at
    with transaction.atomic():
        Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        if problems := list(_faults(mandate)):
            raise Refusal(problems)
        mandate.save(force_insert=True)
        _tell("parties.mandate.given", mandate, by, at)
    person.forget_grants()
    return mandate


@transaction.atomic
def invite_person(
    *, display_name: str, username: str, organisation: Organisation, by: Person, at: datetime, **told: Any
) -> Mandate:
    """Register somebody who shall act for `organisation` (without a password: they set it by a link), and let them.

    `told` is what `give_mandate` takes besides. Raises Refusal.
    """
    area = organisation.area
    person = register_person(username=username, display_name=display_name, area=area, by=by, at=at)
    return give_mandate(person=person, organisation=organisation, by=by, at=at, **told)


def end_mandate(*, mandate: Mandate, reason: str, by: Person | None, at: datetime) -> None:
    """Revoke a mandate now; the row stays. Raises Refusal when it was revoked already or no reason is given."""
    reason = reason.strip()
    if not is_line(reason, 300):
        text = N_("Say in 1 to 300 characters why the mandate ends.")
        raise Refusal([Problem("parties.mandate.reason", text, {}, "reason")])
    with transaction.atomic():
        current = Mandate.objects.select_for_update(of=("self",)).get(pk=mandate.pk)
        if current.ended_at:
            text = N_("This mandate has ended already; nothing was changed.")
            raise Refusal([Problem("parties.mandate.ended", text)])
        current.ended_at, current.ended_by, current.end_reason = at, by, reason
        current.save(update_fields=["ended_at", "ended_by", "end_reason"])
        _tell("parties.mandate.ended", current, by, at)
    mandate.refresh_from_db(fields=["ended_at", "ended_by", "end_reason"])
    mandate.person.forget_grants()


def _tell(kind: str, mandate: Mandate, by: Person | None, at: datetime) -> None:
    data: dict[str, str | int | None] = {
        "mandate": mandate.pk, "person": mandate.person.token, "organisation": mandate.organisation_id,
        "capacity": mandate.capacity, "matter": mandate.matter,
    }  # fmt: skip
    if mandate.ended_at is None:
        last = mandate.last_day.isoformat() if mandate.last_day else None
        data |= {"first": mandate.first_day.isoformat(), "last": last, "act": mandate.digest()}
    area = mandate.organisation.area
    writer.append(kind=kind, subject=f"parties.mandate:{mandate.pk}", data=data, area=area, by=by, at=at)


def _faults(mandate: Mandate) -> Iterator[Problem]:
    if mandate.capacity not in Capacity.values or (mandate.capacity == Capacity.COUNSEL) != bool(mandate.matter):
        text = N_("Counsel acts in one case, which must be named; everybody else acts in all of them.")
        yield Problem("parties.mandate.capacity", text, {}, "capacity")
    if mandate.last_day and mandate.last_day < mandate.first_day:
        text = N_("The last day lies before the first; correct one of the two.")
        yield Problem("parties.mandate.days", text, {}, "last_day")
    if not is_line(mandate.act, 200) or not is_line(mandate.act_reference, 100):
        text = N_("Name the act (a power of attorney, a letter; at most 200 characters) and its reference.")
        yield Problem("parties.mandate.act", text, {}, "act")
    if not mandate.person.is_active:
        yield Problem("parties.mandate.person_left", N_("This person has left and can act for nobody."))
    elif _works_for_the_office(mandate):
        text = N_("This person works for the office, and cannot act for a company that it judges.")
        yield Problem("parties.mandate.both_sides", text)
    elif _overlapping(mandate):
        text = N_("This person acts for the organisation on some of these days already; end that mandate first.")
        yield Problem("parties.mandate.held", text)


def _works_for_the_office(mandate: Mandate) -> bool:
    roles = RoleGrant.objects.filter(person=mandate.person, ended_at=None)
    return roles.filter(Q(last_day=None) | Q(last_day__gte=mandate.first_day)).exists()


def _overlapping(mandate: Mandate) -> bool:
    same = Mandate.objects.filter(person=mandate.person, organisation=mandate.organisation, matter=mandate.matter)
    same = same.filter(Q(last_day=None) | Q(last_day__gte=mandate.first_day), ended_at=None)
    return (same.filter(first_day__lte=mandate.last_day) if mandate.last_day else same).exists()
