"""The tab "Publication" of a round: who would lose rights and where each case stands, the way to the published list."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from mingjing.engine.process import Standing, stand
from mingjing.faces.ui.forms import sentence
from mingjing.faces.ui.paging import page_of
from mingjing.kernel.documents.models import Document
from mingjing.kernel.parties.guard import guarded
from mingjing.kernel.proceedings.models import Proceeding
from mingjing.kernel.proceedings.queries import StandsTold, process_of, reckoning, stands
from mingjing.programmes.assessments.desk.found import find_round, round_area
from mingjing.programmes.assessments.desk.lists.lists import shown_tier
from mingjing.programmes.assessments.desk.publishing.shown import clock_of, way
from mingjing.programmes.assessments.models import Entry, Round
from mingjing.programmes.assessments.policy.listings import gaps
from mingjing.programmes.assessments.policy.procedures import DROP, UPHOLD, clocks_of
from mingjing.programmes.assessments.queries.editions import due, newest_of
from mingjing.programmes.assessments.queries.listings import (
    Candidate,
    Proposed,
    adverse_results,
    candidates_of,
    known_of,
)
from mingjing.programmes.assessments.queries.lists import decision_of
from mingjing.programmes.assessments.queries.schemes import scheme_of

__all__ = ["case_row", "first_unsettled", "publication_of"]

NOTICE = "assessments.pre_listing_notice"
CASES = 20
"""How many of those proposed are shown at a time, each with all that is missing."""
NAMED = 20
"""How many cases without a decision are named beside the way to the list."""


@guarded("assessments.round.view", area=round_area)
@require_safe
def publication(request: HttpRequest, pk: int) -> HttpResponse:
    """Everybody proposed for a tier that takes rights, what is missing for each, and for the list."""
    found, now = find_round(request, pk), timezone.now()
    context: dict[str, Any] = {"round": found, "decided": decision_of(found)}
    if context["decided"]:
        decided, scheme = context["decided"], scheme_of(found.scheme)
        candidates = candidates_of(found, decided, now)
        entries = Entry.objects.filter(pk__in=adverse_results(found, decided).values("entry"))
        page = page_of(entries.select_related("company", "engagement"), request.GET, order=("number", "id"), size=CASES)
        proposed = known_of(found, candidates, page.rows, now)
        noticed = _noticed(proposed)
        context["page"] = page
        context["rows"] = [case_row(one, noticed) | shown_tier(scheme, one.result.tier) for one in proposed]
        context |= first_unsettled(candidates)
        context["way"] = way(publication_of(found).standing)
        context["newest"] = newest_of(found)
        context["due"] = [sentence(problem) for problem in due(found, now)]
    return render(request, "assessments/publishing/overview.html", context)


def first_unsettled(candidates: Iterable[Candidate]) -> dict[str, Any]:
    """How many cases the panel has not decided, and the first of them by name; the rest are found on the pages."""
    unsettled = [one for one in candidates if not one.settled]
    return {"unsettled": unsettled[:NAMED], "unsettled_count": len(unsettled), "unnamed": len(unsettled) - NAMED}


def _noticed(proposed: tuple[Proposed, ...]) -> dict[str, Document]:
    """The standing notice of each proceeding, by its subject: one query."""
    subjects = [one.stands.proceeding.ledger_subject for one in proposed if one.stands]
    rows = Document.objects.standing().filter(kind=NOTICE, subject__in=subjects)
    return {row.subject: row for row in rows}


def case_row(one: Proposed, noticed: dict[str, Document]) -> dict[str, Any]:
    """A proposed listing as a line: where it stands, exactly what is missing, the clock."""
    if one.stands is None:
        return {"one": one, "entry": one.entry, "settled": one.settled, "missing": [], "clock": None, "next": None}
    standing = one.stands.standing
    document = noticed.get(one.stands.proceeding.ledger_subject)
    return {
        "one": one, "entry": one.entry, "settled": one.settled, "upheld": one.settled == UPHOLD,
        "dropped": one.settled == DROP, "document": document, "clock": clock_of(standing),
        "missing": [] if one.settled else missing_of(one, standing, document), "next": next_of(standing),
    }  # fmt: skip


def missing_of(one: Proposed, standing: Standing, document: Document | None) -> list[str]:
    """What keeps the panel from deciding: gaps before the notice, else what the rules say."""
    if "notice" not in standing.done and document is None and (found := gaps(one.case)):
        return [sentence(problem) for problem in found]
    return [sentence(problem) for problem in standing.missing("decision")]


def next_of(standing: Standing) -> str:
    """The title of the next step that is needed, open or waiting."""
    found = (one.step.title for one in way(standing) if one.state in {"open", "waiting"})
    return next(found, "")


def publication_of(round_: Round) -> StandsTold:
    """Where the publication stands; before its first step as it will begin."""
    now = timezone.now()
    rows = Proceeding.objects.filter(programme="assessments", kind="publication", subject=round_.subject)
    if known := rows.select_related("area").first():
        return stands(known, now)
    clocks = clocks_of(scheme_of(round_.scheme), "publication")
    fresh = Proceeding(
        programme="assessments", kind="publication", subject=round_.subject, title=round_.title, area=round_.area,
        clocks={step: [clock.days, clock.calendar] for step, clock in clocks.items()},
    )  # fmt: skip
    return StandsTold(fresh, (), stand(process_of(fresh), [], now, reckoning(round_.area)), ())
