"""Files for the register on the desk: hand one in, follow its reading, look at it, approve or discard it.

Not here: what a row does (actions.rosters).
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.forms import sentence
from mingjing.faces.ui.paging import page_of
from mingjing.kernel.intakes.models import LineKind
from mingjing.kernel.jobs.queries import deliveries_about
from mingjing.kernel.parties.guard import areas_where, guarded
from mingjing.kernel.places.models import Area
from mingjing.programmes.inspections.actions import rosters as actions
from mingjing.programmes.inspections.desk.catalogue import MANAGE
from mingjing.programmes.inspections.desk.catalogue_forms import WithArea
from mingjing.programmes.inspections.models import Roster
from mingjing.programmes.inspections.queries.rosters import shipped_rosters

KINDS = {
    "authorities": _("Authorities"), "officers": _("Officers and certificates"), "items": _("Inspection items"),
    "firms": _("Firms"),
}  # fmt: skip
SIGNS = {LineKind.ADDED: (_("New"), "good"), LineKind.CHANGED: (_("Changed"), "watch")}


class RosterForm(WithArea):
    """A file, and the mapping that says which column is what."""

    mapping = forms.ChoiceField(label=_("What the file holds"), choices=tuple(KINDS.items()))
    file = forms.FileField(
        label=_("File"), help_text=_("A workbook (.xlsx) or a table of text (.csv)."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.txt,.tsv,.gz"}),
    )  # fmt: skip
    mapping_file = forms.FileField(
        label=_("Or a mapping file"), required=False, help_text=_("A .toml file that says what the columns mean."),
        widget=forms.ClearableFileInput(attrs={"accept": ".toml"}),
    )  # fmt: skip


def roster_area(request: HttpRequest, pk: int, **_rest: Any) -> Area:
    """The area whose register a file is for."""
    return get_object_or_404(Roster.objects.select_related("area"), pk=pk).area


@guarded(MANAGE)
@require_safe
def files(request: HttpRequest) -> HttpResponse:
    """The files of the reader's areas, newest first."""
    scope = areas_where(request.user, MANAGE, on=timezone.localdate())
    found = scope.within(Roster.objects.select_related("area", "requested_by").defer("problems", "mapping_text"))
    page = page_of(found, request.GET, order=("-id",))
    rows = [(one, KINDS[one.kind]) for one in page.rows]
    return render(request, "inspections/files.html", {"page": page, "rows": rows})


@guarded(MANAGE)
def add(request: HttpRequest) -> HttpResponse:
    """Hand a file in; reading it goes on in the background."""
    scope = areas_where(request.user, MANAGE, on=timezone.localdate())
    form = RosterForm(request.POST or None, request.FILES or None, scope=scope)
    problems: tuple[Problem, ...] = ()
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            found = actions.request_roster(
                area=data["area"], file=data["file"], file_name=data["file"].name, mapping_text=_mapping_text(data),
                by=actor(request), at=timezone.now(),
            )  # fmt: skip
        except Refusal as refusal:
            problems = refusal.problems
        else:
            messages.success(request, gettext("The file is being read. Nothing changes before you approve."))
            return redirect("inspections:file", found.pk)
    context = {"form": form, "problems": problems}
    return render(request, "inspections/file_form.html", context, status=422 if form.is_bound else 200)


def _mapping_text(data: dict[str, Any]) -> str:
    own = data.get("mapping_file")
    if not own:
        return shipped_rosters()[data["mapping"]].read_text("utf-8")
    try:
        return str(own.read().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        said = N_("The mapping is not UTF-8 text; save it as UTF-8.")
        raise Refusal([Problem("mapping.encoding", said, {}, own.name)]) from error


@guarded(MANAGE, area=roster_area)
@require_safe
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """What a file is and what it would change; while it is worked on, how far that is."""
    related = ("area", "requested_by", "approved_by", "discarded_by")
    found = get_object_or_404(Roster.objects.select_related(*related), pk=pk)
    shown = found.lines.all() if found.state in ("previewed", "applying", "applied") else found.lines.none()
    page = page_of(shown, request.GET, order=("row",))
    context: dict[str, Any] = {
        "file": found, "state": found.state, "title": KINDS[found.kind], "page": page,
        "rows": [(line, *SIGNS[LineKind(line.kind)], sorted(line.before.items())) for line in page.rows],
    }  # fmt: skip
    if found.state in ("reading", "applying"):
        context["delivery"] = deliveries_about(found.subject).first()
    return render(request, "inspections/file.html", context)


@guarded(MANAGE, area=roster_area)
@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the file to be taken in."""
    return _decided(request, pk, actions.approve_roster, gettext("Approved. The file is being taken in."))


@guarded(MANAGE, area=roster_area)
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Nobody wants this file: everything stays as it is."""
    return _decided(request, pk, actions.discard_roster, gettext("The file was discarded. Everything is as it was."))


def _decided(request: HttpRequest, pk: int, act: Any, said: str) -> HttpResponse:
    try:
        act(roster=get_object_or_404(Roster, pk=pk), by=actor(request), at=timezone.now())
    except Refusal as refusal:
        for problem in refusal.problems:
            messages.error(request, sentence(problem))
    else:
        messages.success(request, said)
    return redirect("inspections:file", pk)
