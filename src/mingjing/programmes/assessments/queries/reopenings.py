"""What was established only after the decision: where the proceeding about each stands, and which count.

Constant numbers of queries, whatever the number of entries. Not here: opening and moving them (actions.reopenings),
what one makes of a row (policy.corrections).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from mingjing.engine.scoring import Veto
from mingjing.kernel.proceedings.queries import Stands, stands_of
from mingjing.programmes.assessments.models import Filing, Reopening
from mingjing.programmes.assessments.policy.procedures import DROP, UPHOLD

__all__ = ["REOPENING", "Reopened", "reopened_in", "reopened_of", "veto_of", "with_standing"]

REOPENING = "reopening"
"""The kind of proceeding (policy.procedures)."""
LAST = "signed_bureau"
"""After this step it counts."""


@dataclass(frozen=True, slots=True)
class Reopened:
    """A reopening and where its proceeding stands."""

    reopening: Reopening
    stands: Stands

    @property
    def settled(self) -> str:
        """`uphold` or `drop` once the panel has said so, or two have withdrawn it; else empty."""
        return DROP if self.stands.standing.ended else self.stands.standing.said.get("decision", "")

    @property
    def counts(self) -> bool:
        """Whether the list may be corrected by it: upheld, shown to the public, signed by both houses."""
        return self.settled == UPHOLD and LAST in self.stands.standing.done

    @property
    def stood(self) -> bool:
        """Whether it was signed once, though what it rested on may have fallen since."""
        return any(act.step == LAST for act in self.stands.acts)


def reopened_of(entries: Iterable[Any], now: datetime) -> tuple[Reopened, ...]:
    """Those about these entries (or their keys, or a query for them), the oldest first: at most five queries."""
    rows = Reopening.objects.filter(entry__in=entries, at__lte=now).order_by("id")
    return with_standing(rows.select_related("filing__entry"), now)


def reopened_in(round_: Any, now: datetime) -> tuple[Reopened, ...]:
    """Those of a round, without what was filed: four queries and two for the days of its area."""
    return with_standing(Reopening.objects.filter(entry__round=round_, at__lte=now).order_by("id"), now)


def with_standing(rows: "QuerySet[Reopening]", now: datetime) -> tuple[Reopened, ...]:
    """These, each with where it stands."""
    found = list(rows.select_related("proceeding").prefetch_related("proceeding__area"))
    standing = stands_of([row.proceeding for row in found], now) if found else {}
    return tuple(Reopened(row, standing[row.proceeding_id]) for row in found)


def veto_of(filing: Filing) -> Veto:
    """A veto as it stands in a sheet once it counts."""
    approver = filing.decided_by.token if filing.approved and filing.decided_by else ""
    day = filing.occurred_on.isoformat() if filing.occurred_on else ""
    return Veto(filing.code, document=filing.document, approver=approver, occurred_on=day)
