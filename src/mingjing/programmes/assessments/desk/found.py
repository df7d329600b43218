"""Finds what an address names, and the area it lies in, for the views of rounds and for their guards."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from mingjing.kernel.places.models import Area
from mingjing.programmes.assessments.models import Round, VisitRecord

__all__ = ["find_record", "find_round", "record_area", "round_area"]


def find_round(pk: int) -> Round:
    """A round with its area, scheme and lead, without the scheme's document; raises Http404."""
    found = Round.objects.select_related("area", "scheme__rulebook", "lead").defer("scheme__document")
    return get_object_or_404(found, pk=pk)


def round_area(request: HttpRequest, pk: int, *args: Any, **kwargs: Any) -> Area:
    """The district whose round is asked for."""
    return find_round(pk).area


def find_record(pk: int) -> VisitRecord:
    """A visit record with its round, entry and team-day, without the large documents beside them; raises Http404."""
    found = VisitRecord.objects.select_related("round__area", "round__scheme__rulebook", "entry", "team_day__draw")
    return get_object_or_404(found.defer("round__scheme__document", "round__plan", "team_day__draw__inputs",
                                         "team_day__draw__document"), pk=pk)  # fmt: skip


def record_area(request: HttpRequest, pk: int, *args: Any, **kwargs: Any) -> Area:
    """The district whose visit record is asked for."""
    return find_record(pk).round.area
