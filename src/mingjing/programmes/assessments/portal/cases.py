"""The cases of a company: where one stands, what was done, what it can do and until when; its statement, its hearing.

Not here: what the office does in them (desk).
"""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from mingjing.faces.portal.door import actor, companies_only
from mingjing.faces.portal.handing import FilesField, HandInForm, handed_in
from mingjing.faces.portal.seen import documents_for
from mingjing.kernel import registry
from mingjing.kernel.parties.mandates import Acting
from mingjing.kernel.proceedings.models import Proceeding
from mingjing.kernel.proceedings.queries import Stands, stands
from mingjing.programmes.assessments.actions.companies import ask_for_hearing, state_case
from mingjing.programmes.assessments.portal.forms import offered
from mingjing.programmes.assessments.portal.found import find_case
from mingjing.programmes.assessments.queries.form_papers import forms_for
from mingjing.programmes.assessments.queries.own import HEARD, entry_behind, is_late

STATEMENT, HEARING = "statement", "hearing_asked"


class LateForm(HandInForm):
    """What comes after the time has run out says why."""

    late_because = forms.CharField(
        label=_("Why it is late"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The time has run out. Somebody of the office decides whether this excuses it."),
    )  # fmt: skip

    def __init__(self, request: HttpRequest, *, late: bool) -> None:
        super().__init__(request)
        if not late:
            self.fields["late_because"].widget = forms.HiddenInput()


class StatementForm(LateForm):
    """What the company says, with what shows it."""

    text = forms.CharField(label=_("Your statement"), max_length=4000, widget=forms.Textarea)
    papers = FilesField()
    field_order = ("key", "text", "papers", "late_because")


@companies_only
@require_safe
def case(request: HttpRequest, acting: Acting, pk: int) -> HttpResponse:
    """One case."""
    found, now = find_case(acting, pk), timezone.now()
    where = stands(found, now)
    context = {"case": found, "kind": registry.title_of_process("assessments", found.kind), **_told(where, now)}
    seen = documents_for(acting, now).filter(subject=found.ledger_subject)
    context["documents"] = seen.exclude(kind="assessments.statement_form")
    context["forms"] = forms_for(acting, [found.ledger_subject], ["statement_form"])
    context["offered"] = offered("cases", pk) if context["can_state"] else ()
    context["entry"] = entry_behind(found) if found.kind in HEARD else None
    return render(request, "assessments/portal/case.html", context)


def _told(where: Stands, now: datetime) -> dict[str, Any]:
    """Steps done with their instants, those still to come, and what the company can do now."""
    standing, listing = where.standing, where.proceeding.kind in HEARD
    steps = standing.process.steps
    done = [
        (step.title, standing.done[step.code], step.stances.get(standing.said.get(step.code, ""), ""))
        for step in steps
        if step.code in standing.done
    ]
    comes = [step.title for step in steps if step.code not in standing.done and standing.needed(step.code)]
    mine = {step.code for step in steps if not standing.missing(step.code)}
    due = standing.due("notice") if "notice" in standing.done else None
    return {
        "done": sorted(done, key=lambda one: one[1]), "comes": [] if standing.ended else comes,
        "until": due and due - timedelta(seconds=1), "late": due is not None and is_late(standing, now),
        "late_ones": [act for acts in standing.late.values() for act in acts],
        "can_state": STATEMENT in mine and listing, "can_ask": HEARING in mine and listing,
    }  # fmt: skip


def _listing(acting: Acting, pk: int) -> Proceeding:
    """A listing of theirs: only there is something stated or heard; raises Http404."""
    found = find_case(acting, pk)
    if found.kind not in HEARD:
        raise Http404
    return found


def _late(found: Proceeding) -> bool:
    standing, now = stands(found, timezone.now()).standing, timezone.now()
    return "notice" in standing.done and is_late(standing, now)


@companies_only
def statement(request: HttpRequest, acting: Acting, pk: int) -> HttpResponse:
    """State the company's case, with files."""
    found = _listing(acting, pk)
    form = StatementForm(request, late=_late(found))

    def take() -> Any:
        data = {name: form.cleaned_data[name] for name in ("text", "late_because", "key")}
        papers = form.cleaned_data["papers"]
        return state_case(proceeding=found, files=papers, by=actor(request), at=timezone.now(), **data)

    context = {"case": found, "title": _("Statement"), "until": _until(found)}
    return handed_in(request, form, "assessments/portal/hand_in.html", context, take)


@companies_only
def hearing(request: HttpRequest, acting: Acting, pk: int) -> HttpResponse:
    """Ask to be heard in person."""
    found = _listing(acting, pk)
    form = LateForm(request, late=_late(found))

    def take() -> Any:
        data = {name: form.cleaned_data[name] for name in ("late_because", "key")}
        return ask_for_hearing(proceeding=found, by=actor(request), at=timezone.now(), **data)

    context = {"case": found, "title": _("Ask for a hearing"), "until": _until(found)}
    return handed_in(request, form, "assessments/portal/hand_in.html", context, take)


def _until(found: Proceeding) -> datetime | None:
    due = stands(found, timezone.now()).standing.due("notice")
    return due and due - timedelta(seconds=1)
