"""Background work of the programme: scoring a requested file and storing its results.

At least once: an attempt begins by clearing away what an earlier one stored, only the latest attempt may store, and
results count for nothing before the fact of completion. Not here: the scoring itself (policy.replay).
"""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from itertools import islice
from typing import NamedTuple

from django.utils import timezone

from mingjing.engine.chain import canonical, merkle_root
from mingjing.engine.mappings.columns import Log
from mingjing.engine.outcome import Refusal
from mingjing.engine.quantities import parse_points
from mingjing.engine.scoring import Sheet
from mingjing.kernel.evidence.store import open_original
from mingjing.kernel.jobs.worker import Run
from mingjing.kernel.tables import Table
from mingjing.programmes.assessments.actions import replays as actions
from mingjing.programmes.assessments.models import UNRANKED, Replay, Result
from mingjing.programmes.assessments.policy.batches import InputRow, sheets
from mingjing.programmes.assessments.policy.decisions import class_totals, leaf_of, totals_digest
from mingjing.programmes.assessments.policy.intake import Intake, bind
from mingjing.programmes.assessments.policy.mapping import Mapping
from mingjing.programmes.assessments.policy.mapping_file import parse_mapping
from mingjing.programmes.assessments.policy.replay import Replay as Scoring
from mingjing.programmes.assessments.policy.replay import batches, replay
from mingjing.programmes.assessments.policy.sheets import sheet_document
from mingjing.programmes.assessments.queries.results import row_of
from mingjing.programmes.assessments.queries.schemes import open_table, scheme_of

__all__ = ["run_replay"]

BATCH = 1_000
"""Results stored in one transaction, and rows read between two notes of progress."""


def run_replay(run: Run) -> None:
    """Score the file of a requested replay and store its results, or every problem that stands in the way."""
    asked = Replay.objects.select_related("scheme__rulebook").get(pk=run.fact.values["replay"])
    try:
        attempt = actions.begin_replay(replay=asked, by=None, at=timezone.now())
        try:
            _score(run, asked, attempt)
        except Refusal as refusal:
            actions.fail_replay(replay=asked, attempt=attempt, problems=refusal.problems, by=None, at=timezone.now())
    except actions.Superseded:
        return


def _score(run: Run, asked: Replay, attempt: int) -> None:
    scheme, mapping = scheme_of(asked.scheme), parse_mapping(asked.mapping_text, asked.mapping_name)
    with tempfile.TemporaryFile() as spill:
        with _opened(asked, mapping) as table:
            intake = bind(mapping, scheme, table.header)
            scored = replay(intake, _noted(run, table.rows), spill)
        with _opened(asked, mapping) as table:
            leaves = _keep(run, asked, attempt, scored, _visited(intake, table.rows))
    digests = {code: totals_digest(class_totals(scheme, d)) for code, d in scored.distributions.items()}
    found = scored.summary
    actions.complete_replay(
        replay=asked, attempt=attempt, results=len(leaves), results_root=merkle_root(leaves).hex(),
        class_totals=digests, tiers=found.tiers, compared=found.compared, agreed=found.agreed,
        by=None, at=timezone.now(),
    )  # fmt: skip


@contextmanager
def _opened(asked: Replay, mapping: Mapping) -> Iterator[Table]:
    """The table of the original, which must still be what it was."""
    with (
        open_original(asked.input_digest, verified=True) as file,
        open_table(file, mapping, name=asked.file_name) as table,
    ):
        yield table


def _noted(run: Run, rows: Iterable[InputRow]) -> Iterator[InputRow]:
    """`rows`, saying now and then how many were read; how many there are is not known yet."""
    for number, row in enumerate(rows):
        if number % BATCH == 0:
            run.progress(number, 0)
        yield row


class Visited(NamedTuple):
    """A visit read a second time: the name to show, its sheet, and the published result it came with."""

    name: str
    sheet: Sheet
    published: tuple[str, str]


def _visited(intake: Intake, rows: Iterable[InputRow]) -> Iterator[Visited]:
    for batch in batches(intake, rows, Log()):
        for position, _, sheet in sheets(intake, batch):
            yield Visited(batch.names[position], sheet, batch.expected[position])


def _keep(run: Run, asked: Replay, attempt: int, scored: Scoring, visited: Iterator[Visited]) -> list[bytes]:
    """Store the results in the order of the file; returns the leaves of their Merkle tree."""
    leaves: list[bytes] = []
    pairs = enumerate(zip(scored.rows(), visited, strict=True))
    while chunk := list(islice(pairs, BATCH)):
        results = [_result(asked, scored, index, row, visit) for index, (row, visit) in chunk]
        actions.keep_results(replay=asked, attempt=attempt, results=results, by=None, at=timezone.now())
        leaves += [bytes.fromhex(entry.leaf) for entry in results]
        run.progress(len(leaves), scored.count)
    return leaves


def _result(asked: Replay, scored: Scoring, index: int, row: tuple[str, ...], visit: Visited) -> Result:
    key, class_code, base, bonus, total, tier, rank, checks = row
    sheet = canonical(sheet_document(visit.sheet))
    result = Result(
        replay=asked,
        index=index,
        key=key,
        name=visit.name,
        class_code=class_code,
        base=_points(base),
        bonus=_points(bonus),
        total=_points(total),
        tier=tier,
        standing=int(rank) if rank else UNRANKED,
        checks=int(checks),
        sheet=sheet.decode(),
        expected_total=visit.published[0],
        expected_tier=visit.published[1],
        agrees=scored.agrees(visit.published, _points(total), tier) if any(visit.published) else None,
    )
    result.leaf = leaf_of(row_of(scored.scheme, result), sha256(sheet).hexdigest(), scored.scheme.digest).hex()
    return result


def _points(text: str) -> int | None:
    return parse_points(text) if text else None
