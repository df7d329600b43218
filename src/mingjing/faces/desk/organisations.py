"""Organisations by credit code: the list, a page each, and the form that records one. Bulk import is a command."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mingjing.engine.outcome import Refusal
from mingjing.faces.desk.fields import AreaField
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.forms import refused, searched, sentence
from mingjing.faces.ui.paging import page_of
from mingjing.kernel.parties.actions import record_organisation
from mingjing.kernel.parties.credit_codes import read_credit_code
from mingjing.kernel.parties.guard import Scope, areas_where, guarded, may
from mingjing.kernel.parties.models import Organisation
from mingjing.kernel.parties.queries import organisations_seen


class OrganisationForm(forms.Form):
    """What is recorded of an organisation."""

    name = forms.CharField(label=_("Name"), max_length=200, help_text=_("As on the business licence."))
    credit_code = forms.CharField(
        label=_("Unified social credit code"),
        max_length=40,
        help_text=_("18 characters; the check digit is verified."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    area = AreaField(label=_("Area code"), required=False, help_text=_("Where it is registered, such as 430202."))

    def clean_credit_code(self) -> str:
        """The code as the standard writes it, of an organisation that is not recorded yet."""
        try:
            code = read_credit_code(self.cleaned_data["credit_code"])
        except Refusal as refusal:
            raise forms.ValidationError([sentence(problem) for problem in refusal.problems]) from None
        if known := Organisation.objects.filter(credit_code=code).first():
            raise forms.ValidationError(_("This code is recorded already, for %(name)s."), params={"name": known.name})
        return code


@guarded("parties.organisation.view")
def organisations(request: HttpRequest) -> HttpResponse:
    """The organisations of the reader's areas, by name, or those that a search finds."""
    text = searched(request)
    found = organisations_seen(_scope(request)).search(text).select_related("area")
    page = page_of(found, request.GET, order=("name", "id"))
    may_record = may(request.user, "parties.organisation.record", on=timezone.localdate())
    return render(request, "desk/organisations.html", {"page": page, "q": text, "may_record": may_record})


@guarded("parties.organisation.view")
def organisation(request: HttpRequest, code: str) -> HttpResponse:
    """One organisation with its parent and branches, as far as the reader sees them."""
    seen = organisations_seen(_scope(request))
    found = get_object_or_404(seen.select_related("area"), credit_code=code)
    page = page_of(seen.filter(branch_of=found), request.GET, order=("name", "id"))
    parent = seen.filter(branches=found).first()
    lets_in = may(request.user, "parties.mandate.manage", area=found.area, on=timezone.localdate())
    context = {"organisation": found, "parent": parent, "page": page, "lets_in": lets_in}
    return render(request, "desk/organisation.html", context)


def _scope(request: HttpRequest) -> Scope:
    return areas_where(request.user, "parties.organisation.view", on=timezone.localdate())


@guarded("parties.organisation.record")
def record(request: HttpRequest) -> HttpResponse:
    """The form that records an organisation, within the person's own areas or with no area."""
    form = OrganisationForm(request.POST or None)
    scope = areas_where(request.user, "parties.organisation.record", on=timezone.localdate())
    if form.is_valid() and (area := form.cleaned_data["area"]) and not scope.covers(area):
        form.add_error("area", _("Your own right does not cover this area."))
    if request.method == "POST" and form.is_valid():
        try:
            found = record_organisation(**form.cleaned_data, by=actor(request), at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, gettext("%(name)s was recorded.") % {"name": found.name})
            return redirect("desk:organisation", found.credit_code)
    return render(request, "desk/organisation_form.html", {"form": form}, status=422 if form.is_bound else 200)
