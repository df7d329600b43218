"""Which corrections count: those of objections and appeals that stand decided as upheld, read from their acts.

Constant numbers of queries, whatever the number of corrections. Not here: what they make of sheets (policy).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mingjing.kernel.proceedings.queries import stands_of
from mingjing.programmes.assessments.models import Correction
from mingjing.programmes.assessments.policy.procedures import UPHELD

__all__ = ["Amendments", "amendments_of"]


@dataclass(frozen=True, slots=True)
class Amendments:
    """The corrections that count: by record the steps left of findings, filings, entries whose listing itself fell."""

    rows: tuple[Correction, ...] = ()

    @property
    def entries(self) -> frozenset[int]:
        """The entries that anything was corrected about."""
        return frozenset(row.entry_id for row in self.rows)

    @property
    def findings(self) -> Mapping[int, Mapping[str, int]]:
        """By record, then by finding, the steps that are left; of several corrections the newest."""
        found: dict[int, dict[str, int]] = {}
        for row in self.rows:
            if row.record_id is not None and row.steps is not None:
                found.setdefault(row.record_id, {})[row.finding] = row.steps
        return found

    @property
    def filings(self) -> frozenset[int]:
        """Filings that no longer count."""
        return frozenset(row.filing_id for row in self.rows if row.filing_id is not None)

    @property
    def listings(self) -> Mapping[int, datetime]:
        """Entries whose listing itself was called wrong, and when that was last."""
        return {row.entry_id: row.at for row in self.rows if row.record_id is None and row.filing_id is None}


def amendments_of(entries: Iterable[Any], now: datetime) -> Amendments:
    """The corrections about these entries (or their keys, or a query for them) made until `now` that count.

    At most four queries.
    """
    asked = Correction.objects.filter(entry__in=entries, at__lte=now).select_related("proceeding__area", "filing")
    rows = list(asked.order_by("id"))
    if not rows:
        return Amendments()
    standing = stands_of({row.proceeding_id: row.proceeding for row in rows}.values(), now)
    upheld = {pk for pk, one in standing.items() if one.standing.said.get("decision") == UPHELD}
    return Amendments(tuple(row for row in rows if row.proceeding_id in upheld))
