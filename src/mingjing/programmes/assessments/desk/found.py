"""Finds what an address names, and the area it lies in, for the views of rounds and for their guards."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from mingjing.kernel.places.models import Area
from mingjing.programmes.assessments.models import Round, VisitRecord

__all__ = ["find_record", "find_round", "record_area", "round_area"]


def find_round(pk: int) -> Round:
    """A round with its area, scheme and lead; raises Http404."""
    return get_object_or_404(Round.objects.select_related("area", "scheme__rulebook", "lead"), pk=pk)


def round_area(request: HttpRequest, pk: int, *args: Any, **kwargs: Any) -> Area:
    """The district whose round is asked for."""
    return find_round(pk).area


def find_record(pk: int) -> VisitRecord:
    """A visit record with its round, entry and team-day; raises Http404."""
    found = VisitRecord.objects.select_related("round__area", "round__scheme__rulebook", "entry", "team_day__draw")
    return get_object_or_404(found, pk=pk)


def record_area(request: HttpRequest, pk: int, *args: Any, **kwargs: Any) -> Area:
    """The district whose visit record is asked for."""
    return find_record(pk).round.area
