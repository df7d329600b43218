"""What of the kernel's own work waits for a person: cases, failed background work, roles that will soon have ended,
holidays that nobody has recorded.

Not here: what programmes ask of people; their manifests name functions of their own.
"""

from collections.abc import Iterator
from datetime import date

from django.db.models import Count, Min
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from mingjing.kernel.calendar.queries import lacking
from mingjing.kernel.cases.queries import awaiting, open_of
from mingjing.kernel.parties.guard import areas_where
from mingjing.kernel.parties.models import Person
from mingjing.kernel.parties.queries import deliveries_seen, grants_ending_soon
from mingjing.kernel.registry import Due

__all__ = ["waiting"]


def waiting(person: Person, today: date) -> Iterator[Due]:
    """The manifest's `due`."""
    yield from _cases(person, today)
    yield from _failed_work(person, today)
    yield from _ending_roles(person, today)
    yield from _notices(person, today)


def _failed_work(person: Person, today: date) -> Iterator[Due]:
    """What waits for somebody to start it again; late when it has waited since an earlier day."""
    if scope := areas_where(person, "jobs.delivery.retry", on=today):
        failed = deliveries_seen(scope).failed().aggregate(first=Min("failed_at"), count=Count("pk"))
        if failed["count"]:
            since = timezone.localdate(failed["first"])
            detail = _("It failed every time, the first on {day}, and waits for somebody to start it again.")
            yield Due(
                title=_("Failed background work"),
                url=f"{reverse('desk:jobs')}?state=failed",
                count=failed["count"],
                late=since < today,
                detail=detail.format(day=since.isoformat()),
            )


def _ending_roles(person: Person, today: date) -> Iterator[Due]:
    if scope := areas_where(person, "parties.person.manage", on=today):
        days = [grant.last_day for grant in grants_ending_soon(scope, today) if grant.last_day]
        if days:
            detail = _("The first on {day}. Grant them anew, or let them end.").format(day=min(days).isoformat())
            yield Due(
                title=_("Roles that end soon"),
                url=f"{reverse('desk:people')}?ending=soon",
                count=len(days),
                detail=detail,
            )


def _notices(person: Person, today: date) -> Iterator[Due]:
    """The holidays of this year, and from November on of the next, must be on record: deadlines rest on them."""
    if areas_where(person, "calendar.notice.record", on=today) and (years := lacking(today)):
        detail = _("Without it deadlines in {years} are provisional.").format(years=_(", ").join(map(str, years)))
        yield Due(
            title=_("Notice of holidays to record"),
            url=reverse("desk:notice-record"),
            count=len(years),
            late=today.year in years,
            detail=detail,
        )


def _cases(person: Person, today: date) -> Iterator[Due]:
    """One's own open cases, and those that one could confirm."""
    if areas_where(person, "cases.case.follow", on=today):
        own, now = open_of(person), timezone.now()
        late = own.overdue(now).count()
        url = f"{reverse('desk:cases')}?mine=yes"
        yield Due(title=_("Overdue cases of mine"), url=f"{url}&state=overdue", count=late, late=True)
        next_one = own.filter(due_at__gte=now).first()
        detail = _("The next by {day}.").format(day=timezone.localdate(next_one.due_at)) if next_one else ""
        yield Due(title=_("Open cases of mine"), url=f"{url}&state=open", count=own.count() - late, detail=detail)
    if scope := areas_where(person, "cases.case.confirm", on=today):
        count = awaiting(person, scope).count()
        yield Due(title=_("Cases for me to confirm"), url=f"{reverse('desk:cases')}?state=awaiting", count=count)
