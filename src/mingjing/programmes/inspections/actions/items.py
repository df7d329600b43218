"""Inspection items: published with their legal basis, replaced from a day on, withdrawn. Not here: plans, tasks."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.parties.models import Person
from mingjing.programmes.inspections.actions.authorities import day_before
from mingjing.programmes.inspections.actions.told import check, days, digest, tell
from mingjing.programmes.inspections.models import Authority, Item
from mingjing.programmes.inspections.models.catalogue import Method
from mingjing.programmes.inspections.policy.texts import said

__all__ = ["publish_item", "withdraw_item"]


@transaction.atomic
def publish_item(
    *, authority: Authority, code: str, title: str, legal_basis: Sequence[str], first_day: date,
    last_day: date | None = None, object_class: str = "", method: str = Method.ON_SITE, checklist: Sequence[str] = (),
    cap: int | None = None, url: str = "", by: Person | None, at: datetime,
) -> Item:  # fmt: skip
    """Publish an item from `first_day` on; one of the same code ends the day before. Raises Refusal.

    Nothing is published without its legal basis (A3).
    """
    code, title = said(code, 40, "code"), said(title, 300, "title")
    basis = [said(text, 300, "legal_basis") for text in legal_basis if text.strip()]
    text, known = N_("Name the legal basis: an item without one cannot be published."), N_("Choose how it is checked.")
    check(
        *days(first_day, last_day),
        None if basis else Problem("inspections.item.basis", text, {}, "legal_basis"),
        None if method in Method.values else Problem("inspections.item.method", known, {}, "method"),
    )
    replaced = _replaced(authority, code, first_day)
    made = Item.objects.create(
        authority=authority, code=code, title=title, legal_basis=basis, object_class=object_class.strip()[:200],
        method=method, checklist=[one.strip() for one in checklist if one.strip()], cap=cap, first_day=first_day,
        last_day=last_day, published_at_url=url.strip()[:300], recorded_by=by, recorded_at=at,
    )  # fmt: skip
    data = {
        "item": made.pk, "authority": authority.pk, "code": code, "first": first_day, "last": last_day,
        "digest": digest(title, *basis), "replaces": replaced.pk if replaced else None,
    }  # fmt: skip
    tell("item.published", f"inspections.item:{made.pk}", data, authority.area, by, at)
    return made


def _replaced(authority: Authority, code: str, first_day: date) -> Item | None:
    """The item of this code that ends the day before; raises Refusal where a later one stands already."""
    Authority.objects.select_for_update().get(pk=authority.pk)
    same = authority.items.filter(code=code)
    if same.filter(first_day__gte=first_day).exists():
        text = N_("An item with the code {code} begins on that day or later already; choose a later day.")
        raise Refusal([Problem("inspections.item.later", text, {"code": code}, "first_day")])
    held = same.exclude(last_day__lt=first_day).order_by("-first_day").first()
    if held:
        held.last_day = day_before(first_day)
        held.save(update_fields=["last_day"])
    return held


@transaction.atomic
def withdraw_item(*, item: Item, last_day: date, reason: str, by: Person | None, at: datetime) -> Item:
    """Nobody may inspect it after `last_day`. Raises Refusal where it ended before."""
    reason = said(reason, 300, "reason")
    found = Item.objects.select_for_update(of=("self",)).select_related("authority__area").get(pk=item.pk)
    if found.last_day and found.last_day <= last_day:
        text = N_("It ends on {day} already; name an earlier day.")
        raise Refusal([Problem("inspections.ended", text, {"day": found.last_day.isoformat()}, "last_day")])
    check(*days(found.first_day, last_day))
    found.last_day = last_day
    found.save(update_fields=["last_day"])
    data = {"item": found.pk, "last": last_day, "reason": digest(reason)}
    tell("item.withdrawn", f"inspections.item:{found.pk}", data, found.authority.area, by, at)
    return found
