"""Who may inspect: authorities and delegated bodies, the days on which they are listed, their people and certificates.

What is recorded stays; it ends on a day. Not here: who may record (adapters), items (actions.items).
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.places.models import Area
from mingjing.programmes.inspections.actions.told import check, days, digest, tell
from mingjing.programmes.inspections.models import Authority, Certificate, Listing, Post
from mingjing.programmes.inspections.policy.texts import said

__all__ = [
    "end_listing", "end_post", "give_post", "issue_certificate", "list_authority", "register_authority",
    "revoke_certificate",
]  # fmt: skip


@transaction.atomic
def register_authority(
    *, organisation: Organisation, area: Area, level: str, field: str, delegated_by: Authority | None = None,
    by: Person | None, at: datetime,
) -> Authority:  # fmt: skip
    """Record a body that inspects, or one to which `delegated_by` delegated; it may inspect once it is listed."""
    field = said(field, 60, "field")
    if Authority.objects.filter(organisation=organisation).exists():
        text = N_("This body is on the register already; open its page.")
        raise Refusal([Problem("inspections.authority.known", text, {}, "organisation")])
    if delegated_by and delegated_by.delegated_by_id:
        text = N_("A body to which something was delegated cannot delegate it on; name the authority itself.")
        raise Refusal([Problem("inspections.authority.delegated_twice", text, {}, "delegated_by")])
    made = Authority.objects.create(
        organisation=organisation, area=area, level=level, field=field, delegated_by=delegated_by, recorded_by=by,
        recorded_at=at,
    )  # fmt: skip
    data = {
        "organisation": organisation.pk, "level": level, "field": field,
        "delegated_by": delegated_by.pk if delegated_by else None,
    }  # fmt: skip
    tell("authority.registered", made.subject, data, area, by, at)
    return made


@transaction.atomic
def list_authority(
    *, authority: Authority, first_day: date, last_day: date | None = None, basis: str, reference: str,
    by: Person | None, at: datetime,
) -> Listing:  # fmt: skip
    """Put it on the published list for these days, by an act (A1). Raises Refusal where it is listed already."""
    basis, reference = said(basis, 300, "basis"), said(reference, 300, "reference")
    Authority.objects.select_for_update().get(pk=authority.pk)
    held = authority.listings.exclude(last_day__lt=first_day)
    known = (held.filter(first_day__lte=last_day) if last_day else held).exists()
    text = N_("It is on the list on some of these days already; end that first.")
    check(*days(first_day, last_day), Problem("inspections.listing.held", text, {}, "first_day") if known else None)
    made = Listing.objects.create(
        authority=authority, first_day=first_day, last_day=last_day, basis=basis, reference=reference, recorded_by=by,
        recorded_at=at,
    )  # fmt: skip
    data = {"listing": made.pk, "first": first_day, "last": last_day, "act": digest(basis, reference)}
    tell("authority.listed", authority.subject, data, authority.area, by, at)
    return made


@transaction.atomic
def end_listing(*, listing: Listing, last_day: date, by: Person | None, at: datetime) -> Listing:
    """Take it off the list after `last_day`. Raises Refusal where it has ended, or would end before it began."""
    found = Listing.objects.select_for_update(of=("self",)).select_related("authority__area").get(pk=listing.pk)
    _ends(found.first_day, found.last_day, last_day)
    found.last_day = last_day
    found.save(update_fields=["last_day"])
    data = {"listing": found.pk, "last": last_day}
    tell("authority.listing_ended", found.authority.subject, data, found.authority.area, by, at)
    return found


@transaction.atomic
def give_post(
    *, authority: Authority, person: Person, first_day: date, last_day: date | None = None, by: Person | None,
    at: datetime,
) -> Post:  # fmt: skip
    """Somebody works for the authority on these days: they see its drafts. Raises Refusal."""
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    held = Post.objects.filter(authority=authority, person=person).exclude(last_day__lt=first_day)
    known = (held.filter(first_day__lte=last_day) if last_day else held).exists()
    text = N_("This person works there on some of these days already.")
    check(*days(first_day, last_day), Problem("inspections.post.held", text, {}, "person") if known else None)
    made = Post.objects.create(
        authority=authority, person=person, first_day=first_day, last_day=last_day, recorded_by=by, recorded_at=at
    )
    data = {"post": made.pk, "person": person.token, "first": first_day, "last": last_day}
    tell("authority.post_given", authority.subject, data, authority.area, by, at)
    return made


@transaction.atomic
def end_post(*, post: Post, last_day: date, by: Person | None, at: datetime) -> Post:
    """They work there no longer after `last_day`. Raises Refusal."""
    found = Post.objects.select_for_update(of=("self",)).select_related("authority__area").get(pk=post.pk)
    _ends(found.first_day, found.last_day, last_day)
    found.last_day = last_day
    found.save(update_fields=["last_day"])
    data = {"post": found.pk, "last": last_day}
    tell("authority.post_ended", found.authority.subject, data, found.authority.area, by, at)
    return found


@transaction.atomic
def issue_certificate(
    *, authority: Authority, person: Person, number: str, first_day: date, last_day: date, scope: Sequence[str] = (),
    by: Person | None, at: datetime,
) -> Certificate:  # fmt: skip
    """Record an officer's certificate, for the fields of law in `scope` or, without any, for all of the authority's.

    Raises Refusal: a number that is known, somebody who has no post there.
    """
    number = said(number, 40, "number")
    check(*days(first_day, last_day))
    if Certificate.objects.filter(number=number).exists():
        text = N_("A certificate with the number {number} is on the register already.")
        raise Refusal([Problem("inspections.certificate.known", text, {"number": number}, "number")])
    if not Post.objects.filter(authority=authority, person=person).exclude(last_day__lt=first_day).exists():
        text = N_("This person does not work for the authority on that day; record that they do, first.")
        raise Refusal([Problem("inspections.certificate.no_post", text, {}, "person")])
    fields = [one.strip() for one in scope if one.strip()]
    made = Certificate.objects.create(
        authority=authority, person=person, number=number, scope=fields, first_day=first_day, last_day=last_day,
        recorded_by=by, recorded_at=at,
    )  # fmt: skip
    data = {
        "certificate": made.pk, "person": person.token, "number": digest(number), "first": first_day, "last": last_day,
        "scope": fields,
    }  # fmt: skip
    tell("certificate.issued", authority.subject, data, authority.area, by, at)
    return made


@transaction.atomic
def revoke_certificate(
    *, certificate: Certificate, day: date, reason: str, by: Person | None, at: datetime
) -> Certificate:
    """From `day` on it is worth nothing. Raises Refusal where it was revoked already."""
    reason = said(reason, 300, "reason")
    rows = Certificate.objects.select_for_update(of=("self",)).select_related("authority__area")
    found = rows.get(pk=certificate.pk)
    if found.revoked_on:
        text = N_("This certificate was revoked already; nothing was changed.")
        raise Refusal([Problem("inspections.certificate.revoked", text)])
    found.revoked_on, found.revoke_reason = day, reason
    found.save(update_fields=["revoked_on", "revoke_reason"])
    data = {"certificate": found.pk, "day": day, "reason": digest(reason)}
    tell("certificate.revoked", found.authority.subject, data, found.authority.area, by, at)
    return found


def _ends(first: date, held: date | None, last: date) -> None:
    """It can be ended on `last`: not before the day before it began, and not later than it ends anyway."""
    text = N_("It ends on {day} already; name an earlier day.")
    late = Problem("inspections.ended", text, {"day": held.isoformat()}, "last_day") if held and last >= held else None
    check(*days(first, last), late)


def day_before(day: date) -> date:
    """The last day of what something replaces from `day` on."""
    return day - timedelta(days=1)
