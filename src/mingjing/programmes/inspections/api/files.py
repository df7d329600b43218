"""Files for other systems: LIVES tables behind a key, calendars behind an address that nobody can guess."""

import csv
import io

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.csrf import csrf_exempt

from mingjing.kernel.parties.guard import public
from mingjing.kernel.tables.writing import defused
from mingjing.programmes.inspections.api.door import Asker, Told, asked, keyed, missing, not_allowed
from mingjing.programmes.inspections.models.outside import Right
from mingjing.programmes.inspections.queries.calendars import feed_of, written
from mingjing.programmes.inspections.queries.lives import TABLES
from mingjing.programmes.inspections.queries.outside import entries_seen

__all__ = ["calendar", "lives"]

WHY = "a calendar behind an address of 256 random bits, which whoever has it may withdraw"


@keyed(Right.READ)
def lives(request: HttpRequest, asker: Asker, table: str) -> Told:
    """A table of the LIVES export: what this key reads, as far as results are filed."""
    asked(request)
    if table not in TABLES:
        missing()
    filed = entries_seen(asker.key).filter(result_at__isnull=False, visit__voided_at=None).order_by("pk")
    out, count = io.StringIO(), -1
    writer = csv.writer(out, lineterminator="\r\n")
    for row in TABLES[table](filed, asker.key.area, timezone.localdate()):
        writer.writerow([defused(cell) for cell in row])
        count += 1
    return Told(text=out.getvalue(), content_type="text/csv; charset=utf-8", count=count)


@public(WHY)
@csrf_exempt
def calendar(request: HttpRequest, secret: str) -> HttpResponseBase:
    """The calendar behind this address."""
    if request.method not in ("GET", "HEAD"):
        return not_allowed("GET, HEAD")
    feed = feed_of(secret)
    if feed is None:
        raise Http404
    response = HttpResponse(written(feed, timezone.now()), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="inspections.ics"'
    add_never_cache_headers(response)
    return response
