"""Complaints on the desk: a list to find and narrow, one complaint with its decisions, several decided at once."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from mingjing.engine.outcome import Refusal
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.forms import refused, searched, sentence
from mingjing.faces.ui.paging import page_of
from mingjing.kernel.parties.guard import Scope, areas_where, guarded, may
from mingjing.programmes.complaints.actions import decisions as actions
from mingjing.programmes.complaints.desk.forms import DecideForm, FilterForm
from mingjing.programmes.complaints.desk.found import complaint_area, find_complaint
from mingjing.programmes.complaints.desk.shown import duties_of, duty_title, sites_of, state_of, verdict
from mingjing.programmes.complaints.models import Complaint, ComplaintQuerySet
from mingjing.programmes.complaints.queries.complaints import narrowed, related_to
from mingjing.programmes.complaints.queries.rulebooks import rules_for

VIEW, DECIDE = "complaints.complaint.view", "complaints.complaint.decide"
MOST_AT_ONCE = 50


def _seen(scope: Scope) -> ComplaintQuerySet:
    return scope.within(Complaint.objects.all())  # type: ignore[return-value]  # keeps its class


@guarded(VIEW)
def complaints(request: HttpRequest) -> HttpResponse:
    """The complaints of the reader's districts: searched by community, pinyin, category or number, and narrowed."""
    today, text = timezone.localdate(), searched(request)
    scope = areas_where(request.user, VIEW, on=today)
    form = FilterForm(request.GET)
    asked = {name: value for name, value in form.cleaned_data.items() if value} if form.is_valid() else {}
    found = narrowed(_seen(scope).called(text), **asked).select_related("site", "area")
    page = page_of(found.defer("words", "text"), request.GET, order=("-opened_on", "-id"))
    rules: dict[int, Any] = {}
    rows = []
    for row in page.rows:
        known = rules.setdefault(row.area_id, rules_for(row.area, today) if row.area_id not in rules else None)
        rows.append((row, *state_of(row, known)))
    context = {"page": page, "rows": rows, "form": form, "q": text, "filtered": bool(asked or text)}
    context |= {
        "undecided": _seen(scope).undecided().count(),
        "may_decide": may(request.user, DECIDE, on=today),
        "may_take_in": may(request.user, "complaints.intake.manage", on=today),
    }
    return render(request, "complaints/complaints.html", context)


@guarded(VIEW, area=complaint_area)
def complaint(request: HttpRequest, pk: int) -> HttpResponse:
    """One complaint: what the hotline says, what people decided and why, what it repeats; and deciding on it."""
    found, today = find_complaint(pk), timezone.localdate()
    rules, sites = rules_for(found.area, today), sites_of(found.area)
    may_decide = may(request.user, DECIDE, area=found.area, on=today)
    form = DecideForm(
        request.POST if request.method == "POST" and may_decide else None,
        duties=duties_of(rules), sites=sites, initial=_initial(found, sites),
    )  # fmt: skip
    if form.is_bound and form.is_valid() and (answer := _decide(request, found, form)):
        return answer
    said = [gettext("Valid") if found.said_valid == "valid" else gettext("Invalid")] if found.said_valid else []
    said += [duty_title(rules, found.said_duty)] if found.said_duty else []
    decided = found.decisions.select_related("by", "site").order_by("-number")
    context = {
        "complaint": found, "state": state_of(found, rules), "said": said, "form": form, "sites": sites,
        "may_decide": may_decide, "rules": rules, "related": related_to(found, rules.repeats) if rules else [],
        "decisions": [(one, verdict(rules, one.verdict)) for one in decided],
    }  # fmt: skip
    return render(request, "complaints/complaint.html", context, status=422 if form.is_bound else 200)


def _initial(found: Complaint, sites: dict[str, int]) -> dict[str, str]:
    name = next((name for name, key in sites.items() if key == found.site_id), "")
    return {"validity": found.validity, "duty": found.duty, "community": name}


def _decide(request: HttpRequest, found: Complaint, form: DecideForm) -> HttpResponse | None:
    try:
        actions.decide(complaint=found, wanted=form.wanted, by=actor(request), at=timezone.now())
    except Refusal as refusal:
        refused(form, refusal)
        return None
    messages.success(request, gettext("The decision was recorded."))
    if "next" in request.POST and (following := _next(request, found)):
        return redirect("complaints:complaint", following.pk)
    return redirect("complaints:complaint", found.pk)


def _next(request: HttpRequest, found: Complaint) -> Complaint | None:
    scope = areas_where(request.user, DECIDE, on=timezone.localdate())
    return _seen(scope).undecided().exclude(pk=found.pk).order_by("-opened_on", "-pk").first()


@guarded(DECIDE, area=complaint_area)
@require_POST
def repeat(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a complaint repeats nothing, or let the rules decide again."""
    found, apart = find_complaint(pk), request.POST.get("apart") == "yes"
    try:
        actions.set_apart(
            complaint=found, apart=apart, reason=request.POST.get("reason", ""), by=actor(request), at=timezone.now()
        )
    except Refusal as refusal:
        for problem in refusal.problems:
            messages.error(request, sentence(problem))
    else:
        messages.success(request, gettext("The decision was recorded."))
    return redirect("complaints:complaint", pk)


@guarded(DECIDE)
def decide_selected(request: HttpRequest) -> HttpResponse:
    """The same decision on several complaints of one district, on all or on none."""
    data = request.POST if request.method == "POST" else request.GET
    keys = [int(key) for key in data.getlist("id") if key.isdecimal() and len(key) < 19][:MOST_AT_ONCE]
    scope = areas_where(request.user, DECIDE, on=timezone.localdate())
    chosen = list(_seen(scope).filter(pk__in=keys).select_related("area", "site").order_by("-opened_on", "-pk"))
    chosen = [row for row in chosen if row.area_id == chosen[0].area_id]
    if not chosen:
        messages.error(request, gettext("Choose complaints in the list first."))
        return redirect("complaints:complaints")
    rules, sites = rules_for(chosen[0].area, timezone.localdate()), sites_of(chosen[0].area)
    post = request.POST if request.method == "POST" else None
    form = DecideForm(post, duties=duties_of(rules), sites=sites, many=True)
    if form.is_bound and form.is_valid() and (answer := _decide_all(request, chosen, form)):
        return answer
    context = {"chosen": chosen, "form": form, "sites": sites}
    return render(request, "complaints/decide.html", context, status=422 if form.is_bound else 200)


def _decide_all(request: HttpRequest, chosen: list[Complaint], form: DecideForm) -> HttpResponse | None:
    try:
        done = actions.decide_many(complaints=chosen, wanted=form.wanted, by=actor(request), at=timezone.now())
    except Refusal as refusal:
        refused(form, refusal)
        return None
    text = ngettext("%(done)d complaint was decided on.", "%(done)d complaints were decided on.", done)
    messages.success(request, text % {"done": done})
    return redirect(f"{reverse('complaints:complaints')}?state=undecided")
