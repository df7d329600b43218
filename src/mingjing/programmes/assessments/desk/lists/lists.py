"""The list of a class of a round, and those who could not be assessed."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeVar

from django import forms
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from mingjing.engine.outcome import spoken
from mingjing.engine.quantities import HUNDREDTHS
from mingjing.faces.ui.paging import page_of
from mingjing.kernel.db.search import matching
from mingjing.kernel.parties.guard import guarded
from mingjing.programmes.assessments.desk.found import find_round, round_area
from mingjing.programmes.assessments.desk.shown import tier_title, tones
from mingjing.programmes.assessments.models import Entry, Replay, Result, Round
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.queries.lists import before_of, decision_of, listed, not_assessed, round_before
from mingjing.programmes.assessments.queries.results import Overtaken, completion_of, overtaken_among, scheme_behind
from mingjing.programmes.assessments.queries.schemes import scheme_of

Found = TypeVar("Found", bound=Model)


class TotalsForm(forms.Form):
    """Between which totals, both included: as the columns of a picture lead here. Unfilled fields ask for nothing."""

    low = forms.DecimalField(label=_("Total from"), required=False, max_digits=7, decimal_places=2)
    high = forms.DecimalField(label=_("Total to"), required=False, max_digits=7, decimal_places=2)

    def is_asked(self) -> bool:
        """Whether anything is."""
        return self.is_valid() and any(value not in ("", None) for value in self.cleaned_data.values())


def between(rows: QuerySet[Found], low: Decimal | None, high: Decimal | None) -> QuerySet[Found]:
    """Rows with a total from `low` to `high` points, where these say anything."""
    if low is not None:
        rows = rows.filter(total__gte=int(low * HUNDREDTHS))
    return rows if high is None else rows.filter(total__lte=int(high * HUNDREDTHS))


class ListForm(TotalsForm):
    """Which results of a class to list."""

    tier = forms.ChoiceField(label=_("Tier"), required=False)
    q = forms.CharField(label=_("Name, pinyin or number"), required=False, max_length=100)

    def __init__(self, data: Any, tiers: list[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["tier"] = forms.ChoiceField(label=_("Tier"), required=False, choices=[("", _("All tiers")), *tiers])


@guarded("assessments.round.view", area=round_area)
@require_safe
def listing(request: HttpRequest, pk: int, class_code: str) -> HttpResponse:
    """The list of one class by rank; before the decision, its communities with what is known of each."""
    found = find_round(request, pk)
    scheme, decided = scheme_of(found.scheme), decision_of(found)
    if class_code not in scheme.classes:
        raise Http404
    counts = completion_of(decided).values["tiers"].get(class_code, {}) if decided else {}
    form = ListForm(request.GET, tier_choices(scheme, counts))
    wanted = form.cleaned_data if form.is_valid() else {}
    context: dict[str, Any] = {"round": found, "scheme": scheme, "form": form, "class_code": class_code}
    context |= {"decided": decided, "filtered": form.is_asked(), "classes": scheme.classes.items()}
    context["class_title"] = scheme.classes[class_code]
    if decided:
        rows = listed(decided, class_code, wanted.get("tier", ""), wanted.get("q", "")).defer(None)
        page = page_of(between(rows, wanted.get("low"), wanted.get("high")), request.GET, order=("standing", "index"))
        overtaken = overtaken_among(scheme, decided, class_code, page.rows)
        context |= {"page": page, "rows": told(found, scheme, page.rows, overtaken), "before": round_before(found)}
    else:
        context["page"] = page_of(_unjudged(found, class_code, wanted.get("q", "")), request.GET, order=("number",))
    return render(request, "assessments/lists/list.html", context)


def _unjudged(found: Round, class_code: str, text: str) -> Any:
    entries = Entry.objects.filter(round=found, class_code=class_code).select_related("place")
    return entries.filter(matching(text, codes=["number"])) if text.strip() else entries


def tier_choices(scheme: Scheme, counts: dict[str, int]) -> list[tuple[str, str]]:
    """The tiers that occur, best first, with how many there are of each."""
    codes = sorted(counts, key=lambda code: (scheme.list_rules.place(code), code))
    titles = ((code, spoken(tier_title(scheme.list_rules, code), gettext)) for code in codes)
    return [(code, f"{title} ({counts[code]})") for code, title in titles]


def told(
    found: Round, scheme: Scheme, rows: tuple[Result, ...], overtaken: Mapping[int, Overtaken]
) -> list[dict[str, Any]]:
    """Rows of a list with the words and tones of their tiers, why a better rank has a lower one, and what they were."""
    earlier = round_before(found)
    before = decision_of(earlier) if earlier else None
    were = before_of(rows, before)
    return [
        {
            "result": row,
            "entry": row.entry,
            **shown_tier(scheme, row.tier),
            "overtaken": overtaken.get(row.pk),
            "was": _was(row, were.get(row.entry.community_id) if row.entry else None, before),
        }
        for row in rows
    ]


def shown_tier(scheme: Scheme, code: str) -> dict[str, Any]:
    """A tier as pages show it."""
    rules = scheme.list_rules
    return {"tier": tier_title(rules, code), "tone": tones(rules).get(code, "plain")}


def _was(row: Result, earlier: Result | None, before: Replay | None) -> dict[str, Any] | None:
    """What a community was before, as far as it says anything: the tier, and the difference of the totals."""
    if earlier is None or before is None:
        return None
    comparable = row.total is not None and earlier.total is not None
    difference = (row.total or 0) - (earlier.total or 0) if comparable else None
    changed = earlier.tier != row.tier
    return {**shown_tier(scheme_behind(before), earlier.tier), "difference": difference, "changed": changed}


@guarded("assessments.round.view", area=round_area)
@require_safe
def absent(request: HttpRequest, pk: int) -> HttpResponse:
    """Those who were not assessed, each with the reason."""
    found = find_round(request, pk)
    page = page_of(not_assessed(found), request.GET, order=("number", "id"))
    return render(request, "assessments/lists/absent.html", {"round": found, "page": page})
