"""The door of the public board: which lists are published here, by which programme. Not here: any list."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils.module_loading import import_string
from django.views.decorators.http import require_safe

from mingjing.faces.board.pages import MARK, STYLE, page
from mingjing.faces.board.serving import FRESH
from mingjing.faces.board.variants import DEFAULT, VARIANTS, Variant, speaking
from mingjing.kernel import registry
from mingjing.kernel.parties.guard import public

__all__ = ["door", "home"]

WHY = "what is published is for everybody"


@public(WHY)
@require_safe
def door(request: HttpRequest) -> HttpResponse:
    """To the board in Chinese, where a link leads to English."""
    return HttpResponseRedirect(reverse("board:home", args=[DEFAULT.code]))


@public(WHY)
@require_safe
def home(request: HttpRequest, variant: str) -> HttpResponse:
    """Every published list, by programme."""
    reader = VARIANTS[variant]
    with speaking(reader):
        shown = {"variant": reader, "parts": list(_parts(reader)), "css": static(STYLE), "mark": static(MARK)}
        shown |= {"language_url": reverse("board:home", args=[reader.other_language.code])}
        shown |= {"size_url": reverse("board:home", args=[reader.other_size.code])}
        response = HttpResponse(page("board/home.html", shown))
    response["Cache-Control"] = FRESH
    return response


def _parts(variant: Variant) -> Iterator[dict[str, Any]]:
    for part in registry.programmes():
        if part.board_lists:
            yield {"title": part.title, "lists": list(import_string(part.board_lists)(variant))}
