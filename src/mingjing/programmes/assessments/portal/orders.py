"""The orders that a company has to meet: what is wrong, until when, its plan, its report with photos.

Not here: confirming that an order was met, which somebody of the office does on site (desk, phones).
"""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from mingjing.faces.portal.door import actor, companies_only
from mingjing.faces.portal.handing import FilesField, HandInForm, handed_in
from mingjing.faces.ui.paging import page_of
from mingjing.kernel.cases.models import Case
from mingjing.kernel.parties.mandates import Acting
from mingjing.programmes.assessments.actions.companies import plan_order, report_order
from mingjing.programmes.assessments.portal.forms import offered
from mingjing.programmes.assessments.portal.found import entry_of, find_order, find_order_to_meet
from mingjing.programmes.assessments.queries.answering import answers_for, orders_for, steps_for
from mingjing.programmes.assessments.queries.form_papers import ABOUT_ORDERS, forms_for


class PlanForm(HandInForm):
    """How an order will be met."""

    text = forms.CharField(
        label=_("What is done, by whom and until when"), max_length=1500, widget=forms.Textarea,
    )  # fmt: skip
    papers = FilesField()


class ReportForm(HandInForm):
    """That an order was met, and what shows it."""

    text = forms.CharField(label=_("What was done"), max_length=1500, widget=forms.Textarea)
    papers = FilesField(
        label=_("Photos of how it is now"), required=True,
        help_text=_("From the same spot as the photo of the visit, so that before and after can be compared."),
    )  # fmt: skip


@companies_only
@require_safe
def orders(request: HttpRequest, acting: Acting) -> HttpResponse:
    """All of them, those that are open first."""
    page = page_of(orders_for(acting, timezone.localdate()), request.GET, order=("-opened_at", "-id"))
    return render(request, "assessments/portal/orders.html", {"page": page, "now": timezone.now()})


@companies_only
@require_safe
def order(request: HttpRequest, acting: Acting, pk: int) -> HttpResponse:
    """One, with the steps of the company's own days; people of the office are not named."""
    found = find_order(acting, pk)
    there, about = answers_for(found, timezone.localdate()), entry_of(found)
    theirs = acting.covers(there.pk if there else None)
    context = {
        "order": found, "steps": steps_for(acting, found), "now": timezone.now(),
        "forms": forms_for(acting, [about.subject], ABOUT_ORDERS) if about else (),
        "offered": offered("orders", pk) if about and theirs and found.closed_at is None else (), "theirs": theirs,
        "inherited": not acting.covers(found.organisation_id),
    }  # fmt: skip
    return render(request, "assessments/portal/order.html", context)


@companies_only
def plan(request: HttpRequest, acting: Acting, pk: int) -> HttpResponse:
    """Hand in a plan."""
    return _hand_in(request, find_order_to_meet(acting, pk), PlanForm(request), plan_order, _("Hand in a plan"))


@companies_only
def report(request: HttpRequest, acting: Acting, pk: int) -> HttpResponse:
    """Report it as met."""
    return _hand_in(request, find_order_to_meet(acting, pk), ReportForm(request), report_order, _("Report it as done"))


def _hand_in(request: HttpRequest, found: Case, form: HandInForm, act: Any, title: Any) -> HttpResponse:
    def take() -> Any:
        data = form.cleaned_data
        told = {"text": data["text"], "files": data["papers"], "key": data["key"]}
        return act(case=found, by=actor(request), at=timezone.now(), **told)

    context = {"order": found, "title": title, "until": found.due_at}
    return handed_in(request, form, "assessments/portal/hand_in.html", context, take)
