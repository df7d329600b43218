"""What complaints tell other parts of the house of a community: its rate, and whether it is in the top share.

From the last edition published whose period ends within the days asked for, as it stood at the moment asked for: a
correction published later changes no earlier answer. Not here: who asks, or what for.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime

from mingjing.engine.outcome import N_, Reason
from mingjing.kernel.registry import Answer
from mingjing.programmes.complaints.models import Edition, EditionRow
from mingjing.programmes.complaints.queries.rulebooks import rules_of

__all__ = ["rates", "top_shares"]


def rates(sites: Collection[int], first_day: date, last_day: date, at: datetime) -> Mapping[int, Answer]:
    """Complaints that count per so many households; unknown where the edition gives no rank."""
    return _of(sites, first_day, last_day, at, _rate)


def top_shares(sites: Collection[int], first_day: date, last_day: date, at: datetime) -> Mapping[int, Answer]:
    """Whether a community is in the top share; no where it has no rank, for then nothing was held against it."""
    return _of(sites, first_day, last_day, at, _top)


def _of(
    sites: Collection[int], first: date, last: date, at: datetime, tell: Callable[[EditionRow], Answer]
) -> dict[int, Answer]:
    editions = Edition.objects.filter(published_at__lte=at, last_day__gte=first, last_day__lte=last)
    newest: dict[int, Edition] = {}
    for edition in editions.order_by("last_day", "first_day", "number", "pk").select_related("rules"):
        newest[edition.area_id] = edition
    rows = EditionRow.objects.filter(edition__in=newest.values(), site__in=sites).defer("cases")
    by_key = {edition.pk: edition for edition in newest.values()}
    found: dict[int, Answer] = {}
    for row in rows.order_by("edition__last_day"):
        row.edition = by_key[row.edition_id]
        found[row.site_id] = tell(row)
    return found


def _rate(row: EditionRow) -> Answer:
    params = {"first": row.edition.first_day.isoformat(), "last": row.edition.last_day.isoformat()}
    if row.rate is None:
        text = N_("The ranking from {first} to {last} gives it no rate.")
        return Answer("", Reason("complaints.no_rate", text, params))
    decimals = rules_of(row.edition.rules).decimals
    shown = f"{row.rate / 10**decimals:.{decimals}f}"
    text = N_("{counted} complaints counted from {first} to {last}, {households} households.")
    more = {"counted": row.counted, "households": row.households or 0}
    return Answer(shown, Reason("complaints.rate", text, params | more))


def _top(row: EditionRow) -> Answer:
    params = {"first": row.edition.first_day.isoformat(), "last": row.edition.last_day.isoformat()}
    if row.rank is None:
        text = N_("The ranking from {first} to {last} gives it no rank.")
        return Answer("no", Reason("complaints.no_rank", text, params))
    text = N_("Rank {rank} of the complaint ranking from {first} to {last}.")
    return Answer("yes" if row.top else "no", Reason("complaints.rank", text, params | {"rank": row.rank}))
