"""Findings that two companies are under common control: the list, making one, confirming and withdrawing one."""

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
from mingjing.kernel.parties.guard import areas_where, guarded, may
from mingjing.kernel.places.models import Area
from mingjing.programmes.assessments.actions import controls as actions
from mingjing.programmes.assessments.desk.measures.forms import ControlForm, ReasonForm
from mingjing.programmes.assessments.desk.measures.shown import exhibits_by_name
from mingjing.programmes.assessments.models import CommonControl

REFUSED, MOST = 422, 200


def control_area(request: HttpRequest, control: int, *args: Any, **kwargs: Any) -> Area:
    """The district whose finding is asked for."""
    return get_object_or_404(CommonControl.objects.select_related("area"), pk=control).area


@guarded("assessments.measure.view")
@require_safe
def controls(request: HttpRequest) -> HttpResponse:
    """Every finding of the reader's areas, with what shows it and whether it counts."""
    today = timezone.localdate()
    scope = areas_where(actor(request), "assessments.measure.view", on=today)
    related = ("one", "other", "found_by", "confirmed_by", "withdrawn_by", "area")
    found = list(scope.within(CommonControl.objects.select_related(*related))[:MOST])
    shown = exhibits_by_name(request, {name for one in found for name in one.exhibits})
    rows = [(one, [shown[name] for name in one.exhibits if name in shown]) for one in found]
    confirms = areas_where(actor(request), "assessments.control.confirm", on=today)
    context = {
        "rows": [(one, exhibits, confirms.covers(one.area)) for one, exhibits in rows], "reason_form": ReasonForm(),
        "may_record": may(request.user, "assessments.measure.take", on=today),
    }  # fmt: skip
    return render(request, "assessments/measures/controls.html", context)


@guarded("assessments.measure.take")
def record(request: HttpRequest) -> HttpResponse:
    """Make a finding; somebody else confirms it."""
    form = ControlForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_bound and form.is_valid():
        given, by = form.cleaned_data, actor(request)
        area = given["one"].area or given["other"].area
        if area is None or not may(by, "assessments.measure.take", area=area, on=timezone.localdate()):
            form.add_error("one", gettext("This company is registered in another area; its centre makes the finding."))
        else:
            try:
                actions.record_control(area=area, **given, by=by, at=timezone.now())
            except Refusal as refusal:
                refused(form, refusal)
            else:
                messages.success(request, gettext("Recorded. It counts once somebody else has confirmed it."))
                return redirect("assessments:controls")
    context = {"form": form}
    return render(request, "assessments/measures/control_form.html", context, status=REFUSED if form.is_bound else 200)


@guarded("assessments.control.confirm", area=control_area)
@require_POST
def confirm(request: HttpRequest, control: int) -> HttpResponse:
    """Confirm a finding of somebody else."""
    return _act(request, lambda one, at: actions.confirm_control(control=one, by=actor(request), at=at), control)


@guarded("assessments.control.confirm", area=control_area)
@require_POST
def withdraw(request: HttpRequest, control: int) -> HttpResponse:
    """Say that a finding does not hold."""
    reason = request.POST.get("reason", "")
    return _act(
        request, lambda one, at: actions.withdraw_control(control=one, reason=reason, by=actor(request), at=at), control
    )


def _act(request: HttpRequest, act: Any, control: int) -> HttpResponse:
    found = get_object_or_404(CommonControl, pk=control)
    try:
        act(found, timezone.now())
    except Refusal as refusal:
        for problem in refusal.problems:
            messages.error(request, sentence(problem))
    else:
        messages.success(request, gettext("Recorded."))
    return redirect("assessments:controls")
