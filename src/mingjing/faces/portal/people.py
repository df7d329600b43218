"""Who acts for a company: its head lets others act and revokes it. Not here: the first one, whom the office lets in."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mingjing.engine.outcome import Refusal
from mingjing.faces.portal.door import actor, companies_only
from mingjing.faces.ui.forms import refused
from mingjing.kernel.parties.actions import end_mandate, invite_person, issue_link
from mingjing.kernel.parties.mandates import Acting
from mingjing.kernel.parties.models import Capacity, Mandate, Organisation
from mingjing.kernel.proceedings.models import Proceeding


class InvitationForm(forms.Form):
    """Who shall act, as what, until when, and by what paper."""

    display_name = forms.CharField(label=_("Full name"), max_length=100)
    username = forms.CharField(
        label=_("Username"), max_length=60, help_text=_("2 to 60 letters, digits and the signs . @ - _")
    )
    capacity = forms.ChoiceField(label=_("Acts as"), choices=Capacity.choices, widget=forms.RadioSelect)
    matter = forms.ChoiceField(label=_("Case of counsel"), required=False)
    last_day = forms.DateField(
        label=_("Last day"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Leave it empty where it holds until it is revoked."),
    )  # fmt: skip
    act = forms.CharField(label=_("By what paper"), max_length=200, help_text=_("Such as a power of attorney."))
    act_reference = forms.CharField(label=_("Its number or date"), max_length=100)

    def __init__(self, company: Organisation, data: Any = None) -> None:
        super().__init__(data)
        cases = [(one.ledger_subject, one.title) for one in Proceeding.objects.filter(organisation=company)]
        self.fields["matter"].choices = [("", _("None: acts in everything")), *cases]  # type: ignore[attr-defined]  # a ChoiceField

    def told(self) -> dict[str, Any]:
        """What the action takes: a case is for counsel alone."""
        data = dict(self.cleaned_data)
        return data | {"matter": data["matter"] if data["capacity"] == Capacity.COUNSEL else ""}


def _company(acting: Acting, code: str) -> Organisation:
    """A company that they are head of; raises Http404."""
    return get_object_or_404(Organisation, credit_code=code, pk__in=acting.headed)


@companies_only
def people(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Everybody who acts for the companies of which the reader is head."""
    companies = Organisation.objects.filter(pk__in=acting.headed)
    if not companies:
        raise Http404
    today = timezone.localdate()
    held = Mandate.objects.filter(organisation__in=companies).select_related("person", "organisation", "given_by")
    titles = {one.ledger_subject: one.title for one in Proceeding.objects.filter(organisation__in=companies)}
    rows = [(one, one.as_value().holds(today), titles.get(one.matter, "")) for one in held]
    return render(request, "portal/people.html", {"companies": companies, "rows": rows})


@companies_only
def invite(request: HttpRequest, acting: Acting, code: str) -> HttpResponse:
    """Register somebody who acts for the company, and show once the link with which they set their password."""
    company = _company(acting, code)
    form = InvitationForm(company, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            mandate = invite_person(
                organisation=company, first_day=_today(), **form.told(), by=actor(request), at=timezone.now()
            )
        except Refusal as refusal:
            refused(form, refusal)
        else:
            return _link(request, mandate)
    context = {"form": form, "company": company}
    return render(request, "portal/invite.html", context, status=422 if form.is_bound else 200)


def _today() -> date:
    return timezone.localdate()


def _link(request: HttpRequest, mandate: Mandate) -> HttpResponse:
    secret = issue_link(person=mandate.person, by=actor(request), at=timezone.now())
    address = request.build_absolute_uri(reverse("portal:password-link", args=[mandate.person_id, secret]))
    context = {"someone": mandate.person, "address": address, "days": settings.PASSWORD_RESET_TIMEOUT // 86400}
    return render(request, "portal/invited.html", context)


class ReasonForm(forms.Form):
    """Why somebody acts no longer."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


@companies_only
def revoke(request: HttpRequest, acting: Acting, pk: int) -> HttpResponse:
    """Somebody acts for the company no longer, from now on; nobody revokes their own."""
    found = get_object_or_404(Mandate, pk=pk, organisation__in=acting.headed)
    if found.person_id == actor(request).pk:
        raise Http404
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            end_mandate(mandate=found, **form.cleaned_data, by=actor(request), at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, gettext("The mandate was revoked."))
            return redirect("portal:people")
    context = {"form": form, "mandate": found}
    return render(request, "portal/revoke.html", context, status=422 if form.is_bound else 200)
