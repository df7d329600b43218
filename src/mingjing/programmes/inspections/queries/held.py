"""The tasks that an officer holds: coded, for these days, or entered and not told of to the end.

Not here: what a phone brings along of them (field.packs).
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from mingjing.kernel.parties.models import Person
from mingjing.programmes.inspections.models import Certificate, Entry, Task, TaskItem, TaskOfficer

__all__ = ["entries_of", "held_by", "of_officer"]

MOST = 20
"""Tasks that a phone brings along, those of the earliest days first."""
KEPT = timedelta(days=10)
"""How long a task stays on a phone after its days, for an entry that is recorded late (C2)."""


def of_officer(person: Person) -> QuerySet[Task]:
    """Tasks that send this person: with a code, or opened at the door."""
    sent = TaskOfficer.objects.filter(person=person).values("task")
    return Task.objects.filter(~Q(door_reason="") | Q(coded_at__isnull=False), pk__in=sent)


def held_by(person: Person, today: date) -> list[Task]:
    """Those that a phone brings along, with whom and what they name. Five statements."""
    began = timezone.make_aware(datetime.combine(today - KEPT, time.min))
    open_ = Entry.objects.filter(visit__voided_at=None, result_at=None, recorded_at__gte=began).values("task")
    days = Q(first_day__lte=today + timedelta(days=1), last_day__gte=today - KEPT, cancelled_at=None)
    certificates = Prefetch("person__certificates", Certificate.objects.order_by("number"))
    officers = Prefetch("taskofficer_set", TaskOfficer.objects.select_related("person").prefetch_related(certificates))
    items = Prefetch("taskitem_set", TaskItem.objects.select_related("item"))
    found = of_officer(person).filter(days | Q(pk__in=open_)).select_related(*_BESIDE)
    return list(found.prefetch_related(officers, items).order_by("first_day", "pk")[:MOST])


_BESIDE = ("firm__organisation", "firm__site", "firm__area", "authority__organisation", "authority__area", "plan")


def entries_of(tasks: Sequence[UUID]) -> dict[UUID, Entry]:
    """The newest standing entry on each of these tasks, with what came of its items. Three statements."""
    rows = Entry.objects.filter(task__in=tasks, visit__voided_at=None).select_related("visit", "rules")
    rows = rows.prefetch_related("items__findings").order_by("visit__entered_at", "pk")
    return {row.task_id: row for row in rows if row.task_id}
