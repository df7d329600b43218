"""Team-days whose day has come: who goes where today, opened by the team, with substitutes for who cannot come."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mingjing.faces.desk.session import actor
from mingjing.faces.ui.paging import page_of
from mingjing.kernel.parties.guard import guarded, may
from mingjing.kernel.parties.models import Person
from mingjing.programmes.assessments.actions import draws as actions
from mingjing.programmes.assessments.desk.draws.answered import answered, done
from mingjing.programmes.assessments.desk.draws.forms import SubstituteForm
from mingjing.programmes.assessments.desk.found import find_round, round_area
from mingjing.programmes.assessments.models import Part, Round, TeamDay
from mingjing.programmes.assessments.queries.draw_people import staff_of
from mingjing.programmes.assessments.queries.draws import team_days_seen


def _seen(request: HttpRequest, round: Round, team_day: int) -> TeamDay:
    """A team-day the reader may see; a sealed one is not there."""
    seen = team_days_seen(actor(request), round, timezone.localdate())
    light = seen.select_related("draw__round__area", "opened_by").defer("draw__inputs", "draw__document")
    return get_object_or_404(light, pk=team_day)


def _here(team_day: TeamDay) -> str:
    return reverse("assessments:team-day", args=[team_day.draw.round_id, team_day.pk])


@guarded("assessments.draw.view", area=round_area)
def team_days(request: HttpRequest, pk: int) -> HttpResponse:
    """One of the days that have come, the newest unless asked, with the teams the reader may see."""
    round = find_round(request, pk)
    found = team_days_seen(actor(request), round, timezone.localdate())
    days = sorted(set(found.order_by().values_list("day", flat=True)), reverse=True)
    asked = request.GET.get("day", "")
    day = next((one for one in days if one.isoformat() == asked), days[0] if days else None)
    teams = (found.filter(day=day) if day else found.none()).prefetch_related("members__person", "records__entry")
    page = page_of(teams, request.GET, order=("team", "id"))
    sees = may(request.user, "assessments.round.view", area=round.area, on=timezone.localdate())
    context = {"round": round, "days": days, "day": day, "page": page, "sees_round": sees}
    return render(request, "assessments/draws/days.html", context)


@guarded("assessments.draw.view", area=round_area)
def team_day(request: HttpRequest, pk: int, team_day: int) -> HttpResponse:
    """One team on one day: who goes, and, once opened or for who follows the round, where."""
    round, person = find_round(request, pk), actor(request)
    found = _seen(request, round, team_day)
    members = list(found.members.select_related("person", "removed_by").order_by("removed_at", "part", "id"))
    today = timezone.localdate()
    manages = may(person, "assessments.round.manage", area=round.area, on=today)
    context = {
        "round": round, "team_day": found, "members": members, "manages": manages and round.state == "fieldwork",
        "records": found.records.standing().select_related("entry__stratum").order_by("entry__number"),
        "opens": manages or any(m.person_id == person.pk and not m.removed_at for m in members),
        "sees_round": may(person, "assessments.round.view", area=round.area, on=today),
    }  # fmt: skip
    return render(request, "assessments/draws/day.html", context)


@guarded("assessments.draw.view", area=round_area)
@require_POST
def open_day(request: HttpRequest, pk: int, team_day: int) -> HttpResponse:
    """The team opens its assignment."""
    found = _seen(request, find_round(request, pk), team_day)
    return done(request, lambda: actions.open_team_day(team_day=found, by=actor(request), at=timezone.now()),
                _("The assignment is open; the visits can begin."), _here(found))  # fmt: skip


@guarded("assessments.round.manage", area=round_area)
def replace(request: HttpRequest, pk: int, team_day: int, member: int) -> HttpResponse:
    """Somebody cannot come: another goes instead."""
    round = find_round(request, pk)
    found = _seen(request, round, team_day)
    there = found.members.select_related("person", "team_day__draw__round")
    leaver = get_object_or_404(there.defer("team_day__draw__inputs", "team_day__draw__document"), pk=member)
    form = SubstituteForm(request.POST or None, people=_substitutes(round, leaver.part))
    return answered(
        request, round, form,
        lambda data: actions.replace_member(member=leaver, **data, by=actor(request), at=timezone.now()),
        title=_("Who goes instead of %(name)s?") % {"name": leaver.person}, button=_("Replace"),
        message=_("%(name)s was replaced.") % {"name": leaver.person}, back=_here(found),
    )  # fmt: skip


def _substitutes(round: Round, part: str) -> object:
    if part == Part.STAFF:
        return staff_of(round.area, timezone.localdate())
    listed = round.experts.filter(removed_at=None).values("person")
    return Person.objects.filter(pk__in=listed).order_by("display_name")
