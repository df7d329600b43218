"""Finds what an address names, and the area it lies in, for the views of rounds and for their guards.

What a guard found is handed to its view, which would only ask for the same row again.
"""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from mingjing.kernel.places.models import Area
from mingjing.programmes.assessments.models import Round, VisitRecord

__all__ = ["find_record", "find_round", "record_area", "round_area"]

HANDED = "handed_by_guard"
"""Under which name a request carries what its guard found, until the view takes it: once, for an act may change it."""


def find_round(request: HttpRequest, pk: int) -> Round:
    """A round with its area, scheme and lead, without the scheme's document; raises Http404."""
    handed = vars(request).pop(HANDED, None)
    if isinstance(handed, Round) and handed.pk == pk:
        return handed
    found = Round.objects.select_related("area", "scheme__rulebook", "lead").defer("scheme__document")
    return get_object_or_404(found, pk=pk)


def round_area(request: HttpRequest, pk: int, *args: Any, **kwargs: Any) -> Area:
    """The district whose round is asked for."""
    found = find_round(request, pk)
    vars(request)[HANDED] = found
    return found.area


def find_record(request: HttpRequest, pk: int) -> VisitRecord:
    """A visit record with its round, entry, visit and team-day, without the large documents beside them; or Http404."""
    handed = vars(request).pop(HANDED, None)
    if isinstance(handed, VisitRecord) and handed.pk == pk:
        return handed
    found = VisitRecord.objects.select_related(
        "round__area", "round__scheme__rulebook", "entry", "team_day__draw", "visit__area"
    )
    return get_object_or_404(found.defer("round__scheme__document", "round__plan", "team_day__draw__inputs",
                                         "team_day__draw__document"), pk=pk)  # fmt: skip


def record_area(request: HttpRequest, pk: int, *args: Any, **kwargs: Any) -> Area:
    """The district whose visit record is asked for."""
    found = find_record(request, pk)
    vars(request)[HANDED] = found
    return found.round.area
