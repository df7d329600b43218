"""Decision files of stored results, one or all of a replay. Not here: their content (policy.decisions)."""

from collections.abc import Iterator
from typing import Any

from mingjing.engine.chain import inclusion_proof
from mingjing.kernel.ledger.queries import proof_of
from mingjing.programmes.assessments.models import Replay, Result
from mingjing.programmes.assessments.policy.decisions import decision_document, work_out
from mingjing.programmes.assessments.queries.results import (
    completion_of,
    distribution,
    scheme_behind,
    sheet_of,
    worked_out,
)

__all__ = ["decision_file", "decision_files"]

CHUNK = 200


def decision_file(result: Result) -> dict[str, Any]:
    """The decision file of one result of a completed replay: rules, sheet, arithmetic and proof."""
    replay = result.replay
    scheme = scheme_behind(replay)
    totals = distribution(scheme, replay, result.class_code)
    record = _record(_leaves(replay), result.index, proof_of(completion_of(replay)))
    return decision_document(scheme, worked_out(result), sheet_of(scheme, result), totals, record)


def decision_files(replay: Replay) -> Iterator[tuple[Result, dict[str, Any]]]:
    """Every result of a completed replay with its decision file; the ledger and the totals are read once."""
    scheme = scheme_behind(replay)
    totals = {code: distribution(scheme, replay, code) for code in scheme.classes}
    leaves, proof = _leaves(replay), proof_of(completion_of(replay))
    after = -1
    rows = Result.objects.filter(replay=replay).order_by("index")
    while chunk := list(rows.filter(index__gt=after)[:CHUNK]):
        for row in chunk:
            sheet = sheet_of(scheme, row)
            worked = work_out(scheme, row.class_code, row.key, sheet, totals[row.class_code])
            record = _record(leaves, row.index, proof)
            yield row, decision_document(scheme, worked, sheet, totals[row.class_code], record)
        after = chunk[-1].index


def _leaves(replay: Replay) -> list[bytes]:
    found = Result.objects.filter(replay=replay).order_by("index").values_list("leaf", flat=True)
    return [bytes.fromhex(leaf) for leaf in found]


def _record(leaves: list[bytes], index: int, proof: dict[str, Any]) -> dict[str, Any]:
    """Where a result stands in the ledger."""
    path = [part.hex() for part in inclusion_proof(leaves, index)]
    return {"index": index, "size": len(leaves), "path": path, "proof": proof}
