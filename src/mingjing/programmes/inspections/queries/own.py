"""What an enterprise's people may see of inspections: their own firms' entries, notices, reports, cases and load.

Everything starts from their mandates. Counsel of one case sees none of it: these are affairs of the whole firm. Not
here: ratings, which nobody may trace to an entry.
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from mingjing.kernel.parties.mandates import Acting
from mingjing.programmes.inspections.models import (
    Authority,
    Entry,
    EntryItem,
    Finding,
    Firm,
    Grade,
    Refusal,
    Task,
    TaskItem,
    TaskOfficer,
    Warning,
    WarningRecord,
)
from mingjing.programmes.inspections.policy.loads import Load, loads
from mingjing.programmes.inspections.queries.packs import rules_in
from mingjing.programmes.inspections.queries.records import records_of

__all__ = [
    "entries_for", "entry_for", "finding_for", "firms_for", "loads_for", "notices_for", "said_for", "task_for",
    "warnings_about",
]  # fmt: skip


def firms_for(acting: Acting) -> QuerySet[Firm]:
    """The firms in whose every affair they act."""
    return Firm.objects.filter(organisation__in=acting.everything_of).select_related("organisation", "site", "area")


def entries_for(acting: Acting) -> QuerySet[Entry]:
    """Every entry to their firms that was neither voided nor replaced; those still going on too."""
    rows = Entry.objects.filter(firm__in=firms_for(acting).values("pk"), visit__voided_at=None, corrected_by=None)
    return rows.select_related("visit", "authority__organisation", "firm__organisation", "firm__area")


def entry_for(acting: Acting, pk: int) -> Entry | None:
    """One of them, with its items and findings."""
    items = Prefetch("items", EntryItem.objects.select_related("item").prefetch_related("findings"))
    return (
        entries_for(acting)
        .select_related("task", "rules", "corrects__visit")
        .prefetch_related(items)
        .filter(pk=pk)
        .first()
    )


def finding_for(acting: Acting, pk: int) -> Finding | None:
    """A finding at one of their firms."""
    rows = Finding.objects.filter(pk=pk, entry_item__entry__in=entries_for(acting).values("pk"))
    return rows.select_related("entry_item__item", "entry_item__entry__firm__organisation").first()


def notices_for(acting: Acting, today: date) -> QuerySet[Task]:
    """Visits that they were given notice of and that are still to come, the next one first."""
    rows = Task.objects.filter(firm__in=firms_for(acting).values("pk"), noticed_at__isnull=False, last_day__gte=today)
    rows = rows.filter(cancelled_at=None, entries=None).select_related("authority__organisation", "firm__organisation")
    return rows.order_by("first_day", "pk")


def task_for(acting: Acting, pk: UUID) -> Task | None:
    """A visit that they were given notice of, with items and officers."""
    items = Prefetch("taskitem_set", TaskItem.objects.select_related("item"))
    officers = Prefetch("taskofficer_set", TaskOfficer.objects.select_related("person"))
    rows = Task.objects.filter(pk=pk, firm__in=firms_for(acting).values("pk"), noticed_at__isnull=False)
    return (
        rows.select_related("authority__organisation", "firm__organisation", "plan")
        .prefetch_related(items, officers)
        .first()
    )


def said_for(acting: Acting) -> QuerySet[Refusal]:
    """What their firms refused or complained of."""
    rows = Refusal.objects.filter(firm__in=firms_for(acting).values("pk"))
    return rows.select_related("authority__organisation", "firm__organisation").order_by("-at", "-id")


def warnings_about(entry: Entry) -> list[Warning]:
    """The warnings that count this entry, those that no longer hold too."""
    about = WarningRecord.objects.filter(record=entry.subject).values("warning")
    return list(Warning.objects.filter(pk__in=about, firm=entry.firm_id).order_by("-level", "rule", "pk"))


def loads_for(firm: Firm, today: date) -> Sequence[tuple[Authority, Load]]:
    """This year's load of a firm against the cap, by authority. A fixed number of statements."""
    held = Grade.objects.filter(firm=firm, first_day__lte=today).order_by("-first_day", "-pk").first()
    found = loads(
        rules_in(firm.area).pack, records_of(firm, today=today), day=today, grade=held.grade if held else ""
    )  # fmt: skip
    keys = {int(key) for load in found if (key := load.authority.removeprefix("inspections.authority:")).isdigit()}
    bodies = {one.subject: one for one in Authority.objects.filter(pk__in=keys).select_related("organisation")}
    return [(bodies[load.authority], load) for load in found if load.authority in bodies]
