"""The register on the desk: communities to find, one community with everything that is known of it, taking one off."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from mingjing.engine.outcome import Refusal
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.forms import refused, searched
from mingjing.faces.ui.paging import page_of
from mingjing.kernel.cases.queries import cases_seen
from mingjing.kernel.evidence.queries import exhibits_seen
from mingjing.kernel.parties.guard import Scope, areas_where, guarded, may
from mingjing.kernel.places.models import Area, Level
from mingjing.kernel.visits.queries import visits_seen
from mingjing.programmes.assessments.actions import communities as actions
from mingjing.programmes.assessments.desk.register.forms import FilterForm, ReasonForm
from mingjing.programmes.assessments.models import Community, CommunityQuerySet
from mingjing.programmes.assessments.queries.communities import (
    attributes_of,
    communities_called,
    entries_of,
    narrowed,
)

MANAGE, VIEW = "assessments.community.manage", "assessments.community.view"
ORDERS = {"": ("number", "id"), "name": ("name", "id"), "changed": ("-changed_at", "-id")}
LATEST = 20
"""Visits, cases and exhibits that the page of a community shows, the newest."""


def find_community(pk: int) -> Community:
    """A community with its site, company and place, or a 404."""
    related = ("site", "company", "place__parent", "area", "removed_by")
    return get_object_or_404(Community.objects.select_related(*related), pk=pk)


def community_area(request: HttpRequest, pk: int, **_rest: Any) -> Area:
    """Where a community lies: for the guard."""
    return find_community(pk).place


def _streets(scope: Scope) -> list[tuple[str, str]]:
    found = scope.within(Area.objects.current().filter(level=Level.TOWN), "")
    return list(found.values_list("code", "name")[:500])


@guarded(VIEW)
def communities(request: HttpRequest) -> HttpResponse:
    """The communities of the reader's areas: searched by name, pinyin or number, narrowed, in an order."""
    today, text = timezone.localdate(), searched(request)
    scope = areas_where(request.user, VIEW, on=today)
    form = FilterForm(request.GET, _streets(scope))
    asked = {name: value for name, value in form.cleaned_data.items() if value} if form.is_valid() else {}
    order = ORDERS[asked.pop("order", "")]
    seen: CommunityQuerySet = scope.within(Community.objects.all(), "place")  # type: ignore[assignment]  # keeps its class
    found = narrowed(communities_called(seen, text), **asked).select_related("place__parent", "company")
    page = page_of(found.defer("words", "attributes"), request.GET, order=order)
    context = {"page": page, "form": form, "q": text, "filtered": bool(asked or text)}
    context["may_manage"] = may(request.user, MANAGE, on=today)
    return render(request, "assessments/register/communities.html", context)


@guarded(VIEW, area=community_area)
def community(request: HttpRequest, pk: int) -> HttpResponse:
    """What is known of a community, who looked after it, and what became of it in rounds."""
    found, today = find_community(pk), timezone.localdate()
    visits = visits_seen(areas_where(request.user, "visits.visit.view", on=today)).filter(site=found.site)
    there = list(visits.filter(voided_at=None).order_by("-entered_at")[:LATEST])
    cases = cases_seen(areas_where(request.user, "cases.case.view", on=today)).filter(site=found.site)
    exhibits = exhibits_seen(request.user, {visit.subject for visit in there[:5]}, today)
    measures = attributes_of(found.area)
    known = [(measures[code].title if code in measures else code, text) for code, text in found.attributes.items()]
    context = {
        "community": found,
        "attributes": known,
        "engagements": found.engagements.select_related("company", "recorded_by").order_by("-id"),
        "entries": entries_of(found),
        "visits": there,
        "cases": list(cases.order_by("-opened_at")[:LATEST]),
        "exhibits": list(exhibits.order_by("-recorded_at")[:LATEST]),
        "may_manage": may(request.user, MANAGE, area=found.place, on=today),
    }
    return render(request, "assessments/register/community.html", context)


@guarded(MANAGE, area=community_area)
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a community off the register, saying why."""
    said = gettext("The community was taken off the register.")
    return _with_reason(request, pk, actions.remove_community, said, removing=True)


@guarded(MANAGE, area=community_area)
def bring_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a community back on the register, saying why."""
    said = gettext("The community is on the register again.")
    return _with_reason(request, pk, actions.return_community, said, removing=False)


def _with_reason(request: HttpRequest, pk: int, act: Callable[..., None], said: str, *, removing: bool) -> HttpResponse:
    found, form = find_community(pk), ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            act(community=found, reason=form.cleaned_data["reason"], by=actor(request), at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, said)
            return redirect("assessments:community", pk)
    context = {"community": found, "form": form, "removing": removing}
    return render(request, "assessments/register/reason.html", context, status=422 if form.is_bound else 200)
