"""Where the results of a published round stand in the ledger: the same whenever it is asked, whatever came later.

The proof ends at the fact that published the newest edition. Not here: decision files for the office (decisions).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mingjing.engine.chain import Mark, inclusion_proof
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.ledger.queries import proof_of
from mingjing.programmes.assessments.models import Edition, Result
from mingjing.programmes.assessments.queries.results import completion_of

__all__ = ["Recorded", "recorded_of"]


@dataclass(frozen=True, slots=True)
class Recorded:
    """The leaves of a decision in their order, and the proof of the fact that recorded their root."""

    leaves: tuple[bytes, ...]
    proof: Mapping[str, Any]

    def of(self, result: Result) -> dict[str, Any]:
        """Where a result stands."""
        path = inclusion_proof(list(self.leaves), result.index)
        return {
            "index": result.index, "size": len(self.leaves), "path": [part.hex() for part in path],
            "proof": dict(self.proof),
        }  # fmt: skip


def recorded_of(edition: Edition) -> Recorded:
    """What the ledger has of the decision that an edition rests on. Five queries."""
    published = Fact.objects.filter(subject=edition.subject).order_by("seq").first()
    upto = Mark(published.seq, published.hash) if published else None
    found = Result.objects.filter(replay=edition.replay_id).order_by("index").values_list("leaf", flat=True)
    leaves = tuple(bytes.fromhex(leaf) for leaf in found)
    return Recorded(leaves, proof_of(completion_of(edition.replay), upto))
