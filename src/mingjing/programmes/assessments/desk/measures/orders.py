"""Orders about findings of a community: giving one, and whether a repair shows the same spot as the finding did."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from mingjing.engine.geo import Position, distance
from mingjing.engine.outcome import Refusal
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.forms import refused
from mingjing.kernel.cases.models import Case, Step, StepKind
from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.parties.guard import guarded
from mingjing.kernel.places.models import Area
from mingjing.kernel.sync.models import Capture
from mingjing.programmes.assessments.actions.rectifying import order_findings
from mingjing.programmes.assessments.desk.found import round_area
from mingjing.programmes.assessments.desk.measures.entry import find_followed
from mingjing.programmes.assessments.desk.measures.forms import OrderForm
from mingjing.programmes.assessments.desk.measures.shown import exhibits_by_name
from mingjing.programmes.assessments.queries.rectifying import wanting

REFUSED = 422
HOURS = 72
"""Up to so many hours are told as hours."""
NEAR, FAR = 15, 50
"""Metres up to which two photos may well show one spot, and from which on they hardly do: phones err by metres."""


@guarded("assessments.measure.take", area=round_area)
def order(request: HttpRequest, pk: int, number: str) -> HttpResponse:
    """Order that findings are put right: a case for each, and the paper for the company."""
    round_, one = find_followed(request, pk, number)
    open_ones = wanting(one.entry)
    choices = [(w.key, f"{w.check} {w.title} · {w.what}") for w in open_ones]
    form = OrderForm(choices, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            _, document = order_findings(entry=one.entry, **form.cleaned_data, by=actor(request), at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, gettext("Issued: {number}. Serve it now.").format(number=document.number))
            return redirect("desk:document", document.pk)
    context = {"round": round_, "entry": one.entry, "form": form, "choices": choices}
    return render(request, "assessments/measures/order_form.html", context, status=REFUSED if form.is_bound else 200)


@dataclass(frozen=True, slots=True)
class Shot:
    """A photo with when and where it was taken, as its phone signed or, without one, as the file says of itself."""

    exhibit: Exhibit
    step: Step
    taken: datetime | None
    position: Position | None
    signed: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """How it was and how it is, side by side; `metres` and `apart` are None where a photo does not say."""

    before: Shot
    after: Shot
    metres: int | None
    apart: timedelta | None

    @property
    def passed(self) -> str:
        """The time between the two, as people say it."""
        assert self.apart is not None
        hours, minutes = divmod(int(self.apart.total_seconds()) // 60, 60)
        if hours < HOURS:
            return gettext("{hours} h {minutes} min").format(hours=hours, minutes=minutes)
        return ngettext("{n} day", "{n} days", self.apart.days).format(n=self.apart.days)

    @property
    def tone(self) -> str:
        """Whether the positions speak for one spot."""
        if self.metres is None:
            return "open"
        return "good" if self.metres <= NEAR else "watch" if self.metres <= FAR else "bad"


def case_area(request: HttpRequest, case: int) -> Area:
    """Where a case belongs, or a 404."""
    return get_object_or_404(Case.objects.select_related("area"), pk=case, programme="assessments").area


@guarded("cases.case.view", area=case_area, programme=lambda *_asked, **_named: "assessments")
@require_safe
def spot(request: HttpRequest, case: int) -> HttpResponse:
    """Photos of the finding beside those of the repair, with the distance between them and the time that passed."""
    found = get_object_or_404(Case.objects.select_related("area", "site", "organisation"), pk=case)
    if found.programme != "assessments":
        raise Http404
    steps = list(found.steps.all())
    seen = exhibits_by_name(request, {name for step in steps for name in step.exhibits})
    signed = _signed(seen.values())
    shots = [
        _shot(seen[name], step, signed) for step in steps for name in step.exhibits
        if name in seen and seen[name].is_picture
    ]  # fmt: skip
    before = [one for one in shots if one.step.kind in {StepKind.OPENED, StepKind.REOPENED}]
    after = [one for one in shots if one.step.kind in {StepKind.CLAIMED, StepKind.CONFIRMED}]
    context = {"case": found, "pairs": _pairs(before, after), "before": before, "after": after}
    return render(request, "assessments/measures/spot.html", context)


def _signed(exhibits: Any) -> dict[Any, Capture]:
    return {one.exhibit_id: one for one in Capture.objects.filter(exhibit__in=list(exhibits))}


def _shot(exhibit: Exhibit, step: Step, signed: dict[Any, Capture]) -> Shot:
    capture = signed.get(exhibit.pk)
    row: Any = capture if capture and capture.latitude is not None else exhibit
    there = row.latitude is not None and row.longitude is not None
    position = Position(float(row.latitude), float(row.longitude)) if there else None
    taken = capture.taken_at if capture else exhibit.taken_at
    return Shot(exhibit, step, taken, position, capture is not None)


def _pairs(before: Sequence[Shot], after: Sequence[Shot]) -> list[Pair]:
    """Each photo of the repair beside the photo of the finding that was taken nearest to it (else the first)."""
    return [min((_pair(one, now) for one in before), key=_nearness) for now in after if before]


def _nearness(pair: Pair) -> float:
    return float("inf") if pair.metres is None else pair.metres


def _pair(before: Shot, after: Shot) -> Pair:
    apart = after.taken - before.taken if after.taken and before.taken else None
    return Pair(before, after, _metres(before, after), apart)


def _metres(one: Shot, other: Shot) -> int | None:
    return round(distance(one.position, other.position)) if one.position and other.position else None
