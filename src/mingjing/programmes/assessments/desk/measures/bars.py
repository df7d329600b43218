"""Bars from procurement: the list, one with everything it rests on and why it is or is not in force, and the acts."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from mingjing.engine.outcome import Refusal
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.forms import refused, sentence
from mingjing.kernel.parties.guard import areas_where, guarded
from mingjing.kernel.places.models import Area
from mingjing.programmes.assessments.actions import bars as actions
from mingjing.programmes.assessments.desk.found import round_area
from mingjing.programmes.assessments.desk.measures.entry import find_followed
from mingjing.programmes.assessments.desk.measures.forms import BarForm, OpinionForm, ReasonForm
from mingjing.programmes.assessments.desk.measures.shown import rights
from mingjing.programmes.assessments.models import Bar
from mingjing.programmes.assessments.policy.standing import why
from mingjing.programmes.assessments.queries.standing import bars_shown

REFUSED, MOST = 422, 200


def _found(pk: int) -> Bar:
    related = ("area", "company", "entry__round__scheme", "decided_by", "signed_by", "called_off_by")
    return get_object_or_404(Bar.objects.select_related(*related), pk=pk)


def bar_area(request: HttpRequest, bar: int, *args: Any, **kwargs: Any) -> Area:
    """The district whose bar is asked for."""
    return _found(bar).area


@guarded("assessments.measure.view")
@require_safe
def bars(request: HttpRequest) -> HttpResponse:
    """Every bar of the reader's areas, the newest first, with whether it is in force today."""
    now = timezone.now()
    scope = areas_where(actor(request), "assessments.measure.view", on=timezone.localdate())
    found = scope.within(Bar.objects.select_related("company", "entry__round", "area"))[:MOST]
    rows = [(shown, why(shown.value, timezone.localdate(now), now)) for shown in bars_shown(found, now)]
    return render(request, "assessments/measures/bars.html", {"rows": rows})


@guarded("assessments.measure.view", area=bar_area)
@require_safe
def bar(request: HttpRequest, bar: int) -> HttpResponse:
    """A bar with its basis."""
    return _page(request, _found(bar))


def _page(request: HttpRequest, found: Bar, **more: Any) -> HttpResponse:
    now = timezone.now()
    (shown,) = bars_shown([found], now)
    served = [service for service in shown.services if service.voided_at is None]
    context = {
        "bar": found, "shown": shown, "why": why(shown.value, timezone.localdate(now), now), "served": served,
        "own": found.decided_by_id == actor(request).pk, "opinion_form": OpinionForm(), "end_form": ReasonForm(),
        **rights(request, found.area), **more,
    }  # fmt: skip
    return render(request, "assessments/measures/bar.html", context, status=REFUSED if more else 200)


@guarded("assessments.bar.decide", area=round_area)
def decide(request: HttpRequest, pk: int, number: str) -> HttpResponse:
    """Decide a bar on the company of a listing."""
    round_, one = find_followed(request, pk, number)
    form = BarForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            made = actions.decide_bar(entry=one.entry, **form.cleaned_data, by=actor(request), at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(
                request, gettext("Recorded. It bars nobody until it is signed off for the law and served.")
            )
            return redirect("assessments:bar", made.pk)
    context = {"round": round_, "entry": one.entry, "one": one, "form": form}
    return render(request, "assessments/measures/bar_form.html", context, status=REFUSED if form.is_bound else 200)


@guarded("assessments.bar.sign", area=bar_area)
@require_POST
def sign(request: HttpRequest, bar: int) -> HttpResponse:
    """Sign a bar off for the law."""
    found, form = _found(bar), OpinionForm(request.POST)
    if form.is_valid():
        try:
            actions.sign_bar(bar=found, **form.cleaned_data, by=actor(request), at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, gettext("Signed off. It takes effect once it is served on the company."))
            return redirect("assessments:bar", bar)
    return _page(request, found, opinion_form=form)


@guarded("assessments.bar.decide", area=bar_area)
@require_POST
def paper(request: HttpRequest, bar: int) -> HttpResponse:
    """Issue the decision that the company is served with."""
    found = _found(bar)
    try:
        document = actions.issue_bar_document(bar=found, by=actor(request), at=timezone.now())
    except Refusal as refusal:
        return _page(request, found, problems=[sentence(problem) for problem in refusal.problems])
    messages.success(request, gettext("Issued: {number}. Serve it now.").format(number=document.number))
    return redirect("desk:document", document.pk)


@guarded("assessments.bar.decide", area=bar_area)
@require_POST
def call_off(request: HttpRequest, bar: int) -> HttpResponse:
    """End a bar from today on."""
    found, form = _found(bar), ReasonForm(request.POST)
    if form.is_valid():
        try:
            actions.call_off_bar(bar=found, **form.cleaned_data, by=actor(request), at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, gettext("Called off from today on."))
            return redirect("assessments:bar", bar)
    return _page(request, found, end_form=form)
