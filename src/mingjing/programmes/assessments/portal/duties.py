"""What people of a company can do, and until when: for the portal's first page (the manifest's `portal_duties`)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from mingjing.kernel import registry
from mingjing.kernel.parties.mandates import Acting
from mingjing.kernel.proceedings.models import Proceeding
from mingjing.kernel.proceedings.queries import Stands, stands_of
from mingjing.kernel.registry import Duty
from mingjing.programmes.assessments.queries.answering import orders_to_meet
from mingjing.programmes.assessments.queries.contests import objection_dues, records_for
from mingjing.programmes.assessments.queries.own import HEARD, cases_for, is_late

MOST = 50
"""So many cases and orders are looked at."""


def waiting(acting: Acting, now: datetime) -> Iterator[Duty]:
    """Notices that can be answered, records to look through, orders that are open, and every other case."""
    found = list(cases_for(acting)[:MOST])
    standing = stands_of(found, now)
    for one in found:
        yield from _case(one, standing[one.pk], now)
    records = list(records_for(acting)[:MOST])
    dues = objection_dues(records)
    for record in records:
        due = dues.get(record.pk)
        if due and now < due:
            yield Duty(
                title=gettext("Look through the visit record: {what}").format(what=record.entry.name),
                detail=gettext("You can object to single findings."), until=due - timedelta(seconds=1),
                url=reverse("assessments_portal:record", args=[record.pk]),
            )  # fmt: skip
    for order in orders_to_meet(acting, timezone.localdate(now)).filter(claimed_at=None).order_by("due_at")[:MOST]:
        late = gettext("The time has run out; it must be done all the same.") if order.due_at < now else ""
        yield Duty(
            title=gettext("Put right: {what}").format(what=order.title), until=order.due_at, detail=late,
            url=reverse("assessments_portal:order", args=[order.pk]),
        )  # fmt: skip


def _case(one: Proceeding, where: Stands, now: datetime) -> Iterator[Duty]:
    url = reverse("assessments_portal:case", args=[one.pk])
    standing = where.standing
    kind = gettext(registry.title_of_process("assessments", one.kind))
    if one.kind not in HEARD:
        yield Duty(title=one.title, url=url, open=False, detail=kind)
        return
    if "notice" not in standing.done:
        return  # nobody is told of a case before its notice was served
    due = standing.due("notice")
    if "decision" in standing.done or due is None:
        yield Duty(title=one.title, url=url, open=False, detail=kind)
        return
    detail = gettext("You can state your case and ask for a hearing.")
    if is_late(standing, now):
        detail = gettext("The time has run out. You can still hand something in and say why it is late.")
    title = gettext("Answer the notice: {what}").format(what=one.title)
    yield Duty(title=title, url=url, until=due - timedelta(seconds=1), detail=detail)
