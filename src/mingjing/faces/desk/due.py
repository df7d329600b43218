"""What of the kernel's own work waits for a person: failed background work, and roles that will soon have ended.

Not here: what programmes ask of people; their manifests name functions of their own.
"""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from mingjing.kernel.parties.guard import areas_where
from mingjing.kernel.parties.models import Person
from mingjing.kernel.parties.queries import deliveries_seen, grants_ending_soon
from mingjing.kernel.registry import Due

__all__ = ["waiting"]


def waiting(person: Person, today: date) -> Iterator[Due]:
    """The manifest's `due`."""
    if scope := areas_where(person, "jobs.delivery.retry", on=today):
        failed = deliveries_seen(scope).failed().count()
        detail = _("It failed every time and waits for somebody to start it again.")
        yield Due(
            title=_("Failed background work"),
            url=f"{reverse('desk:jobs')}?state=failed",
            count=failed,
            late=True,
            detail=detail,
        )
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
