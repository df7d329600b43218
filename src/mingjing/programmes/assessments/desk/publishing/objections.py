"""The findings of a community as a company may contest them: record delivered, objections to single findings."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from mingjing.engine.outcome import Refusal
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.forms import refused
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.guard import guarded
from mingjing.kernel.proceedings.models import Proceeding
from mingjing.kernel.proceedings.queries import stands_of
from mingjing.programmes.assessments.actions.objections import OBJECTION, SEEN, deliver_record, file_objection
from mingjing.programmes.assessments.desk.found import find_round, record_area, round_area
from mingjing.programmes.assessments.desk.publishing.disputes import file_page
from mingjing.programmes.assessments.desk.publishing.forms import DeliveryForm, FilingForm
from mingjing.programmes.assessments.desk.publishing.steps import allowed
from mingjing.programmes.assessments.desk.visits.recording import seen_record
from mingjing.programmes.assessments.models import Entry, VisitRecord
from mingjing.programmes.assessments.policy.corrections import amended
from mingjing.programmes.assessments.queries.amendments import amendments_of
from mingjing.programmes.assessments.queries.schemes import scheme_of

REFUSED = 422


@guarded("assessments.round.view", area=round_area)
@require_safe
def findings(request: HttpRequest, pk: int, number: str) -> HttpResponse:
    """Every finding of every visit with what it comes to now, and whether it is contested."""
    found = find_round(request, pk)
    entry = get_object_or_404(Entry.objects.select_related("company"), round=found, number=number)
    context = {"round": found, "about": entry, "records": _records(entry)}
    context["checks"] = scheme_of(found.scheme).rubrics[entry.class_code].checks if entry.class_code else {}
    context["may_receive"] = allowed(request, "appeal.receive", found.area) and entry.company_id
    return render(request, "assessments/publishing/findings.html", context)


def _records(entry: Entry) -> list[dict[str, Any]]:
    """The submitted records whose day has come, each with its findings as they count: a constant number of queries."""
    now = timezone.now()
    rows = VisitRecord.objects.standing().unsealed(timezone.localdate(now)).filter(entry=entry)
    records = list(rows.filter(submitted_at__isnull=False).select_related("team_day", "delivery").order_by("id"))
    known = amendments_of([entry.pk], now).findings
    subjects = [f"{record.subject}/{one['id']}" for record in records for one in _lines(record)]
    asked = Proceeding.objects.filter(programme="assessments", kind=OBJECTION, subject__in=subjects)
    contested = {one.proceeding.subject: one for one in stands_of(asked.select_related("area"), now).values()}
    seen: dict[str, datetime] = {}
    for fact in Fact.objects.filter(kind=SEEN, subject__in=[record.subject for record in records]).order_by("seq"):
        seen.setdefault(fact.subject, fact.at)
    found = []
    for record in records:
        left = {
            one["id"]: one["steps"]
            for one in amended(record.sheet_document, known.get(record.pk, {})).get("findings", ())
        }
        lines = [
            {"line": one, "left": left.get(one["id"], 0), "contested": contested.get(f"{record.subject}/{one['id']}")}
            for one in _lines(record)
        ]
        found.append({"record": record, "lines": lines, "delivery": getattr(record, "delivery", None),
                      "seen": seen.get(record.subject)})  # fmt: skip
    return found


def _lines(record: VisitRecord) -> list[dict[str, Any]]:
    return [one for one in record.sheet_document.get("findings", ()) if one["steps"]]


@guarded("assessments.appeal.receive", area=record_area)
def deliver(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that a record reached its company; the time to object runs from then."""
    record = seen_record(request, pk)
    form = DeliveryForm(request.POST or None)
    if form.is_bound and form.is_valid():
        given = {name: value for name, value in form.cleaned_data.items() if value}
        try:
            deliver_record(record=record, **given, by=actor(request), at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, gettext("Recorded. The time to object runs from the day after."))
            return redirect("assessments:findings", record.round_id, record.entry.number)
    context = {"form": form, "round": record.round, "about": record.entry, "title": gettext("Record the delivery")}
    return render(request, "assessments/publishing/filing.html", context, status=REFUSED if form.is_bound else 200)


@guarded("assessments.appeal.receive", area=record_area)
def object_to(request: HttpRequest, pk: int, finding: str) -> HttpResponse:
    """Record an objection to a single finding, as it was received."""
    record = seen_record(request, pk)
    form = FilingForm(*((request.POST, request.FILES) if request.method == "POST" else ()))

    def take(**brought: Any) -> Proceeding:
        return file_objection(record=record, finding=finding, **brought)

    line = next((one for one in _lines(record) if one["id"] == finding), None)
    context = {"round": record.round, "about": record.entry, "line": line, "title": gettext("Record an objection")}
    return file_page(request, record.round_id, form, take, context)
