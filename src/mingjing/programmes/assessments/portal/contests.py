"""What a company contests: single findings of a record that reached it, and its entry on a published list."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from mingjing.faces.portal.door import actor, companies_only
from mingjing.faces.portal.handing import FilesField, handed_in
from mingjing.faces.ui.paging import page_of
from mingjing.kernel.evidence.models import Access, Exhibit
from mingjing.kernel.evidence.queries import exhibits_of
from mingjing.kernel.parties.mandates import Acting
from mingjing.programmes.assessments.actions.contests import appeal_listing, object_to_finding
from mingjing.programmes.assessments.actions.objections import note_seen
from mingjing.programmes.assessments.portal.cases import LateForm
from mingjing.programmes.assessments.portal.evidence import copy_answer
from mingjing.programmes.assessments.portal.forms import offered
from mingjing.programmes.assessments.portal.found import find_entry
from mingjing.programmes.assessments.portal.shown import looked_at
from mingjing.programmes.assessments.queries.contests import (
    appeal_due,
    appealed,
    contested,
    objection_due,
    objection_dues,
    records_for,
)
from mingjing.programmes.assessments.queries.form_papers import forms_for
from mingjing.programmes.assessments.queries.own import newest_listed
from mingjing.programmes.assessments.queries.schemes import scheme_of


class ContestForm(LateForm):
    """Why it is wrong, with what shows it."""

    text = forms.CharField(label=_("Why it is wrong"), max_length=4000, widget=forms.Textarea)
    papers = FilesField()
    field_order = ("key", "text", "papers", "late_because")


@companies_only
@require_safe
def records(request: HttpRequest, acting: Acting) -> HttpResponse:
    """The visit records that reached the company."""
    page = page_of(records_for(acting), request.GET, order=("-delivery__delivered_at", "-id"))
    dues = objection_dues(page.rows)
    rows = [(one, _shown(dues.get(one.pk))) for one in page.rows]
    return render(request, "assessments/portal/records.html", {"page": page, "rows": rows, "now": timezone.now()})


@companies_only
@require_safe
def record(request: HttpRequest, acting: Acting, pk: int) -> HttpResponse:
    """One, finding by finding, each of which can be contested; that it was opened is noted."""
    found = get_object_or_404(records_for(acting), pk=pk)
    note_seen(record=found, by=actor(request), at=timezone.now())
    checks = scheme_of(found.round.scheme).rubrics[found.entry.class_code].checks
    exhibits = {one.sha256: one for one in exhibits_of(found.subject)}
    already = contested(found)
    rows = [
        {"finding": one, "check": checks.get(one["check"]), "contested": one["id"] in already,
         **looked_at(one["evidence"], exhibits)}
        for one in found.sheet_document.get("findings", ())
    ]  # fmt: skip
    context = {"record": found, "rows": rows, "until": _shown(objection_due(found)), "now": timezone.now()}
    context |= {
        "forms": forms_for(acting, [found.entry.subject], ["objection_form"]),
        "offered": offered("records", pk),
    }
    return render(request, "assessments/portal/record.html", context)


@companies_only
@require_safe
def record_evidence(request: HttpRequest, acting: Acting, pk: int, exhibit: UUID) -> HttpResponse:
    """A copy of what a finding of the record cites."""
    found = get_object_or_404(records_for(acting), pk=pk)
    cited = {digest for one in found.sheet_document.get("findings", ()) for digest in one["evidence"]}
    standing = Exhibit.objects.standing().exclude(access=Access.SEALED)
    return copy_answer(get_object_or_404(standing, pk=exhibit, subject=found.subject, sha256__in=cited))


@companies_only
def objection(request: HttpRequest, acting: Acting, pk: int, finding: UUID) -> HttpResponse:
    """Contest one finding."""
    found = get_object_or_404(records_for(acting), pk=pk)
    line = next((one for one in found.sheet_document.get("findings", ()) if one["id"] == str(finding)), None)
    if line is None:
        raise Http404
    due = objection_due(found)
    form = ContestForm(request, late=_late(due))

    def take() -> Any:
        told = _told(form)
        return object_to_finding(record=found, finding=str(finding), by=actor(request), at=timezone.now(), **told)

    context = {"record": found, "title": _("Object to a finding"), "until": _shown(due), "line": line}
    return handed_in(request, form, "assessments/portal/hand_in.html", context, take)


@companies_only
def appeal(request: HttpRequest, acting: Acting, pk: int) -> HttpResponse:
    """Appeal against the entry on the newest list."""
    entry = find_entry(acting, pk)
    row = newest_listed([entry]).get(entry.pk)
    if row is None or not acting.covers(row.company_id) or appealed(row):
        raise Http404
    row.entry, due = entry, appeal_due(row)
    form = ContestForm(request, late=_late(due))

    def take() -> Any:
        return appeal_listing(row=row, by=actor(request), at=timezone.now(), **_told(form))

    context = {"entry": entry, "title": _("Appeal"), "until": _shown(due)}
    return handed_in(request, form, "assessments/portal/hand_in.html", context, take)


def _told(form: ContestForm) -> dict[str, Any]:
    data = form.cleaned_data
    return {"files": data["papers"], **{name: data[name] for name in ("text", "late_because", "key")}}


def _late(due: datetime | None) -> bool:
    return due is not None and timezone.now() >= due


def _shown(due: datetime | None) -> datetime | None:
    """The last moment in time, as people read it."""
    return due and due - timedelta(seconds=1)
