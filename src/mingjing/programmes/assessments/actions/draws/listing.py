"""Who may be drawn in a round, what they declare, and which staff of the centre go with which team."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel import registry
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.places.models import Area
from mingjing.programmes.assessments.actions.draws.locked import lock_inputs, lock_round, reason_given, refuse
from mingjing.programmes.assessments.models import (
    Community,
    Conflict,
    Expert,
    Part,
    Round,
    TeamDay,
    TeamMember,
    TeamStaff,
)
from mingjing.programmes.assessments.queries.draw_inputs import planned
from mingjing.programmes.assessments.queries.draws import standing_draw

__all__ = [
    "declare_conflict", "is_staff", "is_supervisor", "list_expert", "remove_expert", "staff_team", "unstaff_team",
    "withdraw_conflict",
]  # fmt: skip

KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,19}", re.ASCII)
MOST_TEAMS = 999
SUPERVISOR = "supervisor"


def is_supervisor(person: Person, area: Area, on: date) -> bool:
    """Whether `person` holds the role of a supervisor for `area` on that day."""
    return _holds(person, {SUPERVISOR}, area, on)


def is_staff(person: Person, area: Area, on: date) -> bool:
    """Whether `person` belongs to the centre's staff who may record visits in `area` on that day."""
    roles = set(registry.permissions()["assessments.visit.record"].roles) - {SUPERVISOR}
    return _holds(person, roles, area, on)


def _holds(person: Person, roles: set[str], area: Area, on: date) -> bool:
    held = (grant for grant in person.grants if grant.role in roles and grant.holds(on))
    return person.is_active and any(area.path.startswith(grant.path) for grant in held)


@transaction.atomic
def list_expert(
    *, round: Round, person: Person, key: str = "", home: str = "", days: Iterable[date | str] = (), by: Person | None,
    at: datetime,
) -> Expert:  # fmt: skip
    """Put a supervisor on the round's list, or correct what it says of them. Raises Refusal.

    `key` is what public inputs call them (the next free one, unless given); `home` their employer (name or credit code)
    or subdistrict, compared with the round's as policy.draw_plans says; without `days` they can come on every day.
    """
    found = lock_inputs(round)
    expert = Expert.objects.filter(round=found, person=person).first() or Expert(round=found, person=person)
    fresh = expert.pk is None or expert.removed_at is not None
    expert.key = key.strip() or expert.key or _next_key(found)
    expert.home, expert.days = home.strip(), sorted({str(day) for day in days})
    if problems := list(_expert_faults(expert, fresh, at)):
        raise Refusal(problems)
    expert.listed_by, expert.listed_at = by, at
    expert.removed_by, expert.removed_at, expert.removal_reason = None, None, ""
    expert.save()
    _tell("expert.listed", expert.round, {"expert": expert.pk, "person": person.token, "key": expert.key}, by, at)
    return expert


def _next_key(round: Round) -> str:
    taken = set(round.experts.values_list("key", flat=True))
    return next(key for number in range(1, len(taken) + 2) if (key := f"E{number:02}") not in taken)


def _expert_faults(expert: Expert, fresh: bool, at: datetime) -> Iterator[Problem]:
    round, person = expert.round, expert.person
    if not KEY.fullmatch(expert.key):
        text = N_("A key has 1 to 20 letters, digits and hyphens, such as E07: it stands in public for the person.")
        yield Problem("expert.key", text, {}, "key")
    elif round.experts.filter(key=expert.key).exclude(pk=expert.pk).exists():
        text = N_("Another supervisor of this round has the key {key}; choose a different one.")
        yield Problem("expert.key_taken", text, {"key": expert.key}, "key")
    if len(expert.home) > 200:
        yield Problem("expert.home", N_("The employer has at most 200 characters."), {}, "home")
    for day in expert.days:
        if not _is_day(day):
            text = N_("{found} is not a date; write days as 2026-03-02, with spaces between.")
            yield Problem("expert.day", text, {"found": day}, "days")
    if fresh and not is_supervisor(person, round.area, timezone.localdate(at)):
        text = N_("This person does not hold the role of a supervisor here; give them the role first.")
        yield Problem("expert.role", text, {}, "person")
    if round.staff.filter(person=person).exists():
        text = N_("This person goes with a team as staff of the centre; nobody can be both.")
        yield Problem("expert.staff", text, {}, "person")


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


@transaction.atomic
def remove_expert(*, expert: Expert, reason: str, by: Person | None, at: datetime) -> None:
    """Take a supervisor off the round's list, saying why. Raises Refusal.

    What was drawn already stands: on each day they do not come, they are replaced.
    """
    reason = reason_given(reason)
    round = lock_inputs(expert.round)
    found = Expert.objects.select_for_update().get(pk=expert.pk)
    if found.removed_at:
        raise refuse("expert.removed", N_("This supervisor is off the list already; nothing was changed."))
    found.removed_by, found.removed_at, found.removal_reason = by, at, reason
    found.save(update_fields=["removed_by", "removed_at", "removal_reason"])
    _tell("expert.removed", round, {"expert": found.pk, "person": found.person.token}, by, at)
    expert.refresh_from_db()


@transaction.atomic
def declare_conflict(
    *, expert: Expert, community: Community | None = None, company: Organisation | None = None, reason: str,
    by: Person | None, at: datetime,
) -> Conflict:  # fmt: skip
    """`expert` may not visit `community`, or none of the company's (nor of its family's). Raises Refusal.

    Declared after the draw, it keeps them from visiting all the same: their team-day does not open before they are
    replaced.
    """
    reason = reason_given(reason)
    round = lock_inputs(expert.round)
    if (community is None) == (company is None):
        raise refuse("conflict.one", N_("Name either a community or a company."), {}, "community")
    if community and not round.entries.filter(community=community).exists():
        text = N_("This community takes no part in the round; choose one that does.")
        raise refuse("conflict.community", text, {}, "community")
    if Conflict.objects.filter(expert=expert, community=community, company=company, withdrawn_at=None).exists():
        raise refuse("conflict.twice", N_("This conflict is declared already; nothing was changed."))
    conflict = Conflict.objects.create(
        expert=expert, community=community, company=company, reason=reason, declared_by=by, declared_at=at
    )
    _tell("conflict.declared", round, {"conflict": conflict.pk, "expert": expert.pk}, by, at)
    return conflict


@transaction.atomic
def withdraw_conflict(*, conflict: Conflict, reason: str, by: Person | None, at: datetime) -> None:
    """The conflict no longer holds, for a reason; it stays on record. Raises Refusal."""
    reason = reason_given(reason)
    round = lock_inputs(conflict.expert.round)
    found = Conflict.objects.select_for_update().get(pk=conflict.pk)
    if found.withdrawn_at:
        raise refuse("conflict.withdrawn", N_("This conflict was withdrawn already; nothing was changed."))
    found.withdrawn_by, found.withdrawn_at, found.withdrawal_reason = by, at, reason
    found.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawal_reason"])
    _tell("conflict.withdrawn", round, {"conflict": found.pk, "expert": found.expert_id}, by, at)
    conflict.refresh_from_db()


@transaction.atomic
def staff_team(*, round: Round, team: int, person: Person, by: Person | None, at: datetime) -> TeamStaff:
    """`person` of the centre goes with team number `team` on every day (from today on, once drawn). Raises Refusal.

    Before the draw somebody on another team moves over; after it, members are replaced day by day.
    """
    found = lock_round(round)
    draw = standing_draw(found)
    drawn = draw is not None and draw.state == "drawn"
    if problems := list(_staff_faults(found, team, person, drawn, at)):
        raise Refusal(problems)
    changes = {"team": team, "assigned_by": by, "assigned_at": at}
    staff, _ = TeamStaff.objects.update_or_create(round=found, person=person, defaults=changes)
    if drawn:
        coming = TeamDay.objects.filter(draw=draw, team=team, day__gte=timezone.localdate(at))
        missing = coming.exclude(members__in=TeamMember.objects.filter(person=person, removed_at=None))
        TeamMember.objects.bulk_create(
            TeamMember(team_day=day, person=person, part=Part.STAFF, added_at=at) for day in missing
        )
    _tell("team.staffed", found, {"team": team, "person": person.token}, by, at)
    return staff


def _staff_faults(round: Round, team: int, person: Person, drawn: bool, at: datetime) -> Iterator[Problem]:
    settings = planned(round)
    most = settings.teams if settings else MOST_TEAMS
    if not 1 <= team <= most:
        yield Problem("team.number", N_("Teams are numbered from 1 to {most}."), {"most": most}, "team")
    if not is_staff(person, round.area, timezone.localdate(at)):
        text = N_("This person does not belong to the staff who record visits here; give them the role first.")
        yield Problem("team.role", text, {}, "person")
    if round.experts.filter(person=person, removed_at=None).exists():
        text = N_("This person is on the list of supervisors of this round; nobody can be both.")
        yield Problem("team.expert", text, {}, "person")
    on_team = round.staff.filter(person=person).first()
    if on_team and (drawn or on_team.team == team):
        text = N_("This person is on team {team} already. After the draw, replace members day by day.")
        yield Problem("team.twice", text, {"team": on_team.team}, "person")
    if round.review_at:
        text = N_("The round has left fieldwork; its teams are history and stay as they were.")
        yield Problem("draw.round_over", text)


@transaction.atomic
def unstaff_team(*, staff: TeamStaff, by: Person | None, at: datetime) -> None:
    """Take somebody of the centre off their team before the draw. Raises Refusal."""
    round = lock_round(staff.round)
    draw = standing_draw(round)
    if draw and draw.state == "drawn":
        raise refuse("team.drawn", N_("The draw is made: replace members day by day."))
    if not TeamStaff.objects.filter(pk=staff.pk).delete()[0]:
        raise refuse("team.gone", N_("This person is on no team any more; nothing was changed."))
    _tell("team.unstaffed", round, {"team": staff.team, "person": staff.person.token}, by, at)


def _tell(kind: str, round: Round, data: dict[str, int | str], by: Person | None, at: datetime) -> None:
    data = {"round": round.pk, **data}
    writer.append(kind=f"assessments.{kind}", subject=round.subject, data=data, area=round.area, by=by, at=at)
