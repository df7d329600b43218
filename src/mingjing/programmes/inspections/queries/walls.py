"""What everybody may know of a firm by the code on its wall: who came for what, what came of it, the load, and what
published plans foresee.

Nothing private: no person, no word that anybody wrote freely (ADR 0012), no notice (those are the firm's), no clue, no
warning, no refusal. Not here: the page (board.firm).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch

from mingjing.kernel.places.models import EntryCode
from mingjing.programmes.inspections.models import Authority, Entry, EntryItem, Firm, PlanLine
from mingjing.programmes.inspections.policy.loads import Load
from mingjing.programmes.inspections.queries.own import loads_for

__all__ = ["Wall", "firm_of_wall", "wall_of"]

LENGTHS = range(8, 21)
MOST = 50
BACK = 2
"""Years of visits that are shown, beside the running one."""


@dataclass(frozen=True, slots=True)
class Wall:
    """What the page says. `loads` are those of this year; `planned` are lines of published plans not over yet."""

    firm: Firm
    entries: Sequence[Entry]
    loads: Sequence[tuple[Authority, Load]]
    planned: Sequence[PlanLine]
    since: date


def firm_of_wall(code: str) -> Firm | None:
    """The firm whose standing code this is; None for every other text alike. One statement."""
    sites = EntryCode.objects.filter(code=code.upper()[:20], withdrawn_at=None).values("site")
    firm = Firm.objects.select_related("organisation", "site", "area").filter(site__in=sites).order_by("pk").first()
    return firm if len(code) in LENGTHS else None


def wall_of(firm: Firm, today: date) -> Wall:
    """What the page says today. A constant number of statements."""
    since = date(today.year - BACK, 1, 1)
    items = Prefetch("items", EntryItem.objects.select_related("item").prefetch_related("findings"))
    rows = Entry.objects.filter(firm=firm, visit__voided_at=None, corrected_by=None, visit__entered_at__date__gte=since)
    entries = rows.select_related("visit", "authority__organisation").prefetch_related(items)[:MOST]
    lines = PlanLine.objects.filter(
        firm=firm, last_day__gte=today, plan__published_at__isnull=False, plan__withdrawn_at=None
    )
    planned = lines.select_related("plan__authority__organisation", "item").order_by("first_day", "pk")[:MOST]
    return Wall(firm, list(entries), loads_for(firm, today), list(planned), since)
