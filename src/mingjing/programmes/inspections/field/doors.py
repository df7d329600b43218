"""What a phone brings along to open a task at a door where nobody drafted one: the officer's authorities with items and
colleagues, and firms of their areas, with what the gate asks of them that day.

A fixed number of statements, and the rules of each authority's area. Not here: opening it (openings).
"""

from collections.abc import Iterable
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.db.models import Case, Exists, OuterRef, Prefetch, Subquery, Value, When
from django.utils import timezone

from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import EntryCode, within_subtrees
from mingjing.programmes.inspections.models import (
    Authority,
    Certificate,
    Firm,
    Item,
    Listing,
    PlanLine,
    Post,
    QuietDays,
)
from mingjing.programmes.inspections.models.catalogue import holding
from mingjing.programmes.inspections.policy.previews import gate_document
from mingjing.programmes.inspections.queries.packs import rules_in

__all__ = ["at_door", "item_document", "officer_document", "place_document"]

FIRMS = 200
"""Firms that a phone brings along to choose from: those that plans of the officer's authorities name come first."""


def at_door(person: Person, now: datetime) -> dict[str, Any]:
    """Of the authorities for which the person works; nothing to open for anybody else."""
    day = timezone.localdate(now)
    mine = Post.objects.filter(holding(day), person=person).values("authority")
    listed = Exists(Listing.objects.filter(holding(day), authority=OuterRef("pk")))
    found = list(
        Authority.objects.filter(pk__in=mine).annotate(listed_then=listed)
        .select_related("organisation", "area").order_by("pk")
    )  # fmt: skip
    if not found:
        return {"day": day.isoformat(), "authorities": [], "firms": []}
    posts, items = _posts(found, day), _items(found, day)
    told = [_authority(one, posts, items, day) for one in found]
    return {"day": day.isoformat(), "authorities": told, "firms": _firms(found, day)}


def _posts(bodies: Iterable[Authority], day: date) -> list[Post]:
    certificates = Prefetch("person__certificates", Certificate.objects.order_by("number"))
    rows = Post.objects.filter(holding(day), authority__in=bodies, person__certificates__isnull=False)
    return list(rows.distinct().select_related("person").prefetch_related(certificates).order_by("person__pk"))


def _items(bodies: list[Authority], day: date) -> list[Item]:
    owners = {body.pk for body in bodies} | {body.delegated_by_id for body in bodies if body.delegated_by_id}
    return list(Item.objects.filter(authority__in=owners).published(day).order_by("code"))


def _authority(body: Authority, posts: list[Post], items: list[Item], day: date) -> dict[str, Any]:
    owners, rules = (body.pk, body.delegated_by_id), rules_in(body.area)
    document = (f"{rules.version_on(day) or 'shipped'}/{day.isoformat()}", gate_document(rules.on(day), day))
    facts = {"level": body.level, "field": body.field, "listed": "yes" if body.listed_then else "no"}  # type: ignore[attr-defined]
    return {
        "id": body.pk, "name": body.organisation.name, "facts": facts, "document": document,
        "items": [item_document(item) for item in items if item.authority_id in owners],
        "officers": [officer_document(one.person, body, day) for one in posts if one.authority_id == body.pk],
    }  # fmt: skip


def _firms(bodies: list[Authority], day: date) -> list[dict[str, Any]]:
    named = Exists(PlanLine.objects.filter(firm=OuterRef("pk"), plan__authority__in=bodies))
    rows = Firm.objects.filter(within_subtrees([body.area.path for body in bodies], "area"))
    code = Subquery(EntryCode.objects.filter(site=OuterRef("site"), withdrawn_at=None).values("code")[:1])
    told = rows.annotate(rank=Case(When(named, then=Value(0)), default=Value(1)), hanging=code)
    firms = told.select_related("organisation", "site", "area").order_by("rank", "pk")[:FIRMS]
    quiet = list(QuietDays.objects.filter(holding(day)).select_related("area"))
    return [_firm(one, one.hanging, quiet, day) for one in firms]


def _firm(firm: Firm, code: str | None, quiet: list[QuietDays], day: date) -> dict[str, Any]:
    spared = any(one.area.contains(firm.area) and one.protects(firm, day) for one in quiet)
    return {
        "name": firm.organisation.name, "number": firm.organisation.credit_code,
        "address": firm.site.address if firm.site else "", "site": place_document(firm.site),
        "entry_code": sha256(code.encode()).hexdigest() if code else None, "quiet_day": "yes" if spared else "no",
    }  # fmt: skip


def item_document(item: Item) -> dict[str, Any]:
    """An item as phones have it."""
    return {
        "id": item.pk, "code": item.code, "title": item.title, "legal_basis": item.legal_basis,
        "checklist": item.checklist,
    }  # fmt: skip


def officer_document(person: Person, authority: Authority, day: date) -> dict[str, Any]:
    """An officer with the certificates that are good for this authority and its field on that day."""
    bodies = {authority.pk, authority.delegated_by_id}
    good = [
        one.number
        for one in person.certificates.all()
        if one.holds(day) and one.authority_id in bodies and (not one.scope or authority.field in one.scope)
    ]
    return {"token": person.token, "name": person.display_name, "certificates": good}


def place_document(site: Any) -> dict[str, str] | None:
    """Where a site is, where that is known."""
    if site is None or site.latitude is None:
        return None
    return {"latitude": str(site.latitude), "longitude": str(site.longitude)}
