"""Where the ledger ends, signed: what a phone carries along, so that what it writes down is later than that.

docs/reference/field-protocol.md, Ledger heads. Not here: checkpoints kept elsewhere (checkpoints).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from mingjing.engine.chain import Mark, canonical
from mingjing.kernel import keys
from mingjing.kernel.db.fields import instant_text
from mingjing.kernel.ledger.queries import head

__all__ = ["FORMAT", "SignedHead", "read_head", "signed_head"]

FORMAT = "mingjing.ledger.head/1"
SERVES = timedelta(seconds=1)
_signed: dict[tuple[Mark, str], tuple[datetime, dict[str, Any]]] = {}


@dataclass(frozen=True, slots=True)
class SignedHead:
    """A head this installation signed: the ledger ended with `mark` at the instant `at`."""

    mark: Mark
    at: datetime


def signed_head(*, at: datetime, end: Mark | None = None) -> dict[str, Any]:
    """The ledger's end at the instant `at`, signed. One statement, unless the caller has just looked it up (`end`).

    While the ledger ends as it did, the head of up to a second before serves: many phones ask in one second, and it
    says of that instant what was so.
    """
    end, key = end or head(), keys.public_key()
    known = _signed.get((end, key))
    if known is None or not known[0] <= at < known[0] + SERVES:
        document = {"format": FORMAT, "seq": end.seq, "hash": end.hash, "at": instant_text(at), "key": key}
        known = at, {**document, "signature": keys.sign(canonical(document))}
        _signed.clear()  # one is enough: the ledger ends in one place
        _signed[end, key] = known
    return dict(known[1])


def read_head(document: object) -> SignedHead | None:
    """The head that `document` holds; None for what this installation did not sign.

    Remembered, for all photos of a visit name the same.
    """
    if not isinstance(document, Mapping) or any(type(value) not in (str, int) for value in document.values()):
        return None
    return _read(tuple(document.items()))


@lru_cache(maxsize=256, typed=True)
def _read(document: tuple[tuple[str, Any], ...]) -> SignedHead | None:
    signed = dict(document)
    signature = signed.pop("signature", "")
    try:
        message = canonical(signed)
        if not keys.signed_by_us(message, str(signature), str(signed["key"])):
            return None
        if signed["format"] != FORMAT:
            return None
        return SignedHead(Mark(signed["seq"], signed["hash"]), datetime.fromisoformat(signed["at"]))
    except (KeyError, TypeError, ValueError, RecursionError):
        return None
