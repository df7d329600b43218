"""Reviewing at the desk: one record with its deductions and reasons beside the evidence, and the queue of a round."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from mingjing.engine.outcome import Refusal
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.forms import refused
from mingjing.faces.ui.paging import page_of
from mingjing.kernel.parties.guard import guarded, may
from mingjing.programmes.assessments.actions.records import outsider
from mingjing.programmes.assessments.actions.reviews import lock_record, return_record, review_record, void_record
from mingjing.programmes.assessments.desk.found import find_round, record_area, round_area
from mingjing.programmes.assessments.desk.visits.arrivals import arrival_shown
from mingjing.programmes.assessments.desk.visits.form import form_of
from mingjing.programmes.assessments.desk.visits.lists import lines_of
from mingjing.programmes.assessments.desk.visits.photos import photos_of
from mingjing.programmes.assessments.desk.visits.recording import context_of, seen_record
from mingjing.programmes.assessments.models import VisitRecord
from mingjing.programmes.assessments.queries.photos import alike_of_round
from mingjing.programmes.assessments.queries.visits import to_review

__all__ = ["lock", "queue", "review", "send_back", "void"]

VOID = "assessments.round.freeze"
"""Who holds this (the director) may void a record."""


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea({"rows": 3}))


@guarded("assessments.visit.review", area=record_area)
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """A record for somebody who was not there: deductions and reasons, each beside its evidence."""
    return _page(request, seen_record(request, pk))


def _page(request: HttpRequest, record: VisitRecord, back: ReasonForm | None = None, away: ReasonForm | None = None,
          problems: Any = (), status: int = 200) -> HttpResponse:  # fmt: skip
    form = form_of(record, actor(request), timezone.localdate())
    context = context_of(request, record, form)
    try:
        outsider(record, actor(request))
    except Refusal as refusal:
        context["own"] = refusal.problems
    on, area = timezone.localdate(), record.round.area
    context |= {
        "back_form": back or ReasonForm(prefix="back"),
        "void_form": away or ReasonForm(prefix="void"),
        "problems": problems,
        "found": [check for check in form.checks.values() if check.findings],
        "absent": [check for check in form.checks.values() if check.state == "absent"],
        "may_void": may(actor(request), VOID, area=area, on=on),
        "signatures": list(record.signatures.select_related("person").filter(sheet_digest=record.sheet_digest)),
        "returns": list(record.returns.select_related("by")),
        "photos": photos_of(form, actor(request), on),
        "arrival": arrival_shown(record.visit),
    }
    return render(request, "assessments/visits/review.html", context, status=status)


@guarded("assessments.visit.review", area=record_area)
@require_POST
def lock(request: HttpRequest, pk: int) -> HttpResponse:
    """Reviewed, and done: both at once."""
    record, by, at = seen_record(request, pk), actor(request), timezone.now()
    try:
        with transaction.atomic():
            if record.reviewed_at is None:
                review_record(record=record, absences=request.POST.getlist("absences"), by=by, at=at)
            lock_record(record=record, by=by, at=at)
    except Refusal as refusal:
        return _page(request, record, problems=refusal.problems, status=422)
    messages.success(request, _("{name} is done.").format(name=record.entry.name))
    return redirect("assessments:round-review", record.round_id)


@guarded("assessments.visit.review", area=record_area)
@require_POST
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Back to the team, with the reason."""
    record, form = seen_record(request, pk), ReasonForm(request.POST, prefix="back")
    if form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            return_record(record=record, reason=reason, by=actor(request), at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("{name} was sent back to its team.").format(name=record.entry.name))
            return redirect("assessments:round-review", record.round_id)
    return _page(request, record, back=form, status=422)


@guarded(VOID, area=record_area)
@require_POST
def void(request: HttpRequest, pk: int) -> HttpResponse:
    """Declare a record void; the team gets a new one."""
    record, form = seen_record(request, pk), ReasonForm(request.POST, prefix="void")
    if form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            fresh = void_record(record=record, reason=reason, by=actor(request), at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, gettext("The record is void; the team goes on in this new one."))
            return redirect("assessments:visit", fresh.pk)
    return _page(request, record, away=form, status=422)


@guarded("assessments.visit.review", area=round_area)
def queue(request: HttpRequest, pk: int) -> HttpResponse:
    """The records of a round that wait for a reviewer, the longest waiting first."""
    found, today = find_round(request, pk), timezone.localdate()
    page = page_of(to_review(found, today), request.GET, order=("submitted_at", "id"))
    context = {"round": found, "page": page, "lines": lines_of(page.rows, actor(request), today), "today": today}
    context["alike"] = alike_of_round(found).count()
    return render(request, "assessments/visits/queue.html", context)
