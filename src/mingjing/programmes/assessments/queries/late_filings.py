"""What is filed after the decision: who is answerable for it, and where the rules put the entry with it.

A veto, or that the proof of a bonus is contradicted. Not here: the proceeding that follows (queries.reopenings), what
it means (policy.reopenings).
"""

from datetime import datetime

from msgspec.structs import replace

from mingjing.engine.lists import Decision, decide
from mingjing.engine.scoring import Score, Sheet, score
from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.parties.models import Organisation
from mingjing.programmes.assessments.models import Engagement, Entry, Filing, FilingKind, Listed, Replay, Result
from mingjing.programmes.assessments.policy.edges import uses_ranks
from mingjing.programmes.assessments.policy.listings import without_adverse
from mingjing.programmes.assessments.policy.procedures import DROP
from mingjing.programmes.assessments.policy.reopenings import Late
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.queries.listings import proposed_of
from mingjing.programmes.assessments.queries.lists import decision_of
from mingjing.programmes.assessments.queries.own import judged_of
from mingjing.programmes.assessments.queries.reopenings import veto_of
from mingjing.programmes.assessments.queries.restated import restated_of
from mingjing.programmes.assessments.queries.results import distribution, sheet_of
from mingjing.programmes.assessments.queries.schemes import scheme_of

__all__ = ["answerable", "late_of", "with_filing"]

SOMEBODY = "approved"
"""Stands for who will approve it, while nobody has."""


def answerable(filing: Filing, entry: Entry) -> Organisation | None:
    """Who is told and heard: the company whose row it is; before there is a list, the one whose work was judged."""
    newest = _newest(entry)
    return (newest.company if newest else None) or judged_of([entry])[entry.pk]


def late_of(filing: Filing, at: datetime) -> Late:
    """What is known of it; the round is decided."""
    entry = Entry.objects.select_related("company", "engagement", "round__scheme").get(pk=filing.entry_id)
    papers = Exhibit.objects.filter(subject=filing.subject, withdrawn_at=None).count() if filing.pk else 0
    now, found, points = with_filing(filing, entry, at)
    company = answerable(filing, entry)
    return Late(
        company=company.name if company else entry.company_name, credit_code=company.credit_code if company else "",
        engaged=filing.kind == FilingKind.REFUTED or _there(filing, entry, company), papers=papers, now=now,
        then=found.tier, points=points,
    )  # fmt: skip


def _there(filing: Filing, entry: Entry, company: Organisation | None) -> bool:
    """Whether the company was engaged there on the day of the incident."""
    day = filing.occurred_on
    if company is None or day is None:
        return False
    held = Engagement.objects.filter(community=entry.community_id, company=company)
    return any((one.first_day or day) <= day <= (one.last_day or day) for one in held)


def with_filing(filing: Filing, entry: Entry, at: datetime) -> tuple[str, Decision, int]:
    """The tier in which the entry stands, what the rules say of it with the filing, and what its total loses by it."""
    scheme, replay = scheme_of(entry.round.scheme), decision_of(entry.round)
    assert replay is not None
    result = Result.objects.select_related("replay").get(replay=replay, entry=entry)
    changed = restated_of(replay, scheme, at, only=[entry.pk], late=True).get(entry.pk)
    sheet = changed.sheet if changed else sheet_of(scheme, result)
    if filing.kind == FilingKind.REFUTED:
        then = replace(sheet, claims=tuple(one for one in sheet.claims if one.bonus != filing.code))
    else:
        veto = replace(veto_of(filing), approver=SOMEBODY)
        then = replace(sheet, vetoes=(*(one for one in sheet.vetoes if one != veto_of(filing)), veto))
    totals = [score(scheme.rubrics[result.class_code], one).total or 0 for one in (sheet, then)]
    return _stands(scheme, replay, result, sheet, at), _decided(scheme, replay, result, then), totals[0] - totals[1]


def _newest(entry: Entry) -> Listed | None:
    rows = Listed.objects.filter(entry=entry).select_related("company")
    return rows.order_by("-edition__number").first()


def _stands(scheme: Scheme, replay: Replay, result: Result, sheet: Sheet, at: datetime) -> str:
    """The tier of the newest edition; before the first the one that was decided, or that is left after a hearing."""
    assert result.entry is not None
    if newest := _newest(result.entry):
        return newest.tier
    proposed = proposed_of(result.entry.round, replay, at, only=[result.entry.pk])
    if not any(one.settled == DROP for one in proposed):
        return result.tier
    numbers = score(scheme.rubrics[result.class_code], sheet)
    return without_adverse(scheme.list_rules, numbers, sheet.attributes, None).tier


def _decided(scheme: Scheme, replay: Replay, result: Result, sheet: Sheet) -> Decision:
    """What the rules say of the sheet, at the rank that its total has among those that were decided."""
    numbers: Score = score(scheme.rubrics[result.class_code], sheet)
    standing = None
    if uses_ranks(scheme.list_rules) and result.total is not None and numbers.total is not None:
        totals = distribution(scheme, replay, result.class_code)
        if result.total in totals.counts:
            standing = totals.if_moved(result.total, numbers.total)
    return decide(scheme.list_rules, numbers, sheet.attributes, standing)
