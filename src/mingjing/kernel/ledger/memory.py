"""What a process remembers of rows until a fact says that they may have changed: one small statement for each use.

Every write appends a fact in its own transaction, and facts become visible in the order of their numbers: whoever has
read the end of the ledger knows of every write that was committed before. Not here: what is worth remembering.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from mingjing.kernel.db.locks import in_transaction
from mingjing.kernel.db.prepared import Prepared
from mingjing.kernel.ledger.models import Fact

__all__ = ["Memory", "newest"]

FACTS = 100
"""More news than that are not looked through: everything is forgotten."""
MOST = 20_000
"""Things remembered at once."""
_NEWS = Prepared(
    lambda seq: Fact.objects.filter(seq__gte=seq).order_by("-seq").values_list("seq", "kind", "hash")[: FACTS + 1]
)


def newest() -> "QuerySet[Fact, Any]":
    """The hash of the newest fact, to be asked along with something else."""
    return Fact.objects.order_by("-seq").values("hash")[:1]


@dataclass(frozen=True, slots=True)
class Held:
    """What is remembered, and the newest fact that it has heeded: while that is the `newest`, all of it holds."""

    seq: int = 0
    hash: str = ""
    kept: dict[Any, Any] = field(default_factory=dict)


class Memory:
    """Things by name, forgotten all at once when a fact of a kind that `matters` was appended, by any process."""

    def __init__(self, matters: Callable[[str], bool]) -> None:
        self._matters, self._held = matters, Held()

    def held(self) -> Held:
        """What held at the last look, for whoever asks for the newest fact along with something else. No statement."""
        return Held() if in_transaction() else self._held

    def now(self) -> dict[Any, Any]:
        """What still holds: whoever reads a row puts it in. One statement; in a transaction none, and nothing is kept.

        A transaction may see what nobody else sees, and may yet be undone.
        """
        if in_transaction():
            return {}
        held = self._held
        news = _NEWS.ask(seq=held.seq)
        if not news:  # no fact at all, or a backup with fewer of them was brought back
            self._held = Held()
            return {}
        (seq, _, digest), known = news[0], news[-1]
        known_still = (known[0], known[2]) == (held.seq, held.hash)
        if not known_still or len(held.kept) > MOST or any(self._matters(kind) for _seq, kind, _hash in news[:-1]):
            held = self._held = Held(seq, digest)
        elif seq != held.seq:
            held = self._held = Held(seq, digest, held.kept)
        return held.kept
