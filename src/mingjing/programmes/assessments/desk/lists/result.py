"""The result of a round: how far its decision is, what stands in its way, what it came to."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from mingjing.engine.outcome import Problem, Refusal
from mingjing.faces.desk.session import actor
from mingjing.kernel.jobs.queries import deliveries_about
from mingjing.kernel.parties.guard import guarded, may
from mingjing.programmes.assessments.actions.decisions import request_decision
from mingjing.programmes.assessments.desk.found import find_round, round_area
from mingjing.programmes.assessments.desk.rounds.overview import placed
from mingjing.programmes.assessments.desk.shown import class_spreads
from mingjing.programmes.assessments.models import Replay, Round
from mingjing.programmes.assessments.policy.rounds import STEPS, obstacles
from mingjing.programmes.assessments.queries.lists import decision_of, decision_underway, not_assessed, round_before
from mingjing.programmes.assessments.queries.results import completion_of
from mingjing.programmes.assessments.queries.rounds import facts_of
from mingjing.programmes.assessments.queries.schemes import scheme_of

FIRST = 5
"""How many of those not assessed the page names before it links to all of them."""


@guarded("assessments.round.view", area=round_area)
@require_safe
def result(request: HttpRequest, pk: int) -> HttpResponse:
    """What the round came to, or what is missing before it can be decided."""
    return _page(request, find_round(request, pk))


def _page(request: HttpRequest, found: Round, refused: tuple[Problem, ...] = ()) -> HttpResponse:
    context: dict[str, Any] = {"round": found, "decided": decision_of(found)}
    if context["decided"]:
        context |= _figures(found, context["decided"])
        today = timezone.localdate()
        context["may_see_alarms"] = may(request.user, "assessments.alarm.view", area=found.area, on=today)
    else:
        context |= _state(request, found, refused)
    absent = not_assessed(found)
    context |= {"absent": absent.order_by("number")[:FIRST], "absent_count": absent.count()}
    return render(request, "assessments/lists/result.html", context, status=422 if refused else 200)


def _figures(found: Round, decided: Replay) -> dict[str, Any]:
    fact = completion_of(decided)
    scheme = scheme_of(found.scheme)
    spreads = class_spreads(scheme, fact.values["tiers"])
    return {"fact": fact, "scheme": scheme, "spreads": spreads, "before": round_before(found)}


def _state(request: HttpRequest, found: Round, refused: tuple[Problem, ...]) -> dict[str, Any]:
    asked = decision_underway(found)
    facts = facts_of(found)
    missing = refused or (obstacles(STEPS["decide"], facts) if found.state != "deciding" else ())
    work = deliveries_about(found.subject).filter(reaction="assessments.decide_round").first() if asked else None
    may_decide = may(request.user, "assessments.round.freeze", area=found.area, on=timezone.localdate())
    return {
        "asked": asked, "delivery": work, "missing": [placed(found, problem) for problem in missing],
        "facts": facts, "may_decide": may_decide,
        "failed": asked is not None and asked.failed_at is not None and found.state == "review",
        "classes": scheme_of(found.scheme).classes.items(),
    }  # fmt: skip


@guarded("assessments.round.freeze", area=round_area)
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the round to be decided; the work goes on in the background."""
    found = find_round(request, pk)
    try:
        request_decision(round=found, by=actor(request), at=timezone.now())
    except Refusal as refusal:
        return _page(request, find_round(request, pk), refusal.problems)
    messages.success(request, gettext("The round is being decided. You can leave this page; the work goes on."))
    return redirect("assessments:round-result", pk)
