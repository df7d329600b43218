"""What of plans, tasks, corrections and warnings waits for a person, and since when; the lists behind it show the same.

A fixed number of statements, whatever there is. Not here: what may be done then (desk.acting).
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from mingjing.engine.workdays import Calendar, deadline
from mingjing.kernel.calendar.queries import calendar_of, zone
from mingjing.kernel.parties.guard import areas_where
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.registry import Due
from mingjing.programmes.inspections.models import Correction, Lot, Plan, PlanLine, Roster, Task
from mingjing.programmes.inspections.models.plans import PlanKind
from mingjing.programmes.inspections.policy.terms import TERMS
from mingjing.programmes.inspections.queries import warnings
from mingjing.programmes.inspections.queries.posts import authorities_of

__all__ = ["corrections_waiting", "plans_waiting", "tasks_waiting", "waiting"]

APPROVE, FILE, DRAFT = "inspections.plan.approve", "inspections.plan.file", "inspections.plan.draft"
CORRECT, KEEP = "inspections.entry.correct", "inspections.catalogue.manage"
WHERE = "authority__area"


def waiting(person: Person, today: date) -> Iterator[Due]:
    """The manifest's `due`."""
    yield from warnings.waiting(person, today)
    own, calendars = authorities_of(person, today), dict[Area, Calendar]()
    plans, tasks = reverse("inspections:plans"), reverse("inspections:tasks")
    emergencies, planned = (_tasks(person, today, own).filter(emergency=one) for one in (True, False))
    for title, rows, since, term, url, area in (
        (_("Plans to approve"), plans_waiting(person, today, own)["approve"], "drafted_at", "approve_plan",
         f"{plans}?waits=approve", WHERE),
        (_("Plans to file"), plans_waiting(person, today, own)["file"], "approved_at", "file", f"{plans}?waits=file",
         WHERE),
        (_("Plans to publish"), plans_waiting(person, today, own)["publish"], "filed_at", "publish",
         f"{plans}?waits=publish", WHERE),
        (_("Emergencies to approve afterwards"), emergencies, "drafted_at", "approve_emergency",
         f"{tasks}?waits=approve", WHERE),
        (_("Inspection tasks to approve"), planned, "drafted_at", "approve_task", f"{tasks}?waits=approve", WHERE),
        (_("Files for the register to approve"), rosters_waiting(person, today), "read_at", "approve_roster",
         reverse("inspections:files"), "area"),
        (_("Corrections of entries to decide on"), corrections_waiting(person, today, own), "asked_at", "correct",
         f"{reverse('inspections:entries')}?open=correction", "entry__firm__area"),
    ):  # fmt: skip
        yield from _due(title, rows, since, term, url, area, today, calendars)


def plans_waiting(person: Person, today: date, own: frozenset[int]) -> Mapping[str, QuerySet[Plan]]:
    """The plans that this person can `approve`, `file` or `publish` now; `own` are their authorities."""
    rows = Plan.objects.filter(withdrawn_at=None)
    filled = Q(kind=PlanKind.LOT) | Exists(PlanLine.objects.filter(plan=OuterRef("pk")))
    drawn = ~Q(kind=PlanKind.LOT) | Exists(Lot.objects.filter(plan=OuterRef("pk"), drawn_at__isnull=False))
    drafts = rows.filter(filled, authority__in=own, approved_at=None).exclude(drafted_by=person)
    approved = rows.filter(approved_at__isnull=False, filed_at=None).exclude(approved_by=person)
    filed = rows.filter(drawn, authority__in=own, filed_at__isnull=False, published_at=None)
    return {
        "approve": _within(person, APPROVE, today, drafts), "file": _within(person, FILE, today, approved),
        "publish": _within(person, DRAFT, today, filed),
    }  # fmt: skip


def tasks_waiting(person: Person, today: date, own: frozenset[int]) -> Mapping[str, QuerySet[Task]]:
    """The tasks that this person can `approve` now."""
    return {"approve": _tasks(person, today, own)}


def corrections_waiting(person: Person, today: date, own: frozenset[int]) -> QuerySet[Correction]:
    """Those that this person can decide on: of another authority than theirs, and not asked for by them."""
    rows = Correction.objects.filter(decided_at=None).exclude(asked_by=person).exclude(entry__authority__in=own)
    found: QuerySet[Correction] = _within(person, CORRECT, today, rows, "entry__firm__area")
    return found


def rosters_waiting(person: Person, today: date) -> QuerySet[Roster]:
    """Files that were read, where this person keeps the register."""
    read = Roster.objects.filter(read_at__isnull=False, approved_at=None, discarded_at=None, failed_at=None)
    found: QuerySet[Roster] = _within(person, KEEP, today, read, "area")
    return found


def _tasks(person: Person, today: date, own: frozenset[int]) -> QuerySet[Task]:
    rows = Task.objects.filter(authority__in=own, approved_at=None, cancelled_at=None).exclude(drafted_by=person)
    found: QuerySet[Task] = _within(person, APPROVE, today, rows)
    return found


def _within(person: Person, permission: str, today: date, rows: Any, area: str = WHERE) -> Any:
    scope = areas_where(person, permission, on=today)
    return scope.within(rows, area) if scope else rows.none()


def _due(
    title: str, rows: Any, since: str, term: str, url: str, area: str, today: date, calendars: dict[Area, Calendar]
) -> Iterator[Due]:
    """One line for all rows: late where the one that has waited longest is, by the working days of its area."""
    found = rows.aggregate(count=Count("pk"), oldest=Min(since))
    if not found["count"]:
        return
    where = Area.objects.get(pk=rows.order_by(since).values_list(area, flat=True)[:1][0])
    calendar = calendars[where] = calendars.get(where) or calendar_of(where)
    until = deadline(calendar, found["oldest"], TERMS[term].days, TERMS[term].kind, zone())
    detail = _("the oldest until {day}").format(day=until.last_day.isoformat())
    yield Due(title=title, url=url, count=found["count"], late=until.last_day < today, detail=detail)
