"""The list of cases: what is open, late, waits for the reader or is closed, in the reader's areas."""

from datetime import datetime

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from mingjing.faces.desk.session import actor
from mingjing.faces.ui.forms import searched
from mingjing.faces.ui.paging import page_of
from mingjing.kernel.cases.models import Case, CaseQuerySet
from mingjing.kernel.cases.queries import awaiting, cases_seen
from mingjing.kernel.parties.guard import Scope, areas_where, guarded
from mingjing.kernel.places.models import Area, within_subtree

STATES = (
    ("open", _("Open")),
    ("overdue", _("Overdue")),
    ("awaiting", _("For me to confirm")),
    ("closed", _("Closed")),
    ("all", _("All")),
)


def areas_to_choose(scope: Scope) -> list[tuple[str, str]]:
    """The areas a list can be narrowed to: where the reader's right begins, and what lies directly below."""
    found = Area.objects.filter(Q(path__in=scope.paths) | Q(parent__path__in=scope.paths)).order_by("path")
    return [("", gettext("All areas")), *found.values_list("code", "name")]


def lies_in(code: str) -> Q:
    """The condition "a record of the area with this code, or of a site in it"."""
    path = Area.objects.get(code=code).path
    return within_subtree(path, "area") | within_subtree(path, "site__area")


class FilterForm(forms.Form):
    """Which cases to list."""

    q = forms.CharField(label=_("Search"), required=False, max_length=50)
    state = forms.ChoiceField(label=_("State"), required=False, choices=STATES)
    area = forms.ChoiceField(label=_("Area"), required=False)
    mine = forms.ChoiceField(label=_("Owner"), required=False, choices=[("", _("Anybody")), ("yes", _("Me"))])

    def __init__(self, data: object, areas: list[tuple[str, str]]) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # a QueryDict
        self.fields["area"].choices = areas  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["q"].widget.attrs["placeholder"] = gettext("Number, what, community or company")


@guarded("cases.case.view")
def cases(request: HttpRequest) -> HttpResponse:
    """Cases by deadline (closed ones by the day they were closed), of the state, area and owner asked for."""
    now, scope = timezone.now(), areas_where(request.user, "cases.case.view", on=timezone.localdate())
    form = FilterForm(request.GET, areas_to_choose(scope))
    asked = form.cleaned_data if form.is_valid() else {}
    state = asked.get("state") or "open"
    found = _in_state(request, scope, state, now).search(searched(request))
    if asked.get("area"):
        found = found.filter(lies_in(asked["area"]))
    if asked.get("mine"):
        found = found.filter(owner=actor(request))
    page = page_of(found, request.GET, order=("-closed_at", "-id") if state == "closed" else ("due_at", "id"))
    rows = [(case, lateness(case, now)) for case in page.rows]
    context = {"page": page, "rows": rows, "form": form, "narrowed": any(map(asked.get, ("q", "area", "mine")))}
    return render(request, "desk/cases.html", context | {"state": state, "states": STATES})


def _in_state(request: HttpRequest, scope: Scope, state: str, now: datetime) -> CaseQuerySet:
    seen = cases_seen(scope)
    match state:
        case "open":
            return seen.open()
        case "overdue":
            return seen.overdue(now)
        case "awaiting":
            return awaiting(actor(request), scope)
        case "closed":
            return seen.closed()
        case _:
            return seen


def lateness(case: Case, now: datetime) -> tuple[str, str]:
    """How a case stands to its deadline, in words, and the tone of that: what was done counts on the day it was."""
    until = case.claimed_at or case.closed_at
    days = (timezone.localdate(case.due_at) - timezone.localdate(until or now)).days
    late = (until or now) > case.due_at
    if case.outcome == "cancelled":
        return "", "plain"
    if until and not late:
        return gettext("done in time") if case.outcome else gettext("reported in time"), "good"
    if late and days == 0:
        return gettext("late by hours"), "bad"
    if late:
        return ngettext("%(days)d day late", "%(days)d days late", -days) % {"days": -days}, "bad"
    if days == 0:
        return gettext("today"), "watch"
    return ngettext("in %(days)d day", "in %(days)d days", days) % {"days": days}, "watch" if days <= 2 else "plain"
