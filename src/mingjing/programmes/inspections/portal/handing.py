"""What an enterprise's people hand in about visits, each with a receipt. Not here: what it brings about."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mingjing.faces.portal.door import actor, companies_only
from mingjing.faces.portal.handing import FilesField, HandInForm, handed_in
from mingjing.kernel.parties.mandates import Acting
from mingjing.programmes.inspections.actions.companies import answer_finding, complain, refuse_notice, report_visit
from mingjing.programmes.inspections.models import Authority
from mingjing.programmes.inspections.queries.own import entry_for, finding_for, firms_for, task_for

TEMPLATE = "inspections/portal/hand_in.html"


class RefusalForm(HandInForm):
    """That a visit is refused: no reason is needed."""

    text = forms.CharField(
        label=_("Why (you need not say)"), max_length=1000, required=False, widget=forms.Textarea
    )  # fmt: skip


class ComplaintForm(HandInForm):
    """What was wrong with a visit."""

    text = forms.CharField(label=_("What happened"), max_length=1000, widget=forms.Textarea)
    papers = FilesField()


class AnswerForm(HandInForm):
    """What was done about a finding, or why it is none."""

    text = forms.CharField(label=_("What was put right, or why it is none"), max_length=1500, widget=forms.Textarea)
    papers = FilesField()


class ReportForm(HandInForm):
    """Somebody came, and no visit is shown."""

    day = forms.DateField(label=_("Day of the visit"), widget=forms.DateInput(attrs={"type": "date"}))
    authority = forms.ModelChoiceField(
        Authority.objects.none(), label=_("Authority"), required=False, empty_label=_("Not known, or not listed")
    )
    text = forms.CharField(label=_("Who came and what for"), max_length=200, required=False)

    def __init__(self, request: HttpRequest, authorities: Any) -> None:
        super().__init__(request)
        field: Any = self.fields["authority"]
        field.queryset = authorities


@companies_only
def refusal(request: HttpRequest, acting: Acting, pk: UUID) -> HttpResponse:
    """Refuse a visit beforehand."""
    task = task_for(acting, pk)
    if task is None:
        raise Http404
    form = RefusalForm(request)

    def take() -> Any:
        data = form.cleaned_data
        return refuse_notice(task=task, text=data["text"], key=data["key"], by=actor(request), at=timezone.now())

    return _page(request, form, take, _("Refuse this visit"), task.authority)


@companies_only
def complaint(request: HttpRequest, acting: Acting, pk: int) -> HttpResponse:
    """Complain of a visit."""
    entry = entry_for(acting, pk)
    if entry is None:
        raise Http404
    form = ComplaintForm(request)

    def take() -> Any:
        data = form.cleaned_data
        told = {"text": data["text"], "files": data["papers"], "key": data["key"]}
        return complain(entry=entry, by=actor(request), at=timezone.now(), **told)

    return _page(request, form, take, _("Complain of this visit"), entry.authority)


@companies_only
def answer(request: HttpRequest, acting: Acting, pk: int) -> HttpResponse:
    """Answer a finding."""
    finding = finding_for(acting, pk)
    if finding is None:
        raise Http404
    form = AnswerForm(request)

    def take() -> Any:
        data = form.cleaned_data
        told = {"text": data["text"], "files": data["papers"], "key": data["key"]}
        return answer_finding(finding=finding, by=actor(request), at=timezone.now(), **told)

    return _page(request, form, take, _("Answer this finding"), finding.text)


@companies_only
def report(request: HttpRequest, acting: Acting, pk: int) -> HttpResponse:
    """Report a visit that is not shown."""
    firm = get_object_or_404(firms_for(acting), pk=pk)
    form = ReportForm(request, Authority.objects.filter(area=firm.area_id).select_related("organisation"))

    def take() -> Any:
        data = form.cleaned_data
        told = {"day": data["day"], "authority": data["authority"], "text": data["text"], "key": data["key"]}
        return report_visit(firm=firm, by=actor(request), at=timezone.now(), **told)

    return _page(request, form, take, _("Report a visit that is not shown"), firm)


def _page(request: HttpRequest, form: HandInForm, take: Any, title: Any, about: Any) -> HttpResponse:
    return handed_in(request, form, TEMPLATE, {"title": title, "about": about}, take)
