"""Who acts for a company, on the desk: the office lets its first person in by a link, and anybody's counsel.

Not here: what they see (faces.portal), the company's own page for the same.
"""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mingjing.engine.outcome import Refusal
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.forms import LongSelect, refused
from mingjing.kernel.parties.actions import end_mandate, invite_person, issue_link
from mingjing.kernel.parties.guard import areas_where, guarded, require
from mingjing.kernel.parties.models import Capacity, Mandate, Organisation
from mingjing.kernel.parties.queries import organisations_seen
from mingjing.kernel.proceedings.models import Proceeding

MANAGE = "parties.mandate.manage"


class MandateForm(forms.Form):
    """Who shall act, as what, from when until when, and by what paper."""

    display_name = forms.CharField(label=_("Full name"), max_length=100)
    username = forms.CharField(
        label=_("Username"), max_length=60, help_text=_("2 to 60 letters, digits and the signs . @ - _")
    )
    capacity = forms.ChoiceField(label=_("Acts as"), choices=Capacity.choices)
    matter = forms.ChoiceField(label=_("Case of counsel"), required=False, widget=LongSelect)
    first_day = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    last_day = forms.DateField(label=_("Last day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    act = forms.CharField(label=_("By what paper"), max_length=200, help_text=_("Such as a power of attorney."))
    act_reference = forms.CharField(label=_("Its number or date"), max_length=100)

    def __init__(self, company: Organisation, data: Any = None) -> None:
        super().__init__(data, initial={"first_day": timezone.localdate(), "capacity": Capacity.HEAD})
        cases = [(one.ledger_subject, one.title) for one in Proceeding.objects.filter(organisation=company)]
        self.fields["matter"].choices = [("", _("None: acts in everything")), *cases]  # type: ignore[attr-defined]  # a ChoiceField


class ReasonForm(forms.Form):
    """Why somebody acts no longer."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


def _company(request: HttpRequest, code: str) -> Organisation:
    """A company whose people the reader may let in; raises Http404 or PermissionDenied.

    One that is registered nowhere is everybody's to see, and so it is theirs whose right holds anywhere.
    """
    today = timezone.localdate()
    seen = organisations_seen(areas_where(request.user, "parties.organisation.view", on=today))
    found = get_object_or_404(seen.select_related("area"), credit_code=code)
    require(request.user, MANAGE, area=found.area, on=today)
    return found


@guarded(MANAGE)
def mandates(request: HttpRequest, code: str) -> HttpResponse:
    """Everybody who acts or acted for a company."""
    company, today = _company(request, code), timezone.localdate()
    held = company.mandates.select_related("person", "given_by", "ended_by")
    titles = {one.ledger_subject: one.title for one in Proceeding.objects.filter(organisation=company)}
    rows = [(one, one.as_value().holds(today), titles.get(one.matter, "")) for one in held]
    return render(request, "desk/mandates.html", {"organisation": company, "rows": rows})


@guarded(MANAGE)
def invite(request: HttpRequest, code: str) -> HttpResponse:
    """Register somebody who acts for a company, and show once the link with which they set their password."""
    company = _company(request, code)
    form = MandateForm(company, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            mandate = invite_person(organisation=company, **form.cleaned_data, by=actor(request), at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            return _link(request, company, mandate)
    context = {"form": form, "organisation": company}
    return render(request, "desk/mandate_form.html", context, status=422 if form.is_bound else 200)


def _link(request: HttpRequest, company: Organisation, mandate: Mandate) -> HttpResponse:
    secret = issue_link(person=mandate.person, by=actor(request), at=timezone.now())
    address = request.build_absolute_uri(reverse("portal:password-link", args=[mandate.person_id, secret]))
    context = {"someone": mandate.person, "address": address, "organisation": company}
    context["days"] = settings.PASSWORD_RESET_TIMEOUT // 86400
    return render(request, "desk/mandate_link.html", context)


@guarded(MANAGE)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody acts for a company no longer."""
    found = get_object_or_404(Mandate.objects.select_related("organisation", "person"), pk=pk)
    company, form = _company(request, found.organisation.credit_code), ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            end_mandate(mandate=found, **form.cleaned_data, by=actor(request), at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, gettext("The mandate was revoked."))
            return redirect("desk:mandates", company.credit_code)
    context = {"form": form, "mandate": found, "organisation": company}
    return render(request, "desk/mandate_end.html", context, status=422 if form.is_bound else 200)
