"""The list of rounds; opening one, changing a draft, handing one over."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from mingjing.engine.outcome import Refusal
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.forms import refused
from mingjing.faces.ui.paging import page_of
from mingjing.kernel.parties.guard import areas_where, guarded, may
from mingjing.kernel.parties.models import Person
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.assessments.actions import rounds as actions
from mingjing.programmes.assessments.desk.found import find_round, round_area
from mingjing.programmes.assessments.desk.rounds.forms import ChangeForm, HandoverForm, RoundForm
from mingjing.programmes.assessments.models import Round
from mingjing.programmes.assessments.queries.rounds import areas_for_rounds, leads_in, schemes_for_rounds

VIEW, MANAGE = "assessments.round.view", "assessments.round.manage"
REFUSED = 422


@guarded(VIEW)
def rounds(request: HttpRequest) -> HttpResponse:
    """The rounds of the reader's areas, newest first, each with how many communities are done."""
    today = timezone.localdate()
    seen = areas_where(request.user, VIEW, on=today).within(Round.objects.all())
    rows = seen.select_related("area", "lead", "scheme__rulebook").defer("scheme__document", "plan")
    page = page_of(rows, request.GET, order=("-first_day", "-id"))
    context = {
        "page": page,
        "counts": _counts([round_.pk for round_ in page.rows]),
        "may_manage": may(request.user, MANAGE, on=today),
    }
    return render(request, "assessments/rounds/rounds.html", context)


def _counts(keys: list[int]) -> dict[int, Any]:
    """By round how many communities take part and how many are done: one query for a page."""
    locked = Q(entries__records__purpose="first", entries__records__locked_at__isnull=False)
    standing = locked & Q(entries__records__voided_at=None)
    done = Count("entries", filter=Q(entries__not_assessed_at__isnull=False) | standing, distinct=True)
    found = Round.objects.filter(pk__in=keys).order_by().values("pk")
    return {row["pk"]: row for row in found.annotate(entries_=Count("entries", distinct=True), done=done)}


@guarded(MANAGE)
def add(request: HttpRequest) -> HttpResponse:
    """Open a round: it takes every current community of the area's register."""
    form = RoundForm(request.POST or None, **_choices(request))
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        data["scheme"] = _whole(data["scheme"])
        try:
            round_ = actions.open_round(**data, by=actor(request), at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, gettext("The round is open as a draft, with every community of the register."))
            return redirect("assessments:round", round_.pk)
    status = REFUSED if form.is_bound else 200
    return render(request, "assessments/rounds/round_form.html", {"form": form}, status=status)


def _choices(request: HttpRequest) -> dict[str, Any]:
    """What a new round can be of, by which scheme, and who may answer for it."""
    today, person = timezone.localdate(), actor(request)
    scope = areas_where(person, MANAGE, on=today)
    areas, schemes = areas_for_rounds(scope), schemes_for_rounds(scope)
    initial = {"area": areas.first(), "lead": person.pk, "scheme": schemes.first()}
    return {"areas": areas, "schemes": schemes, "leads": _people(leads_in(person, None, today)), "initial": initial}


def _people(people: list[Person]) -> Any:
    return Person.objects.filter(pk__in=[person.pk for person in people]).order_by("display_name")


def _whole(version: Version) -> Version:
    """The version with its rulebook and area: lists leave the document out."""
    return Version.objects.select_related("rulebook__area").get(pk=version.pk)


@guarded(MANAGE, area=round_area)
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a draft: its title, its period, or the version of the scheme; classes are proposed anew."""
    round_, today = find_round(request, pk), timezone.localdate()
    schemes = schemes_for_rounds(areas_where(request.user, MANAGE, on=today))
    asked = {"title": round_.title, "scheme": round_.scheme_id}
    days = {"first_day": round_.first_day, "last_day": round_.last_day}
    form = ChangeForm(request.POST or None, schemes=schemes, initial={**asked, **days})
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        data["scheme"] = _whole(data["scheme"])
        try:
            actions.change_round(round=round_, **data, by=actor(request), at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, gettext("The draft was changed, and every class proposed anew."))
            return redirect("assessments:round", pk)
    context = {"form": form, "round": round_}
    return render(request, "assessments/rounds/change.html", context, status=REFUSED if form.is_bound else 200)


@guarded(MANAGE, area=round_area)
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the round into the hands of another person, saying why; everybody sees who had it before."""
    round_ = find_round(request, pk)
    leads = [one for one in leads_in(actor(request), round_.area, timezone.localdate()) if one.pk != round_.lead_id]
    form = HandoverForm(request.POST or None, leads=_people(leads))
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.hand_over(round=round_, **form.cleaned_data, by=actor(request), at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            text = gettext("%(name)s answers for the round from now on.")
            messages.success(request, text % {"name": made.to_person})
            return redirect("assessments:round", pk)
    before = round_.handovers.select_related("from_person", "to_person", "by").order_by("-id")
    context = {"form": form, "round": round_, "handovers": before}
    return render(request, "assessments/rounds/handover.html", context, status=REFUSED if form.is_bound else 200)
