"""The rows behind the figures of a report: of the published list, of a check, of orders, of objections and appeals."""

from collections import Counter
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from mingjing.engine.outcome import spoken
from mingjing.faces.ui.paging import page_of
from mingjing.kernel.cases.models import Case
from mingjing.kernel.parties.guard import guarded, may
from mingjing.kernel.proceedings.queries import Stands
from mingjing.programmes.assessments.desk.found import find_round, round_area
from mingjing.programmes.assessments.desk.lists.lists import TotalsForm, between, shown_tier, tier_choices
from mingjing.programmes.assessments.models import Listed
from mingjing.programmes.assessments.policy.procedures import DECISIONS
from mingjing.programmes.assessments.policy.reports import STATES, Order, state_of
from mingjing.programmes.assessments.queries.editions import newest_of
from mingjing.programmes.assessments.queries.lists import decision_of
from mingjing.programmes.assessments.queries.reports import DISPUTES, disputes_of, losers, orders_in
from mingjing.programmes.assessments.queries.results import scheme_behind
from mingjing.programmes.assessments.queries.schemes import scheme_of

TITLES = {"objection": _("Objections"), "appeal": _("Appeals")}


class ListedForm(TotalsForm):
    """Which rows of the published list."""

    tier = forms.ChoiceField(label=_("Tier"), required=False)
    class_code = forms.ChoiceField(label=_("Class"), required=False)

    def __init__(self, data: Any, tiers: list[tuple[str, str]], classes: list[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["tier"] = forms.ChoiceField(label=_("Tier"), required=False, choices=[("", _("All tiers")), *tiers])
        every = [("", _("All classes")), *classes]
        self.fields["class_code"] = forms.ChoiceField(label=_("Class"), required=False, choices=every)

    def chosen(self, rows: QuerySet[Listed]) -> QuerySet[Listed]:
        """Those of the rows that are asked for; all of them where the question makes no sense."""
        asked = self.cleaned_data if self.is_valid() else {}
        rows = rows.filter(**{name: asked[name] for name in ("tier", "class_code") if asked.get(name)})
        return between(rows, asked.get("low"), asked.get("high"))


@guarded("assessments.round.view", area=round_area)
@require_safe
def listed(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows of the published list, of one tier or class; before publication, what the round came to."""
    found = find_round(request, pk)
    edition = newest_of(found)
    if edition is None:
        return redirect("assessments:round-result", pk)
    scheme = scheme_behind(edition.replay)
    rows = edition.rows.select_related("entry", "company").order_by("index")
    counts = Counter(rows.order_by().values_list("tier", flat=True))
    classes = [(code, str(spoken(title, gettext))) for code, title in scheme.classes.items()]
    form = ListedForm(request.GET, tier_choices(scheme, counts), classes)
    page = page_of(form.chosen(rows), request.GET, order=("index",))
    shown = [{"row": row, "now": shown_tier(scheme, row.tier), "was": shown_tier(scheme, row.decided_tier)}
             for row in page.rows]  # fmt: skip
    context = {"round": found, "edition": edition, "form": form, "page": page, "rows": shown}
    return render(request, "assessments/reports/listed.html", context | {"filtered": form.is_asked()})


@guarded("assessments.round.view", area=round_area)
@require_safe
def check(request: HttpRequest, pk: int, class_code: str, check: str) -> HttpResponse:
    """Who of a class lost points on a check."""
    found = find_round(request, pk)
    decided = decision_of(found)
    scheme = scheme_behind(decided) if decided else scheme_of(found.scheme)
    if class_code not in scheme.rubrics or check not in scheme.rubrics[class_code].checks:
        raise Http404
    if decided is None:
        return redirect("assessments:round-result", pk)
    lost = losers(decided, class_code, check)
    rows = decided.results.without_sheets().select_related("entry").filter(index__in=lost)
    page = page_of(rows, request.GET, order=("index",))
    shown = [{"row": row, "steps": lost[row.index][0], "points": lost[row.index][1], **shown_tier(scheme, row.tier)}
             for row in page.rows]  # fmt: skip
    context = {"round": found, "page": page, "rows": shown, "check": scheme.rubrics[class_code].checks[check]}
    context |= {"class_title": scheme.classes[class_code], "count": len(lost)}
    return render(request, "assessments/reports/check.html", context)


class OrdersForm(forms.Form):
    """Which orders."""

    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All")), *((code, _(text)) for code, text in STATES.items())]
    )


@guarded("assessments.round.view", area=round_area)
@require_safe
def orders(request: HttpRequest, pk: int) -> HttpResponse:
    """The orders of the round, by what became of them."""
    found, now = find_round(request, pk), timezone.now()
    form = OrdersForm(request.GET)
    wanted = form.cleaned_data["state"] if form.is_valid() else ""
    cases = orders_in(found).select_related("site", "organisation").order_by("due_at", "id")
    told = [(case, state_of(_told(case), now)) for case in cases]
    chosen = [(case, STATES[state]) for case, state in told if not wanted or state == wanted]
    seen = may(request.user, "cases.case.view", area=found.area, on=timezone.localdate())
    context = {"round": found, "form": form, "rows": chosen, "seen": seen, "filtered": wanted}
    return render(request, "assessments/reports/orders.html", context)


def _told(case: Case) -> Order:
    return Order(case.due_at, case.claimed_at, case.closed_at, case.outcome)


class DisputesForm(forms.Form):
    """Which objections and appeals."""

    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All")), *TITLES.items()])
    outcome = forms.ChoiceField(
        label=_("Outcome"), required=False,
        choices=[("", _("All")), ("pending", _("Open")), *((code, _(text)) for code, text in DECISIONS.items())],
    )  # fmt: skip


@guarded("assessments.round.view", area=round_area)
@require_safe
def disputes(request: HttpRequest, pk: int) -> HttpResponse:
    """Objections and appeals with what came of each."""
    found = find_round(request, pk)
    form = DisputesForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    every = [_dispute(one) for one in disputes_of(found, timezone.now())]
    rows = [one for one in every if all(not value or one[name] == value for name, value in wanted.items())]
    context = {"round": found, "form": form, "rows": rows, "filtered": any(wanted.values())}
    return render(request, "assessments/reports/disputes.html", context)


def _dispute(one: Stands) -> dict[str, Any]:
    said = one.standing.said.get("decision", "")
    kind = one.proceeding.kind
    assert kind in DISPUTES
    title = DECISIONS[said] if said else ""
    return {"one": one, "kind": kind, "kind_title": TITLES[kind], "outcome": said or "pending", "said": title}
