"""A day of a draw: the team opens its assignment, and whoever cannot come is replaced.

Both only from the day on. Before it even a refusal would tell: who tries one substitute after another would learn from
"in conflict with" where the team goes.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from hashlib import sha256
from secrets import token_hex
from typing import Any

from django.db import transaction
from django.utils import timezone

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.guard import may
from mingjing.kernel.parties.models import Person
from mingjing.programmes.assessments.actions.draws.listing import is_staff
from mingjing.programmes.assessments.actions.draws.locked import lock_round, reason_given, refuse
from mingjing.programmes.assessments.models import Expert, Part, Purpose, TeamDay, TeamMember
from mingjing.programmes.assessments.queries.draw_inputs import prepare, visit_team

__all__ = ["open_team_day", "replace_member"]


@transaction.atomic
def open_team_day(*, team_day: TeamDay, by: Person, at: datetime) -> TeamDay:
    """Open the assignment on its day or later: by one of the team, or by whoever may manage the round. Raises Refusal.

    The seed of what chance will pick on site is made here, and its SHA-256 told (engine.picks).
    It does not open while a member is in conflict with one of its communities, or the team is short of staff. Opening
    it a second time changes nothing.
    """
    found = _lock(team_day, at)
    if found.opened_at:
        return found
    members = list(found.members.filter(removed_at=None).select_related("person"))
    today = timezone.localdate(at)
    if by.pk not in {member.person_id for member in members} and not _manages(by, found, today):
        raise refuse("team_day.not_member", N_("Only a member of the team, or who manages the round, opens it."))
    if problems := [*_short_of_staff(found, members), *_barred_members(found, members)]:
        raise Refusal(problems)
    found.opened_by, found.opened_at, found.pick_seed = by, at, token_hex(32)
    found.save(update_fields=["opened_by", "opened_at", "pick_seed"])
    picks = sha256(bytes.fromhex(found.pick_seed)).hexdigest()
    data = {"draw": found.draw_id, "round": found.draw.round_id, "members": len(members), "picks": picks}
    _tell("team_day.opened", found, data, by, at)
    return found


def _lock(team_day: TeamDay, at: datetime) -> TeamDay:
    """The team-day, held until the transaction ends; refuses one that is sealed, or no longer or not yet to be used."""
    round = lock_round(team_day.draw.round)
    found = TeamDay.objects.select_for_update(of=("self",)).select_related("draw").get(pk=team_day.pk)
    found.draw.round = round
    if found.is_sealed(timezone.localdate(at)):
        raise refuse("team_day.sealed", N_("This assignment is sealed until its day; come back then."))
    if found.draw.cancelled_at:
        raise refuse("team_day.cancelled", N_("The draw was called off; this assignment counts no more."))
    if round.state != "fieldwork" and not (round.state == "review" and _only_seconds(found)):
        raise refuse("team_day.round_state", N_("The round is not in fieldwork; begin fieldwork first."))
    return found


def _only_seconds(team_day: TeamDay) -> bool:
    """Whether the team goes to look again: that is done in review, too."""
    purposes = set(team_day.records.filter(voided_at=None).values_list("purpose", flat=True))
    return purposes == {Purpose.SECOND}


def _manages(person: Person, team_day: TeamDay, today: date) -> bool:
    return may(person, "assessments.round.manage", area=team_day.draw.round.area, on=today)


def _short_of_staff(team_day: TeamDay, members: Iterable[TeamMember]) -> Iterator[Problem]:
    need, found = visit_team(team_day.draw.round), sum(member.part == Part.STAFF for member in members)
    if found < need:
        text = N_("{found} of the centre's staff are on this team, {need} are needed; add a substitute first.")
        yield Problem("team_day.staff", text, {"found": found, "need": need})


def _barred_members(team_day: TeamDay, members: Iterable[TeamMember]) -> Iterator[Problem]:
    """Members in conflict with a community of the day, by what is declared now."""
    barred = _barred(team_day)
    keys = dict(team_day.draw.round.experts.values_list("person_id", "key"))
    for member in members:
        if member.part == Part.EXPERT and (sites := barred.get(keys.get(member.person_id, ""))):
            text = N_("{person} is in conflict with {sites}: replace them before the team goes.")
            yield Problem("team_day.barred", text, {"person": str(member.person), "sites": tuple(sites)})


def _barred(team_day: TeamDay) -> dict[str, list[str]]:
    """For each expert's key the names of this team-day's communities they may not visit."""
    records = team_day.records.filter(voided_at=None).values_list("entry__number", "entry__name")
    by_site, found = prepare(team_day.draw.round, draw=team_day.draw).barred(), dict[str, list[str]]()
    for number, name in records:
        for key in by_site.get(number, ()):
            found.setdefault(key, []).append(name)
    return found


@transaction.atomic
def replace_member(
    *, member: TeamMember, person: Person | None, reason: str, by: Person | None, at: datetime
) -> TeamMember | None:
    """`member` does not come today; `person` goes instead (None: nobody, if the team stays large enough).

    Recusal, conflicts, days and other teams are checked anew, as things are now. Raises Refusal.
    """
    reason = reason_given(reason)
    team_day = _lock(member.team_day, at)
    found = TeamMember.objects.select_for_update().get(pk=member.pk)
    if found.removed_at:
        raise refuse("team_member.removed", N_("This member was replaced already; nothing was changed."))
    if problems := list(_replacement_faults(team_day, found, person, at)):
        raise Refusal(problems)
    found.removed_by, found.removed_at, found.removal_reason = by, at, reason
    found.save(update_fields=["removed_by", "removed_at", "removal_reason"])
    added = None
    if person:
        added = TeamMember.objects.create(team_day=team_day, person=person, part=found.part, added_at=at)
    data = {"draw": team_day.draw_id, "removed": found.person.token, "added": person.token if person else None}
    _tell("team_member.replaced", team_day, data, by, at)
    return added


def _replacement_faults(
    team_day: TeamDay, member: TeamMember, person: Person | None, at: datetime
) -> Iterator[Problem]:
    if person is None:
        if member.part == Part.STAFF:
            yield from _short_of_staff(team_day, team_day.members.filter(removed_at=None).exclude(pk=member.pk))
        return
    elsewhere = TeamMember.objects.filter(
        team_day__day=team_day.day, team_day__draw__cancelled_at=None, person=person, removed_at=None
    )
    if elsewhere.exists():
        text = N_("This person goes with a team on that day already; choose somebody who is free.")
        yield Problem("team_member.busy", text, {}, "person")
    if member.part == Part.EXPERT:
        yield from _expert_faults(team_day, person)
    elif not is_staff(person, team_day.draw.round.area, timezone.localdate(at)):
        text = N_("This person does not belong to the staff who record visits here; give them the role first.")
        yield Problem("team.role", text, {}, "person")
    elif team_day.draw.round.experts.filter(person=person, removed_at=None).exists():
        text = N_("This person is on the list of supervisors of this round; nobody can be both.")
        yield Problem("team.expert", text, {}, "person")


def _expert_faults(team_day: TeamDay, person: Person) -> Iterator[Problem]:
    expert = Expert.objects.filter(round=team_day.draw.round, person=person, removed_at=None).first()
    if expert is None:
        text = N_("This person is not on the list of supervisors of this round; put them on it first.")
        yield Problem("team_member.unlisted", text, {}, "person")
        return
    if expert.days and team_day.day.isoformat() not in expert.days:
        text = N_("This supervisor cannot come on {day}; choose somebody who can.")
        yield Problem("team_member.absent", text, {"day": team_day.day.isoformat()}, "person")
    if sites := _barred(team_day).get(expert.key):
        text = N_("{person} is in conflict with {sites}: choose somebody who is not.")
        yield Problem("team_member.barred", text, {"person": str(person), "sites": tuple(sites)}, "person")


def _tell(kind: str, team_day: TeamDay, data: Mapping[str, Any], by: Person | None, at: datetime) -> None:
    area = team_day.draw.round.area
    writer.append(kind=f"assessments.{kind}", subject=team_day.subject, data=dict(data), area=area, by=by, at=at)
