"""The public figures of a year: a page without script or cookie, the same as CSV and JSON. Not here: counting."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from mingjing.faces.board.pages import MARK, STYLE, page
from mingjing.faces.board.serving import FRESH
from mingjing.faces.board.variants import VARIANTS, Variant, speaking
from mingjing.kernel.parties.guard import public
from mingjing.kernel.places.models import Area
from mingjing.kernel.tables.writing import defused
from mingjing.programmes.inspections.board.ratings import row_of
from mingjing.programmes.inspections.policy.figures import tenths
from mingjing.programmes.inspections.policy.ratings import LEAST as LEAST_RATED
from mingjing.programmes.inspections.queries.packs import rules_in
from mingjing.programmes.inspections.queries.public import LEAST, Figures, Row, areas_told, figures_of, years_of
from mingjing.programmes.inspections.queries.ratings import rated

__all__ = ["data", "figures", "lists"]

WHY = "what inspections burden firms with is for everybody; figures that could tell of one firm are left out"
FORMAT = "mingjing.inspections.figures/1"
COLUMNS = (
    "authority", "shown", "visits_on_site", "visits_year_before", "change_percent", "joint_percent", "off_site_percent",
    "finding_rate_percent", "firms", "warnings", "warnings_per_100",
)  # fmt: skip


def lists(variant: Variant) -> Iterable[tuple[str, str]]:
    """The newest figures of every area that has any: for the door of the board."""
    for area in areas_told():
        for year in years_of(area)[:1]:
            yield area.name, _address(area, variant, year)


@public(WHY)
@require_safe
def figures(request: HttpRequest, code: str, variant: str, year: int) -> HttpResponse:
    """The page of a year."""
    reader = VARIANTS[variant]
    found, years = _asked(code, year)
    with speaking(reader):
        titles = {rule.code: rule.title for rule in rules_in(found.area).pack.rules}
        shown = {
            "variant": reader, "css": static(STYLE), "mark": static(MARK), "figures": found, "year": year,
            "language_url": _address(found.area, reader.other_language, year),
            "size_url": _address(found.area, reader.other_size, year), "least": LEAST,
            "years": [(one, _address(found.area, reader, one)) for one in years],
            "rows": [_shown(row) for row in (*found.rows, found.total)],
            "rules": [(rule, titles.get(rule.code, ""), tenths(rule.per_hundred)) for rule in found.rules],
            "rated": list(_rated(found, year)), "least_rated": LEAST_RATED,
            "files": [(form, reverse("inspections_board:figures-data", args=[code, year, form])) for form in _FORMS],
        }  # fmt: skip
        response = HttpResponse(page("inspections/board/figures.html", shown))
    response["Cache-Control"] = FRESH
    return response


@public(WHY)
@require_safe
def data(request: HttpRequest, code: str, year: int, form: str) -> HttpResponse:
    """The same figures for machines."""
    if form not in _FORMS:
        raise Http404
    found, _years = _asked(code, year)
    write, kind = _FORMS[form]
    response = HttpResponse(write(found), content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{code}-inspections-{year}.{form}"'
    response["Cache-Control"] = FRESH
    return response


def _asked(code: str, year: int) -> tuple[Figures, list[int]]:
    area = areas_told().filter(code=code).first()
    years = years_of(area) if area else []
    if area is None or year not in years:
        raise Http404
    return figures_of(area, year, timezone.localdate()), years


def _rated(found: Figures, year: int) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Of every authority the groups of ratings that reach into the year; none where there were too few."""
    told = {str(one.authority): one.groups for one in rated(found.area, timezone.localdate())}
    for row in found.rows:
        groups = told.get(row.name, ())
        yield row.name, [row_of(group) for group in groups if group.first.year <= year <= group.last.year]


def _address(area: Area, variant: Variant, year: int) -> str:
    return reverse("inspections_board:figures", args=[area.code, variant.code, year])


def _shown(row: Row) -> dict[str, Any]:
    shares = {
        "change": row.change, "joint": row.joint_share, "off_site": row.off_site_share, "rate": row.finding_rate,
        "per_hundred": row.per_hundred,
    }  # fmt: skip
    return {"row": row, **{name: tenths(share) for name, share in shares.items()}}


def _lines(found: Figures) -> Iterator[dict[str, Any]]:
    for one in (_shown(row) for row in (*found.rows, found.total)):
        row: Row = one["row"]
        kept = (
            row.visits, row.before, one["change"], one["joint"], one["off_site"], one["rate"], row.firms, row.warnings,
            one["per_hundred"],
        )  # fmt: skip
        values = (None,) * len(kept) if row.hidden else kept
        yield dict(zip(COLUMNS, (row.name, "no" if row.hidden else "yes", *values), strict=True))


def _csv(found: Figures) -> str:
    file = io.StringIO()
    file.write("\ufeff")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    for line in _lines(found):
        writer.writerow(["" if value is None else defused(str(value)) for value in line.values()])
    return file.getvalue()


def _json(found: Figures) -> str:
    rules = [
        {"rule": rule.code, "shown": not rule.hidden, "warnings": None if rule.hidden else rule.count,
         "per_100": tenths(rule.per_hundred) or None}
        for rule in found.rules
    ]  # fmt: skip
    told = {
        "format": FORMAT, "area": found.area.code, "first_day": found.first.isoformat(),
        "last_day": found.last.isoformat(), "least_firms": LEAST, "rows": list(_lines(found)), "rules": rules,
        "visits_joint_once": None if found.total.hidden else found.joint_once, "visits_of_a_firm_median": found.median,
        "visits_of_a_firm_95": found.upper,
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


_FORMS = {"csv": (_csv, "text/csv; charset=utf-8"), "json": (_json, "application/json")}
