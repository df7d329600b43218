"""A company's communities and what each came to: every deduction with its evidence, the tier and why, the way out."""

from datetime import timedelta
from itertools import groupby
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from mingjing.engine.outcome import Refusal
from mingjing.faces.portal.door import companies_only
from mingjing.faces.ui.paging import page_of
from mingjing.kernel.evidence.queries import exhibits_of
from mingjing.kernel.parties.mandates import Acting
from mingjing.programmes.assessments.models import Entry, Result
from mingjing.programmes.assessments.portal.forms import offered
from mingjing.programmes.assessments.portal.found import find_entry
from mingjing.programmes.assessments.portal.shown import grouped, tier_of
from mingjing.programmes.assessments.queries.accounts import Shown, shown
from mingjing.programmes.assessments.queries.contests import appeal_due, appealed
from mingjing.programmes.assessments.queries.decisions import decision_file
from mingjing.programmes.assessments.queries.form_papers import forms_for
from mingjing.programmes.assessments.queries.lists import decision_of
from mingjing.programmes.assessments.queries.own import Own, entries_for, own_of, shown_of
from mingjing.programmes.assessments.queries.replies import reply_to
from mingjing.programmes.assessments.queries.schemes import scheme_of


@companies_only
@require_safe
def communities(request: HttpRequest, acting: Acting) -> HttpResponse:
    """All of them, by round."""
    page = page_of(entries_for(acting), request.GET, order=("-round__first_day", "-round", "number"))
    rows = [_line(acting, own) for own in own_of(page.rows, timezone.now())]
    rounds = [(round_, list(group)) for round_, group in groupby(rows, key=lambda row: row["own"].entry.round)]
    return render(request, "assessments/portal/communities.html", {"page": page, "rounds": rounds})


def _line(acting: Acting, own: Own) -> dict[str, Any]:
    """A line of the list: without the result where it is about the work of another company."""
    theirs = acting.covers(own.judged.pk if own.judged else None)
    return {"own": own, "theirs": theirs, **(_tier(own) if theirs else {})}


def _tier(own: Own) -> dict[str, Any]:
    """The tier on the published list, else of the decision."""
    code = own.published.tier if own.published else own.result.tier if own.result else ""
    return tier_of(scheme_of(own.entry.round.scheme), code) if code else {}


@companies_only
@require_safe
def community(request: HttpRequest, acting: Acting, pk: int) -> HttpResponse:
    """Everything about one: where it stands and why, line by line, and what can be done."""
    entry = find_entry(acting, pk)
    context = _context(entry)
    context["whole"] = acting.covers(entry.company_id)
    context["reply"] = reply_to(entry)
    if row := context["own"].published:
        row.entry = entry
        context |= {"appeal": appealed(row), "appeal_until": appeal_due(row) - timedelta(seconds=1)}
        context |= {"now": timezone.now(), "forms": forms_for(acting, [entry.subject], {"appeal_form"})}
        context["offered"] = offered("communities", pk)
    return render(request, "assessments/portal/community.html", context)


@companies_only
@require_safe
def slip(request: HttpRequest, acting: Acting, pk: int) -> HttpResponse:
    """One sheet to print and to hang up: which repairs lead to which tier."""
    return render(request, "assessments/portal/slip.html", _context(find_entry(acting, pk)))


@companies_only
@require_safe
def decision(request: HttpRequest, acting: Acting, pk: int) -> HttpResponse:
    """The decision file: rules, sheet, arithmetic and proof, for `mingjing verify`."""
    entry = find_entry(acting, pk)
    if shown_of(entry, timezone.now()).result is None:
        raise Http404
    rows = Result.objects.select_related("replay__scheme", "entry")
    row = get_object_or_404(rows, replay=decision_of(entry.round), entry=entry)
    headers = {"Content-Disposition": f'attachment; filename="decision-{entry.pk}.json"'}
    try:
        return JsonResponse(decision_file(row), headers=headers)
    except Refusal as error:
        raise Http404 from error


def _context(entry: Entry) -> dict[str, Any]:
    """What both sheets show; without a result while the company is not to know it yet."""
    own = shown_of(entry, timezone.now())
    context: dict[str, Any] = {"entry": entry, "round": entry.round, "own": own}
    if own.result is None:
        return context
    try:
        about = shown(entry.round, entry)
    except Refusal:
        return context
    worked = about.worked
    context |= {"about": about, "row": about.row, "worked": worked, **_tier(own), "lines": _lines(about)}
    context["account"] = worked.account
    context["way_title"] = worked.way_out and tier_of(about.scheme, worked.way_out.tier)["tier"]
    context["class_title"] = about.scheme.classes[about.row.class_code]
    return context


def _lines(about: Shown) -> dict[str, list[dict[str, Any]]]:
    exhibits = {one.sha256: one for subject in about.subjects for one in exhibits_of(subject)}
    return grouped(about.worked.account.lines, exhibits)
