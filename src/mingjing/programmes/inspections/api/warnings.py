"""Warnings, page by page: which rule, about whom, which days, how it stands; nothing is ever left out of them."""

from typing import Any

from django.http import HttpRequest

from mingjing.engine.kept import recall
from mingjing.faces.api.answers import listed
from mingjing.kernel.db.fields import instant_text
from mingjing.programmes.inspections.api.door import Asker, Told, keyed
from mingjing.programmes.inspections.api.paging import page
from mingjing.programmes.inspections.models import Warning
from mingjing.programmes.inspections.models.outside import Right
from mingjing.programmes.inspections.queries.outside import warnings_seen

__all__ = ["warnings"]

LEVELS = {1: "info", 2: "yellow", 3: "red"}


@keyed(Right.READ)
def warnings(request: HttpRequest, asker: Asker) -> Told:
    """The warnings that this key reads."""
    rows, after = page(request, warnings_seen(asker.key).prefetch_related("records"))
    return Told({"warnings": [_told(one) for one in rows], "next": after}, count=len(rows))


def _told(one: Warning) -> dict[str, Any]:
    return {
        "warning": one.pk, "rule": one.rule, "level": LEVELS[one.level], "state": one.state,
        "firm": one.firm.organisation.credit_code if one.firm else None,
        "authority": one.authority.organisation.credit_code if one.authority else None,
        "first": one.first_day.isoformat(), "last": one.last_day.isoformat(), "count": one.count,
        "records": [row.record for row in one.records.all()], "reasons": listed(recall(one.reasons)),
        "raised": instant_text(one.raised_at), "lapsed": one.lapsed_at and instant_text(one.lapsed_at),
        "merged_into": one.merged_into_id,
    }  # fmt: skip
