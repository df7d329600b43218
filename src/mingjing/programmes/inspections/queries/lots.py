"""A draw as everybody may take it away, to make it again: what was bound before, what was said, what came of it."""

import json
from typing import Any

from mingjing.programmes.inspections.models import Lot
from mingjing.programmes.inspections.policy.lots import FORMAT, witness_digest

__all__ = ["document_of", "file_name", "shown"]


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


def file_name(lot: Lot) -> str:
    """What the file is called when it is taken away."""
    return f"lot-{lot.pk}.json"


def shown(lot: Lot) -> dict[str, Any]:
    """A draw as its page tells of it: what the witness said, its digest, and what makes it again."""
    told = document_of(lot)
    return {
        "lot": lot, "witness": told.get("witness", ""), "witness_digest": told.get("witness_digest", ""),
        "drawn": len(told.get("result", ())), "firms": len(told["inputs"].get("firms", ())),
        "command": f"mingjing inspections draw verify {file_name(lot)}",
    }  # fmt: skip
