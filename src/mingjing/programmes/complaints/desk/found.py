"""Finds what an address names, and the area it lies in, for the views and their guards."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone

from mingjing.kernel.parties.guard import areas_where
from mingjing.kernel.places.models import Area, Level
from mingjing.programmes.complaints.models import Complaint, Edition, Intake

__all__ = [
    "complaint_area", "districts", "edition_area", "find_complaint", "find_edition", "find_intake", "intake_area",
]  # fmt: skip

MOST_AREAS = 500


def find_complaint(pk: int) -> Complaint:
    """A complaint with its area and community; raises Http404."""
    return get_object_or_404(Complaint.objects.select_related("area", "site__area", "intake"), pk=pk)


def complaint_area(request: HttpRequest, pk: int, **_rest: Any) -> Area:
    """The district whose complaint is asked for."""
    return _area_of(Complaint.objects.filter(pk=pk))


def find_intake(pk: int) -> Intake:
    """A file of complaints with its area; raises Http404."""
    related = ("area", "requested_by", "approved_by", "discarded_by")
    return get_object_or_404(Intake.objects.select_related(*related).defer("mapping_text"), pk=pk)


def intake_area(request: HttpRequest, pk: int, **_rest: Any) -> Area:
    """The district a file is of."""
    return _area_of(Intake.objects.filter(pk=pk))


def find_edition(pk: int) -> Edition:
    """An edition with its area, rules and the one before; raises Http404."""
    related = (
        "area", "rules__rulebook", "before", "corrects", "opened_by", "checking_by", "published_by", "discarded_by",
    )  # fmt: skip
    return get_object_or_404(Edition.objects.select_related(*related), pk=pk)


def edition_area(request: HttpRequest, pk: int, **_rest: Any) -> Area:
    """The district whose ranking is asked for."""
    return _area_of(Edition.objects.filter(pk=pk))


def _area_of(rows: "QuerySet[Any]") -> Area:
    """The area of the one row; raises Http404 for none. A guard needs nothing that lies beside it."""
    return get_object_or_404(Area, pk__in=rows.values("area"))


def districts(request: HttpRequest, permission: str) -> list[tuple[str, str]]:
    """The districts where the person holds a permission, by code."""
    scope = areas_where(request.user, permission, on=timezone.localdate())
    found = scope.within(Area.objects.current().filter(level=Level.COUNTY), "")
    return list(found.values_list("code", "name")[:MOST_AREAS])
