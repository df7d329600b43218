"""One community's result: a page its manager would want to read, on the screen and on paper, and its decision file."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from mingjing.engine.accounts import Line, LineKind
from mingjing.engine.outcome import N_, Phrase, Reason, Refusal
from mingjing.faces.desk.session import actor
from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.evidence.queries import exhibits_seen
from mingjing.kernel.parties.guard import guarded, may
from mingjing.programmes.assessments.desk.found import find_round, round_area
from mingjing.programmes.assessments.desk.lists.lists import shown_tier
from mingjing.programmes.assessments.desk.results import decision_answer
from mingjing.programmes.assessments.models import Entry, Result, Round, SignaturePart
from mingjing.programmes.assessments.queries.accounts import Shown, names_of, shown
from mingjing.programmes.assessments.queries.entries import values_of
from mingjing.programmes.assessments.queries.lists import decision_of
from mingjing.programmes.assessments.queries.results import scheme_behind


def _entry(found: Round, number: str) -> Entry:
    related = ("place", "stratum", "community", "company")
    return get_object_or_404(Entry.objects.select_related(*related), round=found, number=number)


@guarded("assessments.round.view", area=round_area)
@require_safe
def community(request: HttpRequest, pk: int, number: str) -> HttpResponse:
    """Total and tier with their reasons, every line with its evidence, what did not count, the way out."""
    found = find_round(request, pk)
    entry = _entry(found, number)
    try:
        about = shown(found, entry)
    except Refusal as refusal:
        context: dict[str, Any] = {"round": found, "entry": entry, "problems": refusal.problems}
        return render(request, "assessments/lists/community_unread.html", context)
    way = about.worked.way_out
    context = {"round": found, "entry": entry, "about": about, "row": about.row, "worked": about.worked}
    context |= {**shown_tier(about.scheme, about.row.tier), "lines": _lines(request, found, about)}
    context |= {"class_title": about.scheme.classes[about.row.class_code], "account": about.worked.account}
    context["way_title"] = way and shown_tier(about.scheme, way.tier)["tier"]
    return render(request, "assessments/lists/community.html", context | _beside(request, found, about))


def _beside(request: HttpRequest, found: Round, about: Shown) -> dict[str, Any]:
    """What stands beside the account: the signatures, the orders, the round before."""
    today = timezone.localdate()
    members = sum(signature.part == SignaturePart.MEMBER for signature in about.signatures)
    manager = next((s for s in reversed(about.signatures) if s.part == SignaturePart.MANAGER), None)
    earlier = about.earlier
    was = shown_tier(scheme_behind(earlier.replay), earlier.tier) if earlier else None
    return {
        "members": members,
        "manager": manager,
        "may_read_comment": may(request.user, "assessments.visit.view", area=found.area, on=today),
        "may_see_cases": may(request.user, "cases.case.view", area=found.area, on=today),
        "was": was,
        "values": [value for value in values_of(about.entry, about.scheme, (), about.sourced) if value.system],
    }


def _lines(request: HttpRequest, found: Round, about: Shown) -> dict[str, list[dict[str, Any]]]:
    """The lines of the account in three groups: what cost points, what was added, what did not count and why."""
    seen = list(exhibits_seen(actor(request), about.subjects, timezone.localdate()))
    by_digest = {exhibit.sha256: exhibit for exhibit in seen}
    may_name = may(request.user, "parties.person.view", area=found.area, on=timezone.localdate())
    names = names_of(about) if may_name else {}
    groups: dict[str, list[dict[str, Any]]] = {"lost": [], "gained": [], "uncounted": []}
    for line in about.worked.account.lines:
        groups[_group(line)].append(_line(line, by_digest, names))
    return groups


def _group(line: Line) -> str:
    if line.kind is LineKind.DEDUCTION and line.points:
        return "lost"
    return "gained" if line.points or line.reason.code == "veto.effective" else "uncounted"


def _line(line: Line, exhibits: dict[str, Exhibit], names: dict[str, str]) -> dict[str, Any]:
    """A line with the exhibits the reader may see; people by name for those who may know them, else not at all."""
    reason = line.reason
    if "approver" in reason.params:
        approver = names.get(str(reason.params["approver"])) or Phrase(N_("somebody of the centre"))
        reason = Reason(reason.code, reason.text, {**reason.params, "approver": approver})
    shown_here = [exhibits[digest] for digest in line.evidence if digest in exhibits]
    hidden = len(line.evidence) - len(shown_here)
    return {"line": line, "reason": reason, "exhibits": shown_here, "hidden": hidden}


@guarded("assessments.round.view", area=round_area)
@require_safe
def decision(request: HttpRequest, pk: int, number: str) -> HttpResponse:
    """The decision file of one community: rules, sheet, arithmetic and proof, for `mingjing verify`."""
    found = find_round(request, pk)
    rows = Result.objects.select_related("replay__scheme", "entry").filter(entry__round=found)
    row = get_object_or_404(rows, replay=decision_of(found), entry__number=number)
    name = f"decision-{found.code}-{row.index + 1}.json"
    return decision_answer(row, name)
