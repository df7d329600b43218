"""An edition to take away, as CSV, workbook or JSON: one row for each community, no complaint, nobody who called."""

import json
import tempfile
from collections.abc import Callable, Iterator

from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_safe

from mingjing.kernel.parties.guard import guarded
from mingjing.kernel.tables import csv_pieces, fill_table, in_pieces
from mingjing.programmes.complaints.desk.found import edition_area, find_edition
from mingjing.programmes.complaints.models import Edition
from mingjing.programmes.complaints.queries.exports import COLUMNS, header_of, rows_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHUNK = 1 << 16


@guarded("complaints.edition.export", area=edition_area)
@require_safe
def ranking(request: HttpRequest, pk: int, form: str) -> HttpResponseBase:
    """The ranking of an edition in one of the forms."""
    if form not in _FORMS:
        raise Http404
    found = find_edition(pk)
    lines, kind = _FORMS[form]
    name = f"{found.area.code}-complaints-{found.first_day}-{found.last_day}-{found.number}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(lines(found), content_type=kind, headers=headers)


def _csv(found: Edition) -> Iterator[str]:
    return csv_pieces(_table(found))


def _json(found: Edition) -> Iterator[str]:
    return in_pieces(_lines(found))


def _lines(found: Edition) -> Iterator[str]:
    head = json.dumps(header_of(found), ensure_ascii=False)
    yield f'{head[:-1]}, "rows": [\n'
    for at, row in enumerate(rows_of(found)):
        yield f"{',' if at else ''}{json.dumps(row, ensure_ascii=False)}\n"
    yield "]}\n"


def _xlsx(found: Edition) -> Iterator[bytes]:
    with tempfile.TemporaryFile() as file:
        fill_table(file, "ranking.xlsx", _table(found))
        file.seek(0)
        while chunk := file.read(CHUNK):
            yield chunk


def _table(found: Edition) -> Iterator[list[str]]:
    yield list(COLUMNS)
    for row in rows_of(found):
        yield [_cell(row[name]) for name in COLUMNS]


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


_FORMS: dict[str, tuple[Callable[[Edition], Iterator[str] | Iterator[bytes]], str]] = {
    "csv": (_csv, "text/csv; charset=utf-8"),
    "json": (_json, "application/json"),
    "xlsx": (_xlsx, XLSX),
}
