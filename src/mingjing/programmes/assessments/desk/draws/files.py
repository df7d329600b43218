"""What anybody who may see a draw can download, byte for byte as the ledger's digests say."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from mingjing.kernel.parties.guard import guarded
from mingjing.programmes.assessments.desk.draws.draws import find_draw
from mingjing.programmes.assessments.desk.found import find_round, round_area
from mingjing.programmes.assessments.models import CrewDraw, SecondDraw
from mingjing.programmes.assessments.queries import draws as queries
from mingjing.programmes.assessments.queries.crews import crew_file
from mingjing.programmes.assessments.queries.seconds import lot_file


def _json(content: bytes | None, name: str) -> HttpResponse:
    """A file to be saved; a sealed one is not there."""
    if content is None:
        raise Http404
    return HttpResponse(
        content, content_type="application/json", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@guarded("assessments.draw.view", area=round_area)
def inputs(request: HttpRequest, pk: int, draw: int) -> HttpResponse:
    """What the draw is made from: its SHA-256 is the digest committed to."""
    return _json(find_draw(pk, draw).inputs.encode(), f"draw-{draw}-inputs.json")


@guarded("assessments.draw.view", area=round_area)
def commitment(request: HttpRequest, pk: int, draw: int, digest: str) -> HttpResponse:
    """One party's commitment, as the command takes it."""
    return _json(queries.commitment_files(find_draw(pk, draw)).get(digest), f"draw-{draw}-{digest[:12]}.json")


@guarded("assessments.draw.view", area=round_area)
def whole(request: HttpRequest, pk: int, draw: int) -> HttpResponse:
    """The draw itself, once its last day has come."""
    return _json(queries.draw_file(find_draw(pk, draw), timezone.localdate()), f"draw-{draw}.json")


@guarded("assessments.draw.view", area=round_area)
def day(request: HttpRequest, pk: int, draw: int, day: str) -> HttpResponse:
    """The plan of one day, from that day on."""
    return _json(queries.day_file(find_draw(pk, draw), day, timezone.localdate()), f"draw-{draw}-{day}.json")


@guarded("assessments.round.view", area=round_area)
def lot(request: HttpRequest, pk: int) -> HttpResponse:
    """The lot for second visits, once the last of its days has passed."""
    found = get_object_or_404(SecondDraw.objects.select_related("round"), round=find_round(request, pk))
    return _json(lot_file(found, timezone.localdate()), f"seconds-{found.pk}.json")


@guarded("assessments.round.view", area=round_area)
def crew(request: HttpRequest, pk: int, crew: int) -> HttpResponse:
    """How a crew for a second visit was drawn, once its day has passed."""
    found = get_object_or_404(CrewDraw.objects.select_related("round"), round=find_round(request, pk), pk=crew)
    return _json(crew_file(found, timezone.localdate()), f"crew-{crew}.json")
