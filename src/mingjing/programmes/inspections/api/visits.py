"""Visits: sent by another system one by one applied or refused, and read page by page."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from mingjing.faces.api.answers import said
from mingjing.kernel.db.fields import instant_text
from mingjing.kernel.parties.guard import public
from mingjing.programmes.inspections.actions.pushing import Taken, push
from mingjing.programmes.inspections.api.door import WHY, Asker, Told, keyed, not_allowed, read_body
from mingjing.programmes.inspections.api.paging import page
from mingjing.programmes.inspections.models import Entry
from mingjing.programmes.inspections.models.outside import Right
from mingjing.programmes.inspections.policy.pushed import read_rows
from mingjing.programmes.inspections.queries.outside import entries_seen

__all__ = ["visits"]


@keyed(Right.PUSH, method="POST")
def _send(request: HttpRequest, asker: Asker) -> Told:
    rows = read_rows(read_body(request))
    taken = push(rows=rows, key=asker.key, at=timezone.now())
    return Told({"visits": [_told(one) for one in taken]}, count=len(rows))


@keyed(Right.READ)
def _read(request: HttpRequest, asker: Asker) -> Told:
    found = entries_seen(asker.key).prefetch_related("items__item", "items__findings")
    rows, after = page(request, found)
    return Told({"visits": [_entry(one) for one in rows], "next": after}, count=len(rows))


@public(WHY)
@csrf_exempt
def visits(request: HttpRequest) -> HttpResponseBase:
    """Send visits (POST), or read them (GET)."""
    if request.method not in ("GET", "POST"):
        return not_allowed("GET, POST")
    return _send(request) if request.method == "POST" else _read(request)


def _told(one: Taken) -> dict[str, Any]:
    return {
        "external": one.external, "status": one.status, "visit": one.entry.pk if one.entry else None,
        "colour": one.entry.colour if one.entry else None,
        "problems": [{**said(problem), "place": problem.place} for problem in one.problems],
    }  # fmt: skip


def _entry(entry: Entry) -> dict[str, Any]:
    visit = entry.visit
    return {
        "visit": entry.pk, "external": entry.external,
        "authority": entry.authority.organisation.credit_code, "firm": entry.firm.organisation.credit_code,
        "purpose": entry.purpose, "trigger": entry.trigger, "method": entry.method, "door": entry.door,
        "colour": entry.colour, "joint": str(visit.joint) if visit.joint else None,
        "entered": instant_text(visit.entered_at), "left": visit.left_at and instant_text(visit.left_at),
        "voided": visit.voided_at is not None, "corrects": entry.corrects_id,
        "items": [
            {"item": row.item.code, "result": row.result, "findings": [one.text for one in row.findings.all()]}
            for row in entry.items.all()
        ],
    }  # fmt: skip
