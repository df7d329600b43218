"""Reads for what-ifs: what a round came to by its own scheme, which of its communities would change tier.

Not here: carrying records over (policy.what_ifs).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db.models import F, QuerySet

from mingjing.engine.scoring import Sheet
from mingjing.kernel.ledger.models import Fact
from mingjing.programmes.assessments.models import Entry, Replay, Result, Round, WhatIf
from mingjing.programmes.assessments.policy.judging import Judging
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.policy.sheets import read_sheet
from mingjing.programmes.assessments.queries.lists import decision_of
from mingjing.programmes.assessments.queries.sheets import CHUNK, sheets_of

__all__ = ["Baseline", "answers", "baselines", "changed"]


@dataclass(frozen=True, slots=True)
class Baseline:
    """A community as its own scheme judged it; `attributes` are all values of its entry, texts by code."""

    entry: int
    number: str
    name: str
    class_code: str
    sheet: Sheet
    attributes: Mapping[str, str]
    total: str
    tier: str


def baselines(round_: Round, own: Scheme) -> Iterator[Baseline]:
    """Each community of the round with its result by its own scheme: as decided, or as its record stands now."""
    decided = decision_of(round_)
    return _stored(decided, own) if decided else _as_it_stands(round_, own)


def _stored(decided: Replay, own: Scheme) -> Iterator[Baseline]:
    rows = Result.objects.filter(replay=decided).select_related("entry").order_by("index")
    after = -1
    while chunk := list(rows.filter(index__gt=after)[:CHUNK]):
        for row in chunk:
            assert row.entry is not None
            sheet = read_sheet(row.sheet_document, own, own.rubrics[row.class_code])
            total = "" if row.total is None else own.rounding.text(row.total)
            yield _baseline(row.entry, row.class_code, sheet, total, row.tier)
        after = chunk[-1].index


def _as_it_stands(round_: Round, own: Scheme) -> Iterator[Baseline]:
    judging, kept = Judging(own), []
    for entry, sheet in sheets_of(round_, scheme=own, locked_only=False):
        judging.take(entry.number, entry.class_code, sheet)
        kept.append((entry, sheet))
    for found, (entry, sheet) in zip(judging.judged(), kept, strict=True):
        total = "" if found.score.total is None else own.rounding.text(found.score.total)
        yield _baseline(entry, found.class_code, sheet, total, found.tier)


def _baseline(entry: Entry, class_code: str, sheet: Sheet, total: str, tier: str) -> Baseline:
    attributes = {code: str(text) for code, text in entry.attributes.items()}
    return Baseline(entry.pk, entry.number, entry.name, class_code, sheet, attributes, total, tier)


def answers(asked: WhatIf) -> tuple[list[Replay], dict[int, Fact]]:
    """The replays of a what-if in the order asked, and by replay the fact that answered or refused it."""
    replays = list(asked.replays.select_related("round__scheme__rulebook", "scheme__rulebook").order_by("id"))
    kinds = ("assessments.what_if.answered", "assessments.what_if.failed")
    facts = Fact.objects.filter(subject=asked.subject, kind__in=kinds)
    return replays, {fact.values["replay"]: fact for fact in facts}


def changed(replay: Replay) -> QuerySet[Result]:
    """The results of a what-if whose tier is another than the round's own scheme gave."""
    return Result.objects.filter(replay=replay).exclude(tier=F("expected_tier"))
