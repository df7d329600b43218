"""Who may be put on the lists of a draw, and what is said of those who are. Not here: where anybody goes."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from mingjing.kernel import registry
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import CODE_LENGTH, Area
from mingjing.programmes.assessments.models import Conflict, Expert, Round, TeamStaff
from mingjing.programmes.assessments.queries.draw_inputs import Prepared

__all__ = ["ExpertLine", "conflicts_of", "expert_lines", "staff_by_team", "staff_of", "supervisors_of"]

SUPERVISOR = "supervisor"


def supervisors_of(area: Area, today: date) -> "QuerySet[Person]":
    """People who hold the role of a supervisor for `area` today."""
    return _holding({SUPERVISOR}, area, today)


def staff_of(area: Area, today: date) -> "QuerySet[Person]":
    """People of the centre who may record visits in `area` today."""
    return _holding(set(registry.permissions()["assessments.visit.record"].roles) - {SUPERVISOR}, area, today)


def _holding(roles: set[str], area: Area, today: date) -> "QuerySet[Person]":
    above = [area.path[:end] for end in range(CODE_LENGTH, len(area.path) + 1, CODE_LENGTH)]
    held = Q(role_grants__last_day=None) | Q(role_grants__last_day__gte=today)
    found = Person.objects.filter(
        held, left_at=None, role_grants__role__in=roles, role_grants__area__path__in=above,
        role_grants__ended_at=None, role_grants__first_day__lte=today,
    )  # fmt: skip
    return found.distinct().order_by("display_name", "username")


@dataclass(frozen=True, slots=True)
class ExpertLine:
    """A supervisor on the list: the communities they are kept from, and names their employer might be meant as."""

    expert: Expert
    bars: int
    matched: str
    near: tuple[str, ...]
    conflicts: int


def expert_lines(prepared: Prepared) -> list[ExpertLine]:
    """What the list says of each supervisor, so that a recusal that does not bite is seen before the draw."""
    declared: dict[str, int] = {}
    for key, _, _ in prepared.conflicts:
        declared[key] = declared.get(key, 0) + 1
    homes, bars = prepared.homes, prepared.bars()
    return [
        ExpertLine(
            expert, bars.get(expert.key, 0), homes.match(expert.home), homes.near(expert.home),
            declared.get(expert.key, 0),
        )
        for expert in prepared.experts
    ]  # fmt: skip


def conflicts_of(round: Round) -> "QuerySet[Conflict]":
    """Every conflict declared for the round, standing ones first, withdrawn ones too."""
    found = Conflict.objects.filter(expert__round=round).select_related(
        "expert__person", "community", "company", "declared_by", "withdrawn_by"
    )
    return found.order_by("withdrawn_at", "expert__key", "id")


def staff_by_team(round: Round, teams: int) -> dict[int, list[TeamStaff]]:
    """The centre's staff by number of team, with every planned team, staffed or not."""
    found: dict[int, list[TeamStaff]] = {team: [] for team in range(1, teams + 1)}
    for one in round.staff.select_related("person").order_by("team", "id"):
        found.setdefault(one.team, []).append(one)
    return found
