"""Taking a step of what follows a listing, and issuing the paper it is taken with."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from mingjing.engine.outcome import Refusal
from mingjing.engine.process import Process
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.forms import refused
from mingjing.kernel.evidence.actions import record_exhibits
from mingjing.kernel.evidence.models import Origin
from mingjing.kernel.parties.guard import guarded
from mingjing.programmes.assessments.actions.measures import issue_measure_document, take_measure_step
from mingjing.programmes.assessments.desk.found import round_area
from mingjing.programmes.assessments.desk.measures.entry import find_followed
from mingjing.programmes.assessments.desk.measures.forms import PaperForm, StepForm
from mingjing.programmes.assessments.policy import measures as policy
from mingjing.programmes.assessments.policy.measures import DOCUMENTS, EXIT, MEASURES, REWARD, measure_clocks
from mingjing.programmes.assessments.queries.measures import Followed
from mingjing.programmes.assessments.queries.schemes import scheme_of

__all__ = ["approve", "paper", "take"]

APPROVED = "approved"
REFUSED = 422


@guarded("assessments.measure.take", area=round_area)
def take(request: HttpRequest, pk: int, number: str, kind: str, step: str) -> HttpResponse:
    """Take a step; an approval is for those who may approve."""
    if step == APPROVED:
        raise Http404
    return _taken(request, pk, number, kind, step)


@guarded("assessments.measure.approve", area=round_area)
def approve(request: HttpRequest, pk: int, number: str, kind: str) -> HttpResponse:
    """Approve what somebody else proposed."""
    return _taken(request, pk, number, kind, APPROVED)


def _taken(request: HttpRequest, pk: int, number: str, kind: str, code: str) -> HttpResponse:
    round_, one = find_followed(request, pk, number)
    process, revision = _process(one, kind)
    try:
        step = process.step(code)
    except KeyError:
        raise Http404 from None
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = StepForm(step, revision, *given)
    paper = one.document(kind, code) if (kind, code) in DOCUMENTS else None
    if form.is_bound and form.is_valid():
        try:
            _act(request, one, kind, code, form)
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, gettext("Recorded: {step}.").format(step=gettext(step.title)))
            return redirect("assessments:entry-measures", pk, number)
    context = {"round": round_, "entry": one.entry, "step": step, "form": form, "paper": paper}
    return render(request, "assessments/measures/step.html", context, status=REFUSED if form.is_bound else 200)


def _act(request: HttpRequest, one: Followed, kind: str, code: str, form: StepForm) -> None:
    """The step with its files, together or not at all, with the proof that its paper was served."""
    by, at, brought = actor(request), timezone.now(), form.given()
    with transaction.atomic():
        files, stands = form.cleaned_data.get("files"), one.proceedings.get(kind)
        if files and stands:
            subject, area = stands.proceeding.ledger_subject, stands.proceeding.area
            kept = record_exhibits(files=files, subject=subject, area=area, origin=Origin.SCAN, by=by, at=at)
            brought["exhibits"] = [exhibit.pk for exhibit in kept]
        if paper := one.document(kind, code):
            brought["service"] = paper.services.standing().first()
        take_measure_step(entry=one.entry, kind=kind, step=code, by=by, at=at, **brought)


def _process(one: Followed, kind: str) -> tuple[Process, int]:
    """The rules of a kind about an entry, and the revision that its reader sees; raises Http404."""
    if (stands := one.proceedings.get(kind)) is not None:
        return stands.standing.process, stands.proceeding.revision
    makers = {MEASURES: policy.measures, EXIT: policy.exit_process, REWARD: policy.reward}
    if kind not in makers:
        raise Http404
    return makers[kind](measure_clocks(scheme_of(one.entry.round.scheme), kind)), 0


@guarded("assessments.measure.take", area=round_area)
def paper(request: HttpRequest, pk: int, number: str, kind: str, step: str) -> HttpResponse:
    """Issue the paper of a step; it gets its number at once and is served afterwards."""
    round_, one = find_followed(request, pk, number)
    if (kind, step) not in DOCUMENTS or kind not in one.proceedings:
        raise Http404
    form = PaperForm(step, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            document = issue_measure_document(
                entry=one.entry, kind=kind, step=step, told=form.cleaned_data, by=actor(request), at=timezone.now()
            )
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, gettext("Issued: {number}. Serve it now.").format(number=document.number))
            return redirect("desk:document", document.pk)
    found: Any = one.proceedings[kind].standing.process.step(step)
    context = {"round": round_, "entry": one.entry, "step": found, "form": form}
    return render(request, "assessments/measures/paper.html", context, status=REFUSED if form.is_bound else 200)
