"""Reads of complaints: lists as people narrow them, and which complaint repeats which."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from mingjing.programmes.complaints.models import Complaint, ComplaintQuerySet, Decision, Matter
from mingjing.programmes.complaints.policy.decisions import Standing
from mingjing.programmes.complaints.policy.ranking import Complaint as Told
from mingjing.programmes.complaints.policy.repeats import Told as Call
from mingjing.programmes.complaints.policy.repeats import runs
from mingjing.programmes.complaints.policy.rules import COMPANY, Repeats

__all__ = ["COLUMNS", "Related", "narrowed", "related_to", "standing_of", "told"]

COLUMNS = (
    "pk", "site", "category", "opened_on", "closed_on", "caller", "place", "validity", "duty", "apart",
)  # fmt: skip
"""What a ranking needs of a complaint, in the order of `told`."""
VALID = {"": None, "valid": True, "invalid": False}


def told(row: tuple[Any, ...]) -> Told:
    """A row of COLUMNS as the ranking takes it."""
    key, site, category, opened, closed, caller, place, validity, duty, apart = row
    return Told(
        number=str(key), community=str(site) if site else "", category=category, opened=opened, closed=closed,
        caller=caller, place=place, valid=VALID[validity], duty=duty, apart=apart,
    )  # fmt: skip


def narrowed(rows: ComplaintQuerySet, state: str = "", first: date | None = None, last: date | None = None,
             site: int | None = None, origin: str = "") -> ComplaintQuerySet:  # fmt: skip
    """Those of an origin and a state (`undecided`, `counted`, `other`, `invalid`, `unplaced`), of days, of a place."""
    if origin:
        rows = rows.filter(origin=origin)
    match state:
        case "undecided":
            rows = rows.undecided()
        case "counted":
            rows = rows.filter(validity="valid", duty=COMPANY)
        case "other":
            rows = rows.filter(validity="valid").exclude(duty__in=("", COMPANY))
        case "invalid":
            rows = rows.filter(validity="invalid")
        case "unplaced":
            rows = rows.filter(site=None).exclude(validity="invalid")
    if first:
        rows = rows.filter(opened_on__gte=first)
    if last:
        rows = rows.filter(opened_on__lte=last)
    return rows.filter(site=site) if site else rows


def standing_of(complaint: Complaint) -> Standing:
    """What was decided last on each matter, and by whom: one query."""
    latest: dict[str, Decision] = {one.matter: one for one in complaint.decisions.order_by("number")}
    by = {matter: one.by_id for matter, one in latest.items()}
    return Standing(
        validity=complaint.validity, duty=complaint.duty, site=complaint.site_id,
        validity_by=by.get(Matter.VALIDITY), duty_by=by.get(Matter.DUTY),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Related:
    """A complaint of the same caller about the same thing; `repeats` is the key of the one it repeats."""

    complaint: Complaint
    repeats: int | None


def related_to(complaint: Complaint, rule: Repeats) -> list[Related]:
    """The complaints of one issue with this one among them, in the order of days, each with what it repeats."""
    columns = {"caller": "caller", "community": "site", "category": "category", "place": "place"}
    values = {column: getattr(complaint, column) for column in (columns[name] for name in rule.same)}
    if not all(values.values()) or complaint.site_id is None:
        return []
    # A year around is more than any rule joins, and keeps a much-used place from filling the page.
    around = timedelta(days=max(2 * rule.within_days, 31))
    days = Q(opened_on__range=(complaint.opened_on - around, complaint.opened_on + around))
    rows = Complaint.objects.filter(
        days, **{"area": complaint.area_id, "site": complaint.site_id, "origin": complaint.origin} | values
    )
    found = {str(row.pk): row for row in rows.order_by("opened_on", "pk")[:200]}
    counting = {key: row for key, row in found.items() if row.validity == "valid" and row.duty == COMPANY}
    calls = [_call(row) for row in counting.values()]
    repeats = {one.number: int(first.number) for one, first in runs(calls, rule) if first}
    return [Related(row, repeats.get(key)) for key, row in found.items()] if len(found) > 1 else []


def _call(row: Complaint) -> Call:
    closed = row.closed_on.toordinal() if row.closed_on else None
    return Call(row.opened_on.toordinal(), str(row.pk), closed, row.apart, row.category)
