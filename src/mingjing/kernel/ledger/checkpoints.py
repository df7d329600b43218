"""Checkpoints: where the ledger ended at some moment, kept where the ledger's keeper cannot reach it.

A ledger hashed anew from some fact on looks whole from inside; only a checkpoint kept elsewhere (printed, sent to the
auditor, published) shows it. Taking one changes nothing, so whoever may read the ledger may take one.
"""

import json
from datetime import datetime
from typing import Any

from mingjing.engine.chain import Mark
from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.db.fields import instant_text
from mingjing.kernel.ledger.queries import head

__all__ = ["FORMAT", "read_checkpoint", "take_checkpoint"]

FORMAT = "mingjing.ledger.checkpoint/1"


def take_checkpoint(*, at: datetime) -> dict[str, Any]:
    """The ledger's end now, as JSON of format `mingjing.ledger.checkpoint/1`."""
    end = head()
    return {"format": FORMAT, "at": instant_text(at), "count": end.seq, "seq": end.seq, "hash": end.hash}


def read_checkpoint(raw: bytes, place: str = "") -> Mark:
    """The mark a checkpoint file holds; raises Refusal when it is none."""
    try:
        document = json.loads(raw)
        seq, hash_ = document["seq"], document["hash"]
        if document["format"] == FORMAT and type(seq) is int and seq >= 0 and len(bytes.fromhex(hash_)) == 32:
            return Mark(seq, hash_)
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    text = N_("This is not a checkpoint of a ledger; make one with: mingjing ledger checkpoint")
    raise Refusal([Problem("ledger.checkpoint.unreadable", text, place=place)])
