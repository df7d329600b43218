"""Visits as calendars read them (RFC 5545): a firm's once it was told, without any person; an officer's own.

Not here: the address behind which a calendar stands.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from mingjing.programmes.inspections.models import Entry, Feed, Firm, Task
from mingjing.programmes.inspections.models.outside import digest_of

__all__ = ["feed_of", "written"]

BACK = timedelta(days=400)
MOST = 1000
ONE = timedelta(days=1)


def feed_of(secret: str) -> Feed | None:
    """The calendar behind a secret, unless it was revoked."""
    if not 20 <= len(secret) <= 100:
        return None
    found = Feed.objects.select_related("firm__organisation", "person", "firm__area")
    return found.filter(digest=digest_of(secret), revoked_at=None).first()


def written(feed: Feed, now: datetime) -> bytes:
    """The calendar as a file. Two queries."""
    calendar = Calendar()
    calendar.add("prodid", "-//mingjing//inspections//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", feed.firm.organisation.name if feed.firm else _("Inspections"))
    for event in _events(feed, now):
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _events(feed: Feed, now: datetime) -> Iterable[Event]:
    since = now - BACK
    if feed.firm:
        tasks = Task.objects.filter(firm=feed.firm, noticed_at__lte=now)
        entries = Entry.objects.filter(firm=feed.firm)
    else:
        on_it = Q(taskofficer__person=feed.person)
        tasks = Task.objects.filter(on_it)
        entries = Entry.objects.filter(visit__participants__person=feed.person)
    tasks = tasks.filter(last_day__gte=localdate(since), cancelled_at=None)
    done = entries.filter(visit__entered_at__gte=since, visit__voided_at=None)
    named = ("authority__organisation", "firm__organisation", "firm__site")
    yield from (_planned(task, feed) for task in tasks.select_related(*named).order_by("pk")[:MOST])
    for entry in done.select_related("visit", *named).order_by("pk")[:MOST]:
        yield _happened(entry, feed)


def _planned(task: Task, feed: Feed) -> Event:
    event = _event(task.authority.organisation.name, task.firm, feed)
    event.add("uid", f"task-{task.pk}@mingjing")
    event.add("dtstamp", task.noticed_at or task.drafted_at)
    event.add("dtstart", task.first_day)
    event.add("dtend", task.last_day + ONE)
    event.add("status", "CONFIRMED" if task.noticed_at else "TENTATIVE")
    event.add("transp", "TRANSPARENT")
    if task.joint:
        event.add("categories", [_("Joint visit")])
    return event


def _happened(entry: Entry, feed: Feed) -> Event:
    visit = entry.visit
    event = _event(entry.authority.organisation.name, entry.firm, feed)
    event.add("uid", f"visit-{visit.pk}@mingjing")
    event.add("dtstamp", entry.recorded_at)
    event.add("dtstart", visit.entered_at)
    event.add("dtend", visit.left_at or visit.entered_at)
    event.add("status", "CONFIRMED")
    if visit.joint:
        event.add("categories", [_("Joint visit")])
    return event


def _event(authority: str, firm: Firm, feed: Feed) -> Event:
    event = Event()
    whose = authority if feed.firm else firm.organisation.name
    event.add("summary", _("Inspection: {whose}").format(whose=whose))
    if firm.site and firm.site.address:
        event.add("location", firm.site.address)
    return event
