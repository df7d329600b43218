"""What an enterprise's people can do about visits: notices to read, findings to answer (`portal_duties`)."""

from collections.abc import Iterator
from datetime import datetime, time

from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext

from mingjing.kernel.parties.mandates import Acting
from mingjing.kernel.registry import Duty
from mingjing.programmes.inspections.models import Finding
from mingjing.programmes.inspections.queries.own import entries_for, notices_for

__all__ = ["waiting"]

MOST = 20


def waiting(acting: Acting, now: datetime) -> Iterator[Duty]:
    """Visits that are to come, and findings that are not settled."""
    if not acting.everything_of:
        return
    for task in notices_for(acting, localdate(now))[:MOST]:
        yield Duty(
            title=gettext("A visit is to come: {authority}").format(authority=task.authority), open=False,
            detail=f"{task.first_day:%Y-%m-%d} – {task.last_day:%Y-%m-%d}",
            url=reverse("inspections_portal:notice", args=[task.pk]),
        )  # fmt: skip
    rows = Finding.objects.filter(entry_item__entry__in=entries_for(acting).values("pk"), settled_at=None)
    for finding in rows.select_related("entry_item").order_by("due", "pk")[:MOST]:
        end = timezone.make_aware(datetime.combine(finding.due, time(23, 59, 59))) if finding.due else None
        yield Duty(
            title=gettext("Answer a finding: {what}").format(what=finding.text[:80]), until=end,
            url=reverse("inspections_portal:visit", args=[finding.entry_item.entry_id]),
        )  # fmt: skip
