"""Where a company stands: on which lists it is, and whether anything bars it from procurement today, and why.

The same answer as the procurement office gets (api.standing). Not here: what decides (policy.standing).
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from mingjing.faces.portal.door import companies_only
from mingjing.kernel.parties.mandates import Acting
from mingjing.kernel.parties.models import Organisation
from mingjing.programmes.assessments.models import Listed
from mingjing.programmes.assessments.policy.standing import answer
from mingjing.programmes.assessments.portal.shown import tier_of
from mingjing.programmes.assessments.queries.schemes import scheme_of
from mingjing.programmes.assessments.queries.standing import bars_of

MOST = 200
"""So many entries of published lists are told."""


@companies_only
@require_safe
def standing(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Each company with its bars of today and its entries on published lists; not for counsel of a single case."""
    if not acting.everything_of:
        raise Http404
    now, today = timezone.now(), timezone.localdate()
    companies = []
    for company in Organisation.objects.filter(pk__in=acting.everything_of).order_by("pk"):
        shown = {one.bar.pk: one for one in bars_of(company, now)}
        found = answer([one.value for one in shown.values()], today, now)
        companies.append((company, found, [shown[bar.key] for bar in found.bars]))
    context = {"companies": companies, "rows": _rows(acting), "today": today}
    return render(request, "assessments/portal/standing.html", context)


def _rows(acting: Acting) -> list[dict[str, object]]:
    """The entries in the newest edition of each list, the newest round first."""
    listed = Listed.objects.filter(company__in=acting.everything_of).select_related(
        "edition", "entry__round__scheme__rulebook"
    )
    newest: dict[int, Listed] = {}
    for row in listed.order_by("edition__number"):
        newest[row.entry_id] = row
    ordered = sorted(newest.values(), key=lambda row: (row.entry.round.first_day, row.entry.number), reverse=True)
    return [{"row": row, **tier_of(scheme_of(row.entry.round.scheme), row.tier)} for row in ordered[:MOST]]
