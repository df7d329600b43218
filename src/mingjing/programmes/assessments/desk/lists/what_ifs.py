"""What if another scheme had judged: ask it of a round or of a draft, follow the work, see who would change tier."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from mingjing.engine.outcome import Refusal, spoken
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.forms import refused
from mingjing.faces.ui.paging import page_of
from mingjing.kernel.jobs.queries import deliveries_about
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.guard import areas_where, guarded
from mingjing.kernel.places.models import Area
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.assessments.actions.what_ifs import JUDGED_IN, ask_what_if
from mingjing.programmes.assessments.desk.found import find_round, round_area
from mingjing.programmes.assessments.desk.lists.lists import shown_tier
from mingjing.programmes.assessments.desk.schemes import area_of, find_version
from mingjing.programmes.assessments.desk.shown import class_spreads
from mingjing.programmes.assessments.models import Replay, Result, Round, WhatIf
from mingjing.programmes.assessments.policy.what_ifs import differences
from mingjing.programmes.assessments.queries.results import scheme_behind, worked_out
from mingjing.programmes.assessments.queries.schemes import KIND, scheme_of
from mingjing.programmes.assessments.queries.what_ifs import (
    answers,
    before_and_after,
    changed,
    own_result,
    tiers_before,
)

ASK = "assessments.what_if.ask"


class VersionField(forms.ModelChoiceField):  # type: ignore[type-arg]  # takes none at run time
    """A version by the title of its scheme and its number."""

    def label_from_instance(self, obj: Version) -> str:
        state = "" if obj.is_published else f" · {gettext('Draft')}"
        return f"{spoken(obj.rulebook.title, gettext)} {obj.number}{state}"


class AskForm(forms.Form):
    """Which scheme is to judge which rounds."""

    scheme = VersionField(Version.objects.none(), label=_("Scheme version"))
    rounds = forms.ModelMultipleChoiceField(
        Round.objects.none(), label=_("Rounds"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any, *, schemes: Any, rounds: Any, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        for name, choices in (("scheme", schemes), ("rounds", rounds)):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = choices


def what_if_area(request: HttpRequest, what_if: int, *args: Any, **kwargs: Any) -> Area:
    """The district that a what-if was asked in."""
    return get_object_or_404(WhatIf.objects.select_related("area").defer("scheme_text"), pk=what_if).area


def _ask(request: HttpRequest, area: Area, initial: dict[str, Any]) -> HttpResponse:
    """The form for an area, and what became of it."""
    drafts = Version.objects.filter(rulebook__kind=KIND, rulebook__area=area, withdrawn_at=None)
    schemes = drafts.select_related("rulebook").defer("document").order_by("rulebook__code", "-number")
    rounds = Round.objects.filter(area=area, fieldwork_at__isnull=False).order_by("-first_day", "-id")
    form = AskForm(request.POST or None, schemes=schemes, rounds=rounds, initial=initial)
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            chosen = [*data["rounds"].select_related("area", "scheme")]
            asked = ask_what_if(scheme=data["scheme"], rounds=chosen, by=actor(request), at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, gettext("The question is being answered; no round is touched."))
            return redirect("assessments:what-if", asked.pk)
    context = {"form": form, "area": area, "any_round": rounds.exists(), "states": JUDGED_IN}
    return render(request, "assessments/lists/what_if_form.html", context, status=422 if form.is_bound else 200)


@guarded(ASK, area=round_area)
def of_round(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask what another scheme would have made of this round."""
    found = find_round(request, pk)
    return _ask(request, found.area, {"rounds": [found.pk]})


@guarded(ASK, area=area_of)
def of_scheme(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Ask what this version, a draft too, would have changed."""
    version = find_version(code, number)
    return _ask(request, version.rulebook.area, {"scheme": version.pk})


@guarded("assessments.round.view")
@require_safe
def what_ifs(request: HttpRequest) -> HttpResponse:
    """The what-ifs of the reader's areas, newest first."""
    scope = areas_where(request.user, "assessments.round.view", on=timezone.localdate())
    rows = scope.within(WhatIf.objects.select_related("scheme__rulebook", "requested_by", "area"))
    rows = rows.defer("scheme_text", "scheme__document").prefetch_related("rounds")
    return render(request, "assessments/lists/what_ifs.html", {"page": page_of(rows, request.GET, order=("-id",))})


@guarded("assessments.round.view", area=what_if_area)
@require_safe
def what_if(request: HttpRequest, what_if: int) -> HttpResponse:
    """What each round would have come to: totals by tier before and after, what could not be carried over."""
    asked = get_object_or_404(WhatIf.objects.select_related("scheme__rulebook", "area", "requested_by"), pk=what_if)
    replays, facts = answers(asked)
    rounds = [_answer(replay, facts.get(replay.pk)) for replay in replays]
    context: dict[str, Any] = {"asked": asked, "rounds": rounds, "running": not all(r.finished for r in replays)}
    if context["running"]:
        context["delivery"] = deliveries_about(asked.subject).filter(reaction="assessments.answer_what_if").first()
    return render(request, "assessments/lists/what_if.html", context)


def _answer(replay: Replay, fact: Fact | None) -> dict[str, Any]:
    context: dict[str, Any] = {"replay": replay, "round": replay.round}
    if not replay.completed_at or fact is None or replay.round is None:
        return context
    other, own = scheme_behind(replay), scheme_of(replay.round.scheme)
    after = class_spreads(other, fact.values["tiers"])
    before = class_spreads(own, tiers_before(replay, own))
    lost = fact.values["lost"]
    counts = {name: sum(found.values()) for name, found in lost.items()}
    return {
        **context, "changed": changed(replay).count(), "after": after, "before": before, "lost": lost,
        "counts": counts, "any_lost": any(counts.values()), "told": fact.values,
    }  # fmt: skip


def _completed(what_if: int, pk: int) -> Replay:
    related = ("round__area", "round__scheme__rulebook", "scheme__rulebook", "what_if__scheme__rulebook")
    answered = Replay.objects.select_related(*related).filter(what_if=what_if, completed_at__isnull=False)
    return get_object_or_404(answered, round=pk)


@guarded("assessments.round.view", area=what_if_area)
@require_safe
def moved(request: HttpRequest, what_if: int, pk: int) -> HttpResponse:
    """Who of one round would change tier: from, to, and why."""
    replay = _completed(what_if, pk)
    assert replay.round is not None
    other, own = scheme_behind(replay), scheme_of(replay.round.scheme)
    page = page_of(changed(replay).select_related("entry__place"), request.GET, order=("class_code", "index"))
    rows = [
        {
            "row": row,
            "was": shown_tier(own, row.expected_tier),
            "now": shown_tier(other, row.tier),
            "why": differences(first.account, then.account)[:3] if first else (),
            "reasons": then.decision.reasons,
        }
        for row, first, then in before_and_after(replay, page.rows)
    ]
    context = {"replay": replay, "round": replay.round, "asked": replay.what_if, "page": page, "rows": rows}
    return render(request, "assessments/lists/what_if_round.html", context)


@guarded("assessments.round.view", area=what_if_area)
@require_safe
def why(request: HttpRequest, what_if: int, pk: int, number: str) -> HttpResponse:
    """One community under both schemes: the reasons of both, and the lines that differ."""
    replay = _completed(what_if, pk)
    assert replay.round is not None
    rows = Result.objects.select_related("entry").filter(replay=replay)
    row = get_object_or_404(rows, entry__number=number)
    row.replay = replay
    assert row.entry is not None
    other, own = scheme_behind(replay), scheme_of(replay.round.scheme)
    first, then = own_result(replay.round, own, row.entry), worked_out(row)
    context = {
        "replay": replay, "round": replay.round, "asked": replay.what_if, "row": row, "first": first, "then": then,
        "was": shown_tier(own, row.expected_tier), "now": shown_tier(other, row.tier),
        "class_now": other.classes[row.class_code], "class_was": own.classes.get(row.entry.class_code),
        "differences": differences(first.account, then.account),
    }  # fmt: skip
    return render(request, "assessments/lists/what_if_community.html", context)
