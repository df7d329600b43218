"""What the ledger says of the rows of a round: the facts of many subjects in one statement."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import QuerySet

from mingjing.kernel.ledger.models import Fact

__all__ = ["CHUNK", "chunks", "facts_about", "last_fact"]

CHUNK = 200
"""Rows read at a time."""


def chunks(rows: "QuerySet[Any]") -> Iterator[list[Any]]:
    """All rows in the order of their ids, so many at a time."""
    after = 0
    while found := list(rows.filter(pk__gt=after).order_by("pk")[:CHUNK]):
        yield found
        after = found[-1].pk


def facts_about(subjects: Iterable[str], *kinds: str) -> dict[str, list[Fact]]:
    """The facts of these kinds by their subject, oldest first: one statement."""
    found: dict[str, list[Fact]] = {}
    for fact in Fact.objects.filter(subject__in=list(subjects), kind__in=kinds).order_by("seq"):
        found.setdefault(fact.subject, []).append(fact)
    return found


def last_fact(subject: str, kind: str) -> Fact | None:
    """The newest fact of this kind about `subject`."""
    return Fact.objects.filter(subject=subject, kind=kind).order_by("-seq").first()
