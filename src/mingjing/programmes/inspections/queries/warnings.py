"""Warnings as a desk reads them: the queue, one with everything that explains it, and what waits for a person.

A fixed number of statements, however many there are. Not here: who sees which (queries.posts).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from mingjing.engine.kept import recall
from mingjing.engine.outcome import Reason
from mingjing.kernel.parties.guard import areas_where
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.registry import Due
from mingjing.kernel.visits.models import Visit
from mingjing.programmes.inspections.models import Entry, Report, Warning
from mingjing.programmes.inspections.models.warnings import Severity
from mingjing.programmes.inspections.policy.supervision import NO_MORE
from mingjing.programmes.inspections.queries.posts import authorities_of, warnings_seen

__all__ = ["OPEN", "Counted", "counted", "narrowed", "reasons_of", "waiting"]

OPEN = Q(lapsed_at=None, merged_into=None) & ~Q(state=NO_MORE)
"""What somebody has still to do something about."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A record that a warning counts or once counted; `now` where it still does. One of the rows is there."""

    record: str
    day: date
    now: bool
    entry: Entry | None = None
    visit: Visit | None = None
    report: Report | None = None

    @property
    def ratings(self) -> bool:
        """Whether it is no record but ratings that are shown together (policy.rated)."""
        return self.record.startswith("ratings:")


def narrowed(
    rows: QuerySet[Warning], *, state: str = "", level: str = "", rule: str = "", text: str = "", at: datetime
) -> QuerySet[Warning]:
    """The rows that a reader asks for: open ones unless a state is named."""
    match state:
        case "all":
            pass
        case "overdue":
            rows = rows.filter(OPEN, due__lte=at)
        case "lapsed":
            rows = rows.filter(lapsed_at__isnull=False)
        case "":
            rows = rows.filter(OPEN, level__gte=Severity.YELLOW)
        case _:
            rows = rows.filter(state=state, lapsed_at=None)
    if level in {str(one.value) for one in Severity}:
        rows = rows.filter(level=int(level))
    if rule:
        rows = rows.filter(rule=rule)
    if text:
        named = Q(firm__organisation__name__icontains=text) | Q(authority__organisation__name__icontains=text)
        rows = rows.filter(named | Q(rule__iexact=text))
    return rows


def reasons_of(warning: Warning) -> Mapping[str, Reason]:
    """Why it was raised, by what each reason says: rule, because, records, source, avoid."""
    told: Sequence[Reason] = recall(warning.reasons)
    named = {one.code.rpartition(".")[2]: one for one in told}
    because = next((one for one in told if one.code.rpartition(".")[2] not in _NAMED), None)
    return {**{name: named[name] for name in _NAMED if name in named}, **({"because": because} if because else {})}


_NAMED = ("rule", "records", "source", "avoid")


def counted(warning: Warning) -> list[Counted]:
    """The records of a warning, in the order of days. Four statements."""
    rows = list(warning.records.order_by("day", "pk"))
    now = set(reasons_of(warning)["records"].params["records"])
    keys: dict[str, list[str]] = {}
    for row in rows:
        kind, _colon, key = row.record.partition(":")
        keys.setdefault(kind, []).append(key)
    related = ("visit", "authority__organisation", "firm__organisation", "corrected_by")
    found: dict[str, dict[str, Any]] = {}
    entries = Entry.objects.filter(pk__in=keys.get("inspections.entry", ())).select_related(*related)
    for entry in entries.prefetch_related("items__item"):
        found[entry.subject] = {"entry": entry}
    for visit in Visit.objects.filter(pk__in=keys.get("visits.visit", ())).select_related("area"):
        found[f"visits.visit:{visit.pk}"] = {"visit": visit}
    for report in Report.objects.filter(pk__in=keys.get("inspections.report", ())):
        found[f"inspections.report:{report.pk}"] = {"report": report}
    return [Counted(row.record, row.day, row.record in now, **found.get(row.record, {})) for row in rows]


def waiting(person: Person, today: date) -> Iterator[Due]:
    """Warnings that this person's authority is to explain, or that they are to verify."""
    tomorrow = timezone.make_aware(datetime.combine(today + timedelta(days=1), datetime.min.time()))
    explains = areas_where(person, "inspections.warning.explain", on=today)
    scope = areas_where(person, "inspections.warning.supervise", on=today)
    if not explains and not scope:
        return
    seen = warnings_seen(person, today).filter(OPEN, level__gte=Severity.YELLOW)
    theirs = authorities_of(person, today)
    if theirs and explains:
        mine = seen.filter(authority__in=theirs, state__in=("raised", "to_correct", "interview"))
        yield _due(mine, _("Warnings to explain or to correct"), "mine", tomorrow)
    if scope:
        asked = ("explained", "verified", "corrected", "justified", "referred")
        late = Q(state__in=("raised", "to_correct", "interview"), due__lt=tomorrow)
        rows = scope.within(seen.exclude(authority__in=theirs)).filter(Q(state__in=asked) | late)
        yield _due(rows, _("Warnings to verify, to decide or to close"), "supervise", tomorrow)


def _due(rows: QuerySet[Warning], title: str, which: str, tomorrow: datetime) -> Due:
    told = list(rows.order_by().values_list("due", flat=True))
    late = any(due is not None and due < tomorrow for due in told)
    return Due(title=title, url=f"{reverse('inspections:warnings')}?of={which}", count=len(told), late=late)


def areas_seen(person: Person, on: date) -> list[Area]:
    """The areas where a reader sees every authority's."""
    scope = areas_where(person, "inspections.warning.view_all", on=on)
    return list(scope.within(Area.objects.all(), "").order_by("path")[:200]) if scope else []
