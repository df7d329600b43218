"""Joint inspections on the desk: proposals, one with its gain or with what stands in the way, and agreeing to a visit.

Whoever oversees tasks asks and sees everything; an authority sees the visits that it takes part in. Not here: matching.
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from mingjing.engine.kept import recall
from mingjing.engine.outcome import Refusal
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.forms import refused
from mingjing.faces.ui.paging import page_of
from mingjing.kernel.parties.guard import areas_where, guarded, may
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.programmes.inspections.actions.matching import answer_visit, ask_match
from mingjing.programmes.inspections.models import Authority, Match, MatchVisit
from mingjing.programmes.inspections.queries.matching import matches_seen, visits_seen
from mingjing.programmes.inspections.queries.posts import authorities_of

VIEW, PROPOSE, ANSWER = (
    "inspections.together.view", "inspections.together.propose", "inspections.together.answer",
)  # fmt: skip


class AskForm(forms.Form):
    """Which days are matched, and under which terms."""

    area = forms.ModelChoiceField(label=_("Area"), queryset=Area.objects.none())
    first_day = forms.DateField(label=_("from"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    last_day = forms.DateField(label=_("until"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    load = forms.IntegerField(
        label=_("Firms that a team of two visits on one day"), min_value=1, max_value=20, initial=3
    )
    most = forms.IntegerField(label=_("Most authorities that come together"), min_value=2, max_value=20, initial=3)

    def __init__(self, *args: Any, person: Person, **more: Any) -> None:
        super().__init__(*args, **more)
        for every in self.fields.values():
            every.label = capfirst(every.label)
        areas: Any = self.fields["area"]
        scope = areas_where(person, PROPOSE, on=timezone.localdate())
        areas.queryset = Area.objects.filter(path__in=scope.paths).order_by("path")
        if len(areas.queryset) == 1:
            areas.initial = areas.queryset[0]


def match_area(request: HttpRequest, pk: int, **_rest: Any) -> Area:
    """The area of a proposal. Whoever may not see it is told that there is none."""
    found = get_object_or_404(Match.objects.select_related("area"), pk=pk)
    if isinstance(request.user, Person) and not matches_seen(request.user, timezone.localdate()).filter(pk=pk).exists():
        raise Http404
    return found.area


@guarded(VIEW)
@require_safe
def matches(request: HttpRequest) -> HttpResponse:
    """Proposals, the latest first."""
    today = timezone.localdate()
    page = page_of(matches_seen(actor(request), today), request.GET, order=("-id",))
    context = {"page": page, "rows": page.rows, "may_ask": may(request.user, PROPOSE, on=today)}
    return render(request, "inspections/matches.html", context)


@guarded(PROPOSE)
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a proposal."""
    person = actor(request)
    form = AskForm(request.POST or None, person=person)
    if form.is_bound and form.is_valid():
        try:
            made = ask_match(**form.cleaned_data, by=person, at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            return redirect("inspections:match", made.pk)
    return render(request, "inspections/match_form.html", {"form": form}, status=422 if form.is_bound else 200)


@guarded(VIEW, area=match_area)
@require_safe
def match(request: HttpRequest, pk: int) -> HttpResponse:
    """A proposal: its gain, the visits, and who agreed."""
    person, today = actor(request), timezone.localdate()
    found = get_object_or_404(Match.objects.select_related("area", "asked_by"), pk=pk)
    page = page_of(visits_seen(found, person, today), request.GET, order=("day", "id"))
    own = authorities_of(person, today) if may(person, ANSWER, area=found.area, on=today) else frozenset()
    context = {
        "match": found, "reasons": recall(found.reasons), "page": page,
        "visits": [(visit, _parts(visit), _open(visit, own)) for visit in page.rows],
    }  # fmt: skip
    return render(request, "inspections/match.html", context)


def _parts(visit: MatchVisit) -> list[tuple[Authority, bool | None, str]]:
    """Each authority once, with what it said."""
    told = {part.authority_id: (part.authority, part.accepted, part.reason) for part in visit.parts.all()}
    return list(told.values())


def _open(visit: MatchVisit, own: frozenset[int]) -> list[Authority]:
    """The reader's authorities that have not answered yet, where the visit may still come about."""
    parts = visit.parts.all()
    if any(part.accepted is False for part in parts):
        return []
    waiting = {part.authority_id: part.authority for part in parts if part.accepted is None}
    return [authority for pk, authority in waiting.items() if pk in own]


@guarded(ANSWER, area=match_area)
@require_POST
def answer(request: HttpRequest, pk: int, visit: int) -> HttpResponse:
    """Say yes or no for one's own authority."""
    person = actor(request)
    found = get_object_or_404(MatchVisit, pk=visit, match=pk)
    chosen, own = request.POST.get("authority", ""), authorities_of(person, timezone.localdate())
    authority = next((one for one in Authority.objects.filter(pk__in=own) if str(one.pk) == chosen), None)
    if authority is None:
        raise Http404
    accepted, reason = request.POST.get("answer") == "yes", request.POST.get("reason", "")
    try:
        done = answer_visit(
            visit=found, authority=authority, accepted=accepted, reason=reason, by=person, at=timezone.now()
        )
    except Refusal as refusal:
        messages.error(request, " ".join(problem.say(gettext) for problem in refusal.problems))
    else:
        agreed = gettext("Everybody agreed: the tasks share this day now.")
        messages.success(request, agreed if done.agreed_at else gettext("Your answer was recorded."))
    return redirect("inspections:match", pk)
