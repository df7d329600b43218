"""Copies of an exhibit that leave the house, or might: with the watermark, with faces covered; and the masks.

Not here: the exhibit's own page (evidence), the page that a watermark leads to (verifying).
"""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.faces.desk.evidence import NOSNIFF, SIDES, exhibit_page, find_area, managed_exhibit, seen_exhibit
from mingjing.faces.desk.session import actor
from mingjing.kernel.evidence import copies, store
from mingjing.kernel.evidence.access import words_for
from mingjing.kernel.evidence.actions import note_look, set_masks
from mingjing.kernel.evidence.models import Access, Exhibit, Origin
from mingjing.kernel.evidence.watermarks import Watermark
from mingjing.kernel.parties.guard import guarded
from mingjing.kernel.sync.models import Capture

__all__ = ["masks", "public_copy", "watermark_of", "watermarked"]


def watermark_of(request: HttpRequest, exhibit: Exhibit) -> Watermark:
    """When, where and what for, the short hash, and where anybody may check it. No name of a person."""
    capture = Capture.objects.filter(exhibit=exhibit).first()
    words = words_for(exhibit, capture.about if capture else "")
    lines = [_time(exhibit, capture), *words, _place(exhibit, capture)]
    address = request.build_absolute_uri(reverse("desk:verify", args=[exhibit.sha256]))
    end = f"{gettext('Mingjing')} · SHA-256 {exhibit.sha256[:12]}"
    return Watermark([line for line in [*lines, end] if line], address)


def _time(exhibit: Exhibit, capture: Capture | None) -> str:
    taken = capture.taken_at if capture else exhibit.taken_at
    at = timezone.localtime(taken or exhibit.recorded_at)
    note = (
        gettext("chosen from the gallery") if exhibit.origin == Origin.GALLERY else "" if taken else gettext("recorded")
    )
    return f"{at:%Y-%m-%d %H:%M:%S}" + (f" ({note})" if note else "")


def _place(exhibit: Exhibit, capture: Capture | None) -> str:
    if exhibit.origin == Origin.GALLERY:
        return ""  # where the phone was when it was chosen says nothing of where it was taken
    source = capture if capture and capture.latitude is not None else exhibit
    if source.latitude is None or source.longitude is None:
        return ""
    accuracy = f" ± {capture.accuracy} m" if capture and source is capture else ""
    return f"{source.latitude:.5f}, {source.longitude:.5f}{accuracy}"


@guarded("evidence.exhibit.view", area=find_area)
@require_safe
def watermarked(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The copy to hand on: the whole picture with its watermark. What is sealed has none."""
    found = seen_exhibit(request, pk)
    if found.access == Access.SEALED:
        raise PermissionDenied(_("This exhibit is sealed."))
    note_look(exhibit=found, by=actor(request), at=timezone.now())
    mark = watermark_of(request, found)
    return _answer(lambda: copies.copy_of(found.sha256, copies.VIEWING, mark=mark))


@guarded("evidence.exhibit.view", area=find_area)
@require_safe
def public_copy(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The copy that the public may see, to look at beforehand: masked, with its watermark; of what is sealed too."""
    found = seen_exhibit(request, pk)
    return _answer(lambda: copies.public_copy(found, watermark_of(request, found)))


def _answer(made: Callable[[], Path]) -> HttpResponse:
    try:
        content = made().read_bytes()
    except (copies.NotPublic, copies.NotViewable, store.Damaged, FileNotFoundError) as error:
        raise Http404 from error
    return HttpResponse(content, content_type="image/jpeg", headers=NOSNIFF)


@guarded("evidence.exhibit.manage", area=find_area)
@require_POST
def masks(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Set what is covered on the public copy."""
    found = managed_exhibit(request, pk)
    rows = list(zip(*(request.POST.getlist(side) for side in SIDES), strict=False))
    try:
        set_masks(exhibit=found, boxes=_boxes(rows), by=actor(request), at=timezone.now())
    except Refusal as refusal:
        typed = [dict(zip(SIDES, row, strict=True)) for row in rows if any(row)]
        return exhibit_page(request, found, mask_problems=refusal.problems, mask_rows=typed)
    messages.success(request, gettext("What the public copy covers was set."))
    return redirect("desk:exhibit", pk)


def _boxes(rows: list[tuple[str, ...]]) -> list[list[int]]:
    """The boxes of the form in ten-thousandths; raises Refusal for what is no number."""
    try:
        return [[_part(text) for text in row] for row in rows if any(row)]
    except ValueError as error:
        text = N_("Fill in all four numbers of a box, each from 0 to 100; leave all four empty for no box.")
        raise Refusal([Problem("evidence.mask_number", text)]) from error


def _part(text: str) -> int:
    whole, _dot, rest = text.strip().replace(",", ".").partition(".")
    digits = whole + rest
    if not (digits.isascii() and digits.isdecimal() and 0 < len(whole) < 4):
        raise ValueError(text)
    return int(whole) * 100 + int((rest + "00")[:2])
