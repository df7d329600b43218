"""Inspections as LIVES writes them (Local Inspector Value-Entry Specification, CSV): four tables, no person in any.

LIVES asks for a score where there is one; we give none, so that column stays empty. A visit is told once its result is
filed; voided and corrected ones are not. Not here: who may have them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from django.db.models import QuerySet
from django.utils.timezone import localdate

from mingjing.kernel.places.models import Area
from mingjing.programmes.inspections.models import Entry, Finding, Firm
from mingjing.programmes.inspections.models.plans import Purpose

__all__ = ["TABLES", "Rows"]

Rows = Iterator[Sequence[str]]
TYPES = {Purpose.RECHECK: "followup", Purpose.CASE: "complaint"}
CHUNK = 2000
VERSION = "2.0"


def _businesses(entries: QuerySet[Entry], area: Area, today: date) -> Rows:
    yield ("business_id", "name", "address", "city", "state", "postal_code", "latitude", "longitude")
    firms = Firm.objects.filter(pk__in=entries.values("firm")).select_related("organisation", "site", "area")
    for firm in firms.order_by("pk").iterator(CHUNK):
        site = firm.site
        where = (str(site.latitude), str(site.longitude)) if site and site.latitude is not None else ("", "")
        yield (_name(firm), firm.organisation.name, site.address if site else "", firm.area.name, "", "", *where)


def _inspections(entries: QuerySet[Entry], area: Area, today: date) -> Rows:
    yield ("business_id", "score", "date", "description", "type")
    for entry in entries.iterator(CHUNK):
        day = localdate(entry.visit.entered_at)
        yield (_name(entry.firm), "", f"{day:%Y%m%d}", entry.authority.organisation.name, _type(entry))


def _violations(entries: QuerySet[Entry], area: Area, today: date) -> Rows:
    yield ("business_id", "date", "code", "description")
    found = Finding.objects.filter(entry_item__entry__in=entries.values("pk")).select_related(
        "entry_item__item", "entry_item__entry__visit", "entry_item__entry__firm__organisation"
    )
    for one in found.order_by("pk").iterator(CHUNK):
        entry = one.entry_item.entry
        day = localdate(entry.visit.entered_at)
        yield (_name(entry.firm), f"{day:%Y%m%d}", one.entry_item.item.code, one.text)


def _feed_info(entries: QuerySet[Entry], area: Area, today: date) -> Rows:
    yield ("feed_date", "feed_version", "municipality_name", "municipality_url", "contact_email")
    yield (f"{today:%Y%m%d}", VERSION, area.name, "", "")


Table = Callable[[QuerySet[Entry], Area, date], Rows]
TABLES: Mapping[str, Table] = {
    "businesses": _businesses, "inspections": _inspections, "violations": _violations, "feed_info": _feed_info,
}  # fmt: skip
"""Each table by name: a function of (entries that may be seen, area, day) that gives its rows, the header first."""


def _name(firm: Firm) -> str:
    return firm.organisation.credit_code


def _type(entry: Entry) -> str:
    return TYPES.get(Purpose(entry.purpose), "routine")
