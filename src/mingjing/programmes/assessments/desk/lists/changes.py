"""What changed since the round before, and what stands near a cut-off."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from mingjing.engine.lists import Distribution
from mingjing.engine.outcome import spoken
from mingjing.engine.quantities import parse_points
from mingjing.faces.ui.paging import Page, page_of
from mingjing.kernel.parties.guard import guarded, may
from mingjing.programmes.assessments.desk.found import find_round, round_area
from mingjing.programmes.assessments.desk.lists.lists import shown_tier
from mingjing.programmes.assessments.models import Replay, Result, Round
from mingjing.programmes.assessments.policy.decisions import work_out
from mingjing.programmes.assessments.policy.edges import crowds, edges, one_more, uses_ranks
from mingjing.programmes.assessments.policy.moves import Move, compare, gone, tally
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.queries.lists import decision_of, nearest_first, round_before, stood
from mingjing.programmes.assessments.queries.results import distribution, scheme_behind, sheet_of

MOVE_TITLES = {
    "up": _("Moved up"),
    "down": _("Moved down"),
    "other": _("Into or out of a tier without a rank"),
    "new": _("New in the round"),
    "gone": _("No longer in the round"),
    "company": _("Another company"),
    "same": _("Same tier"),
}


class ChangesForm(forms.Form):
    """Which changes to list."""

    move = forms.ChoiceField(
        label=_("Change"), required=False, choices=[("", _("All changes of tier")), *MOVE_TITLES.items()]
    )
    class_code = forms.ChoiceField(label=_("Class"), required=False)

    def __init__(self, data: Any, classes: list[tuple[str, str]]) -> None:
        super().__init__(data)
        field = forms.ChoiceField(label=_("Class"), required=False, choices=[("", _("All classes")), *classes])
        self.fields["class_code"] = field


def _judged(request: HttpRequest, pk: int) -> tuple[Round, Replay, Scheme]:
    found = find_round(request, pk)
    decided = decision_of(found)
    if decided is None:
        raise Http404
    return found, decided, scheme_behind(decided)


@guarded("assessments.round.view", area=round_area)
@require_safe
def changes(request: HttpRequest, pk: int) -> HttpResponse:
    """Who moved up or down since the round before, who is new, who is gone, whose company changed."""
    found, decided, scheme = _judged(request, pk)
    earlier = round_before(found)
    before = decision_of(earlier) if earlier else None
    context: dict[str, Any] = {"round": found, "earlier": earlier, "scheme": scheme}
    if before:
        classes = [(code, str(spoken(title, gettext))) for code, title in scheme.classes.items()]
        form = ChangesForm(request.GET, classes)
        wanted = form.cleaned_data if form.is_valid() else {}
        context |= _changes(request, decided, before, wanted) | {"form": form, "filtered": any(wanted.values())}
    return render(request, "assessments/lists/changes.html", context)


def _changes(request: HttpRequest, now: Replay, before: Replay, wanted: dict[str, Any]) -> dict[str, Any]:
    scheme, old, move = scheme_behind(now), scheme_behind(before), wanted.get("move") or ""
    here, there = stood(now), stood(before)
    found, lost = list(compare(here.values(), there, scheme.list_rules, old.list_rules)), gone(here.values(), there)
    counts = tally(found)
    columns = [(code, MOVE_TITLES[code]) for code in ("up", "down", "other", "new", "company", "same")]
    table = [
        (title, [counts.get(code, {}).get(name, 0) for name, _title in columns])
        for code, title in scheme.classes.items()
    ]
    context: dict[str, Any] = {"columns": columns, "table": table, "gone_count": len(lost), "move": move}
    class_code = wanted.get("class_code")
    if move == "gone":
        chosen = [entry for entry in lost if not class_code or entry.class_code == class_code]
        page = _paged(request, before, {entry.result: entry for entry in chosen})
        return context | {"page": page, "rows": [{"was": shown_tier(old, row.tier), "row": row} for row in page.rows]}
    made = {one.now.result: one for one in found if _wanted(one, move, class_code)}
    page = _paged(request, now, made)
    return context | {"page": page, "rows": [_moved_row(scheme, old, row, made[row.pk]) for row in page.rows]}


def _paged(request: HttpRequest, replay: Replay, chosen: Mapping[int, object]) -> Page[Result]:
    rows = replay.results.without_sheets().select_related("entry").filter(pk__in=chosen)
    return page_of(rows, request.GET, order=("class_code", "standing", "index"))


def _wanted(move: Move, kind: str, class_code: str | None) -> bool:
    if class_code and move.now.class_code != class_code:
        return False
    if kind == "company":
        return move.company
    return move.kind == kind if kind else move.kind in ("up", "down", "other")


def _moved_row(scheme: Scheme, old: Scheme, row: Result, move: Move) -> dict[str, Any]:
    was = shown_tier(old, move.was.tier) if move.was else None
    return {"row": row, "move": move, "now": shown_tier(scheme, row.tier), "was": was}


ROWS = 20
"""Of those near a cut-off at a time: what would take each there is worked out when it is shown."""


class NearForm(forms.Form):
    """How near is near, in points."""

    within = forms.DecimalField(label=_("Within (points)"), min_value=0, max_value=100, decimal_places=2)


@guarded("assessments.round.view", area=round_area)
@require_safe
def near(request: HttpRequest, pk: int) -> HttpResponse:
    """Those whom a few points would take to another tier, and how totals crowd around the cut-offs."""
    found, decided, scheme = _judged(request, pk)
    form = NearForm({"within": request.GET.get("within") or "2.00"})
    within = parse_points(str(form.cleaned_data["within"])) if form.is_valid() else 200
    page = page_of(nearest_first(decided, within), request.GET, order=("nearest", "index"), size=ROWS)
    context: dict[str, Any] = {"round": found, "form": form, "within": within, "page": page}
    totals = {code: distribution(scheme, decided, code) for code in scheme.classes}
    context["rows"] = [_near_row(scheme, row, totals[row.class_code], within) for row in page.rows]
    context["crowds"] = [
        (title, crowds(scheme.list_rules, totals[code].counts, within)) for code, title in scheme.classes.items()
    ]
    context["may_see_alarms"] = may(request.user, "assessments.alarm.view", area=found.area, on=timezone.localdate())
    return render(request, "assessments/lists/near.html", context)


def _near_row(scheme: Scheme, row: Result, totals: Distribution, within: int) -> dict[str, Any]:
    """A result with its edges, each with what it would take: repairs to better, one more finding to worse."""
    sheet, rubric = sheet_of(scheme, row), scheme.rubrics[row.class_code]
    worked = work_out(scheme, row.class_code, row.key, sheet, totals)
    found, standing = worked.account.score, worked.decision.standing
    moved = totals if uses_ranks(scheme.list_rules) else None
    told = []
    for edge in edges(scheme, row.class_code, found, sheet.attributes, standing, moved):
        if edge.distance <= within:
            more = () if edge.better else one_more(rubric, sheet, found, edge)
            told.append({"edge": edge, **shown_tier(scheme, edge.tier), "more": more, "way": worked.way_out})
    return {"row": row, **shown_tier(scheme, row.tier), "edges": told}
