"""The report of a round on one page, to read, to print and to quote; and the alarms, for those who may know names."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from mingjing.engine.lists import UNDETERMINED
from mingjing.kernel.parties.guard import guarded, may
from mingjing.programmes.assessments.desk.found import find_round, round_area
from mingjing.programmes.assessments.desk.lists.lists import shown_tier
from mingjing.programmes.assessments.desk.reports.drawings import bars, columns
from mingjing.programmes.assessments.desk.reports.links import linked, of_bin
from mingjing.programmes.assessments.desk.shown import class_spreads
from mingjing.programmes.assessments.models import Round
from mingjing.programmes.assessments.policy.alarms import LEVEL, WINDOW, needed
from mingjing.programmes.assessments.policy.reports import MOST, STATES, ClassFigures
from mingjing.programmes.assessments.queries.overturns import overturns
from mingjing.programmes.assessments.queries.reports import Report, Totals, leanings_of, report_of, totals_of


@guarded("assessments.round.view", area=round_area)
@require_safe
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything of the round on one page, each figure leading to its rows; undecided, what the decision waits for."""
    found = report_of(find_round(request, pk), timezone.now())
    if found is None:
        return redirect("assessments:round-result", pk)
    return render(request, "assessments/reports/report.html", _frame(found.round, found) | _shown(found))


def _shown(found: Report) -> dict[str, Any]:
    """The figures as the page shows them: with titles, tones, pictures."""
    figures, scheme = found.figures, found.scheme
    spreads = {one.code: one for one in class_spreads(scheme, {one.code: one.tiers for one in figures.classes})}
    ranked = {tier.code for tier in scheme.list_rules.tiers if tier.ranked}
    return {
        "figures": figures,
        "sentences": tuple(linked(found)),
        "tiers": [
            {"code": code, "count": count, **shown_tier(scheme, code)}
            for code, (_title, count) in zip(_codes(found), figures.tiers, strict=True)
            if code in ranked or (count and code == UNDETERMINED)
        ],
        "classes": [
            {"figures": one, "title": scheme.classes[one.code], "picture": _picture(found, one),
             "spread": spreads[one.code], "crowds": found.crowds[one.code]}
            for one in figures.classes if one.count
        ],
        "lost": [{"one": one, "bar": bar, "class_title": scheme.classes[one.class_code]}
                 for one, bar in bars(figures.lost[:MOST])],
        "orders": [(code, title, figures.orders[code]) for code, title in STATES.items()],
        "given": sum(figures.orders.values()),
        "disputes": (("objection", figures.objections), ("appeal", figures.appeals)),
    }  # fmt: skip


def _picture(found: Report, one: ClassFigures) -> Mapping[str, Any]:
    return columns(one, [of_bin(found, one.code, row, last=row is one.bins[-1]) for row in one.bins])


def _codes(found: Report) -> list[str]:
    return [tier.code for tier in found.scheme.list_rules.tiers] + [UNDETERMINED]


def _frame(round_: Round, found: Totals) -> dict[str, Any]:
    tests = max(1, sum(len(crowds) for crowds in found.crowds.values()))
    return {
        "round": round_, "report": found, "edition": found.edition, "window": WINDOW, "level": LEVEL,
        "needed": needed(LEVEL / tests), "now": timezone.now(),
    }  # fmt: skip


@guarded("assessments.alarm.view", area=round_area)
@require_safe
def alarms(request: HttpRequest, pk: int) -> HttpResponse:
    """Totals heaped at a cut-off, and how each assessor's records lie; names for those who may know them."""
    found = totals_of(find_round(request, pk))
    if found is None:
        return redirect("assessments:round-result", pk)
    scheme = found.scheme
    names = may(request.user, "parties.person.view", area=found.round.area, on=timezone.localdate())
    people = leanings_of(found.round, found.decided, scheme)
    context = _frame(found.round, found) | {
        "crowds": [
            (scheme.classes[code], [{"found": one, "chance": _decimal(one.chance, 3)} for one in rows])
            for code, rows in found.crowds.items()
            if rows
        ],
        "overturned": overturns(found.round.area, timezone.now()),
        "people": [(who, one, _decimal(one.chance, 3), _decimal(one.expected, 1)) for who, one in people],
        "names": names,
    }
    return render(request, "assessments/reports/alarms.html", context)


def _decimal(value: Fraction, decimals: int) -> str:
    """A fraction for people to read; what would read as nothing says that it is less than the last decimal."""
    least = Fraction(1, 10**decimals)
    if 0 < value < least:
        return f"< {float(least):.{decimals}f}"
    return f"{float(value):.{decimals}f}"
