"""Bonuses and vetoes: what was decided on each stands in the ledger, and nothing that stands there is gone."""

from collections import Counter
from collections.abc import Iterator

from mingjing.engine.outcome import N_, Problem, Reason
from mingjing.kernel.ledger.models import Fact
from mingjing.programmes.assessments.models import Filing, Round
from mingjing.programmes.assessments.queries.checks.facts import CHUNK, chunks, facts_about

__all__ = ["filing_faults"]

FILED = "assessments.filing.filed"
APPROVED, REJECTED = "assessments.filing.approved", "assessments.filing.rejected"


def filing_faults(round_: Round, counts: Counter[str]) -> Iterator[Reason]:
    """Filings whose decision differs from the ledger's, and approved ones that are gone."""
    for filings in chunks(Filing.objects.filter(entry__round=round_).select_related("entry")):
        facts = facts_about((filing.subject for filing in filings), APPROVED, REJECTED)
        for filing in filings:
            counts["filings"] += 1
            yield from _decided(filing, facts.get(filing.subject, []))
    yield from _gone(round_)


def _decided(filing: Filing, facts: list[Fact]) -> Iterator[Problem]:
    said = facts[-1] if facts else None
    outcome = None if said is None else said.kind == APPROVED
    same = said is None or filing.document_row().items() <= said.values.items()
    if outcome != filing.approved or not same:
        text = N_("What was decided on the filing {code} differs between its row and the ledger; the ledger counts.")
        yield Problem("check.filing", text, {"code": filing.code}, filing.entry.number)


def _gone(round_: Round) -> Iterator[Problem]:
    """Filings of the round that the ledger knows and no row tells of."""
    known = Fact.objects.filter(kind=FILED, scope=round_.area.path)
    after = 0
    while facts := list(known.filter(seq__gt=after).order_by("seq")[:CHUNK]):
        after = facts[-1].seq
        asked = {fact.values["filing"]: fact for fact in facts if fact.values["round"] == round_.pk}
        there = set(Filing.objects.filter(pk__in=asked, entry__round=round_).values_list("pk", flat=True))
        for pk in asked.keys() - there:
            text = N_(
                "The ledger has a filing {code} of this round (fact {seq}) that is gone; restore it from a backup."
            )
            params = {"code": asked[pk].values["code"], "seq": asked[pk].seq}
            yield Problem("check.filing_gone", text, params, round_.code)
