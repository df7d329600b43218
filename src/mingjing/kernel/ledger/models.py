"""The tables of the ledger: facts, never changed, and the one row that says where they end.

Both are guarded by triggers (its migration). Facts hold ids, counts and salted digests, never names: personal data is
erased elsewhere without breaking the chain. Not here: appending (writer), checking (verify).
"""

import json
from dataclasses import dataclass
from typing import Any

from django.db import models

from mingjing.engine.chain import GENESIS, Entry, fact_content
from mingjing.kernel.db.fields import InstantField, instant_text

__all__ = ["Fact", "Head", "Subtree"]


@dataclass(frozen=True, slots=True)
class Subtree:
    """The subtree of an area, by its path alone: areas themselves lie above the ledger."""

    path: str


class Fact(models.Model):
    """Something that happened: `kind`, about `subject`, at an instant, by a person's token (empty: by the system).

    `data` is the canonical JSON text (RFC 8785) that was hashed. `digest` is over the content, `hash` links it to
    `previous`, the hash of the fact before (docs/reference/ledger-format.md). `scope` is the path of the area that the
    fact belongs to (empty: the installation as a whole). It decides who may see the fact and is no part of the chain.
    """

    seq = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=100)
    subject = models.CharField(max_length=160)
    data = models.TextField()
    at = InstantField()
    by = models.CharField(max_length=64, blank=True)
    scope = models.CharField(max_length=60, blank=True)
    digest = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["seq"]
        indexes = [
            models.Index(fields=["subject", "seq"], name="ledger_fact_subject"),
            models.Index(fields=["kind", "seq"], name="ledger_fact_kind"),
            models.Index(fields=["by", "seq"], name="ledger_fact_by"),
            models.Index(fields=["scope", "seq"], name="ledger_fact_scope"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind} {self.subject}"

    @property
    def within(self) -> "Subtree | None":
        """Where it belongs, as `writer.append` takes it for what follows from this fact."""
        return Subtree(self.scope) if self.scope else None

    @property
    def values(self) -> dict[str, Any]:
        """`data`, parsed."""
        parsed: dict[str, Any] = json.loads(self.data)
        return parsed

    @property
    def content(self) -> bytes:
        """The canonical JSON that `digest` is taken over."""
        at, by = instant_text(self.at), self.by or None
        return fact_content(seq=self.seq, kind=self.kind, subject=self.subject, data=self.data, at=at, by=by)

    @property
    def entry(self) -> Entry:
        """The fact as a link of the chain."""
        return Entry(self.seq, self.content, self.digest, self.previous, self.hash)


class Head(models.Model):
    """Where the ledger ends: the number and hash of the last fact. One row, moving over linked facts."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default=GENESIS)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="ledger_head_is_one_row")]

    def __str__(self) -> str:
        return f"{self.seq} {self.hash}"
