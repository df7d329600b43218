"""Second visits of a round as they are seen afterwards: how far two visits lie apart, and which of them counts."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from mingjing.engine.process import stand
from mingjing.kernel.parties.guard import guarded
from mingjing.kernel.proceedings.models import Proceeding
from mingjing.kernel.proceedings.queries import Stands, process_of, reckoning, stands
from mingjing.programmes.assessments.actions.gaps import decide_gap
from mingjing.programmes.assessments.desk.found import find_round, round_area
from mingjing.programmes.assessments.desk.publishing.steps import Place, allowed, step_page
from mingjing.programmes.assessments.models import Entry, Purpose, Round, VisitRecord
from mingjing.programmes.assessments.policy.procedures import COUNTING
from mingjing.programmes.assessments.queries.schemes import scheme_of
from mingjing.programmes.assessments.queries.second_looks import GAP, apart_of, gap_of, gaps_said, looks_of

RIGHTS = ("decision",)


@guarded("assessments.round.view", area=round_area)
@require_safe
def seconds(request: HttpRequest, pk: int) -> HttpResponse:
    """Every community that two teams have been to: both results, the gap, what the panel said of it."""
    found, now = find_round(pk), timezone.now()
    scheme = scheme_of(found.scheme)
    twice = VisitRecord.objects.done().filter(round=found, purpose=Purpose.SECOND).values("entry")
    entries = list(Entry.objects.filter(pk__in=twice).order_by("number"))
    looks, said, limit = looks_of(entries, scheme, now), gaps_said(entries, now), gap_of(scheme)
    rows = []
    for entry in entries:
        apart = apart_of(looks[entry.pk])
        far = limit is not None and apart > limit
        rows.append({"entry": entry, "looks": looks[entry.pk], "apart": apart, "far": far,
                     "said": COUNTING.get(said.get(entry.pk, ""), "")})  # fmt: skip
    context = {"round": found, "rows": rows, "limit": limit, "open": found.deciding_at is None}
    context["may_decide"] = allowed(request, "listing.decide", found.area)
    return render(request, "assessments/publishing/seconds.html", context)


def _stands(found: Round, entry: Entry) -> Stands:
    rows = Proceeding.objects.filter(programme="assessments", kind=GAP, subject=entry.subject)
    if known := rows.select_related("area").first():
        return stands(known, timezone.now())
    fresh = Proceeding(programme="assessments", kind=GAP, subject=entry.subject, title=entry.name, area=found.area)
    return Stands(fresh, (), stand(process_of(fresh), [], timezone.now(), reckoning(found.area)))


@guarded("assessments.listing.decide", area=round_area)
def gap(request: HttpRequest, pk: int, number: str) -> HttpResponse:
    """Say which of two visits counts that lie too far apart; it holds once two people say the same."""
    found = find_round(pk)
    entry = get_object_or_404(Entry, round=found, number=number)
    home = reverse("assessments:round-seconds", args=[pk])
    place = Place(found, _stands(found, entry), entry.name, home, lambda _step: request.path)
    if "decision" in place.stands.standing.done and request.method != "POST":
        raise Http404

    def take(*, step: str, exhibits: Any, **brought: Any) -> object:
        return decide_gap(entry=entry, **brought)

    return step_page(request, place, "decision", RIGHTS, take)
