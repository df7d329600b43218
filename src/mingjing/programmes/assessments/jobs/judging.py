"""Scores the sheets of a round and stores the results: what decisions and what-ifs have in common.

An attempt holds every score in memory, then stores result by result in batches; results count for nothing before the
fact that ends it. Not here: where the sheets come from, which fact that is.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from typing import Any, NamedTuple

from django.utils import timezone

from mingjing.engine.chain import merkle_root
from mingjing.engine.scoring import Sheet
from mingjing.programmes.assessments.actions.replays import keep_results
from mingjing.programmes.assessments.models import UNRANKED, Replay, Result
from mingjing.programmes.assessments.policy.decisions import leaf_of
from mingjing.programmes.assessments.policy.judging import Judged, Judging
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.queries.results import row_of

__all__ = ["BATCH", "Judgement", "Said", "judge"]

BATCH = 500
"""Results stored in one transaction, and sheets scored between two notes of progress."""


class Said(NamedTuple):
    """A community to be judged: its entry, what it is called, its sheet, and the figures to compare with, if any."""

    entry: int
    number: str
    name: str
    class_code: str
    sheet: Sheet
    expected: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was stored, as the actions that end a replay take it."""

    results: int
    results_root: str
    class_totals: dict[str, str]
    tiers: dict[str, dict[str, int]]

    def told(self) -> dict[str, Any]:
        """The figures as keywords."""
        return {name: getattr(self, name) for name in ("results", "results_root", "class_totals", "tiers")}


def judge(
    asked: Replay, attempt: int, scheme: Scheme, said: Iterable[Said], progress: Callable[[int], None]
) -> Judgement:
    """Score, rank and store; `progress` is told how many of two steps for each community are done.

    Raises Refusal as `said` does, and Superseded when another attempt has begun.
    """
    judging, kept = Judging(scheme), []
    for one in said:
        judging.take(one.number, one.class_code, one.sheet)
        kept.append(one._replace(sheet=Sheet()))
        if judging.count % BATCH == 0:
            progress(judging.count)
    leaves: list[bytes] = []
    pairs = enumerate(zip(judging.judged(), kept, strict=True))
    while chunk := list(islice(pairs, BATCH)):
        results = [_result(asked, scheme, index, found, one) for index, (found, one) in chunk]
        keep_results(replay=asked, attempt=attempt, results=results, by=None, at=timezone.now())
        leaves += [bytes.fromhex(result.leaf) for result in results]
        progress(judging.count + len(leaves))
    tiers = {code: dict(counts) for code, counts in judging.tiers.items()}
    return Judgement(len(leaves), merkle_root(leaves).hex(), judging.class_totals(), tiers)


def _result(asked: Replay, scheme: Scheme, index: int, found: Judged, one: Said) -> Result:
    numbers, near = found.score, {edge.better: edge.distance for edge in found.edges}
    assessed = numbers.base is not None
    result = Result(
        replay=asked,
        entry_id=one.entry,
        index=index,
        key=found.key,
        name=one.name,
        class_code=found.class_code,
        base=numbers.base,
        bonus=numbers.bonus if assessed else None,
        total=numbers.total,
        tier=found.tier,
        standing=found.standing.rank if found.standing else UNRANKED,
        checks=numbers.checks if assessed else 0,
        sheet=found.sheet.decode(),
        expected_total=one.expected[0],
        expected_tier=one.expected[1],
        better_in=near.get(True),
        worse_in=near.get(False),
    )
    row = row_of(scheme, result)
    if one.expected[1]:
        result.agrees = one.expected == (row["total"] or "", found.tier)
    result.leaf = leaf_of(row, sha256(found.sheet).hexdigest(), scheme.digest).hex()
    return result
