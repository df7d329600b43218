"""Areas: the tree from province to neighbourhood, with the source and version of every code. Imports are a command."""

from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from mingjing.faces.ui.forms import searched
from mingjing.faces.ui.paging import page_of
from mingjing.kernel.parties.guard import areas_where, guarded
from mingjing.kernel.places.models import Area


def find_area(request: HttpRequest, code: str) -> Area:
    """The area with this code, or a 404."""
    return get_object_or_404(Area.objects.select_related("parent"), code=code)


@guarded("places.area.view")
def areas(request: HttpRequest) -> HttpResponse:
    """The areas a person's rights begin at, or those that a search finds below them."""
    scope = areas_where(request.user, "places.area.view", on=timezone.localdate())
    text = searched(request)
    found = scope.within(Area.objects.search(text), "") if text else Area.objects.filter(path__in=scope.paths)
    page = page_of(_with_counts(found.select_related("parent")), request.GET, order=("path",))
    return render(request, "desk/areas.html", {"page": page, "q": text})


@guarded("places.area.view", area=find_area)
def area(request: HttpRequest, code: str) -> HttpResponse:
    """One area: its code with source and version, what it lies in, what lies in it."""
    here = find_area(request, code)
    scope = areas_where(request.user, "places.area.view", on=timezone.localdate())
    above = [(step, scope.covers(step)) for step in Area.objects.filter(code__in=here.ancestor_codes)]
    page = page_of(_with_counts(here.children.all()), request.GET, order=("path",), size=200)
    gone = here.retirements.order_by("-at").first()
    return render(request, "desk/area.html", {"area": here, "above": above, "page": page, "gone": gone})


def _with_counts(found: "QuerySet[Area]") -> "QuerySet[Area]":
    return found.annotate(below=Count("children"))
