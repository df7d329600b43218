"""Schemes to read: the list, the versions of one, a version in tables, what changed between two, the workbook.

Writing drafts and publishing are in `drafts`.
"""

from typing import Any, cast

from django.db.models import Count, Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language

from mingjing.engine.outcome import Refusal
from mingjing.faces.ui.paging import page_of
from mingjing.kernel.parties.guard import areas_where, guarded, may
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.rulebooks.models import Rulebook, Version
from mingjing.programmes.assessments.desk.shown import class_sections, extras, rule_lines
from mingjing.programmes.assessments.policy.changes import changes
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.policy.workbook import write_workbook
from mingjing.programmes.assessments.queries.schemes import KIND, scheme_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def actor(request: HttpRequest) -> Person:
    """Who asks; the guard lets nobody else in."""
    return cast(Person, request.user)


def find_rulebook(code: str) -> Rulebook:
    """The scheme's rulebook with its area, or a 404."""
    return get_object_or_404(Rulebook.objects.select_related("area"), kind=KIND, code=code)


def find_version(code: str, number: int) -> Version:
    """One version of a scheme, or a 404."""
    related = ("created_by", "changed_by", "published_by", "withdrawn_by", "rulebook__area", "based_on")
    versions = Version.objects.select_related(*related).filter(rulebook__kind=KIND)
    return get_object_or_404(versions.defer("based_on__document"), rulebook__code=code, number=number)


def area_of(request: HttpRequest, code: str, **_rest: Any) -> Area:
    """The area that a scheme belongs to: for the guard."""
    return find_rulebook(code).area


def readable(request: HttpRequest, rulebook: Rulebook) -> Rulebook:
    """The rulebook, if its rules are the reader's: of their own areas, or of one above; raises Http404 otherwise."""
    if not areas_where(request.user, "rulebooks.version.view", on=timezone.localdate()).reaches(rulebook.area):
        raise Http404
    return rulebook


@guarded("rulebooks.version.view")
def schemes(request: HttpRequest) -> HttpResponse:
    """Every scheme of the reader's areas, or of one above, with the version in force today and its drafts."""
    today = timezone.localdate()
    in_force = Version.objects.in_force(today).without_documents()
    drafts = Count("versions", filter=Q(versions__published_at=None, versions__withdrawn_at=None))
    scope = areas_where(request.user, "rulebooks.version.view", on=today)
    books = scope.reached(Rulebook.objects.filter(kind=KIND)).select_related("area").annotate(drafts=drafts)
    found = books.prefetch_related(Prefetch("versions", in_force, to_attr="in_force"))
    may_draft = may(request.user, "rulebooks.version.draft", on=today)
    page = page_of(found, request.GET, order=("code", "id"))
    return render(request, "assessments/schemes.html", {"page": page, "may_draft": may_draft})


@guarded("rulebooks.version.view")
def scheme(request: HttpRequest, code: str) -> HttpResponse:
    """One scheme: its versions, which one is in force, and any two of them to compare."""
    rulebook = readable(request, find_rulebook(code))
    versions = rulebook.versions.without_documents().select_related(
        "changed_by", "published_by", "withdrawn_by", "based_on"
    )
    page = page_of(versions.defer("based_on__document"), request.GET, order=("-number",))
    in_force = Version.objects.in_force(timezone.localdate()).filter(rulebook=rulebook).values_list("pk", flat=True)
    context = {"rulebook": rulebook, "page": page, "in_force": in_force.first()}
    return render(request, "assessments/scheme.html", context)


@guarded("rulebooks.version.view")
def version(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One version, all of it, in tables."""
    found = find_version(code, number)
    readable(request, found.rulebook)
    context: dict[str, Any] = {"version": found, "rulebook": found.rulebook, **_rights(request, found)}
    try:
        context |= _sections(scheme_of(found))
    except Refusal as refusal:
        context["faults"] = refusal.problems
    return render(request, "assessments/version.html", context)


def _rights(request: HttpRequest, found: Version) -> dict[str, bool]:
    """What the reader may do with this version's rulebook."""
    area, today = found.rulebook.area, timezone.localdate()
    asked = {"may_draft": "rulebooks.version.draft", "may_publish": "rulebooks.version.publish"}
    asked["may_ask"] = "assessments.what_if.ask"
    return {name: areas_where(request.user, code, on=today).covers(area) for name, code in asked.items()}


def _sections(found: Scheme) -> dict[str, Any]:
    tiers = {tier.code: tier.title for tier in found.list_rules.tiers}
    return {
        "scheme": found,
        "extras": extras(found),
        "classes": class_sections(found),
        "class_rule": rule_lines(found, found.class_rule, found.classes),
        "list_rules": rule_lines(found, found.list_rules.table, tiers),
        "rubric": next(iter(found.rubrics.values())),
    }


@guarded("rulebooks.version.view")
def compare(request: HttpRequest, code: str) -> HttpResponse:
    """What changed from version `old` to version `new`, in words."""
    try:
        old, new = (find_version(code, int(request.GET[name])) for name in ("old", "new"))
    except (KeyError, ValueError, OverflowError) as error:
        raise Http404 from error
    readable(request, new.rulebook)
    found = changes(old.content, new.content)
    context = {"rulebook": new.rulebook, "old": old, "new": new, "changes": found, **_rights(request, new)}
    return render(request, "assessments/compare.html", context)


@guarded("rulebooks.version.view")
def workbook(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The workbook of a version, in the language asked for (else the page's)."""
    found = find_version(code, number)
    readable(request, found.rulebook)
    language = request.GET.get("language") or ("zh-Hans" if (get_language() or "zh").startswith("zh") else "en")
    if language not in {"zh-Hans", "en"}:
        raise Http404
    content = write_workbook(found.content, language)
    name = f"{code}-{number}-{language}.xlsx"
    return HttpResponse(content, XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})
