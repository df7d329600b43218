"""The visits of whoever reads: today's, those that wait for them, and on which days they are on duty."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mingjing.faces.desk.session import actor
from mingjing.faces.ui.paging import Page, page_of
from mingjing.kernel.parties.guard import guarded
from mingjing.kernel.parties.models import Person
from mingjing.programmes.assessments.desk.visits.lists import Line, lines_of
from mingjing.programmes.assessments.models import TeamDay, VisitRecord
from mingjing.programmes.assessments.models.visits import VisitRecordQuerySet
from mingjing.programmes.assessments.queries.visits import days_of, of_person, to_sign

__all__ = ["my_visits"]


@dataclass(slots=True)
class Day:
    """A day of the reader's in a round: today's with its records, one to come without, one behind if never opened."""

    day: TeamDay
    number: int
    of: int
    lines: list[Line]


@dataclass(slots=True)
class Behind:
    """Records of days that lie behind, by what is to be done about them; some at a time."""

    name: str
    title: Promise
    page: Page[VisitRecord]
    lines: list[Line]


SORTS = {
    "returned": _("Sent back"), "late": _("Late"), "sign": _("Waiting for my signature"),
    "handed": _("With others now"),
}  # fmt: skip
"""By what is to be done about a record of a day that lies behind; the last needs nothing of the reader."""
OF_A_SORT = 20
"""Records behind that are shown of each sort at a time."""
ORDER = ("team_day__day", "team_day_id", "id")


@guarded("assessments.visit.record")
def my_visits(request: HttpRequest) -> HttpResponse:
    """What waits for the reader: today; what is sent back, late, to sign; when the sealed days open; what others have.

    Each record stands in one place, so that nobody does a thing twice.
    """
    person, today = actor(request), timezone.localdate()
    records = of_person(person, today)
    before = records.filter(team_day__day__lt=today).select_related(None).select_related("team_day")
    sorts = _sorts(before.only("team_day__day"), person)
    pages = {name: page_of(rows, request.GET, order=ORDER, size=OF_A_SORT, of=name) for name, rows in sorts.items()}
    keys = [row.pk for page in pages.values() for row in page.rows]
    shown = lines_of(list(records.filter(Q(team_day__day=today) | Q(pk__in=keys))), person, today)
    lines = {line.record.pk: line for line in shown}
    now = [line for line in shown if line.record.team_day.day == today]
    days, unopened = _days(person, now, today), _unopened(before)
    behind = [Behind(name, SORTS[name], page, [lines[row.pk] for row in page.rows]) for name, page in pages.items()]
    context = {
        "today": [day for day in days if day.day.day == today and day.lines],
        "unopened": [day for day in days if day.day.pk in unopened],
        "sealed": [day for day in days if day.day.is_sealed(today)],
        "behind": [sort for sort in behind if sort.lines and sort.name != "handed"],
        "handed": next((sort for sort in behind if sort.lines and sort.name == "handed"), None),
    }
    return render(request, "assessments/visits/mine.html", context)


def _unopened(before: VisitRecordQuerySet) -> set[int]:
    """The team-days with such records that nobody has opened."""
    return set(before.filter(team_day__opened_at=None).order_by().values_list("team_day_id", flat=True).distinct())


def _sorts(behind: VisitRecordQuerySet, person: Person) -> dict[str, VisitRecordQuerySet]:
    """The records of the days behind, each in one of SORTS."""
    unsigned = to_sign(person, behind)
    return {
        "returned": behind.filter(submitted_at=None, returned_at__isnull=False),
        "late": behind.filter(submitted_at=None, returned_at=None),
        "sign": behind.filter(pk__in=unsigned | {0}),  # 0 is nobody: without a key nothing would be asked
        "handed": behind.filter(submitted_at__isnull=False).exclude(pk__in=unsigned),
    }


def _days(person: Person, now: Sequence[Line], today: date) -> list[Day]:
    """The reader's days, soonest first, each with its number among those of its round."""
    found = days_of(person, today)
    counts: dict[int, list[int]] = {}
    for day in found:
        counts.setdefault(day.draw.round_id, []).append(day.pk)
    return [
        Day(
            day, counts[day.draw.round_id].index(day.pk) + 1, len(counts[day.draw.round_id]),
            [line for line in now if line.record.team_day_id == day.pk],
        )
        for day in found
    ]  # fmt: skip
