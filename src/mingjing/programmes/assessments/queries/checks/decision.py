"""The decision: every result scored and ranked again from its sheet, and each sheet compared with the rows behind it.

The leaves are hashed again and must come to the root in the ledger. What a sheet took from orders and other programmes
on the day of the decision moves on afterwards; the root alone vouches for it. The scores are held in memory (some 3 kB
each), as they are when a round is decided.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from msgspec.structs import replace

from mingjing.engine.chain import merkle_root
from mingjing.engine.outcome import N_, Phrase, Problem, Reason, Refusal
from mingjing.engine.scoring import Sheet
from mingjing.programmes.assessments.models import UNRANKED, Entry, Replay, Result, Round
from mingjing.programmes.assessments.policy.decisions import leaf_of
from mingjing.programmes.assessments.policy.judging import Judged, Judging
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.policy.sheets import read_sheet
from mingjing.programmes.assessments.queries.checks.facts import chunks, last_fact
from mingjing.programmes.assessments.queries.lists import decision_of
from mingjing.programmes.assessments.queries.results import row_of, scheme_behind
from mingjing.programmes.assessments.queries.sheets import Known, known_of, sheet_of_entry

__all__ = ["decision_faults"]

PARTS = {
    "findings": N_("findings"),
    "not_applicable": N_("what does not apply"),
    "claims": N_("bonuses"),
    "vetoes": N_("vetoes"),
    "period": N_("the period"),
    "assessed": N_("whether it was assessed"),
}
"""The parts of a sheet that rows never change after the decision, with their words; its values are told by code."""
Figures = tuple[int | None, int | None, int | None, str, int, int]
"""Base, bonus, total (hundredths), tier, standing and checks of a result."""


def decision_faults(round_: Round, counts: Counter[str]) -> Iterator[Reason]:
    """What of a decided round's results does not follow from its rows, or is not what the ledger recorded."""
    fact, replay = last_fact(round_.subject, "assessments.round.decided"), decision_of(round_)
    if fact is None and replay is None and round_.decided_at is None:
        return
    if fact is None or replay is None or round_.decided_at is None or fact.values["replay"] != replay.pk:
        text = N_("Whether and how the round was decided differs between its rows and the ledger; the ledger counts.")
        yield Problem("check.decided", text, {}, round_.code)
        return
    again = _Again(round_, replay)
    yield from again.read(counts)
    yield from again.compare(fact.values)


class _Again:
    """The results of a round, judged again."""

    def __init__(self, round_: Round, replay: Replay) -> None:
        self._round, self._replay, self._scheme = round_, replay, scheme_behind(replay)
        self._judging = Judging(self._scheme)
        self._kept: list[tuple[str, Figures]] = []
        self._leaves: dict[int, bytes] = {}
        self._unread = 0

    def read(self, counts: Counter[str]) -> Iterator[Problem]:
        """Each result alone: its leaf, and its sheet against the rows."""
        rows = Result.objects.filter(replay=self._replay).select_related("entry")
        for results in chunks(rows):
            entries = [result.entry for result in results if result.entry]
            beside = self._beside(entries)
            for result in results:
                counts["results"] += 1
                yield from self._result(result, beside)

    def _result(self, result: Result, beside: Mapping[int, Known]) -> Iterator[Problem]:
        entry, digest = result.entry, sha256(result.sheet.encode()).hexdigest()
        try:
            leaf = leaf_of(row_of(self._scheme, result), digest, self._scheme.digest)
            sheet = read_sheet(json.loads(result.sheet), self._scheme, self._scheme.rubrics[result.class_code])
            self._judging.take(result.key, result.class_code, sheet)
        except (Refusal, KeyError, ValueError, TypeError, AttributeError) as error:
            self._unread += 1
            text = N_("Its stored result cannot be read ({why}); find it in a backup.")
            yield Problem("check.result_unread", text, {"why": str(error)[:200]}, result.key)
            return
        self._leaves[result.index] = leaf
        self._kept.append((result.key, _figures(result)))
        if leaf.hex() != result.leaf:
            text = N_("Its stored figures or its sheet do not come to its leaf: the result was changed.")
            yield Problem("check.leaf", text, {}, result.key)
        if entry is None or entry.round_id != self._round.pk or (entry.number, entry.class_code) != (
            result.key, result.class_code
        ):  # fmt: skip
            text = N_("The class or the number of the community is not that of its result: one of them was changed.")
            yield Problem("check.result_class", text, {}, result.key)
        elif differing := tuple(_differing(self._scheme, sheet, self._now(entry, beside))):
            text = N_("It was decided by another sheet than its rows give now; these differ: {parts}.")
            yield Problem("check.result_sheet", text, {"parts": differing}, result.key)

    def _beside(self, entries: Sequence[Entry]) -> Mapping[int, Known]:
        """What stands beside the entries; nothing where a record's sheet cannot be read (said by the records)."""
        try:
            return known_of(entries, self._round, self._scheme, locked_only=True)
        except (KeyError, ValueError, TypeError, AttributeError):
            return {}

    def _now(self, entry: Entry, beside: Mapping[int, Known]) -> Sheet | None:
        """What the rows of an entry come to; None where they no longer make a sheet."""
        try:
            return sheet_of_entry(entry, beside[entry.pk], self._scheme, self._round)
        except (Refusal, KeyError, ValueError, TypeError, AttributeError):
            return None

    def compare(self, said: Mapping[str, Any]) -> Iterator[Problem]:
        """All results together: figures and ranks worked out again, the root, the totals and tiers in the ledger."""
        for found, (key, figures) in zip(self._judging.judged(), self._kept, strict=True):
            if _worked_out(found) != figures:
                text = N_("Its points, tier or rank are not what the scheme makes of its sheet; the scheme counts.")
                yield Problem("check.figures", text, {}, key)
        place, leaves = self._round.code, [leaf for _index, leaf in sorted(self._leaves.items())]
        entries = self._round.entries.count()
        if not len(leaves) + self._unread == entries == said["results"]:
            text = N_("{said} communities were decided; {found} results and {entries} communities are kept.")
            params = {"said": said["results"], "found": len(leaves) + self._unread, "entries": entries}
            yield Problem("check.result_count", text, params, place)
        if not merkle_root(leaves).hex() == said["results_root"] == self._replay.results_root:
            text = N_("The results do not come to the root that the ledger recorded when the round was decided.")
            yield Problem("check.root", text, {}, place)
        tiers = {code: dict(counts) for code, counts in self._judging.tiers.items()}
        if self._judging.class_totals() != said["class_totals"] or tiers != said["tiers"]:
            text = N_("The totals of the classes or the counts of the tiers are not those the ledger recorded.")
            yield Problem("check.class_totals", text, {}, place)


def _figures(result: Result) -> Figures:
    return result.base, result.bonus, result.total, result.tier, result.standing, result.checks


def _worked_out(found: Judged) -> Figures:
    numbers, standing = found.score, found.standing.rank if found.standing else UNRANKED
    if numbers.base is None:
        return None, None, numbers.total, found.tier, standing, 0
    return numbers.base, numbers.bonus, numbers.total, found.tier, standing, numbers.checks


def _differing(scheme: Scheme, then: Sheet, now: Sheet | None) -> Iterator[str | Phrase]:
    """Where the parts and values of a sheet differ."""
    if now is None:
        yield Phrase(N_("the whole sheet"))
        return
    before, after = _lasting(then), _lasting(now)
    for part, words in PARTS.items():
        if getattr(before, part) != getattr(after, part):
            yield Phrase(words)
    for code in sorted({*then.attributes, *now.attributes}):
        if code not in scheme.sources and then.attributes.get(code) != now.attributes.get(code):
            yield code


def _lasting(sheet: Sheet) -> Sheet:
    return replace(sheet, findings=tuple(replace(finding, resolved="") for finding in sheet.findings))
