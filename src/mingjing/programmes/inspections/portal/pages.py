"""What an enterprise's people read: visits, notices, load against the caps, the fixed code. Not here: handing in."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from mingjing.faces.portal.door import actor, companies_only
from mingjing.faces.ui.codes import qr
from mingjing.faces.ui.paging import page_of
from mingjing.kernel.parties.mandates import Acting
from mingjing.kernel.places.models import EntryCode
from mingjing.kernel.submissions.models import Submission
from mingjing.programmes.inspections.actions.outside import issue_feed, revoke_feed
from mingjing.programmes.inspections.models import Feed
from mingjing.programmes.inspections.models.warnings import Severity
from mingjing.programmes.inspections.queries.own import (
    entries_for,
    entry_for,
    firms_for,
    loads_for,
    notices_for,
    said_for,
    task_for,
    warnings_about,
)
from mingjing.programmes.inspections.queries.packs import rules_in
from mingjing.programmes.inspections.queries.ratings import code_of, visit_of_code, word_of

MOST = 20


@companies_only
@require_safe
def visits(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Who came and who comes, this year's load of one firm (`firm`, else the first), what was refused."""
    today, asked = timezone.localdate(), request.GET.get("firm", "")
    firms = list(firms_for(acting).order_by("organisation__name", "pk")[:MOST])
    chosen = next((one for one in firms if str(one.pk) == asked), firms[0] if firms else None)
    page = page_of(entries_for(acting), request.GET, order=("-recorded_at", "-id"))
    context = {
        "page": page, "firms": firms, "firm": chosen, "loads": loads_for(chosen, today) if chosen else (),
        "today": today, "notices": list(notices_for(acting, today)[:MOST]),
        "said": list(said_for(acting)[:MOST]),
    }  # fmt: skip
    return render(request, "inspections/portal/visits.html", context)


@companies_only
@require_safe
def visit(request: HttpRequest, acting: Acting, pk: int) -> HttpResponse:
    """One visit: what the gate said, what was inspected and found, what followed, which warnings count it."""
    entry = entry_for(acting, pk)
    if entry is None:
        raise Http404
    titles = {rule.code: rule.title for rule in rules_in(entry.firm.area).pack.rules}
    raised = [(one, Severity(one.level).label, titles.get(one.rule, "")) for one in warnings_about(entry)]
    handed = Submission.objects.filter(about=entry.subject, organisation=entry.firm.organisation_id).order_by("at")
    answers = [(one["rule"], titles.get(one["rule"], "")) for one in entry.answers if "rule" in one]
    context = {"entry": entry, "warnings": raised, "handed": list(handed), "answers": answers}
    if entry.visit.left_at and visit_of_code(code := code_of(entry), timezone.localdate()):
        context["rating"], context["word"] = code, word_of(entry.firm)
    return render(request, "inspections/portal/visit.html", context)


@companies_only
@require_safe
def notice(request: HttpRequest, acting: Acting, pk: UUID) -> HttpResponse:
    """A visit that is to come: who, when, for what, and that it may be refused."""
    task = task_for(acting, pk)
    if task is None:
        raise Http404
    return render(request, "inspections/portal/notice.html", {"task": task, "today": timezone.localdate()})


@companies_only
@require_safe
def code(request: HttpRequest, acting: Acting, pk: int) -> HttpResponse:
    """The firm's fixed code, to print and put up at the door."""
    firm = get_object_or_404(firms_for(acting), pk=pk)
    known = EntryCode.objects.filter(site=firm.site_id, withdrawn_at=None).first() if firm.site_id else None
    address = request.build_absolute_uri(reverse("inspections_board:firm-door", args=[known.code])) if known else ""
    picture = qr(address, gettext("Fixed code of {firm}").format(firm=firm)) if known else ""
    return render(
        request,
        "inspections/portal/code.html",
        {"firm": firm, "known": known, "picture": picture, "address": address, "word": word_of(firm)},
    )


@companies_only
def calendar(request: HttpRequest, acting: Acting, pk: int) -> HttpResponse:
    """The firm's calendar: have an address made, which ends the one before and is told this once, or withdraw it."""
    firm, by, now = get_object_or_404(firms_for(acting), pk=pk), actor(request), timezone.now()
    standing = Feed.objects.filter(firm=firm, revoked_at=None).first()
    address, what = "", request.POST.get("what") if request.method == "POST" else None
    if what == "withdraw" and standing:
        revoke_feed(feed=standing, by=by, at=now)
    if what == "withdraw":
        return redirect("inspections_portal:calendar", pk)
    if what == "make":
        standing, secret = issue_feed(firm=firm, by=by, at=now)
        address = request.build_absolute_uri(reverse("inspections_api:calendar", args=[secret]))
    context = {"firm": firm, "feed": standing, "address": address}
    return render(request, "inspections/portal/calendar.html", context)
