"""The rules of the ranking on the desk: what is in force, drafts by their numbers, publishing one for good."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from mingjing.engine.outcome import Refusal
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.forms import refused
from mingjing.kernel.parties.guard import areas_where, guarded, may
from mingjing.kernel.places.models import Area, Level
from mingjing.kernel.rulebooks.actions import create_rulebook, publish_version, save_draft, start_draft
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.complaints.desk.forms import PublishForm, RulesForm
from mingjing.programmes.complaints.desk.shown import duties_of
from mingjing.programmes.complaints.policy.rules import KIND
from mingjing.programmes.complaints.queries.files import load_document, shipped_rules
from mingjing.programmes.complaints.queries.rulebooks import in_force, rules_of, versions_seen

VIEW, DRAFT, PUBLISH = "rulebooks.version.view", "rulebooks.version.draft", "rulebooks.version.publish"


MOST_AREAS = 50


def district(request: HttpRequest, code: int, **_rest: Any) -> Area:
    """The district whose rules are asked for."""
    return get_object_or_404(Area, code=str(code), level=Level.COUNTY)


@guarded(VIEW)
def rules(request: HttpRequest) -> HttpResponse:
    """The rules in force in the reader's districts, and every version."""
    today = timezone.localdate()
    scope = areas_where(request.user, VIEW, on=today)
    areas = [area for area in Area.objects.current().filter(level=Level.COUNTY) if scope.reaches(area)][:MOST_AREAS]
    drafting = areas_where(request.user, DRAFT, on=today)
    held = [(area, in_force(area, today), drafting.covers(area)) for area in areas]
    rows = [
        (version, next(area.code for area in areas if version.rulebook.area.contains(area)))
        for version in versions_seen(areas)
    ]
    return render(request, "complaints/rules.html", {"held": held, "versions": rows})


@guarded(DRAFT, area=district)
def draft(request: HttpRequest, code: int) -> HttpResponse:
    """Draft rules for a district: those in force (or those that ship) with other numbers."""
    area = district(request, code)
    base = in_force(area, timezone.localdate())
    document = base.content if base else load_document(shipped_rules()["default"])
    form = RulesForm(request.POST or None, initial=_numbers(document))
    if form.is_valid():
        try:
            made = _draft(request, area, base, _document(document, form.cleaned_data), form.cleaned_data["note"])
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, gettext("The draft was saved. It decides nothing before it is published."))
            return redirect("complaints:rules-version", code, made.pk)
    context = {"area": area, "form": form, "base": base}
    return render(request, "complaints/rules_form.html", context, status=422 if form.is_bound else 200)


def _draft(request: HttpRequest, area: Area, base: Version | None, document: dict[str, Any], note: str) -> Version:
    by, at = actor(request), timezone.now()
    own = Version.objects.filter(rulebook__kind=KIND, rulebook__area=area).order_by("-number").first()
    if own is None:
        titles = document["title"]
        return create_rulebook(
            kind=KIND, code=f"complaints-{area.code}", titles=titles, area=area, document=document, by=by, at=at
        )
    begun = start_draft(base=base if base and base.rulebook_id == own.rulebook_id else own, note=note, by=by, at=at)
    return save_draft(version=begun, document=document, expected_revision=begun.revision, by=by, at=at)


def _numbers(document: dict[str, Any]) -> dict[str, Any]:
    repeats, rank = document.get("repeats", {}), document.get("rank", {})
    return {
        "within_days": repeats.get("within_days"), "while_open": repeats.get("while_open"),
        "per_households": rank.get("per_households"), "least_households": rank.get("least_households"),
        "least_cases": rank.get("least_cases"), "top_percent": document.get("top", {}).get("percent"),
        "check_days": document.get("check", {}).get("working_days"),
    }  # fmt: skip


def _document(document: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
    repeats = document["repeats"] | {"within_days": data["within_days"], "while_open": data["while_open"]}
    names = ("per_households", "least_households", "least_cases")
    return document | {
        "repeats": repeats, "rank": document["rank"] | {name: data[name] for name in names},
        "top": {"percent": data["top_percent"]}, "check": {"working_days": data["check_days"]},
    }  # fmt: skip


@guarded(VIEW, area=district)
def version(request: HttpRequest, code: int, pk: int) -> HttpResponse:
    """One version of the rules in words, and publishing it."""
    area = district(request, code)
    found = get_object_or_404(Version.objects.select_related("rulebook__area"), pk=pk, rulebook__kind=KIND)
    if not found.rulebook.area.contains(area):
        raise Http404
    may_publish = found.is_draft and may(request.user, PUBLISH, area=found.rulebook.area, on=timezone.localdate())
    form = PublishForm(
        request.POST if request.method == "POST" and may_publish else None,
        initial={"effective_from": timezone.localdate(), "digest": found.digest},
    )
    if form.is_bound and form.is_valid() and _published(request, found, form):
        return redirect("complaints:rules")
    told = rules_of(found)
    context = {"area": area, "version": found, "rules": told, "duties": duties_of(told)[1:], "form": form}
    context |= {"may_publish": may_publish, "same": told.repeats.same}
    return render(request, "complaints/rules_version.html", context, status=422 if form.is_bound else 200)


def _published(request: HttpRequest, found: Version, form: PublishForm) -> bool:
    data = form.cleaned_data
    try:
        publish_version(
            version=found, effective_from=data["effective_from"], expected_digest=data["digest"], by=actor(request),
            at=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        refused(form, refusal)
        return False
    messages.success(request, gettext("The rules are published."))
    return True
