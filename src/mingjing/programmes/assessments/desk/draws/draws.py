"""The draw of a round: planned and checked, committed to, seeds revealed, made, or called off."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mingjing.faces.desk.session import actor
from mingjing.kernel import registry
from mingjing.kernel.jobs.queries import deliveries_about
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.ledger.queries import newest
from mingjing.kernel.parties.guard import guarded, may
from mingjing.programmes.assessments.actions import draws as actions
from mingjing.programmes.assessments.desk.draws.answered import answered, done
from mingjing.programmes.assessments.desk.draws.forms import PlanForm, ReasonForm, RevealForm, SeedForm
from mingjing.programmes.assessments.desk.found import find_round, round_area
from mingjing.programmes.assessments.models import Draw, Round
from mingjing.programmes.assessments.queries import draws as queries
from mingjing.programmes.assessments.queries.draw_inputs import planned, prepare

__all__ = ["find_draw"]


def find_draw(pk: int, draw: int) -> Draw:
    """A draw of the round, with the round and its area; raises Http404."""
    return get_object_or_404(Draw.objects.select_related("round__area", "round__scheme__rulebook", "committed_by",
                                                         "revealed_by", "cancelled_by"), pk=draw, round=pk)  # fmt: skip


def _here(draw: Draw) -> str:
    return reverse("assessments:draw", args=[draw.round_id, draw.pk])


def _rights(request: HttpRequest, round: Round) -> dict[str, bool]:
    today = timezone.localdate()
    codes = {"manages": "draw.manage", "plans": "round.manage", "witnesses": "draw.witness", "sees_round": "round.view"}
    return {name: may(request.user, f"assessments.{code}", area=round.area, on=today) for name, code in codes.items()}


@guarded("assessments.round.view", area=round_area)
def overview(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan with everything that stands in its way, the draw that stands, and those called off."""
    round = find_round(request, pk)
    found = queries.draws_of(round)
    standing = next((draw for draw in found if not draw.cancelled_at), None)
    called_off = [draw for draw in found if draw.cancelled_at]
    context: dict[str, Any] = {"standing": standing, "called_off": called_off, "settings": planned(round)}
    if standing is None:
        context["prepared"] = prepare(round)
    return render(request, "assessments/draws/overview.html", {"round": round, **context, **_rights(request, round)})


@guarded("assessments.round.manage", area=round_area)
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Set the days, teams and sizes; what cannot be met is said while they are typed."""
    round = find_round(request, pk)
    form = PlanForm(request.POST or None, initial=_planned(round))
    if request.headers.get("HX-Request") == "true" and form.is_bound:
        settings = form.settings(round.title) if form.is_valid() else None
        checked = {"prepared": prepare(round, settings=settings) if settings else None, "form": form}
        return render(request, "assessments/draws/checks.html", checked)
    return answered(
        request, round, form, lambda _data: actions.plan_draw(round=round, settings=form.settings(round.title),
                                                              by=actor(request), at=timezone.now()),
        title=_("Plan the draw"), button=_("Save the plan"), message=_("The plan was saved."),
        back=reverse("assessments:round-draw", args=[pk]), template="assessments/draws/plan.html",
        prepared=prepare(round) if not form.is_bound and round.plan else None,
    )  # fmt: skip


def _planned(round: Round) -> dict[str, Any]:
    """The plan as the form shows it; days within the round and a first guess where there is none."""
    return (
        {**round.plan, "days": " ".join(round.plan["days"])} if round.plan else {"teams": 4, "team_size": 2, "most": 4}
    )


@guarded("assessments.draw.manage", area=round_area)
@require_POST
def commit(request: HttpRequest, pk: int) -> HttpResponse:
    """Close the inputs and commit to the house's own seed."""
    round = find_round(request, pk)
    here = reverse("assessments:round-draw", args=[pk])
    message = _("Committed: inputs and commitment stand in the ledger. Nothing can change any more.")
    return done(request, lambda: actions.commit_draw(round=round, by=actor(request), at=timezone.now()), message, here)


@guarded("assessments.draw.view", area=round_area)
def draw(request: HttpRequest, pk: int, draw: int) -> HttpResponse:
    """One draw from its commitment on: steps, seeds, what may be downloaded, and how to check all of it."""
    found, today = find_draw(pk, draw), timezone.localdate()
    seeds = list(found.seeds.select_related("holder").order_by("id"))
    person = actor(request)
    context = {
        "round": found.round, "draw": found, "seeds": seeds, "steps": _steps(found),
        "missing": [seed for seed in seeds if seed.holder_id and not seed.seed],
        "own_seed": next((seed for seed in seeds if seed.holder_id == person.pk), None),
        "delivery": deliveries_about(found.subject).filter(done_at=None).first(),
        "days": queries.days_open(found, today), "is_public": queries.is_public(found, today),
        "settings": queries.settings_of_draw(found), **queries.measures_of(found),
    }  # fmt: skip
    return render(request, "assessments/draws/draw.html", context | _rights(request, found.round))


def _steps(draw: Draw) -> Iterator[tuple[Fact, str, list[tuple[str, str]]]]:
    """The facts of a draw, oldest first, each with its title and the digests in it."""
    titles = registry.fact_kinds()
    for fact in reversed(newest(subject=draw.subject, limit=100)):
        values = fact.values
        shown = [(name, values[name]) for name in ("inputs_digest", "commitment", "document_digest") if name in values]
        yield fact, titles[fact.kind].title, [*shown, *((day["day"], day["digest"]) for day in values.get("days", ()))]


@guarded("assessments.draw.witness", area=round_area)
def add_seed(request: HttpRequest, pk: int, draw: int) -> HttpResponse:
    """A witness commits to a seed of their own, which stays in their hands."""
    found = find_draw(pk, draw)
    return answered(
        request, found.round, SeedForm(request.POST or None),
        lambda data: actions.add_seed(draw=found, **data, by=actor(request), at=timezone.now()),
        title=_("A seed of your own"), button=_("Commit to this seed"), draw=found, back=_here(found),
        message=_("Your commitment stands in the ledger. Keep the seed until it is asked for."),
        template="assessments/draws/seed.html",
    )  # fmt: skip


@guarded("assessments.draw.witness", area=round_area)
def reveal_seed(request: HttpRequest, pk: int, draw: int) -> HttpResponse:
    """A witness reveals their seed."""
    found = find_draw(pk, draw)
    seed = get_object_or_404(found.seeds.select_related("draw__round"), holder=actor(request))
    return answered(
        request, found.round, RevealForm(request.POST or None),
        lambda data: actions.reveal_seed(seed=seed, **data, by=actor(request), at=timezone.now()),
        title=_("Reveal your seed"), button=_("Reveal"), draw=found, back=_here(found),
        message=_("Your seed was taken. It stays sealed in the house until the last day of the draw."),
    )  # fmt: skip


@guarded("assessments.draw.manage", area=round_area)
@require_POST
def reveal(request: HttpRequest, pk: int, draw: int) -> HttpResponse:
    """All seeds are in: draw."""
    found = find_draw(pk, draw)
    message = _("The seeds are revealed; the draw is being made.")
    act = lambda: actions.reveal_draw(draw=found, by=actor(request), at=timezone.now())  # noqa: E731 - one line reads best
    return done(request, act, message, _here(found))


@guarded("assessments.draw.manage", area=round_area)
def cancel(request: HttpRequest, pk: int, draw: int) -> HttpResponse:
    """Call the draw off, saying why."""
    found = find_draw(pk, draw)
    if found.cancelled_at:
        return redirect(_here(found))
    return answered(
        request, found.round, ReasonForm(request.POST or None),
        lambda data: actions.cancel_draw(draw=found, **data, by=actor(request), at=timezone.now()),
        title=_("Call the draw off?"), button=_("Call the draw off"), danger=True, back=_here(found),
        message=_("The draw was called off; it stays to be seen, with your reason."),
        lead=_("It stays on the page and in the ledger for good, and is counted. Another draw has other seeds."),
    )  # fmt: skip
