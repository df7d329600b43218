"""A veto filed after the decision: who is answerable for it, and where the rules put the entry with it.

Not here: the proceeding that follows (queries.reopenings), what it means (policy.reopenings).
"""

from dataclasses import replace
from datetime import datetime

from mingjing.engine.lists import Decision, decide
from mingjing.engine.scoring import Score, Sheet, score
from mingjing.kernel.evidence.models import Exhibit
from mingjing.programmes.assessments.models import Entry, Filing, Listed, Replay, Result
from mingjing.programmes.assessments.policy.edges import uses_ranks
from mingjing.programmes.assessments.policy.reopenings import Late
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.queries.lists import decision_of
from mingjing.programmes.assessments.queries.reopenings import veto_of
from mingjing.programmes.assessments.queries.restated import restated_of
from mingjing.programmes.assessments.queries.results import distribution, sheet_of
from mingjing.programmes.assessments.queries.schemes import scheme_of

__all__ = ["late_of", "with_veto"]

SOMEBODY = "approved"
"""Stands for who will approve it, while nobody has."""


def late_of(filing: Filing, at: datetime) -> Late:
    """What is known of it; the round is decided."""
    entry = Entry.objects.select_related("company", "engagement", "round__scheme").get(pk=filing.entry_id)
    held, day = entry.engagement, filing.occurred_on
    there = held is not None and held.company_id == entry.company_id and day is not None
    if held is not None and day is not None:
        there = there and (held.first_day or day) <= day <= (held.last_day or day)
    papers = Exhibit.objects.filter(subject=filing.subject, withdrawn_at=None).count() if filing.pk else 0
    now, found = with_veto(filing, entry, at)
    return Late(
        company=entry.company_name, credit_code=entry.company.credit_code if entry.company else "", engaged=there,
        papers=papers, now=now, then=found.tier,
    )  # fmt: skip


def with_veto(filing: Filing, entry: Entry, at: datetime) -> tuple[str, Decision]:
    """The tier in which the entry stands, and what the rules say of it with this veto."""
    scheme, replay = scheme_of(entry.round.scheme), decision_of(entry.round)
    assert replay is not None
    result = Result.objects.select_related("replay").get(replay=replay, entry=entry)
    changed = restated_of(replay, scheme, at, only=[entry.pk], late=True).get(entry.pk)
    sheet = changed.sheet if changed else sheet_of(scheme, result)
    veto = replace(veto_of(filing), approver=SOMEBODY)
    then = replace(sheet, vetoes=(*(one for one in sheet.vetoes if one != veto_of(filing)), veto))
    newest = Listed.objects.filter(entry=entry).order_by("-edition__number").first()
    return newest.tier if newest else result.tier, _decided(scheme, replay, result, then)


def _decided(scheme: Scheme, replay: Replay, result: Result, sheet: Sheet) -> Decision:
    """What the rules say of the sheet, at the rank that its total has among those that were decided."""
    numbers: Score = score(scheme.rubrics[result.class_code], sheet)
    standing = None
    if uses_ranks(scheme.list_rules) and result.total is not None and numbers.total is not None:
        totals = distribution(scheme, replay, result.class_code)
        if result.total in totals.counts:
            standing = totals.moved(result.total, numbers.total).standing(numbers.total)
    return decide(scheme.list_rules, numbers, sheet.attributes, standing)
