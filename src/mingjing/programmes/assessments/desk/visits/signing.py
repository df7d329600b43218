"""Handing a record in, signing it, and what people read of it: the score sheet on paper, the history of edits."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
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
from mingjing.kernel.evidence.models import Origin
from mingjing.kernel.evidence.queries import exhibits_seen
from mingjing.kernel.parties.guard import guarded
from mingjing.programmes.assessments.actions.signatures import record_manager, sign_record, witness_refusal
from mingjing.programmes.assessments.actions.visits import submit_record
from mingjing.programmes.assessments.desk.found import record_area
from mingjing.programmes.assessments.desk.visits.form import form_of
from mingjing.programmes.assessments.desk.visits.recording import context_of, seen_record
from mingjing.programmes.assessments.models import Signature, SignaturePart, Stance, VisitRecord
from mingjing.programmes.assessments.policy.answers import lacking, terms_of
from mingjing.programmes.assessments.queries.visits import evidence_of

__all__ = ["history", "manager", "sheet", "sign", "signatures", "submit", "witness"]


class SubmitForm(forms.Form):
    """When the team left."""

    left_at = forms.DateTimeField(label=_("Left the place"), widget=forms.DateTimeInput({"type": "datetime-local"}))


class ManagerForm(forms.Form):
    """What the manager did with the record."""

    name = forms.CharField(label=_("Name of the manager"), max_length=100)
    stance = forms.ChoiceField(label=_("What they did"), choices=Stance.choices, widget=forms.RadioSelect)
    comment = forms.CharField(label=_("What they remarked"), widget=forms.Textarea, required=False, max_length=1000)
    scan = forms.FileField(label=_("Signed paper (scan or photo)"), required=False)


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature; it `holds` while the sheet is still the one that was signed."""

    row: Signature
    holds: bool


@guarded("assessments.visit.view", area=record_area)
def signatures(request: HttpRequest, pk: int) -> HttpResponse:
    """What is still missing, who has signed which sheet, and the next step."""
    return _page(request, seen_record(request, pk))


def _page(request: HttpRequest, record: VisitRecord, submit_form: SubmitForm | None = None,
          manager_form: ManagerForm | None = None, status: int = 200) -> HttpResponse:  # fmt: skip
    today, person = timezone.localdate(), actor(request)
    form = form_of(record, person, today)
    terms = terms_of(form.scheme, form.scheme.rubrics[record.entry.class_code])
    standing = evidence_of(record)
    now = timezone.localtime().replace(second=0, microsecond=0, tzinfo=None).isoformat(timespec="minutes")
    context = context_of(request, record, form) | _signed(record, person.pk)
    first = context["refusing"]
    context |= {
        "witnesses": [one.person for one in form.team if one.person_id not in first],
        "first_witnesses": [one.person for one in form.team if one.person_id in first],
        "lacking": list(lacking(terms, record.sheet_document, standing)),
        "submit_form": submit_form or SubmitForm(initial={"left_at": now}),
        "manager_form": manager_form or ManagerForm(),
        "scans": exhibits_seen(person, record.subject, today).filter(origin=Origin.SCAN),
    }
    return render(request, "assessments/visits/signatures.html", context, status=status)


def _signed(record: VisitRecord, me: int) -> dict[str, Any]:
    """The signatures, each with whether it is under the sheet as it is now."""
    digest = record.sheet_digest
    rows = [
        Signed(row, row.sheet_digest == digest)
        for row in record.signatures.select_related("person", "recorded_by").order_by("id")
    ]
    mine = any(line.holds and line.row.person_id == me and line.row.part == SignaturePart.MEMBER for line in rows)
    refusing = {
        line.row.person_id for line in rows if line.holds and line.row.part == SignaturePart.WITNESS
        and not (record.returned_at and line.row.at < record.returned_at)
    }  # fmt: skip
    waits = bool(refusing) and record.company_at is None
    return {
        "signatures": rows, "signed": mine, "digest": digest, "refusal_waits": waits,
        "refusing": refusing, "may_witness": waits and me not in refusing,
    }  # fmt: skip


@guarded("assessments.visit.record", area=record_area)
@require_POST
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand the record in."""
    record, form = seen_record(request, pk), SubmitForm(request.POST)
    if form.is_valid():
        try:
            done = submit_record(
                record=record, left_at=form.cleaned_data["left_at"], by=actor(request), at=timezone.now()
            )
        except Refusal as refusal:
            refused(form, refusal)
        else:
            told = _("The record is handed in.") if done else _("The record was handed in before; nothing was changed.")
            messages.success(request, told)
            return redirect("assessments:visit-signatures", pk)
    return _page(request, record, form, status=422)


@guarded("assessments.visit.record", area=record_area)
@require_POST
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """A member signs."""
    record = seen_record(request, pk)
    try:
        sign_record(record=record, by=actor(request), at=timezone.now())
    except Refusal as refusal:
        _say(request, refusal)
    return redirect("assessments:visit-signatures", pk)


@guarded("assessments.visit.record", area=record_area)
@require_POST
def manager(request: HttpRequest, pk: int) -> HttpResponse:
    """What the manager did."""
    record, form = seen_record(request, pk), ManagerForm(request.POST, request.FILES)
    if form.is_valid():
        values = dict(form.cleaned_data)
        scan = values.pop("scan")
        try:
            paper = (scan, scan.name) if scan else None
            record_manager(record=record, **values, scan=paper, by=actor(request), at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            return redirect("assessments:visit-signatures", pk)
    return _page(request, record, manager_form=form, status=422)


@guarded("assessments.visit.record", area=record_area)
@require_POST
def witness(request: HttpRequest, pk: int) -> HttpResponse:
    """A second member confirms a refusal."""
    record = seen_record(request, pk)
    try:
        witness_refusal(record=record, by=actor(request), at=timezone.now())
    except Refusal as refusal:
        _say(request, refusal)
    return redirect("assessments:visit-signatures", pk)


@guarded("assessments.visit.view", area=record_area)
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The score sheet as it goes on paper: every check with its rule, what was deducted, who signed."""
    record = seen_record(request, pk)
    form = form_of(record, actor(request), timezone.localdate())
    context = context_of(request, record, form) | _signed(record, actor(request).pk)
    context["present"] = list(record.visit.participants.select_related("person")) if record.visit else []
    return render(request, "assessments/visits/sheet.html", context)


@guarded("assessments.visit.view", area=record_area)
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """Every edit that led to the sheet, the last first."""
    record = seen_record(request, pk)
    form = form_of(record, actor(request), timezone.localdate())
    edits = record.edits.select_related("by")
    context = context_of(request, record, form) | {"page": page_of(edits, request.GET, order=("-revision",))}
    places = {entry["id"]: entry["check"] for entry in record.sheet_document.get("findings", ())}
    context["rows"] = [_told(edit.kind, edit.payload, places) | {"edit": edit} for edit in context["page"].rows]
    return render(request, "assessments/visits/history.html", context)


def _told(kind: str, payload: dict[str, Any], places: dict[str, str]) -> dict[str, Any]:
    """An edit in words: what was done, to which check, with what."""
    code = payload.get("check") or payload.get("item") or places.get(payload.get("finding", ""), "")
    if kind == "undo":
        code = gettext(", ").join(payload.get("before", {}))
    said = [str(payload[name]) for name in ("place", "note", "reason", "grade", "mark") if payload.get(name)]
    if payload.get("of") and kind != "undo":
        said.insert(0, f"{payload.get('good')} / {payload['of']}")
    if payload.get("count"):
        said.insert(0, f"× {payload['count']}")
    return {"what": EDITS.get(kind, kind), "code": code, "said": said, "files": len(payload.get("evidence", ()))}


EDITS = {
    "find": _("Finding recorded"),
    "change": _("Finding changed"),
    "attach": _("Evidence added"),
    "detach": _("Evidence taken off"),
    "remove": _("Finding removed"),
    "looked": _("Nothing found"),
    "looked_rest": _("Nothing found on the rest"),
    "not_applicable": _("Does not apply"),
    "unmark": _("Mark taken back"),
    "undo": _("Edit undone"),
}
"""The kinds of edits, as the history names them."""


def _say(request: HttpRequest, refusal: Refusal) -> None:
    for problem in refusal.problems:
        messages.error(request, problem.say(gettext))
