"""Replays: ask for a file to be scored, follow the work, see what it came to. One by one, results are in `results`."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.faces.ui.paging import page_of
from mingjing.kernel.jobs.queries import deliveries_about
from mingjing.kernel.parties.guard import areas_where, guarded, may
from mingjing.kernel.places.models import Area
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.assessments.actions import replays as actions
from mingjing.programmes.assessments.desk.forms import ReplayForm
from mingjing.programmes.assessments.desk.schemes import actor
from mingjing.programmes.assessments.desk.shown import class_spreads
from mingjing.programmes.assessments.models import Replay, ReplayPurpose
from mingjing.programmes.assessments.policy.mapping_file import parse_mapping
from mingjing.programmes.assessments.queries.results import completion_of
from mingjing.programmes.assessments.queries.schemes import KIND, scheme_of, shipped_mappings

MAPPING_LIMIT = 256 * 1024
"""Bytes of a mapping file; real ones have a few thousand."""


def find_replay(pk: int) -> Replay:
    """One replay of a file with its scheme and area, or a 404: those of rounds have pages of their own."""
    files = Replay.objects.filter(purpose=ReplayPurpose.FILE)
    return get_object_or_404(files.select_related("scheme__rulebook", "area", "requested_by"), pk=pk)


def area_of(request: HttpRequest, pk: int, **_rest: Any) -> Area:
    """The area that a replay belongs to: for the guard."""
    return get_object_or_404(Replay.objects.select_related("area").only("area"), pk=pk).area


@guarded("assessments.replay.view")
def replays(request: HttpRequest) -> HttpResponse:
    """The replays of the reader's areas, newest first."""
    scope = areas_where(request.user, "assessments.replay.view", on=timezone.localdate())
    files = Replay.objects.filter(purpose=ReplayPurpose.FILE).select_related("scheme__rulebook", "requested_by")
    found = scope.within(files)
    page = page_of(found.defer("scheme__document", "mapping_text", "problems"), request.GET, order=("-id",))
    may_request = may(request.user, "assessments.replay.request", on=timezone.localdate())
    return render(request, "assessments/replays.html", {"page": page, "may_request": may_request})


@guarded("assessments.replay.request")
def ask(request: HttpRequest) -> HttpResponse:
    """The form that asks for a file to be scored; the work goes on in the background."""
    scope = areas_where(request.user, "assessments.replay.request", on=timezone.localdate())
    versions = Version.objects.published().filter(rulebook__kind=KIND).without_documents().select_related("rulebook")
    schemes = scope.within(versions, "rulebook__area").order_by("rulebook__code", "-number")
    form = ReplayForm(request.POST or None, request.FILES or None, schemes=schemes, mappings=list(shipped_mappings()))
    problems: tuple[Problem, ...] = ()
    if form.is_bound and form.is_valid():
        try:
            replay = _request(request, form.cleaned_data)
        except Refusal as refusal:
            problems = refusal.problems
        else:
            messages.success(request, gettext("The file was kept and is being scored."))
            return redirect("assessments:replay", replay.pk)
    context = {"form": form, "problems": problems}
    return render(request, "assessments/replay_form.html", context, status=422 if form.is_bound else 200)


def _request(request: HttpRequest, data: dict[str, Any]) -> Replay:
    name, text = _mapping(data)
    parse_mapping(text, name)
    return actions.request_replay(
        scheme=Version.objects.select_related("rulebook__area").get(pk=data["scheme"].pk),
        mapping_name=name, mapping_text=text, file=data["file"], file_name=data["file"].name,
        by=actor(request), at=timezone.now(),
    )  # fmt: skip


def _mapping(data: dict[str, Any]) -> tuple[str, str]:
    """The name and the text of the mapping that was chosen or brought."""
    if data["mapping"]:
        return data["mapping"], shipped_mappings()[data["mapping"]].read_text("utf-8")
    file = data["mapping_file"]
    raw = file.read(MAPPING_LIMIT + 1)
    if len(raw) > MAPPING_LIMIT:
        text = N_("The mapping file is larger than {limit} kB, which none is; check that it is the right file.")
        raise Refusal([Problem("mapping.size", text, {"limit": MAPPING_LIMIT // 1024}, file.name)])
    try:
        return file.name, raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        text = N_("The mapping file is not UTF-8 text; save it as UTF-8.")
        raise Refusal([Problem("mapping.encoding", text, {}, file.name)]) from error


@guarded("assessments.replay.view", area=area_of)
def replay(request: HttpRequest, pk: int) -> HttpResponse:
    """What a replay is made of and what it came to; while it runs, how far it is."""
    found = find_replay(pk)
    context: dict[str, Any] = {"replay": found, "rulebook": found.scheme.rulebook}
    if found.completed_at:
        fact = completion_of(found)
        context |= {"classes": class_spreads(scheme_of(found.scheme), fact.values["tiers"]), "fact": fact}
    elif not found.failed_at:
        context["delivery"] = deliveries_about(found.subject).first()
    return render(request, "assessments/replay.html", context)
