"""Visits of every programme: who went where, why, in and out. Nothing here writes; the programmes' own pages do."""

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mingjing.faces.desk.case_list import areas_to_choose, lies_in
from mingjing.faces.ui.forms import searched
from mingjing.faces.ui.paging import page_of
from mingjing.kernel import registry
from mingjing.kernel.db.search import matching
from mingjing.kernel.evidence.access import home_of
from mingjing.kernel.parties.guard import areas_where, guarded
from mingjing.kernel.places.models import Area
from mingjing.kernel.visits.models import Visit, VisitQuerySet
from mingjing.kernel.visits.queries import between, joint_of, visits_of_organisation, visits_seen

LOAD_DAYS = 364  # and today
"""The days over which the page of a visit counts what an organisation bears in the reader's areas."""


class FilterForm(forms.Form):
    """Which visits to list."""

    q = forms.CharField(label=_("Search"), required=False, max_length=50)
    programme = forms.ChoiceField(label=_("Programme"), required=False)
    area = forms.ChoiceField(label=_("Area"), required=False)
    first = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, data: object, areas: list[tuple[str, str]]) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # a QueryDict
        programmes = [(manifest.code, gettext(manifest.title)) for manifest in registry.programmes()]
        self.fields["programme"].choices = [("", _("All programmes")), *programmes]  # type: ignore[attr-defined]
        self.fields["area"].choices = areas  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["q"].widget.attrs["placeholder"] = gettext("Community or company")


@guarded("visits.visit.view")
def visits(request: HttpRequest) -> HttpResponse:
    """The visits in the reader's areas, the last first, of the place, programme and days asked for."""
    scope = areas_where(request.user, "visits.visit.view", on=timezone.localdate())
    form = FilterForm(request.GET, areas_to_choose(scope))
    form.is_valid()
    found = _narrowed(visits_seen(scope), form.cleaned_data, searched(request))
    page = page_of(found, request.GET, order=("-entered_at", "-id"))
    rows = [(one, registry.title_of_purpose(one.programme, one.purpose)) for one in page.rows]
    context = {"page": page, "rows": rows, "form": form, "narrowed": any(form.cleaned_data.values())}
    return render(request, "desk/visits.html", context, status=200 if form.is_valid() else 422)


def _narrowed(found: VisitQuerySet, asked: dict[str, Any], text: str) -> VisitQuerySet:
    found = between(found, asked.get("first"), asked.get("last"))
    if asked.get("programme"):
        found = found.filter(programme=asked["programme"])
    if asked.get("area"):
        found = found.filter(lies_in(asked["area"]))
    return found.filter(matching(text, "site__words") | matching(text, "organisation__words")) if text else found


def area_of_visit(request: HttpRequest, pk: object) -> Area:
    """Where a visit was, or a 404."""
    return get_object_or_404(Visit.objects.select_related("area"), pk=pk).area


@guarded("visits.visit.view", area=area_of_visit)
def visit(request: HttpRequest, pk: object) -> HttpResponse:
    """One visit: where, why, who, in and out, what it was part of, and how often the organisation was visited."""
    found = get_object_or_404(Visit.objects.told().select_related("recorded_by", "voided_by"), pk=pk)
    scope, today = areas_where(request.user, "visits.visit.view", on=timezone.localdate()), timezone.localdate()
    joint = [(one, registry.title_of_purpose(one.programme, one.purpose)) for one in scope.within(joint_of(found))]
    context = {"visit": found, "joint": joint, "home": home_of(found.subject), "load": None}
    context["purpose"] = registry.title_of_purpose(found.programme, found.purpose)
    context["programme"] = _programme(found)
    if found.organisation:
        borne = visits_of_organisation(found.organisation, today - timedelta(days=LOAD_DAYS), today)
        context["load"] = scope.within(borne).count()
    return render(request, "desk/visit.html", context)


def _programme(found: Visit) -> str:
    manifest = registry.manifests().get(found.programme)
    return manifest.title if manifest else found.programme
