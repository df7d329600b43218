"""The page behind the code on a firm's wall: anybody at its door reads it, without an account, a cookie or a script.

A code is 59 random bits, and one that is nobody's is answered always alike, from one address twenty times a minute. Not
here: what the page says (queries.walls), refusing (door: with the code of a task), complaining (there, and the portal).
"""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from mingjing.faces.board.pages import MARK, STYLE, page
from mingjing.faces.board.variants import DEFAULT, VARIANTS, Variant, speaking
from mingjing.kernel.parties.guard import public
from mingjing.programmes.inspections.board.door import private
from mingjing.programmes.inspections.board.pace import Pace
from mingjing.programmes.inspections.queries.walls import firm_of_wall, wall_of

__all__ = ["PACE", "door", "firm"]

WHY = "whoever stands at a firm's door reads its code; behind it is nothing private, and codes cannot be guessed"
PACE = Pace()


@public(WHY)
@require_safe
def door(request: HttpRequest, code: str) -> HttpResponse:
    """What a phone's camera opens: the page in Chinese. Says nothing of the code."""
    return private(HttpResponseRedirect(reverse("inspections_board:firm", args=[DEFAULT.code, code])))


@public(WHY)
@require_safe
def firm(request: HttpRequest, variant: str, code: str) -> HttpResponse:
    """Who came for what, what came of it, how much is allowed, what plans foresee, what the firm may do."""
    reader, address, today = VARIANTS[variant], request.META.get("REMOTE_ADDR", ""), timezone.localdate()
    with speaking(reader):
        if PACE.exceeded(address):
            return _told(reader, code, {"slow": True}, 429)
        known = firm_of_wall(code)
        if known is None:
            PACE.missed(address)
            return _told(reader, code, {"unknown": True}, 404)
        return _told(reader, code, {"wall": wall_of(known, today), "year": today.year}, 200)


def _told(reader: Variant, code: str, context: dict[str, Any], status: int) -> HttpResponse:
    def address(other: Variant) -> str:
        return reverse("inspections_board:firm", args=[other.code, code])

    frame = {
        "variant": reader, "css": static(STYLE), "mark": static(MARK),
        "language_url": address(reader.other_language), "size_url": address(reader.other_size),
    }  # fmt: skip
    return private(HttpResponse(page("inspections/board/firm.html", {**frame, **context}), status=status))
