"""What follows the listing of one community: its measures, recommendation and commendation, orders, row and bars."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from mingjing.kernel.parties.guard import guarded
from mingjing.programmes.assessments.desk.found import find_round, round_area
from mingjing.programmes.assessments.desk.measures.shown import exhibits_by_name, lines, rights
from mingjing.programmes.assessments.models import Bar, Entry, Round
from mingjing.programmes.assessments.policy.measures import EXIT, MEASURES, REWARD, gaps
from mingjing.programmes.assessments.policy.standing import why
from mingjing.programmes.assessments.queries.measures import Followed, facts_of, followed
from mingjing.programmes.assessments.queries.schemes import scheme_of
from mingjing.programmes.assessments.queries.standing import bars_shown

__all__ = ["KINDS", "entry", "find_followed"]

KINDS = (MEASURES, EXIT, REWARD)


def find_followed(request: HttpRequest, pk: int, number: str) -> tuple[Round, Followed]:
    """The round, and what follows the listing of its entry with that number; raises Http404."""
    round_ = find_round(request, pk)
    related = ("round__scheme", "round__area", "round__lead", "stratum", "company", "engagement")
    found = get_object_or_404(Entry.objects.select_related(*related), round=pk, number=number)
    return round_, followed([found], timezone.now())[found.pk]


@guarded("assessments.measure.view", area=round_area)
@require_safe
def entry(request: HttpRequest, pk: int, number: str) -> HttpResponse:
    """Everything that follows from where one community stands on the published list, and the next steps."""
    round_, one = find_followed(request, pk, number)
    now = timezone.now()
    names = {name for stands in one.proceedings.values() for taken in stands.steps for name in taken.exhibits}
    exhibits = exhibits_by_name(request, names)
    tiers = {tier.code: tier.title for tier in scheme_of(one.entry.round.scheme).list_rules.tiers}
    bars = bars_shown(Bar.objects.filter(entry=one.entry).select_related("company", "entry__round"), now)
    context: dict[str, Any] = {
        "round": round_, "entry": one.entry, "one": one, "listed": one.listed, **rights(request, round_.area),
        "tier": tiers.get(one.listed.tier) if one.listed else None, "now": now,
        "kinds": [(kind, lines(one, kind, exhibits)) for kind in KINDS if kind in one.proceedings],
        "bars": [(shown, why(shown.value, timezone.localdate(now), now)) for shown in bars],
        "reward_open": one.commended and REWARD not in one.proceedings,
        "exit_open": EXIT not in one.proceedings and not gaps(EXIT, "proposed", facts_of(one, EXIT, "proposed")),
        "changed": one.entry.engagement is not None and one.entry.engagement.last_day is not None,
    }  # fmt: skip
    return render(request, "assessments/measures/entry.html", context)
