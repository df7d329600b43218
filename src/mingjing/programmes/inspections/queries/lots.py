"""A draw as everybody may take it away, to make it again: what was bound before, what was said, what came of it."""

import json
from typing import Any

from mingjing.programmes.inspections.models import Lot
from mingjing.programmes.inspections.policy.lots import FORMAT, witness_digest

__all__ = ["document_of"]


def document_of(lot: Lot) -> dict[str, Any]:
    """What `mingjing inspections draw verify` reads; before the draw without seed and result."""
    told: dict[str, Any] = {
        "format": FORMAT, "inputs": json.loads(lot.inputs), "inputs_digest": lot.inputs_digest,
        "seed_digest": lot.seed_digest, "committed_at": lot.committed_at.isoformat(),
    }  # fmt: skip
    if lot.drawn_at:
        drawn = json.loads(lot.result)
        told |= {"seed": lot.seed, "witness": drawn["witness"], "result": drawn["teams"]}
        told |= {"witness_digest": witness_digest(drawn["witness"]), "drawn_at": lot.drawn_at.isoformat()}
    return told
