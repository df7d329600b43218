"""Every write about other systems: keys issued and revoked, webhooks, calendar feeds.

A key and the address of a feed are told once, to whoever has them made; what is kept is a digest. Not here: pushing,
uses of keys (uses).
"""

import secrets
from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.programmes.inspections.models import Authority, Feed, Firm, Hook, HookPost, Key
from mingjing.programmes.inspections.models.outside import Right, digest_of
from mingjing.programmes.inspections.policy.addresses import check_address
from mingjing.programmes.inspections.policy.texts import said

__all__ = [
    "EVENTS", "end_hook", "issue_feed", "issue_key", "make_hook", "note_post", "revoke_feed", "revoke_key",
]  # fmt: skip

EVENTS = (
    "inspections.entry.recorded", "inspections.entry.left", "inspections.entry.result_filed",
    "inspections.entry.corrected", "inspections.entry.voided", "inspections.warning.raised",
)  # fmt: skip
"""The facts that other systems can be told of."""
LONGEST = 366
"""Days for which a key is issued at most: somebody looks at it again within the year."""


@transaction.atomic
def issue_key(
    *, name: str, area: Area, authority: Authority | None, rights: Sequence[str], last_day: date, per_minute: int = 120,
    by: Person | None, at: datetime,
) -> tuple[Key, str]:  # fmt: skip
    """Make a key, and the secret that is told this once. Raises Refusal."""
    problems = []
    if not rights or not set(rights) <= set(Right.values):
        problems.append(Problem("inspections.key.rights", N_("Say what the key opens."), {}, "rights"))
    today = localdate(at)
    if not 0 <= (last_day - today).days <= LONGEST:
        text = N_("A key is issued until a day within the next {days} days.")
        problems.append(Problem("inspections.key.last_day", text, {"days": LONGEST}, "last_day"))
    if not 1 <= per_minute <= 6000:
        text = N_("A key asks 1 to 6000 times a minute.")
        problems.append(Problem("inspections.key.per_minute", text, {}, "per_minute"))
    if problems:
        raise Refusal(problems)
    secret = f"mj_{secrets.token_urlsafe(32)}"
    key = Key.objects.create(
        name=said(name, 100, "name"), area=authority.area if authority else area, authority=authority,
        digest=digest_of(secret), hint=secret[:8], rights=sorted(set(rights)), per_minute=per_minute,
        last_day=last_day, issued_by=by, issued_at=at,
    )  # fmt: skip
    data = {
        "authority": authority.pk if authority else None, "rights": key.rights, "last": last_day.isoformat(),
        "digest": key.digest,
    }  # fmt: skip
    writer.append(kind="inspections.key.issued", subject=key.subject, data=data, area=key.area, by=by, at=at)
    return key, secret


@transaction.atomic
def revoke_key(*, key: Key, reason: str, by: Person | None, at: datetime) -> None:
    """A key opens nothing any more. Raises Refusal."""
    reason = said(reason, 300, "reason")
    found = Key.objects.select_for_update(of=("self",)).select_related("area").get(pk=key.pk)
    if found.revoked_at:
        raise Refusal([Problem("inspections.key.revoked", N_("This key was revoked already."))])
    found.revoked_at, found.revoked_by, found.revoke_reason = at, by, reason
    found.save(update_fields=["revoked_at", "revoked_by", "revoke_reason"])
    writer.append(kind="inspections.key.revoked", subject=found.subject, data={}, area=found.area, by=by, at=at)


@transaction.atomic
def make_hook(
    *, name: str, area: Area, authority: Authority | None, url: str, events: Sequence[str], by: Person | None,
    at: datetime,
) -> Hook:  # fmt: skip
    """Tell an address of events from now on. Raises Refusal."""
    problems = list(check_address(url))
    if not events or not set(events) <= set(EVENTS):
        problems.append(Problem("inspections.hook.events", N_("Choose which events are told."), {}, "events"))
    if problems:
        raise Refusal(problems)
    hook = Hook.objects.create(
        name=said(name, 100, "name"), area=authority.area if authority else area, authority=authority, url=url.strip(),
        events=sorted(set(events)), made_by=by, made_at=at,
    )  # fmt: skip
    data = {"authority": authority.pk if authority else None, "events": hook.events, "url": digest_of(hook.url)}
    writer.append(kind="inspections.hook.made", subject=hook.subject, data=data, area=hook.area, by=by, at=at)
    return hook


@transaction.atomic
def end_hook(*, hook: Hook, reason: str, by: Person | None, at: datetime) -> None:
    """Tell an address nothing any more. Raises Refusal."""
    reason = said(reason, 300, "reason")
    found = Hook.objects.select_for_update(of=("self",)).select_related("area").get(pk=hook.pk)
    if found.ended_at:
        raise Refusal([Problem("inspections.hook.ended", N_("This address is told nothing any more already."))])
    found.ended_at, found.end_reason = at, reason
    found.save(update_fields=["ended_at", "end_reason"])
    writer.append(kind="inspections.hook.ended", subject=found.subject, data={}, area=found.area, by=by, at=at)


def note_post(*, hook: Hook, fact: int, status: int | None, error: str, at: datetime) -> None:
    """Put an attempt to tell an address on record."""
    HookPost.objects.create(hook=hook, fact_id=fact, status=status, error=error[:300], at=at)


@transaction.atomic
def issue_feed(
    *, firm: Firm | None = None, person: Person | None = None, by: Person | None, at: datetime
) -> tuple[Feed, str]:
    """A calendar of a firm's visits or of an officer's, and the secret of its address; the one before ends."""
    if (firm is None) == (person is None):
        raise ValueError("A calendar is of one firm, or of one person.")
    for before in Feed.objects.filter(firm=firm, person=person, revoked_at=None):
        revoke_feed(feed=before, by=by, at=at)
    secret = secrets.token_urlsafe(32)
    feed = Feed.objects.create(firm=firm, person=person, digest=digest_of(secret), issued_by=by, issued_at=at)
    data: dict[str, object] = {"firm": firm.pk if firm else None, "person": person.token if person else None}
    _tell_feed("issued", feed, data, by, at)
    return feed, secret


@transaction.atomic
def revoke_feed(*, feed: Feed, by: Person | None, at: datetime) -> None:
    """The address of a calendar leads nowhere any more; once is enough."""
    if Feed.objects.filter(pk=feed.pk, revoked_at=None).update(revoked_at=at):
        _tell_feed("revoked", feed, {}, by, at)


def _tell_feed(what: str, feed: Feed, data: dict[str, object], by: Person | None, at: datetime) -> None:
    """The fact, where the firm or the person is at home."""
    home = feed.firm.area if feed.firm else feed.person.home if feed.person else None
    writer.append(kind=f"inspections.feed.{what}", subject=feed.subject, data=data, area=home, by=by, at=at)
