"""The page behind a task's code: a firm scans it at its door, without an account, a cookie or a script.

Whoever holds the code may refuse or complain: it is 128 random bits, and shown to the firm only. A code that is
nobody's is answered always alike. Not here: what the page says (queries.shown), what a refusal opens
(actions.refusals).
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from mingjing.engine.outcome import Problem, Refusal
from mingjing.faces.board.pages import MARK, STYLE, page
from mingjing.faces.board.variants import DEFAULT, VARIANTS, Variant, speaking
from mingjing.kernel.parties.guard import View as Guarded
from mingjing.kernel.parties.guard import public
from mingjing.programmes.inspections.actions.refusals import refuse
from mingjing.programmes.inspections.board.pace import Pace
from mingjing.programmes.inspections.models import Task
from mingjing.programmes.inspections.queries.held import entries_of
from mingjing.programmes.inspections.queries.ratings import code_of
from mingjing.programmes.inspections.queries.shown import Shown, shown_of, task_of_code

__all__ = ["PACE", "complaint", "door", "private", "refusal", "task"]

WHY = "whoever was shown the code of a task may read it and answer: the code cannot be guessed, and shows no more"
PACE = Pace()
COMPLAINTS = 5
"""Complaints that one code takes; more are taken by telephone."""
View = Callable[[HttpRequest, Variant, Task], HttpResponse]


@public(WHY)
@require_safe
def door(request: HttpRequest, code: str) -> HttpResponse:
    """What a phone's camera opens: the page in Chinese, where a link leads to English. Says nothing of the code."""
    return private(HttpResponseRedirect(reverse("inspections_board:task", args=[DEFAULT.code, code])))


def _by_code(view: View) -> Guarded:
    """The view with the task of the code; a code that is nobody's, or too many of them, is answered here."""

    @wraps(view)
    def found(request: HttpRequest, variant: str, code: str) -> HttpResponse:
        reader, address = VARIANTS[variant], request.META.get("REMOTE_ADDR", "")
        with speaking(reader):
            if PACE.exceeded(address):
                return _told(reader, code, {"slow": True}, 429)
            known = task_of_code(code, timezone.localdate())
            if known is None:
                PACE.missed(address)
                return _told(reader, code, {"unknown": True}, 404)
            return private(view(request, reader, known))

    return public(WHY)(found)


@_by_code
def task(request: HttpRequest, reader: Variant, known: Task) -> HttpResponse:
    """Who is here, on what authority, for which items, what the gate says, what the firm may do."""
    return _page(reader, known)


@csrf_exempt
@_by_code
def refusal(request: HttpRequest, reader: Variant, known: Task) -> HttpResponse:
    """The firm refuses; once for a task, whoever sends it again."""
    return _answered(request, reader, known, "refusal", 1)


@csrf_exempt
@_by_code
def complaint(request: HttpRequest, reader: Variant, known: Task) -> HttpResponse:
    """The firm complains of the visit."""
    return _answered(request, reader, known, "complaint", COMPLAINTS)


def _answered(request: HttpRequest, reader: Variant, known: Task, kind: str, most: int) -> HttpResponse:
    if request.method != "POST":
        return _back(reader, known)
    text, now = request.POST.get("text", "").replace("\x00", "").strip()[:1000], timezone.now()
    try:
        with transaction.atomic():
            Task.objects.select_for_update(of=("self",)).get(pk=known.pk)
            if known.refusals.filter(kind=kind).count() < most:
                entry = entries_of([known.pk]).get(known.pk) if kind == "complaint" else None
                refuse(firm=known.firm, kind=kind, task=known, entry=entry, text=text, by=None, at=now)
    except Refusal as refused:
        return _page(reader, known, refused.problems, 422)
    return _back(reader, known)


def _back(reader: Variant, known: Task) -> HttpResponse:
    response = HttpResponseRedirect(reverse("inspections_board:task", args=[reader.code, known.code]) + "#said")
    response.status_code = 303
    return response


def _page(reader: Variant, known: Task, problems: tuple[Problem, ...] = (), status: int = 200) -> HttpResponse:
    shown: Shown = shown_of(known, timezone.now())
    more = COMPLAINTS - shown.complaints
    told = {"shown": shown, "task": known, "problems": problems, "more": more}
    if shown.entry and shown.entry.visit.left_at:
        told["rate"] = reverse("inspections_board:rating", args=[reader.code, code_of(shown.entry)])
    return _told(reader, str(known.code), told, status)


def _told(reader: Variant, code: str, context: dict[str, Any], status: int) -> HttpResponse:
    def address(other: Variant) -> str:
        return reverse("inspections_board:task", args=[other.code, code])

    frame = {
        "variant": reader, "css": static(STYLE), "mark": static(MARK), "here": address(reader),
        "language_url": address(reader.other_language), "size_url": address(reader.other_size),
    }  # fmt: skip
    return private(HttpResponse(page("inspections/board/task.html", {**frame, **context}), status=status))


def private(response: HttpResponse) -> HttpResponse:
    """Kept by nobody and found by no search: the address is the secret."""
    response["Cache-Control"], response["X-Robots-Tag"] = "no-store", "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response
