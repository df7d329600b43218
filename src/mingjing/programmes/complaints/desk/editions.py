"""Editions on the desk: the list, a ranking with what stands in its way, a community explained case by case."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from mingjing.engine.outcome import Refusal
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.forms import refused, searched, sentence
from mingjing.faces.ui.paging import page_of
from mingjing.kernel.db.search import matching
from mingjing.kernel.documents.models import Document
from mingjing.kernel.jobs.queries import deliveries_about
from mingjing.kernel.parties.guard import areas_where, guarded, may
from mingjing.kernel.places.models import Area
from mingjing.programmes.complaints.actions import editions as actions
from mingjing.programmes.complaints.actions.papers import issue_bulletin
from mingjing.programmes.complaints.desk.forms import EditionForm, ReasonForm
from mingjing.programmes.complaints.desk.found import districts, edition_area, find_edition
from mingjing.programmes.complaints.desk.shown import OUTCOMES, rate_text, rows_shown
from mingjing.programmes.complaints.models import Complaint, Edition
from mingjing.programmes.complaints.policy.editions import check_obstacles, publish_obstacles
from mingjing.programmes.complaints.queries.editions import case_keys, progress_of
from mingjing.programmes.complaints.queries.papers import BULLETIN
from mingjing.programmes.complaints.queries.rulebooks import rules_of

VIEW, MANAGE, PUBLISH = "complaints.edition.view", "complaints.edition.manage", "complaints.edition.publish"
SHOWN_CASES = 300
"""Complaints of one outcome that the page of a community lists; the rest are counted."""
STEPS = (("draft", _("Draft")), ("checking", _("Companies check")), ("published", _("Made public")))


@guarded(VIEW)
def editions(request: HttpRequest) -> HttpResponse:
    """The editions of the reader's districts, the latest period first."""
    today = timezone.localdate()
    scope = areas_where(request.user, VIEW, on=today)
    found = scope.within(Edition.objects.select_related("area", "corrects").prefetch_related("corrections"))
    page = page_of(found, request.GET, order=("-first_day", "-number", "-id"))
    context = {"page": page, "may_manage": may(request.user, MANAGE, on=today)}
    return render(request, "complaints/editions.html", context)


@guarded(MANAGE)
def add(request: HttpRequest) -> HttpResponse:
    """Open the edition of a period."""
    areas = districts(request, MANAGE)
    form = EditionForm(request.POST or None, areas=areas)
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            found = actions.open_edition(
                area=Area.objects.get(code=data["area"]), first_day=data["first_day"], last_day=data["last_day"],
                by=actor(request), at=timezone.now(),
            )  # fmt: skip
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, gettext("The edition was opened and is being ranked."))
            return redirect("complaints:edition", found.pk)
    context = {"form": form, "areas": areas}
    return render(request, "complaints/edition_form.html", context, status=422 if form.is_bound else 200)


@guarded(VIEW, area=edition_area)
def edition(request: HttpRequest, pk: int) -> HttpResponse:
    """The ranking, how far it is, and what stands in the way of its next step."""
    return _edition(request, find_edition(pk), ranked=True)


@guarded(VIEW, area=edition_area)
def unranked(request: HttpRequest, pk: int) -> HttpResponse:
    """The communities without a rank, with the reason."""
    return _edition(request, find_edition(pk), ranked=False)


def _edition(request: HttpRequest, found: Edition, *, ranked: bool) -> HttpResponse:
    rules, text = rules_of(found.rules), searched(request)
    rows = found.rows.filter(matching(text, "site__words"), rank__isnull=not ranked).defer("cases")
    page = page_of(rows, request.GET, order=("position",))
    context = frame(request, found) | {
        "page": page, "rows": rows_shown(page.rows, found, rules), "rules": rules, "ranked": ranked, "q": text,
        "outcomes": _outcomes(found), "bulletin": _bulletin(request, found),
    }  # fmt: skip
    return render(request, "complaints/edition.html", context)


def frame(request: HttpRequest, found: Edition) -> dict[str, Any]:
    """What every page of an edition shows: its state, the steps, what comes next, the tabs."""
    today, now = timezone.localdate(), progress_of(found)
    obstacles = check_obstacles(now) if found.state == "draft" else publish_obstacles(now, timezone.now())
    codes = {problem.code for problem in obstacles}
    reached = [code for code, _title in STEPS].index(found.state) if found.state != "discarded" else -1
    moments = (found.opened_at, found.checking_at, found.published_at)
    steps = [
        {"title": title, "at": at, "now": place == reached, "past": place < reached}
        for place, ((_code, title), at) in enumerate(zip(STEPS, moments, strict=True))
    ]
    shared = found.totals.get("tenth_share")
    return {
        "edition": found, "state": found.state, "steps": steps, "obstacles": obstacles,
        "must_rank": bool(codes & {"edition.stale", "edition.not_ranked"}), "check_again": "edition.not_seen" in codes,
        "working": deliveries_about(found.subject).unfinished().exists(),
        "share": None if shared is None else f"{shared / 10:.1f}",
        "unranked_count": found.totals.get("communities", 0) - found.totals.get("ranked", 0),
        "objection_count": found.objections.count(), "open_objections": now.open_objections,
        "newer": found.corrections.filter(discarded_at=None).first(),
        "may_manage": may(request.user, MANAGE, area=found.area, on=today),
        "may_publish": may(request.user, PUBLISH, area=found.area, on=today),
        "may_export": may(request.user, "complaints.edition.export", area=found.area, on=today),
    }  # fmt: skip


def _bulletin(request: HttpRequest, found: Edition) -> Document | None:
    """The bulletin that stands, where there is one and the reader may see it."""
    if found.published_at is None:
        return None
    scope = areas_where(request.user, "documents.document.view", on=timezone.localdate())
    papers = scope.within(Document.objects.standing().filter(kind=BULLETIN, subject=found.subject))
    return papers.order_by("-pk").first()


def _outcomes(found: Edition) -> list[tuple[Any, int]]:
    counts = found.totals.get("outcomes", {})
    return [(title, counts.get(code, 0)) for code, title in OUTCOMES.items()]


STEP_RIGHTS = {"rank": MANAGE, "check": MANAGE, "publish": PUBLISH, "discard": MANAGE}


@guarded(VIEW, area=edition_area)
@require_POST
def step(request: HttpRequest, pk: int) -> HttpResponse:
    """Rank an edition again, show it to the companies, publish it, or discard it."""
    found, wanted = find_edition(pk), request.POST.get("step", "")
    if wanted not in STEP_RIGHTS:
        raise Http404
    if not may(request.user, STEP_RIGHTS[wanted], area=found.area, on=timezone.localdate()):
        return render(request, "403.html", status=403)
    try:
        said = _take(request, found, wanted)
    except Refusal as refusal:
        for problem in refusal.problems:
            messages.error(request, sentence(problem))
    else:
        messages.success(request, said)
    return redirect("complaints:edition", pk)


def _take(request: HttpRequest, found: Edition, wanted: str) -> str:
    by, at = actor(request), timezone.now()
    match wanted:
        case "rank":
            actions.request_ranking(edition=found, by=by, at=at)
            return gettext("The edition is being ranked again.")
        case "check":
            actions.begin_check(edition=found, by=by, at=at)
            return gettext("The companies’ check has begun.")
        case "publish":
            actions.publish_edition(edition=found, by=by, at=at)
            return gettext("The edition is published. It can never be changed; a correction is a new edition.")
        case _:
            actions.discard_edition(edition=found, by=by, at=at)
            return gettext("The edition was discarded.")


@guarded(PUBLISH, area=edition_area)
@require_POST
def bulletin(request: HttpRequest, pk: int) -> HttpResponse:
    """Issue the bulletin of a published edition."""
    try:
        paper = issue_bulletin(edition=find_edition(pk), by=actor(request), at=timezone.now())
    except Refusal as refusal:
        for problem in refusal.problems:
            messages.error(request, sentence(problem))
        return redirect("complaints:edition", pk)
    return redirect("desk:document", paper.pk)


@guarded(PUBLISH, area=edition_area)
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a new edition that takes the place of a published one."""
    found, form = find_edition(pk), ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            made = actions.correct_edition(
                edition=found, reason=form.cleaned_data["reason"], by=actor(request), at=timezone.now()
            )
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, gettext("The correction was opened and is being ranked."))
            return redirect("complaints:edition", made.pk)
    context = frame(request, found) | {"form": form}
    return render(request, "complaints/edition_correct.html", context, status=422 if form.is_bound else 200)


@guarded(VIEW, area=edition_area)
def row(request: HttpRequest, pk: int, site: int) -> HttpResponse:
    """A community of an edition explained: which complaints counted, which did not and why."""
    found = find_edition(pk)
    shown = get_object_or_404(found.rows.select_related("site"), site=site)
    rules = rules_of(found.rules)
    groups: dict[str, list[tuple[int, int | None]]] = {}
    for outcome, key, first in case_keys(shown):
        groups.setdefault(outcome, []).append((key, first))
    wanted = {key for group in groups.values() for key, _first in group[:SHOWN_CASES]}
    wanted |= {first for group in groups.values() for _key, first in group[:SHOWN_CASES] if first}
    known = {one.pk: one for one in Complaint.objects.filter(pk__in=wanted).defer("words", "text")}
    objected = set(found.objections.filter(decided_at=None).values_list("complaint", flat=True))
    context = frame(request, found) | {
        "row": shown, "rate": rate_text(shown.rate, rules.decimals), "rules": rules, "objected": objected,
        "shown": rows_shown([shown], found, rules)[0],
        "groups": [
            {"code": code, "title": OUTCOMES[code], "count": len(groups[code]),
             "cases": sorted(((known[key], known.get(first or 0)) for key, first in groups[code][:SHOWN_CASES]),
                             key=lambda pair: (pair[0].opened_on, pair[0].pk))}
            for code in OUTCOMES if code in groups
        ],
    }  # fmt: skip
    return render(request, "complaints/edition_row.html", context)
