"""A company's head agrees that papers may reach it electronically, and takes that back; each with its confirmation.

Not here: proof of one service (the desk), what was served (documents).
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
from mingjing.faces.portal.door import actor, companies_only
from mingjing.faces.ui.forms import refused
from mingjing.kernel.documents.actions import agree_to_electronic_service, end_agreement
from mingjing.kernel.documents.queries import agreements_of
from mingjing.kernel.parties.mandates import Acting
from mingjing.kernel.parties.models import Organisation


class AgreementForm(forms.Form):
    """For which company, and where papers may be sent."""

    company = forms.ChoiceField(label=_("Company"))
    address = forms.CharField(
        label=_("Where papers may be sent"), max_length=200,
        help_text=_("An address of mail of the company. What is sent there counts as served on the day it arrives."),
    )  # fmt: skip

    def __init__(self, companies: list[Organisation], data: Any = None) -> None:
        super().__init__(data)
        self.fields["company"].choices = [(str(one.pk), one.name) for one in companies]  # type: ignore[attr-defined]  # a ChoiceField


@companies_only
def agreements(request: HttpRequest, acting: Acting) -> HttpResponse:
    """What the companies of which the reader is head agreed to; one to agree to, each to take back."""
    companies = list(Organisation.objects.filter(pk__in=acting.headed).select_related("area").order_by("pk"))
    if not companies:
        raise Http404
    if request.method == "POST" and "end" in request.POST:
        return _ended(request, companies)
    form = AgreementForm(companies, request.POST or None)
    if request.method == "POST" and form.is_valid():
        chosen = next(one for one in companies if str(one.pk) == form.cleaned_data["company"])
        address = form.cleaned_data["address"]
        try:
            agree_to_electronic_service(organisation=chosen, address=address, by=actor(request), at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, gettext("Confirmed. Papers may be sent there from now on."))
            return redirect("portal:agreements")
    found = agreements_of([one.pk for one in companies])
    context = {"form": form, "rows": [(one, one.values()["address"]) for one in found]}
    return render(request, "portal/agreements.html", context, status=422 if form.is_bound else 200)


def _ended(request: HttpRequest, companies: list[Organisation]) -> HttpResponse:
    key = request.POST["end"]
    found = get_object_or_404(
        agreements_of([one.pk for one in companies]).standing(), pk=int(key) if key.isdecimal() else 0
    )
    end_agreement(agreement=found, reason="企业撤回同意", by=actor(request), at=timezone.now())
    messages.success(request, gettext("Taken back. What is sent from now on is served on paper."))
    return redirect("portal:agreements")
