"""Files of complaints on the desk: hand one in, follow its reading, look at it, approve or discard it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.forms import sentence
from mingjing.faces.ui.paging import page_of
from mingjing.kernel.intakes.models import LineKind
from mingjing.kernel.jobs.queries import deliveries_about
from mingjing.kernel.parties.guard import areas_where, guarded, may
from mingjing.kernel.places.models import Area
from mingjing.programmes.complaints.actions import intakes as actions
from mingjing.programmes.complaints.desk.forms import IntakeForm
from mingjing.programmes.complaints.desk.found import districts, find_intake, intake_area
from mingjing.programmes.complaints.models import Intake
from mingjing.programmes.complaints.queries.files import shipped_mappings

VIEW, MANAGE = "complaints.complaint.view", "complaints.intake.manage"
KINDS = {LineKind.ADDED: _("New complaints"), LineKind.CHANGED: _("Changed complaints")}
FIELDS = {
    "opened": _("Received on"), "closed": _("Completed on"), "community": _("Community"), "category": _("Category"),
    "place": _("Place"), "text": _("What the caller says"), "channel": _("Channel"),
}  # fmt: skip


@guarded(VIEW)
def intakes(request: HttpRequest) -> HttpResponse:
    """The files of the reader's districts, newest first."""
    today = timezone.localdate()
    scope = areas_where(request.user, VIEW, on=today)
    found = scope.within(Intake.objects.select_related("area", "requested_by").defer("problems", "mapping_text"))
    page = page_of(found, request.GET, order=("-id",))
    context = {"page": page, "may_manage": may(request.user, MANAGE, on=today)}
    return render(request, "complaints/intakes.html", context)


@guarded(MANAGE)
def add(request: HttpRequest) -> HttpResponse:
    """The form that hands a file in; reading it goes on in the background."""
    areas = districts(request, MANAGE)
    form = IntakeForm(
        request.POST or None, request.FILES or None, areas=areas, mappings=sorted(shipped_mappings())
    )  # fmt: skip
    problems: tuple[Problem, ...] = ()
    if form.is_bound and form.is_valid():
        try:
            found = _request(request, form.cleaned_data)
        except Refusal as refusal:
            problems = refusal.problems
        else:
            text = gettext(
                "What may be kept of the file was kept, and is being read. Nothing changes before you approve."
            )
            messages.success(request, text)
            return redirect("complaints:intake", found.pk)
    context = {"form": form, "problems": problems, "areas": areas}
    return render(request, "complaints/intake_form.html", context, status=422 if form.is_bound else 200)


def _request(request: HttpRequest, data: dict[str, Any]) -> Intake:
    if own := data.get("mapping_file"):
        name = own.name
        try:
            text = own.read().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            said = N_("The mapping is not UTF-8 text; save it as UTF-8.")
            raise Refusal([Problem("mapping.encoding", said, {}, name)]) from error
    else:
        name = data["mapping"]
        text = shipped_mappings()[name].read_text("utf-8")
    file = data["file"]
    return actions.request_intake(
        area=Area.objects.get(code=data["area"]), file=file, file_name=file.name, mapping_name=name, mapping_text=text,
        first_day=data["first_day"], last_day=data["last_day"],
        by=actor(request), at=timezone.now(),
    )  # fmt: skip


@guarded(VIEW, area=intake_area)
def intake(request: HttpRequest, pk: int) -> HttpResponse:
    """What a file is and what it would change; while it is worked on, how far that is."""
    found = find_intake(pk)
    context = _context(request, found)
    if found.state in ("reading", "applying"):
        context["delivery"] = deliveries_about(found.subject).first()
    return render(request, "complaints/intake.html", context)


def _context(request: HttpRequest, found: Intake) -> dict[str, Any]:
    """What every page of a file shows."""
    may_manage = may(request.user, MANAGE, area=found.area, on=timezone.localdate())
    kept = found.state != "discarded"
    tabs = [(code, title, found.counts.get(code, 0)) for code, title in KINDS.items()] if kept else []
    news = found.first_day or any(found.counts.get(kind) for kind in KINDS)
    return {"intake": found, "state": found.state, "may_manage": may_manage, "tabs": tabs, "news": news}


@guarded(VIEW, area=intake_area)
def lines(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The lines of one kind."""
    found = find_intake(pk)
    if kind not in KINDS:
        raise Http404
    page = page_of(found.lines.filter(kind=kind).select_related("site"), request.GET, order=("row",))
    shown = [
        (line, [(FIELDS[name], value, line.values.get(name)) for name, value in line.before.items() if name in FIELDS])
        for line in page.rows
    ]
    context = _context(request, found) | {"page": page, "lines": shown, "kind": kind}
    return render(request, "complaints/intake_lines.html", context | {"title": KINDS[LineKind(kind)]})


@guarded(MANAGE, area=intake_area)
@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the file to be taken in."""
    try:
        actions.approve_intake(intake=find_intake(pk), by=actor(request), at=timezone.now())
    except Refusal as refusal:
        _say(request, refusal)
    else:
        messages.success(request, gettext("Approved. The complaints are being taken in."))
    return redirect("complaints:intake", pk)


@guarded(MANAGE, area=intake_area)
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Nobody wants this file: everything stays as it is."""
    try:
        actions.discard_intake(intake=find_intake(pk), by=actor(request), at=timezone.now())
    except Refusal as refusal:
        _say(request, refusal)
        return redirect("complaints:intake", pk)
    messages.success(request, gettext("The file was discarded. Everything is as it was."))
    return redirect("complaints:intakes")


def _say(request: HttpRequest, refusal: Refusal) -> None:
    for problem in refusal.problems:
        messages.error(request, sentence(problem))
