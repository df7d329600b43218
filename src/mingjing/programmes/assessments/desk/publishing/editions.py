"""From the settled cases to the published list, and after it: signatures, editions, their history, corrections."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from mingjing.engine.outcome import Problem, Refusal
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.forms import refused, sentence
from mingjing.faces.ui.paging import PAGE_SIZE, page_of
from mingjing.kernel.parties.guard import guarded
from mingjing.programmes.assessments.actions.editions import correct_list, publish_list, take_publication_step
from mingjing.programmes.assessments.desk.found import find_round, round_area
from mingjing.programmes.assessments.desk.lists.lists import shown_tier
from mingjing.programmes.assessments.desk.publishing.forms import CorrectionForm
from mingjing.programmes.assessments.desk.publishing.overview import first_unsettled, publication_of
from mingjing.programmes.assessments.desk.publishing.shown import clocks, timeline, way
from mingjing.programmes.assessments.desk.publishing.steps import Place, allowed, back, offered, step_page
from mingjing.programmes.assessments.models import Edition, Listed, Round
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.queries.editions import Moved, due, history, moved_in, newest_of
from mingjing.programmes.assessments.queries.listings import candidates_of
from mingjing.programmes.assessments.queries.lists import decision_of
from mingjing.programmes.assessments.queries.reopenings import REOPENING
from mingjing.programmes.assessments.queries.schemes import scheme_of

REFUSED = 422
PREPARE = dict.fromkeys(("public_notice", "public_objection", "public_reply"), "list.prepare")
CENTRE = {"signed_centre": "list.sign_centre"}
BUREAU = {"signed_bureau": "list.sign_bureau"}
ROUTES = {"signed_centre": "centre", "signed_bureau": "bureau"}


def _place(request: HttpRequest, pk: int) -> Place:
    found = find_round(request, pk)
    home = reverse("assessments:round-signing", args=[pk])

    def url(step: str) -> str:
        return reverse(f"assessments:signing-{ROUTES.get(step, 'prepare')}", args=[pk, step])

    return Place(found, publication_of(found), found.title, home, url)


@guarded("assessments.round.view", area=round_area)
@require_safe
def signing(request: HttpRequest, pk: int) -> HttpResponse:
    """The public notice, objections and answers, the signatures; everything that keeps the list from the public."""
    return _page(request, _place(request, pk))


def _page(request: HttpRequest, place: Place, problems: tuple[Problem, ...] = ()) -> HttpResponse:
    found, standing = place.round, place.stands.standing
    decided = decision_of(found)
    unsettled = first_unsettled(candidates_of(found, decided, timezone.now()) if decided else ())
    steps = offered(request, place, PREPARE | CENTRE | BUREAU) if decided and not unsettled["unsettled"] else []
    context: dict[str, Any] = {
        "round": found, "place": place, "decided": decided, "steps": steps,
        "timeline": timeline(request, place.stands), "way": way(standing), "clocks": list(clocks(standing)),
        "to_publish": "published" in standing.open and not unsettled["unsettled"], "newest": newest_of(found),
        "may_publish": allowed(request, "list.publish", found.area), "refused": [sentence(one) for one in problems],
        "may_back": allowed(request, "list.publish", found.area) and "published" not in standing.done,
        "back_name": "assessments:signing-back", **unsettled,
    }  # fmt: skip
    return render(request, "assessments/publishing/signing.html", context, status=REFUSED if problems else 200)


@guarded("assessments.list.prepare", area=round_area)
def prepare(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Begin the public notice, record an objection, answer it."""
    return _step(request, pk, step, PREPARE)


@guarded("assessments.list.sign_centre", area=round_area)
@require_POST
def sign_centre(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Sign as head of the centre."""
    return _step(request, pk, step, CENTRE)


@guarded("assessments.list.sign_bureau", area=round_area)
@require_POST
def sign_bureau(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Sign for the housing bureau."""
    return _step(request, pk, step, BUREAU)


def _step(request: HttpRequest, pk: int, step: str, codes: dict[str, str]) -> HttpResponse:
    place = _place(request, pk)

    def take(**brought: Any) -> object:
        return take_publication_step(round=place.round, **brought)

    return step_page(request, place, step, codes, take)


@guarded("assessments.list.publish", area=round_area)
@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish the list, or say everything that is missing."""
    place = _place(request, pk)
    try:
        edition = publish_list(round=place.round, by=actor(request), at=timezone.now())
    except Refusal as refusal:
        return _page(request, place, refusal.problems)
    messages.success(request, gettext("The list is published."))
    return redirect("assessments:edition", pk, edition.number)


@guarded("assessments.list.publish", area=round_area)
def take_back(request: HttpRequest, pk: int, act: int) -> HttpResponse:
    """Take a step towards publication back, for a reason."""
    return back(request, _place(request, pk), act)


@guarded("assessments.round.view", area=round_area)
@require_safe
def editions(request: HttpRequest, pk: int) -> HttpResponse:
    """Every edition of the list with what changed, and what makes another one due."""
    found = find_round(request, pk)
    newest = newest_of(found)
    context = _history(request, found, newest)
    context["form"] = CorrectionForm(initial={"number": newest.number if newest else 0})
    return render(request, "assessments/publishing/editions.html", context)


def _history(request: HttpRequest, found: Round, newest: Edition | None) -> dict[str, Any]:
    scheme = scheme_of(found.scheme)
    corrected = [
        {"edition": one.edition, "moved": [_moved(scheme, moved) for moved in one.moved], "count": one.count}
        for one in reversed(history(found, PAGE_SIZE))
    ]
    problems = due(found, timezone.now())
    return {
        "round": found, "newest": newest, "corrected": corrected,
        "first": Edition.objects.filter(round=found, number=1).select_related("published_by").first(),
        "due": [sentence(problem) for problem in problems[:PAGE_SIZE]], "due_more": len(problems) - PAGE_SIZE,
        "may_publish": allowed(request, "list.publish", found.area),
    }  # fmt: skip


def _moved(scheme: Scheme, moved: Moved) -> dict[str, Any]:
    was, now = shown_tier(scheme, moved.before.tier), shown_tier(scheme, moved.after.tier)
    return {"row": moved.after, "before": moved.before, "was": was, "now": now}


@guarded("assessments.list.publish", area=round_area)
@require_POST
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish the next edition with everything that is due."""
    found, form = find_round(request, pk), CorrectionForm(request.POST)
    if form.is_valid():
        try:
            edition = correct_list(round=found, **form.cleaned_data, by=actor(request), at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, gettext("The corrected list is published."))
            return redirect("assessments:edition", pk, edition.number)
    context = _history(request, found, newest_of(found)) | {"form": form}
    return render(request, "assessments/publishing/editions.html", context, status=REFUSED)


@guarded("assessments.round.view", area=round_area)
@require_safe
def edition(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """An edition as it was published: every community with its tier and, where it was moved, the reasons."""
    found = find_round(request, pk)
    one = get_object_or_404(Edition.objects.select_related("published_by", "cause"), round=found, number=number)
    scheme = scheme_of(found.scheme)
    counts = _counts(one, scheme)
    tier = request.GET.get("tier", "")
    moved = number > 1 and "moved" in request.GET
    wanted = moved_in(one) if moved else one.rows.filter(tier=tier) if tier in counts else one.rows.all()
    wanted = wanted.select_related("entry", "company", "proceeding")
    page = page_of(wanted, request.GET, order=("class_code", "standing", "index"))
    rows = [{"row": row, "reopened": _reopened(row), **shown_tier(scheme, row.tier)} for row in page.rows]
    figures = [(code, shown_tier(scheme, code), count) for code, count in counts.items()]
    newest = newest_of(found)
    context = {"round": found, "edition": one, "page": page, "rows": rows, "figures": figures, "newest": newest}
    context["part"] = moved or tier in counts
    context["may_receive"] = allowed(request, "appeal.receive", found.area) and newest == one
    return render(request, "assessments/publishing/edition.html", context)


def _reopened(row: Listed) -> int:
    """The filing whose case put the row where it stands; 0 where none did."""
    case = row.proceeding
    return int(case.subject.rpartition(":")[2]) if case and case.kind == REOPENING else 0


def _counts(edition: Edition, scheme: Scheme) -> dict[str, int]:
    """How many rows each tier has, the best tier first."""
    counts = {tier.code: 0 for tier in scheme.list_rules.tiers}
    for tier in edition.rows.values_list("tier", flat=True):
        counts[tier] = counts.get(tier, 0) + 1
    return counts
