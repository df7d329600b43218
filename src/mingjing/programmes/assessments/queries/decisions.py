"""Decision files of stored results, one or all of a replay. Not here: their content (policy.decisions)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mingjing.engine.chain import inclusion_proof, merkle_root
from mingjing.engine.lists import Distribution
from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.ledger.queries import proof_of
from mingjing.programmes.assessments.models import Replay, Result
from mingjing.programmes.assessments.policy.decisions import Result as Worked
from mingjing.programmes.assessments.policy.decisions import decision_document, result_row
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.queries.corrected import corrections_of
from mingjing.programmes.assessments.queries.results import (
    completion_of,
    distribution,
    row_of,
    scheme_behind,
    sheet_of,
    worked_by,
)

__all__ = ["decision_file", "decision_files"]

CHUNK = 200


def decision_file(result: Result) -> dict[str, Any]:
    """The decision file of one result of a completed replay: rules, sheet, arithmetic and proof.

    Raises Refusal where what is stored is not what the rules give.
    """
    replay = result.replay
    scheme = scheme_behind(replay)
    totals = distribution(scheme, replay, result.class_code)
    worked = _as_stored(scheme, result, totals)
    leaves, proof = _leaves(replay), proof_of(completion_of(replay))
    record = _record(inclusion_proof(leaves, result.index), result.index, len(leaves), proof)
    corrected = corrections_of(replay, scheme, only=[result.entry_id]) if result.entry_id else {}
    return _whole(decision_document(scheme, worked, sheet_of(scheme, result), totals, record), result, corrected)


def decision_files(replay: Replay) -> Iterator[tuple[Result, dict[str, Any]]]:
    """Every result of a completed replay with its decision file; the ledger and the totals are read once.

    Raises Refusal at the first that is stored otherwise than the rules give.
    """
    scheme = scheme_behind(replay)
    totals = {code: distribution(scheme, replay, code) for code in scheme.classes}
    leaves, proof = _leaves(replay), proof_of(completion_of(replay))
    paths, corrected = _Paths(leaves), corrections_of(replay, scheme)
    after = -1
    rows = Result.objects.filter(replay=replay).order_by("index")
    while chunk := list(rows.filter(index__gt=after)[:CHUNK]):
        for row in chunk:
            sheet = sheet_of(scheme, row)
            worked = _as_stored(scheme, row, totals[row.class_code])
            record = _record(paths.of(row.index), row.index, len(leaves), proof)
            yield row, _whole(decision_document(scheme, worked, sheet, totals[row.class_code], record), row, corrected)
        after = chunk[-1].index


def _whole(
    document: dict[str, Any], result: Result, corrected: Mapping[int, Mapping[str, Any]]
) -> dict[str, Any]:  # fmt: skip
    """The document, with what a correction made of the row where one did."""
    section = corrected.get(result.entry_id or 0)
    return {**document, "correction": section} if section else document


def _as_stored(scheme: Scheme, result: Result, totals: Distribution) -> Worked:
    worked = worked_by(scheme, result, totals)
    if row_of(scheme, result) != result_row(scheme, worked):
        text = N_("{key}: what is stored is not what the rules give. Tell an administrator: the database was changed.")
        raise Refusal([Problem("decision.changed", text, {"key": result.key})])
    return worked


def _leaves(replay: Replay) -> list[bytes]:
    found = Result.objects.filter(replay=replay).order_by("index").values_list("leaf", flat=True)
    return [bytes.fromhex(leaf) for leaf in found]


class _Paths:
    """Inclusion proofs (RFC 9162, 2.1.3) of every leaf of one tree; each part of the tree is hashed once."""

    def __init__(self, leaves: list[bytes]) -> None:
        self._leaves = leaves
        self._roots: dict[tuple[int, int], bytes] = {}

    def of(self, index: int) -> list[bytes]:
        """What `engine.chain.inclusion_proof` gives for this leaf."""
        path: list[bytes] = []
        start, end = 0, len(self._leaves)
        while end - start > 1:
            split = start + (1 << (end - start - 1).bit_length() - 1)
            here, beside = ((start, split), (split, end)) if index < split else ((split, end), (start, split))
            path.append(self._root(beside))
            start, end = here
        return path[::-1]

    def _root(self, part: tuple[int, int]) -> bytes:
        if part not in self._roots:
            self._roots[part] = merkle_root(self._leaves[slice(*part)])
        return self._roots[part]


def _record(path: Sequence[bytes], index: int, size: int, proof: dict[str, Any]) -> dict[str, Any]:
    """Where a result stands in the ledger."""
    return {"index": index, "size": size, "path": [part.hex() for part in path], "proof": proof}
