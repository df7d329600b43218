"""The overview of a round: where it stands, what its next step waits for, how far it is. And the steps themselves."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from mingjing.engine.outcome import Problem, Refusal
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.forms import sentence
from mingjing.kernel import registry
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.guard import guarded, may
from mingjing.programmes.assessments.actions import rounds as actions
from mingjing.programmes.assessments.desk.found import find_round, round_area
from mingjing.programmes.assessments.desk.rounds.forms import StepForm
from mingjing.programmes.assessments.models import STATES, Round
from mingjing.programmes.assessments.policy.rounds import next_step, obstacles
from mingjing.programmes.assessments.queries.progress import Happened, happened, progress_of
from mingjing.programmes.assessments.queries.rounds import facts_of, in_force_on
from mingjing.programmes.assessments.queries.schemes import scheme_of

REFUSED = 422
PAGES = {
    "overview": "round", "communities": "round-entries", "classes": "round-classes", "draw": "round-draw",
    "teams": "round-teams", "visits": "round-visits", "review": "round-review",
}  # fmt: skip
"""The page on which a problem with this place can be put right."""

TAKE = {
    "freeze": actions.freeze_round,
    "begin_fieldwork": actions.begin_fieldwork,
    "begin_review": actions.begin_review,
}


def rights(request: HttpRequest, round_: Round) -> dict[str, bool]:
    """What the reader may do with this round: one entry for each permission that its pages ask about."""
    asked = {
        "may_manage": "assessments.round.manage", "may_freeze": "assessments.round.freeze",
        "may_confirm": "assessments.class.confirm", "may_file": "assessments.filing.file",
        "may_decide": "assessments.filing.decide", "may_read_ledger": "ledger.fact.view",
    }  # fmt: skip
    today = timezone.localdate()
    return {name: may(request.user, code, area=round_.area, on=today) for name, code in asked.items()}


@guarded("assessments.round.view", area=round_area)
def overview(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the round stands, what comes next, how far it is and what is late."""
    return shown(request, find_round(request, pk))


def shown(request: HttpRequest, round_: Round, refused: tuple[Problem, ...] = ()) -> HttpResponse:
    """The overview, with what was refused."""
    scheme, facts, today = scheme_of(round_.scheme), facts_of(round_), timezone.localdate()
    step = next_step(round_.state)
    context: dict[str, Any] = {
        "round": round_,
        "steps": steps(round_),
        "step": step,
        "obstacles": [placed(round_, problem) for problem in obstacles(step, facts)] if step else [],
        "refused": [placed(round_, problem) for problem in refused],
        "progress": progress_of(round_, today),
        "classes": scheme.classes,
        "facts": facts,
        "recent": [told(entry) for entry in happened(round_)],
        "newer": _newer(round_),
        "today": today,
        "handover": round_.handovers.select_related("from_person").last(),
    }
    context |= rights(request, round_)
    return render(request, "assessments/rounds/round.html", context, status=REFUSED if refused else 200)


def steps(round_: Round) -> list[dict[str, Any]]:
    """The states in order, each with who brought the round there and when; `now` marks the present one."""
    people = (
        round_.opened_by, round_.frozen_by, round_.fieldwork_by, round_.review_by, round_.deciding_by, None
    )  # fmt: skip
    moments: tuple[datetime | None, ...] = (
        round_.opened_at, round_.frozen_at, round_.fieldwork_at, round_.review_at, round_.deciding_at,
        round_.decided_at,
    )  # fmt: skip
    state = round_.state
    return [
        {"code": code, "title": title, "by": by, "at": at, "now": code == state, "reached": at is not None}
        for (code, title), by, at in zip(STATES.items(), people, moments, strict=True)
    ]


def placed(round_: Round, problem: Problem) -> dict[str, str]:
    """What stands in the way, with the address at which it can be put right (empty: no page for it)."""
    try:
        url = reverse(f"assessments:{PAGES[problem.place]}", args=[round_.pk])
    except (KeyError, NoReverseMatch):
        url = ""
    return {"text": sentence(problem), "url": url if problem.place != "overview" else ""}


def told(entry: Happened) -> dict[str, Any]:
    """A fact of the round for a list: what happened, to which community or draw, when and by whom."""
    fact: Fact = entry.fact
    kind = registry.fact_kinds().get(fact.kind)
    return {"fact": fact, "title": kind.title if kind else fact.kind, "by": entry.by}


def _newer(round_: Round) -> int | None:
    """The number of the version in force on the first day, where a draft still has another."""
    number = in_force_on(round_.scheme, round_.first_day) if round_.state == "draft" else None
    return number if number != round_.scheme.number else None


@guarded("assessments.round.freeze", area=round_area)
@require_POST
def step(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the next step of the round, or say everything that stands in its way."""
    round_, form = find_round(request, pk), StepForm(request.POST)
    if not form.is_valid() or form.cleaned_data["step"] not in TAKE:
        messages.error(request, gettext("Nothing was changed. Tick the box to say that you know what the step does."))
        return redirect("assessments:round", pk)
    try:
        TAKE[form.cleaned_data["step"]](round=round_, by=actor(request), at=timezone.now())
    except Refusal as refusal:
        return shown(request, round_, refusal.problems)
    messages.success(request, gettext("Done. The step is in the ledger."))
    return redirect("assessments:round", pk)


@guarded("assessments.round.manage", area=round_area)
@require_POST
def roster(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the roster into a draft again."""
    round_ = find_round(request, pk)
    try:
        actions.take_roster(round=round_, by=actor(request), at=timezone.now())
    except Refusal as refusal:
        return shown(request, round_, refusal.problems)
    counts = Fact.objects.filter(subject=round_.subject, kind="assessments.round.roster_taken").latest("seq").values
    text = gettext("The roster was taken: {added} new, {changed} changed, {dropped} dropped.")
    messages.success(request, text.format(**counts))
    return redirect("assessments:round", pk)
