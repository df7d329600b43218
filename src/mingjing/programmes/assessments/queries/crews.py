"""Who could be called together for a second visit to which no team of the round can go, and what was drawn of them.

The bars are those of a team: nobody who went there before, nobody in conflict, nobody who goes elsewhere that day, and
not whoever calls them. Not here: who of them goes (policy.crews), calling and drawing them (actions.crews).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from mingjing.kernel.parties.models import Person
from mingjing.programmes.assessments.models import (
    CrewDraw,
    Draw,
    Entry,
    Part,
    Round,
    TeamDay,
    TeamMember,
    TeamStaff,
    VisitRecord,
)
from mingjing.programmes.assessments.policy.crews import Inputs, Pool
from mingjing.programmes.assessments.queries.draw_inputs import planned, visit_team
from mingjing.programmes.assessments.queries.draw_people import staff_of
from mingjing.programmes.assessments.queries.seconds import barred_people

__all__ = ["SUPERVISORS", "Able", "able_on", "crew_file", "crew_inputs", "next_team", "open_crews"]

SUPERVISORS = 2
"""How many supervisors go along: two look independently of each other."""


@dataclass(frozen=True, slots=True)
class Able:
    """Who could go on a day, by person: the centre's staff, those of them on the round's teams, the supervisors."""

    staff: frozenset[int]
    on_teams: frozenset[int]
    supervisors: frozenset[int]

    def tokens(self) -> frozenset[str]:
        """All of them, as facts and files name them."""
        return frozenset(_tokens(self.staff | self.supervisors))


def able_on(entry: Entry, round_: Round, day: date, by: Person | None) -> Able:
    """Who could look at the community on that day, called by `by`."""
    closed = _there_or_busy(entry, day) | ({by.pk} if by else set())
    experts = list(round_.experts.filter(removed_at=None).select_related("person"))
    shut = closed | barred_people(round_)[entry.number]
    supervisors = frozenset(
        one.person_id
        for one in experts
        if one.person.left_at is None and (not one.days or day.isoformat() in one.days) and one.person_id not in shut
    )
    listed = {one.person_id for one in experts}
    staff = frozenset(staff_of(round_.area, day).values_list("pk", flat=True)) - closed - listed
    on_teams = staff & set(TeamStaff.objects.filter(round=round_).values_list("person", flat=True))
    return Able(staff, on_teams, supervisors)


def _there_or_busy(entry: Entry, day: date) -> set[int]:
    """Who was on a team that went there, those replaced too, and who goes with a team on the day."""
    before = VisitRecord.objects.standing().filter(entry=entry).values("team_day")
    there = TeamMember.objects.filter(team_day__in=before)
    busy = TeamMember.objects.filter(team_day__day=day, team_day__draw__cancelled_at=None, removed_at=None)
    return set(there.values_list("person", flat=True)) | set(busy.values_list("person", flat=True))


def crew_inputs(entry: Entry, round_: Round, day: date, able: Able) -> Inputs:
    """What a crew is drawn from: staff of the round's teams, or all of the centre's where those are too few."""
    needed = visit_team(round_)
    staff = able.on_teams if len(able.on_teams) >= needed else able.staff
    pools = (
        Pool(str(Part.STAFF), needed, tuple(_tokens(staff))),
        Pool(str(Part.EXPERT), SUPERVISORS, tuple(_tokens(able.supervisors))),
    )
    return Inputs(round_.code, entry.number, day.isoformat(), pools)


def _tokens(people: Iterable[int]) -> list[str]:
    return sorted(Person.objects.filter(pk__in=people).values_list("token", flat=True))


def next_team(draw: Draw) -> int:
    """The number of a crew: the first one after those of the plan, and of the crews called before."""
    plan = planned(draw.round)
    taken = set(TeamDay.objects.filter(draw=draw).values_list("team", flat=True))
    return max(taken | {plan.teams if plan else 0}) + 1


def open_crews(round_: Round, today: date) -> QuerySet[CrewDraw]:
    """The crews of a round whose files may be had, as `crew_file` says, without the files."""
    drawn = CrewDraw.objects.filter(round=round_, drawn_at__isnull=False)
    found = drawn if round_.deciding_at is not None else drawn.filter(day__lt=today)
    return found.select_related("entry").defer("inputs", "document", "secret")


def crew_file(crew: CrewDraw, today: date) -> bytes | None:
    """How the crew was drawn, as a file whose SHA-256 the ledger holds; None while it is sealed."""
    over = crew.round.deciding_at is not None or crew.day < today
    return crew.document.encode() if crew.drawn_at and over else None
