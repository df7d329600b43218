"""Reads of the ledger: pages for people, the whole of it for machines, and the proof of one fact."""

import json
from collections.abc import Iterator
from typing import Any

from mingjing.engine import chain
from mingjing.engine.chain import Mark
from mingjing.kernel.ledger.models import Fact, Head

__all__ = ["head", "newest", "proof_of", "stream"]


def head() -> Mark:
    """Where the ledger ends now."""
    return Mark(*Head.objects.values_list("seq", "hash").get())


def newest(
    *, subject: str = "", kind: str = "", by: str = "", before: int | None = None, limit: int = 50
) -> list[Fact]:
    """The last `limit` facts, newest first, of a subject, a kind or a person's token, and `before` a seq."""
    wanted = {"subject": subject, "kind": kind, "by": by}
    facts = Fact.objects.filter(**{name: value for name, value in wanted.items() if value})
    if before is not None:
        facts = facts.filter(seq__lt=before)
    return list(facts.order_by("-seq")[:limit])


def stream(*, after: int = 0, upto: int | None = None, batch: int = 2000) -> Iterator[Fact]:
    """The facts after seq `after` (to `upto`, included), oldest first, holding only `batch` of them in memory."""
    while True:
        facts = Fact.objects.filter(seq__gt=after).order_by("seq")
        page = list(facts.filter(seq__lte=upto)[:batch] if upto is not None else facts[:batch])
        yield from page
        if len(page) < batch:
            return
        after = page[-1].seq


def proof_of(fact: Fact, upto: Mark | None = None) -> dict[str, Any]:
    """What shows that `fact` stands in the ledger that ends at `upto` (now, unless given): see chain.verify_proof."""
    end = upto or head()
    later = Fact.objects.filter(seq__gt=fact.seq, seq__lte=end.seq).order_by("seq").values_list("digest", flat=True)
    return chain.proof(json.loads(fact.content), fact.previous, later.iterator(chunk_size=5000), end)
