"""Reads for what-ifs: what a round came to by its own scheme, which of its communities would change tier.

Not here: carrying records over (policy.what_ifs).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from django.db.models import Count, F, QuerySet

from mingjing.engine.scoring import Sheet
from mingjing.kernel.ledger.models import Fact
from mingjing.programmes.assessments.models import Entry, Replay, Result, Round, WhatIf
from mingjing.programmes.assessments.policy.decisions import Result as Worked
from mingjing.programmes.assessments.policy.decisions import work_out
from mingjing.programmes.assessments.policy.judging import Judging
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.policy.sheets import read_sheet
from mingjing.programmes.assessments.policy.sources import Sourced
from mingjing.programmes.assessments.queries.lists import decision_of
from mingjing.programmes.assessments.queries.results import distribution, scheme_behind, worked_by, worked_out
from mingjing.programmes.assessments.queries.schemes import scheme_of
from mingjing.programmes.assessments.queries.sheets import CHUNK, known_of, sheet_of_entry, sheets_of
from mingjing.programmes.assessments.queries.sourced import sourced_of

__all__ = ["Baseline", "answers", "baselines", "before_and_after", "changed", "own_result", "tiers_before"]


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


def baselines(round_: Round, own: Scheme, other: Scheme) -> Iterator[Baseline]:
    """Each community of the round with its result by its own scheme: as decided, or as its record stands now.

    Its attributes include what the system knows for the `other` scheme, where people said nothing.
    """
    decided = decision_of(round_)
    return _stored(decided, round_, own, other) if decided else _as_it_stands(round_, own, other)


def _stored(decided: Replay, round_: Round, own: Scheme, other: Scheme) -> Iterator[Baseline]:
    rows = Result.objects.filter(replay=decided).select_related("entry").order_by("index")
    after = -1
    while chunk := list(rows.filter(index__gt=after)[:CHUNK]):
        sourced = sourced_of([row.entry for row in chunk if row.entry], round_, other)
        for row in chunk:
            assert row.entry is not None
            sheet = read_sheet(row.sheet_document, own, own.rubrics[row.class_code])
            total = "" if row.total is None else own.rounding.text(row.total)
            yield _baseline(row.entry, sourced[row.entry.pk], row.class_code, sheet, total, row.tier)
        after = chunk[-1].index


def _as_it_stands(round_: Round, own: Scheme, other: Scheme) -> Iterator[Baseline]:
    judging, kept = Judging(own), []
    for entry, sheet in sheets_of(round_, scheme=own, locked_only=False):
        judging.take(entry.number, entry.class_code, sheet)
        kept.append((entry, sheet))
    pairs = zip(judging.judged(), kept, strict=True)
    while chunk := list(islice(pairs, CHUNK)):
        sourced = sourced_of([entry for _, (entry, _) in chunk], round_, other)
        for found, (entry, sheet) in chunk:
            total = "" if found.score.total is None else own.rounding.text(found.score.total)
            yield _baseline(entry, sourced[entry.pk], found.class_code, sheet, total, found.tier)


def _baseline(
    entry: Entry, sourced: Mapping[str, Sourced], class_code: str, sheet: Sheet, total: str, tier: str
) -> Baseline:
    attributes = {code: found.text for code, found in sourced.items() if found.text}
    attributes |= {code: str(text) for code, text in entry.attributes.items() if text not in ("", None)}
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


def tiers_before(replay: Replay, own: Scheme) -> dict[str, dict[str, int]]:
    """How many of each class had each tier by the round's own scheme, as the answer kept it: one query."""
    rows = Result.objects.filter(replay=replay).exclude(expected_tier="")
    counted: dict[str, dict[str, int]] = {code: {} for code in own.classes}
    for code, tier, count in rows.order_by().values_list("entry__class_code", "expected_tier").annotate(Count("pk")):
        counted.setdefault(code, {})[tier] = count
    return counted


def own_result(round_: Round, own: Scheme, entry: Entry) -> Worked:
    """A community's result by the round's own scheme: as decided, or as its record stands now."""
    decided = decision_of(round_)
    if decided:
        row = Result.objects.select_related("replay__scheme").get(replay=decided, entry=entry)
        return worked_out(row)
    known = known_of([entry], round_, own, locked_only=False)[entry.pk]
    return work_out(own, entry.class_code, entry.number, sheet_of_entry(entry, known, own, round_), None)


def before_and_after(replay: Replay, rows: Sequence[Result]) -> Iterator[tuple[Result, Worked | None, Worked]]:
    """Results of a what-if with the community's result by its own scheme and by the other; constant queries."""
    round_ = replay.round
    assert round_ is not None
    own, other = scheme_of(round_.scheme), scheme_behind(replay)
    totals = {code: distribution(other, replay, code) for code in other.classes}
    before = _worked_before(round_, own, [row.entry for row in rows if row.entry])
    for row in rows:
        row.replay = replay
        then = worked_by(other, row, totals[row.class_code])
        yield row, before.get(row.entry_id or 0), then


def _worked_before(round_: Round, own: Scheme, entries: Sequence[Entry]) -> dict[int, Worked]:
    decided = decision_of(round_)
    if decided is None:
        known = known_of(entries, round_, own, locked_only=False)
        sheets = {entry.pk: sheet_of_entry(entry, known[entry.pk], own, round_) for entry in entries}
        return {e.pk: work_out(own, e.class_code, e.number, sheets[e.pk], None) for e in entries}
    totals = {code: distribution(own, decided, code) for code in own.classes}
    rows = Result.objects.filter(replay=decided, entry__in=entries)
    return {row.entry_id or 0: worked_by(own, row, totals[row.class_code]) for row in rows}
