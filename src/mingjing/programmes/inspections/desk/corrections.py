"""Corrections of entries on the desk: an authority asks for one, somebody else who watches over it decides.

Not here: results and settled findings, which are only added (desk.entries).
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mingjing.engine.outcome import Refusal
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.forms import refused
from mingjing.kernel.parties.guard import areas_where, guarded, may
from mingjing.kernel.parties.models import Person
from mingjing.programmes.inspections.actions.corrections import agree_correction, ask_correction, decline_correction
from mingjing.programmes.inspections.desk.entries import RECORD, VIEW, entry_area, find_entry, of_their_authority
from mingjing.programmes.inspections.desk.entry_forms import CorrectionForm
from mingjing.programmes.inspections.desk.warnings import line_of
from mingjing.programmes.inspections.models import Correction
from mingjing.programmes.inspections.queries.corrections import changes_of
from mingjing.programmes.inspections.queries.posts import authorities_of, warnings_seen

CORRECT = "inspections.entry.correct"


class DecideForm(forms.Form):
    """Agreed or declined; a reason where it is declined."""

    decision = forms.ChoiceField(
        label=_("Decision"), widget=forms.RadioSelect,
        choices=[("agree", _("Agree: the entry is replaced")), ("decline", _("Decline: it stays as it is"))],
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Reason, where it is declined"), max_length=300, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


@guarded(RECORD, area=entry_area)
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a correction of an entry of one's own authority: what it should say, and why."""
    found, person = find_entry(pk), actor(request)
    if not of_their_authority(person, found):
        raise Http404
    scope = areas_where(person, RECORD, on=timezone.localdate())
    form = CorrectionForm(request.POST or None, entry=found, scope=scope)
    if form.is_bound and form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            made = ask_correction(entry=found, after=form.after(), reason=reason, by=person, at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, gettext("The correction was asked for; somebody else decides."))
            return redirect("inspections:correction", pk, made.pk)
    context = {"form": form, "entry": found}
    return render(request, "inspections/correction_form.html", context, status=422 if form.is_bound else 200)


@guarded(VIEW, area=entry_area)
def correction(request: HttpRequest, pk: int, key: int) -> HttpResponse:
    """One correction: before and after, who asked and why, the warnings that count the entry; and the decision."""
    related = ("entry__visit", "entry__firm__area", "entry__authority", "asked_by", "decided_by", "made")
    found = get_object_or_404(Correction.objects.select_related(*related), pk=key, entry=pk)
    person = actor(request)
    decides = may_decide(person, found)
    form = DecideForm(request.POST if decides and request.method == "POST" else None)
    if form.is_bound and form.is_valid() and _decided(form, found, person):
        messages.success(request, gettext("It was recorded."))
        return redirect("inspections:correction", pk, key)
    rows = warnings_seen(person, timezone.localdate()).filter(records__record=found.entry.subject)
    context = {
        "correction": found, "entry": found.entry, "changes": changes_of(found), "form": form, "decides": decides,
        "warnings": [line_of(row, timezone.now()) for row in rows.order_by("-level", "rule", "id")],
    }  # fmt: skip
    return render(request, "inspections/correction.html", context, status=422 if form.is_bound else 200)


def may_decide(person: Person, found: Correction) -> bool:
    """Whether they may decide: who watches over entries there, is not of the authority, and did not ask."""
    today = timezone.localdate()
    apart = found.asked_by_id != person.pk and found.entry.authority_id not in authorities_of(person, today)
    return found.decided_at is None and apart and may(person, CORRECT, area=found.entry.firm.area, on=today)


def _decided(form: DecideForm, found: Correction, person: Person) -> bool:
    told: dict[str, Any] = {"correction": found, "by": person, "at": timezone.now()}
    try:
        if form.cleaned_data["decision"] == "agree":
            agree_correction(**told)
        else:
            decline_correction(**told, reason=form.cleaned_data["reason"])
    except Refusal as refusal:
        refused(form, refusal)
        return False
    return True
