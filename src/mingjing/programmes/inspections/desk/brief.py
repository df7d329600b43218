"""The monthly brief on the desk, to read and to take away: of the whole area, or of the reader's own authority."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from mingjing.faces.desk.session import actor
from mingjing.kernel.parties.guard import areas_where, guarded
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.tables import csv_pieces
from mingjing.programmes.inspections.desk.warnings import LEVELS
from mingjing.programmes.inspections.models.warnings import Severity
from mingjing.programmes.inspections.policy.figures import tenths
from mingjing.programmes.inspections.policy.ratings import Group
from mingjing.programmes.inspections.queries.brief import Brief, Line, brief_of, months_before
from mingjing.programmes.inspections.queries.posts import EVERY, authorities_of

VIEW = "inspections.warning.view"
COLUMNS = (
    "authority", "visits", "visits_year_before", "change_percent", "joint_percent", "off_site_percent",
    "finding_rate_percent", "scanned_percent", "warnings", "warnings_per_100", "refusals",
    "ratings", "ratings_mean", "ratings_first_day", "ratings_last_day",
)  # fmt: skip


def _asked(request: HttpRequest) -> tuple[Brief, list[date], list[Area]]:
    """The brief that is asked for, the months and the areas there are."""
    person, today = actor(request), timezone.localdate()
    months = list(months_before(today, 24))
    areas, only = _areas(person, today)
    code, month = request.GET.get("area", ""), request.GET.get("month", "")
    area = next((one for one in areas if one.code == code), areas[0] if areas else None)
    if area is None:
        raise Http404
    first = next((one for one in months if f"{one:%Y-%m}" == month), months[0])
    return brief_of(area, first, only=only), months, areas


def _areas(person: Person, today: date) -> tuple[list[Area], frozenset[int] | None]:
    """Where the reader has a brief, and whose: everybody's, or their own authorities' only."""
    wide = areas_where(person, EVERY, on=today)
    scope = wide or areas_where(person, VIEW, on=today)
    rows = Area.objects.filter(path__in=scope.paths).order_by("path")
    return list(rows), None if wide else authorities_of(person, today)


@guarded(VIEW)
@require_safe
def brief(request: HttpRequest) -> HttpResponse:
    """The figures of a month: visits and what they found side by side, warnings by rule, how fast they are mended."""
    found, months, areas = _asked(request)
    context = {
        "brief": found, "months": months, "areas": areas, "query": request.GET.urlencode(),
        "lines": [_shown(line) for line in (*found.lines, found.total)],
        "rules": [(rule, LEVELS[Severity(level)], count) for rule, level, count in found.rules],
    }  # fmt: skip
    return render(request, "inspections/brief.html", context)


@guarded(VIEW)
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """The brief as CSV: a row for each authority, and one for all."""
    found, *_rest = _asked(request)
    name = f"{found.area.code}-inspections-{found.first:%Y-%m}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(csv_pieces(_rows(found)), content_type="text/csv; charset=utf-8", headers=headers)


def _rows(found: Brief) -> Iterator[Iterable[object]]:
    yield COLUMNS
    for line in (*found.lines, found.total):
        told = _shown(line)
        yield [told.get(name, "") for name in COLUMNS]


def _shown(line: Line) -> dict[str, Any]:
    """The figures of a line as they are read; empty where there is nothing to divide by."""
    return {
        "line": line, "authority": str(line.authority or ""), "visits": line.visits,
        "visits_year_before": line.before, "change_percent": tenths(line.change),
        "joint_percent": tenths(line.joint_share), "off_site_percent": tenths(line.off_site_share),
        "finding_rate_percent": tenths(line.finding_rate), "scanned_percent": tenths(line.scan_share),
        "warnings": line.warnings, "warnings_per_100": tenths(line.per_hundred), "refusals": line.refusals,
        **_rated(line.ratings),
    }  # fmt: skip


def _rated(group: Group | None) -> dict[str, str]:
    """The ratings that are shown together; empty where there were too few."""
    if group is None:
        return {}
    first, last = group.first.isoformat(), group.last.isoformat()
    return {
        "ratings": str(group.count),
        "ratings_mean": tenths(group.mean),
        "ratings_first_day": first,
        "ratings_last_day": last,
    }
