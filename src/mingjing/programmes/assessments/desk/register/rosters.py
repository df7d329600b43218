"""Rosters on the desk: hand one in, follow its reading, look at what it would change, approve or discard it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from mingjing.engine.outcome import Problem, Refusal
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.paging import page_of
from mingjing.kernel.jobs.queries import deliveries_about
from mingjing.kernel.parties.guard import areas_where, guarded, may
from mingjing.kernel.places.models import Area, Level
from mingjing.programmes.assessments.actions import rosters as actions
from mingjing.programmes.assessments.desk.register.forms import ApproveForm, RosterForm
from mingjing.programmes.assessments.desk.register.shown import shown_lines
from mingjing.programmes.assessments.desk.schemes import XLSX
from mingjing.programmes.assessments.models import Roster
from mingjing.programmes.assessments.policy.rosters.template import write_template
from mingjing.programmes.assessments.queries.communities import (
    absent_from,
    attributes_of,
    places_of,
    register_version,
    rounds_with_own_roster,
)

MANAGE, VIEW = "assessments.community.manage", "assessments.community.view"
MOST_AREAS = 500
KINDS = {
    "added": _("New communities"),
    "changed": _("Changed communities"),
    "same": _("Unchanged"),
    "warned": _("Warnings"),
}
"""The tabs of a preview that list lines."""


def find_roster(pk: int) -> Roster:
    """A roster with its area, or a 404."""
    return get_object_or_404(
        Roster.objects.select_related("area", "requested_by", "approved_by", "discarded_by"), pk=pk
    )


def roster_area(request: HttpRequest, pk: int, **_rest: Any) -> Area:
    """The district a roster is for: for the guard."""
    return find_roster(pk).area


@guarded(VIEW)
def rosters(request: HttpRequest) -> HttpResponse:
    """The rosters of the reader's areas, newest first."""
    today = timezone.localdate()
    scope = areas_where(request.user, VIEW, on=today)
    found = scope.within(Roster.objects.select_related("area", "requested_by").defer("problems"))
    page = page_of(found, request.GET, order=("-id",))
    context = {"page": page, "may_manage": may(request.user, MANAGE, on=today)}
    return render(request, "assessments/register/rosters.html", context)


def _districts(request: HttpRequest) -> list[tuple[str, str]]:
    """The districts whose register the person may change."""
    scope = areas_where(request.user, MANAGE, on=timezone.localdate())
    found = scope.within(Area.objects.current().filter(level=Level.COUNTY), "")
    return list(found.values_list("code", "name")[:MOST_AREAS])


@guarded(MANAGE)
def add(request: HttpRequest) -> HttpResponse:
    """The form that hands a roster in; reading it goes on in the background."""
    areas = _districts(request)
    form = RosterForm(request.POST or None, request.FILES or None, areas=areas)
    problems: tuple[Problem, ...] = ()
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        area = Area.objects.get(code=form.cleaned_data["area"])
        try:
            found = actions.request_roster(
                area=area, file=file, file_name=file.name, by=actor(request), at=timezone.now()
            )
        except Refusal as refusal:
            problems = refusal.problems
        else:
            messages.success(
                request, gettext("The roster was kept and is being read. Nothing changes before you approve.")
            )
            return redirect("assessments:roster", found.pk)
    context = {"form": form, "problems": problems, "areas": areas}
    return render(request, "assessments/register/roster_form.html", context, status=422 if form.is_bound else 200)


def template_area(request: HttpRequest, code: int) -> Area:
    """The district whose template is asked for: it names what its schemes ask of a community."""
    return get_object_or_404(Area, code=str(code), level=Level.COUNTY)


@guarded(MANAGE, area=template_area)
def template(request: HttpRequest, code: int) -> HttpResponse:
    """A workbook to fill in, with the district's areas to choose from."""
    area = template_area(request, code)
    english = get_language() == "en"
    content = write_template(places_of(area), attributes_of(area), "en" if english else "zh-Hans")
    name = f"roster-{area.code}.xlsx" if english else "roster-template.xlsx"
    return HttpResponse(content, XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@guarded(VIEW, area=roster_area)
def roster(request: HttpRequest, pk: int) -> HttpResponse:
    """What a roster is and what it would change; while it is worked on, how far that is."""
    found = find_roster(pk)
    context = _context(request, found)
    if found.state in ("reading", "applying"):
        context["delivery"] = deliveries_about(found.subject).first()
    if found.state == "previewed":
        context |= {
            "form": ApproveForm(renamed=found.counts.get("renamed", 0)),
            "stale": register_version(found.area) != found.counts.get("register"),
            "rounds": list(rounds_with_own_roster(found.area)),
        }
    return render(request, "assessments/register/roster.html", context)


def _context(request: HttpRequest, found: Roster) -> dict[str, Any]:
    """What every page of a roster shows."""
    may_manage = may(request.user, MANAGE, area=found.area, on=timezone.localdate())
    tabs = [(code, title, found.counts.get(code, 0)) for code, title in KINDS.items()]
    return {"roster": found, "state": found.state, "may_manage": may_manage, "tabs": tabs}


@guarded(VIEW, area=roster_area)
def lines(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The lines of one kind, or those with warnings."""
    found = find_roster(pk)
    if kind not in KINDS:
        raise Http404
    rows = found.lines.exclude(warnings=[]) if kind == "warned" else found.lines.filter(kind=kind)
    page = page_of(rows, request.GET, order=("row",))
    context = _context(request, found) | {"page": page, "lines": shown_lines(page.rows, found.area), "kind": kind}
    return render(request, "assessments/register/lines.html", context | {"title": KINDS[kind]})


@guarded(VIEW, area=roster_area)
def absent(request: HttpRequest, pk: int) -> HttpResponse:
    """The communities on the register that the file does not mention; nothing happens to them."""
    found = find_roster(pk)
    if found.read_at is None:
        raise Http404
    rows = absent_from(found).select_related("place")
    context = _context(request, found) | {"page": page_of(rows, request.GET, order=("number", "id"))}
    return render(request, "assessments/register/absent.html", context)


@guarded(MANAGE, area=roster_area)
@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the register to be brought up to this roster."""
    found = find_roster(pk)
    form = ApproveForm(request.POST, renamed=found.counts.get("renamed", 0))
    confirmed = form.is_valid() and bool(form.cleaned_data.get("renames_confirmed"))
    try:
        actions.approve_roster(roster=found, renames_confirmed=confirmed, by=actor(request), at=timezone.now())
    except Refusal as refusal:
        return _refused(request, refusal, found)
    messages.success(request, gettext("Approved. The register is being brought up to date."))
    return redirect("assessments:roster", pk)


@guarded(MANAGE, area=roster_area)
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Nobody wants this roster: the register stays as it is."""
    found = find_roster(pk)
    try:
        actions.discard_roster(roster=found, by=actor(request), at=timezone.now())
    except Refusal as refusal:
        return _refused(request, refusal, found)
    messages.success(request, gettext("The roster was discarded. The register is as it was."))
    return redirect("assessments:rosters")


@guarded(MANAGE, area=roster_area)
@require_POST
def read_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Read the same file against the register as it is now."""
    found = find_roster(pk)
    try:
        again = actions.read_again(roster=found, by=actor(request), at=timezone.now())
    except Refusal as refusal:
        return _refused(request, refusal, found)
    messages.success(request, gettext("The file is being read again."))
    return redirect("assessments:roster", again.pk)


def _refused(request: HttpRequest, refusal: Refusal, found: Roster) -> HttpResponse:
    for problem in refusal.problems:
        messages.error(request, Problem(problem.code, problem.text, problem.params).say(gettext))
    return redirect("assessments:roster", found.pk)
