"""Who may be drawn in a round, what they declared, and who of the centre goes with which team."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mingjing.faces.desk.session import actor
from mingjing.kernel.parties.guard import guarded, may
from mingjing.programmes.assessments.actions import draws as actions
from mingjing.programmes.assessments.desk.draws.answered import answered, done
from mingjing.programmes.assessments.desk.draws.forms import ConflictForm, ExpertForm, ReasonForm, StaffForm
from mingjing.programmes.assessments.desk.found import find_round, round_area
from mingjing.programmes.assessments.models import Conflict, Expert, Round, TeamStaff
from mingjing.programmes.assessments.queries.draw_inputs import planned, prepare, visit_team
from mingjing.programmes.assessments.queries.draw_people import (
    conflicts_of,
    expert_lines,
    staff_by_team,
    staff_of,
    supervisors_of,
)


def _teams_page(round: Round) -> str:
    return reverse("assessments:round-teams", args=[round.pk])


@guarded("assessments.round.view", area=round_area)
def teams(request: HttpRequest, pk: int) -> HttpResponse:
    """Supervisors, their conflicts and the staff of the teams."""
    round = find_round(request, pk)
    prepared, settings = prepare(round), planned(round)
    manages = may(request.user, "assessments.round.manage", area=round.area, on=timezone.localdate())
    context = {
        "round": round, "manages": manages and round.review_at is None, "lines": expert_lines(prepared),
        "conflicts": conflicts_of(round), "staff": staff_by_team(round, settings.teams if settings else 0),
        "need": visit_team(round), "without_position": prepared.without_position,
        "removed": round.experts.exclude(removed_at=None).select_related("person"),
    }  # fmt: skip
    return render(request, "assessments/draws/teams.html", context)


@guarded("assessments.round.manage", area=round_area)
def add_expert(request: HttpRequest, pk: int, expert: int | None = None) -> HttpResponse:
    """Put a supervisor on the list, or correct what it says of them."""
    round, today = find_round(request, pk), timezone.localdate()
    listed = get_object_or_404(round.experts.select_related("person"), pk=expert) if expert else None
    people = supervisors_of(round.area, today).exclude(pk__in=round.experts.filter(removed_at=None).values("person"))
    initial: dict[str, Any] = {}
    if listed:
        people = type(listed.person).objects.filter(pk=listed.person_id)
        initial = {"person": listed.person, "home": listed.home, "key": listed.key, "days": " ".join(listed.days)}
    form = ExpertForm(request.POST or None, people=people, initial=initial)
    homes = prepare(round).homes
    return answered(
        request, round, form,
        lambda data: actions.list_expert(round=round, **data, by=actor(request), at=timezone.now()),
        title=_("Supervisor on the list"), button=_("Save"), message=_("The list was saved."), back=_teams_page(round),
        options=sorted({*homes.strata.values(), *homes.companies}),
    )  # fmt: skip


@guarded("assessments.round.manage", area=round_area)
def remove_expert(request: HttpRequest, pk: int, expert: int) -> HttpResponse:
    """Take a supervisor off the list, saying why."""
    round = find_round(request, pk)
    listed = get_object_or_404(round.experts.select_related("person", "round__area"), pk=expert)
    return answered(
        request, round, ReasonForm(request.POST or None),
        lambda data: actions.remove_expert(expert=listed, **data, by=actor(request), at=timezone.now()),
        title=_("Take %(name)s off the list?") % {"name": listed.person}, button=_("Take off the list"),
        message=_("%(name)s is off the list.") % {"name": listed.person}, back=_teams_page(round), danger=True,
    )  # fmt: skip


def _own_or_managed(request: HttpRequest, expert: Expert) -> None:
    """Conflicts are declared by the supervisor concerned, or by whoever may manage the round."""
    person, area = actor(request), expert.round.area
    if expert.person_id != person.pk and not may(
        person, "assessments.round.manage", area=area, on=timezone.localdate()
    ):
        raise PermissionDenied(_("Declare conflicts of interest"))


def _back(request: HttpRequest, round: Round) -> str:
    sees = may(request.user, "assessments.round.view", area=round.area, on=timezone.localdate())
    return _teams_page(round) if sees else reverse("assessments:my-conflicts")


@guarded("assessments.conflict.declare", area=round_area)
def declare(request: HttpRequest, pk: int, expert: int) -> HttpResponse:
    """Declare a conflict of interest of a supervisor, one's own or another's."""
    round = find_round(request, pk)
    listed = get_object_or_404(round.experts.select_related("person", "round__area"), pk=expert)
    _own_or_managed(request, listed)
    return answered(
        request, round, ConflictForm(request.POST or None, round=round), lambda data: _declare(request, listed, data),
        title=_("Conflict of interest of %(name)s") % {"name": listed.person}, button=_("Declare"),
        message=_("The conflict was declared; it will be kept to."), back=_back(request, round),
    )  # fmt: skip


def _declare(request: HttpRequest, expert: Expert, data: dict[str, Any]) -> None:
    found = {name: data.get(name) or None for name in ("community", "company")}
    actions.declare_conflict(expert=expert, **found, reason=data["reason"], by=actor(request), at=timezone.now())


@guarded("assessments.conflict.declare", area=round_area)
def withdraw(request: HttpRequest, pk: int, conflict: int) -> HttpResponse:
    """A conflict no longer holds."""
    round = find_round(request, pk)
    found = get_object_or_404(Conflict.objects.select_related("expert__round__area", "expert__person"),
                              pk=conflict, expert__round=round)  # fmt: skip
    _own_or_managed(request, found.expert)
    return answered(
        request, round, ReasonForm(request.POST or None),
        lambda data: actions.withdraw_conflict(conflict=found, **data, by=actor(request), at=timezone.now()),
        title=_("Does this conflict no longer hold?"), button=_("Withdraw the conflict"), danger=True,
        message=_("The conflict was withdrawn; it stays on record."), back=_back(request, round),
    )  # fmt: skip


@guarded("assessments.round.manage", area=round_area)
def add_staff(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody of the centre goes with a team."""
    round = find_round(request, pk)
    form = StaffForm(request.POST or None, people=staff_of(round.area, timezone.localdate()),
                     initial={"team": request.GET.get("team", "")})  # fmt: skip
    return answered(
        request, round, form,
        lambda data: actions.staff_team(round=round, **data, by=actor(request), at=timezone.now()),
        title=_("Staff of the centre on a team"), button=_("Save"), message=_("The team was saved."),
        back=_teams_page(round),
    )  # fmt: skip


@guarded("assessments.round.manage", area=round_area)
@require_POST
def remove_staff(request: HttpRequest, pk: int, staff: int) -> HttpResponse:
    """Somebody of the centre leaves their team before the draw."""
    round = find_round(request, pk)
    found = TeamStaff.objects.select_related("round__area", "person").filter(pk=staff, round=round).first()
    if found is None:
        raise Http404
    return done(
        request, lambda: actions.unstaff_team(staff=found, by=actor(request), at=timezone.now()),
        _("%(name)s is on no team now.") % {"name": found.person}, _teams_page(round),
    )  # fmt: skip


@guarded("assessments.conflict.declare")
def own(request: HttpRequest) -> HttpResponse:
    """The rounds somebody is listed for, with the conflicts they declared: for the supervisors themselves."""
    mine = Expert.objects.filter(person=actor(request), removed_at=None, round__decided_at=None)
    mine = mine.select_related("round__area").prefetch_related(
        "conflicts__community", "conflicts__company", "round__draws"
    )
    return render(request, "assessments/draws/own.html", {"mine": mine.order_by("-round_id")})
