"""The digest of a frozen roster: of the canonical list of its entries, taken one entry at a time.

Anyone who holds the rows can compute it again. Not here: when it is taken (actions.rounds), who compares it
(queries.checks).
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from mingjing.engine.chain import canonical, content_digest

__all__ = ["RosterDigest"]

Row = tuple[int, str, int, str, Mapping[str, Any], Mapping[str, Sequence[str]]]
"""An entry: its id, number, community, class, values and ranges."""


class RosterDigest:
    """Takes the entries in the order of their numbers.

    >>> RosterDigest().hexdigest() == content_digest([])
    True
    """

    def __init__(self) -> None:
        self._hash, self._between = sha256(b"["), b""

    def add(self, row: Row) -> None:
        """The next entry."""
        pk, number, community, code, values, ranges = row
        self._hash.update(self._between + canonical([pk, number, community, code, content_digest([values, ranges])]))
        self._between = b","

    def hexdigest(self) -> str:
        """The digest over the entries so far."""
        whole = self._hash.copy()
        whole.update(b"]")
        return whole.hexdigest()
