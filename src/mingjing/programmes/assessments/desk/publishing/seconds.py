"""Second visits of a round: the lot and whom it must reach, how far two visits lie apart, and which of them counts.

Who will be looked at again is shown to nobody but those who send teams; what a lot drew, to nobody before its days.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from mingjing.engine.outcome import Refusal
from mingjing.engine.process import stand
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.paging import page_of
from mingjing.kernel.parties.guard import guarded
from mingjing.kernel.proceedings.models import Proceeding
from mingjing.kernel.proceedings.queries import StandsTold, process_of, reckoning, stands
from mingjing.programmes.assessments.actions.crews import call_crew, make_crew
from mingjing.programmes.assessments.actions.gaps import decide_gap
from mingjing.programmes.assessments.actions.records import LIVE
from mingjing.programmes.assessments.actions.seconds import assign_second, commit_lot, draw_lot
from mingjing.programmes.assessments.desk.found import find_round, round_area
from mingjing.programmes.assessments.desk.publishing.forms import AssignForm, CrewForm, LotForm
from mingjing.programmes.assessments.desk.publishing.steps import Place, allowed, step_page
from mingjing.programmes.assessments.models import CrewDraw, Entry, Purpose, Round, SecondDraw, VisitRecord
from mingjing.programmes.assessments.policy.procedures import COUNTING
from mingjing.programmes.assessments.queries.crews import open_crews
from mingjing.programmes.assessments.queries.schemes import scheme_of
from mingjing.programmes.assessments.queries.second_looks import GAP, apart_of, gap_of, gaps_said, looks_of
from mingjing.programmes.assessments.queries.seconds import lot_file, revisits

RIGHTS = ("decision",)


@guarded("assessments.round.view", area=round_area)
@require_safe
def seconds(request: HttpRequest, pk: int) -> HttpResponse:
    """Every community that two teams have been to: both results, the gap, what the panel said of it."""
    found, now = find_round(request, pk), timezone.now()
    scheme = scheme_of(found.scheme)
    twice = VisitRecord.objects.done().filter(round=found, purpose=Purpose.SECOND).values("entry")
    page = page_of(Entry.objects.filter(pk__in=twice), request.GET, order=("number", "id"))
    entries = page.rows
    looks, said, limit = looks_of(entries, scheme, now), gaps_said(entries, now), gap_of(scheme)
    rows = []
    for entry in entries:
        apart = apart_of(looks[entry.pk])
        far = limit is not None and apart > limit
        rows.append({"entry": entry, "looks": looks[entry.pk], "apart": apart, "far": far,
                     "said": COUNTING.get(said.get(entry.pk, ""), "")})  # fmt: skip
    context = {"round": found, "rows": rows, "page": page, "limit": limit, "open": found.deciding_at is None}
    context["may_decide"] = allowed(request, "listing.decide", found.area)
    lot = SecondDraw.objects.filter(round=found).select_related("round").first()
    context |= {"lot": lot, "lot_is_open": lot and lot_file(lot, timezone.localdate(now)) is not None}
    crews = open_crews(found, timezone.localdate(now))
    context["crews"] = page_of(crews, request.GET, order=("day", "id"), of="crews-")
    return render(request, "assessments/publishing/seconds.html", context | _sending(request, found))


def _sending(request: HttpRequest, found: Round) -> dict[str, Any]:
    """What those see who send teams while the round lives: the lot, and whom another team must look at."""
    if found.state not in LIVE or not allowed(request, "draw.manage", found.area):
        return {}
    now = timezone.now()
    to_come = CrewDraw.objects.filter(round=found, day__gt=timezone.localdate(now)).order_by("day", "pk")
    waiting = {crew.entry_id: crew for crew in to_come.defer("inputs", "document", "secret")}
    again = [{"entry": one.entry, "crew": waiting.get(one.entry.pk)} for one in revisits(found, now) if not one.again]
    return {"sends": True, "again": again, "form": LotForm()}


@guarded("assessments.draw.manage", area=round_area)
@require_POST
def commit(request: HttpRequest, pk: int) -> HttpResponse:
    """Commit to a lot for the blind second visits on these days."""
    found, form = find_round(request, pk), LotForm(request.POST)
    if form.is_valid():
        _told(request, lambda at: commit_lot(round=found, days=form.days(), by=actor(request), at=at))
    else:
        messages.error(request, gettext("Give the days as 2026-03-09, one after the other. Nothing was changed."))
    return redirect("assessments:round-seconds", pk)


@guarded("assessments.draw.manage", area=round_area)
@require_POST
def draw(request: HttpRequest, pk: int) -> HttpResponse:
    """Tell the seed and draw: the assignments are sealed until their days."""
    lot = get_object_or_404(SecondDraw.objects.select_related("round"), round=find_round(request, pk))
    _told(request, lambda at: draw_lot(lot=lot, by=actor(request), at=at))
    return redirect("assessments:round-seconds", pk)


@guarded("assessments.draw.manage", area=round_area)
@require_POST
def assign(request: HttpRequest, pk: int, number: str) -> HttpResponse:
    """Send another team to a community that would be listed, on a day to come."""
    entry, form = get_object_or_404(Entry, round=find_round(request, pk), number=number), AssignForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        _told(request, lambda at: assign_second(entry=entry, **given, by=actor(request), at=at))
    else:
        messages.error(request, gettext("Give a day and the number of a team. Nothing was changed."))
    return redirect("assessments:round-seconds", pk)


@guarded("assessments.draw.manage", area=round_area)
@require_POST
def call(request: HttpRequest, pk: int, number: str) -> HttpResponse:
    """Call a crew together for a community that would be listed and to which no team can go."""
    entry, form = get_object_or_404(Entry, round=find_round(request, pk), number=number), CrewForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        _told(request, lambda at: call_crew(entry=entry, **given, by=actor(request), at=at))
    else:
        messages.error(request, gettext("Give a day and say why no team can go. Nothing was changed."))
    return redirect("assessments:round-seconds", pk)


@guarded("assessments.draw.manage", area=round_area)
@require_POST
def make(request: HttpRequest, pk: int, crew: int) -> HttpResponse:
    """Tell the seed of a crew that was called together, and draw who goes: sealed until its day."""
    found = get_object_or_404(CrewDraw.objects.select_related("round"), round=find_round(request, pk), pk=crew)
    _told(request, lambda at: make_crew(crew=found, by=actor(request), at=at))
    return redirect("assessments:round-seconds", pk)


def _told(request: HttpRequest, take: Callable[[datetime], object]) -> None:
    """Take it, and say that it is done or everything that stands in its way."""
    try:
        take(timezone.now())
    except Refusal as refusal:
        for problem in refusal.problems:
            messages.error(request, problem.say(gettext))
    else:
        messages.success(request, gettext("Done. The step is in the ledger."))


def _stands(found: Round, entry: Entry) -> StandsTold:
    rows = Proceeding.objects.filter(programme="assessments", kind=GAP, subject=entry.subject)
    if known := rows.select_related("area").first():
        return stands(known, timezone.now())
    fresh = Proceeding(programme="assessments", kind=GAP, subject=entry.subject, title=entry.name, area=found.area)
    return StandsTold(fresh, (), stand(process_of(fresh), [], timezone.now(), reckoning(found.area)), ())


@guarded("assessments.listing.decide", area=round_area)
def gap(request: HttpRequest, pk: int, number: str) -> HttpResponse:
    """Say which of two visits counts that lie too far apart; it holds once two people say the same."""
    found = find_round(request, pk)
    entry = get_object_or_404(Entry, round=found, number=number)
    home = reverse("assessments:round-seconds", args=[pk])
    place = Place(found, _stands(found, entry), entry.name, home, lambda _step: request.path)
    if "decision" in place.stands.standing.done and request.method != "POST":
        raise Http404

    def take(*, step: str, exhibits: Any, **brought: Any) -> object:
        return decide_gap(entry=entry, **brought)

    return step_page(request, place, "decision", RIGHTS, take)
