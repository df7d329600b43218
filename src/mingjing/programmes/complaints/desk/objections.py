"""Objections on the desk: those of an edition, recording one for a company, deciding on one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from mingjing.engine.outcome import Refusal
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.forms import refused
from mingjing.faces.ui.paging import page_of
from mingjing.kernel.parties.guard import guarded, may
from mingjing.programmes.complaints.actions import objections as actions
from mingjing.programmes.complaints.desk.editions import MANAGE, VIEW, frame
from mingjing.programmes.complaints.desk.forms import ObjectionForm, RulingForm
from mingjing.programmes.complaints.desk.found import edition_area, find_edition
from mingjing.programmes.complaints.desk.shown import duties_of, verdict
from mingjing.programmes.complaints.models import Complaint, Objection, Ruling
from mingjing.programmes.complaints.queries.rulebooks import rules_of

DECIDE = "complaints.objection.decide"


@guarded(VIEW, area=edition_area)
def objections(request: HttpRequest, pk: int) -> HttpResponse:
    """The objections to an edition, the newest first."""
    found = find_edition(pk)
    rows = found.objections.select_related("complaint__site", "filed_by", "decided_by")
    page = page_of(rows, request.GET, order=("-id",))
    rules = rules_of(found.rules)
    context = frame(request, found) | {"page": page, "rows": [(one, verdict(rules, one.claims)) for one in page.rows]}
    return render(request, "complaints/objections.html", context)


@guarded(MANAGE, area=edition_area)
def add(request: HttpRequest, pk: int, complaint: int) -> HttpResponse:
    """Put on record what a company says of a complaint."""
    found = find_edition(pk)
    contested = get_object_or_404(Complaint.objects.select_related("site"), pk=complaint, area=found.area)
    form = ObjectionForm(request.POST or None, duties=duties_of(rules_of(found.rules))[1:])
    if form.is_bound and form.is_valid():
        try:
            made = actions.file_objection(
                edition=found, complaint=contested, **form.cleaned_data, by=actor(request), at=timezone.now()
            )
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, gettext("The objection was recorded. Somebody uninvolved decides on it."))
            return redirect("complaints:objection", pk, made.pk)
    context = frame(request, found) | {"complaint": contested, "form": form}
    return render(request, "complaints/objection_form.html", context, status=422 if form.is_bound else 200)


@guarded(VIEW, area=edition_area)
def objection(request: HttpRequest, pk: int, objection: int) -> HttpResponse:
    """An objection, and deciding on it."""
    found = find_edition(pk)
    shown = get_object_or_404(
        found.objections.select_related("complaint__site", "filed_by", "decided_by"), pk=objection
    )  # fmt: skip
    may_decide = may(request.user, DECIDE, area=found.area, on=timezone.localdate()) and not shown.decided_at
    form = RulingForm(request.POST if request.method == "POST" and may_decide else None)
    if form.is_bound and form.is_valid() and _decided(request, shown, form):
        return redirect("complaints:objections", pk)
    context = frame(request, found) | {
        "objection": shown, "claims": verdict(rules_of(found.rules), shown.claims), "form": form,
        "may_decide": may_decide,
    }  # fmt: skip
    return render(request, "complaints/objection.html", context, status=422 if form.is_bound else 200)


def _decided(request: HttpRequest, shown: Objection, form: RulingForm) -> bool:
    data = form.cleaned_data
    try:
        actions.decide_objection(
            objection=shown, ruling=Ruling(data["ruling"]), reason=data["reason"], by=actor(request), at=timezone.now()
        )
    except Refusal as refusal:
        refused(form, refusal)
        return False
    messages.success(request, gettext("The objection was decided."))
    return True
