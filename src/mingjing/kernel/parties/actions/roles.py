"""Roles are granted by an appointing act, and ended for a reason. Not here: what a role allows (guard)."""

from collections.abc import Iterator
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel import registry
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.actions.people import is_line
from mingjing.kernel.parties.models import Mandate, Person, RoleGrant
from mingjing.kernel.places.models import Area


def grant_role(
    *,
    person: Person,
    role: str,
    area: Area,
    first_day: date,
    last_day: date | None = None,
    act: str,
    act_reference: str,
    by: Person | None,
    at: datetime,
) -> RoleGrant:
    """Give `person` a role in `area` and all below it, both days included, by an appointing act. Raises Refusal.

    Without `last_day` the role is held until it is ended.
    """
    grant = RoleGrant(person=person, role=role, area=area, first_day=first_day, last_day=last_day)
    grant.act, grant.act_reference = act.strip(), act_reference.strip()
    grant.granted_by, grant.granted_at = by, at
    with transaction.atomic():
        Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        if problems := list(_faults(grant)):
            raise Refusal(problems)
        grant.save(force_insert=True)
        _tell("parties.role.granted", grant, {"first": first_day, "last": last_day, "act": grant.digest()}, by, at)
    person.forget_grants()
    return grant


def end_role(*, grant: RoleGrant, reason: str, by: Person | None, at: datetime) -> None:
    """End a role now; the row stays. Raises Refusal when it has ended already or no reason is given."""
    reason = reason.strip()
    if not is_line(reason, 300):
        raise Refusal([Problem("parties.role.reason", N_("Say in 1 to 300 characters why the role ends."))])
    with transaction.atomic():
        current = RoleGrant.objects.select_for_update().get(pk=grant.pk)
        if current.ended_at:
            raise Refusal([Problem("parties.role.ended", N_("This role has ended already; nothing was changed."))])
        current.ended_at, current.ended_by, current.end_reason = at, by, reason
        current.save(update_fields=["ended_at", "ended_by", "end_reason"])
        _tell("parties.role.ended", current, {}, by, at)
    grant.refresh_from_db(fields=["ended_at", "ended_by", "end_reason"])
    grant.person.forget_grants()


def _tell(kind: str, grant: RoleGrant, more: dict[str, date | str | None], by: Person | None, at: datetime) -> None:
    data = {"grant": grant.pk, "person": grant.person.token, "role": grant.role, "area": grant.area.code}
    data |= {name: value.isoformat() if isinstance(value, date) else value for name, value in more.items()}
    writer.append(kind=kind, subject=f"parties.role:{grant.pk}", data=data, area=grant.area, by=by, at=at)


def _faults(grant: RoleGrant) -> Iterator[Problem]:
    known = registry.roles()
    if grant.role not in known:
        text = N_("“{role}” is no role; use one of {known}.")
        yield Problem("parties.role.unknown", text, {"role": grant.role, "known": tuple(known)})
    if grant.last_day and grant.last_day < grant.first_day:
        yield Problem("parties.role.days", N_("The last day lies before the first; correct one of the two."))
    if not is_line(grant.act, 200) or not is_line(grant.act_reference, 100):
        text = N_("Name the appointing act (at most 200 characters) and its reference (at most 100).")
        yield Problem("parties.role.act", text)
    if not grant.person.is_active:
        yield Problem("parties.role.person_left", N_("This person has left and can be given no role."))
    elif _acts_for_somebody(grant):
        text = N_("This person acts for a company that the office judges; that mandate must end first.")
        yield Problem("parties.role.both_sides", text)
    elif _overlapping(grant):
        text = N_("This person holds the role in this area on some of these days already; end that grant first.")
        yield Problem("parties.role.held", text)


def _acts_for_somebody(grant: RoleGrant) -> bool:
    standing = Mandate.objects.filter(person=grant.person, ended_at=None)
    return standing.filter(Q(last_day=None) | Q(last_day__gte=grant.first_day)).exists()


def _overlapping(grant: RoleGrant) -> bool:
    same = RoleGrant.objects.filter(person=grant.person, role=grant.role, area=grant.area, ended_at=None)
    same = same.filter(Q(last_day=None) | Q(last_day__gte=grant.first_day))
    return (same.filter(first_day__lte=grant.last_day) if grant.last_day else same).exists()
