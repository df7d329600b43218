"""Rating a visit so that nobody can tell who did, and what was rated. No account, no cookie; signing needs a script.

The browser takes a token behind the visit's code, then rates with the token alone, at another address, with a request
that carries nothing else. Addresses of callers are not kept. Not here: tokens (actions.ratings), what is shown
(queries.ratings).
"""

import json
from base64 import b64encode
from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from mingjing.engine.outcome import Refusal
from mingjing.faces.board.pages import MARK, STYLE, page
from mingjing.faces.board.variants import DEFAULT, VARIANTS, Variant, speaking
from mingjing.faces.ui.forms import sentence
from mingjing.faces.ui.modules import import_map, module_addresses
from mingjing.kernel import keys
from mingjing.kernel.parties.guard import View as Guarded
from mingjing.kernel.parties.guard import public
from mingjing.programmes.inspections.actions.ratings import EXPONENT, key_for, rate, sign_token
from mingjing.programmes.inspections.board.pace import Pace
from mingjing.programmes.inspections.models import Entry, RatingKey
from mingjing.programmes.inspections.policy.ratings import ASK_DAYS, CONDUCT, LEAST, SEND_DAYS
from mingjing.programmes.inspections.queries.ratings import key_open, rated, visit_of_code

__all__ = ["PACE", "door", "key", "public_keys", "results", "results_data", "row_of", "send", "token", "visit"]

CODE = "whoever holds the code of a visit may rate it once: the code cannot be guessed"
PROVEN = "a rating carries its own proof and nothing else: who sends it must not be known"
SHOWN = "ratings are for everybody, in groups of at least five"
FORMAT = "mingjing.inspections.ratings/1"
PACE = Pace()
MOST = 4096
"""Bytes of a request that is looked at."""
MODULES = ("#mj/blind.js", "#mj/inspections_board/rating.js")


def _by_code(view: Callable[..., HttpResponse]) -> Guarded:
    """The view with the visit of the code; every other code is answered alike."""

    @wraps(view)
    def found(request: HttpRequest, code: str, variant: str = DEFAULT.code) -> HttpResponse:
        reader, address = VARIANTS[variant], request.META.get("REMOTE_ADDR", "")
        with speaking(reader):
            if PACE.exceeded(address) or PACE.exceeded(code[:60]):
                return _page(reader, code, {"slow": True}, 429)
            entry = visit_of_code(code, timezone.localdate())
            if entry is None:
                PACE.missed(address)
                return _page(reader, code, {"unknown": True}, 404)
            return _private(view(request, reader, code, entry))

    return public(CODE)(found)


@public(CODE)
@require_safe
def door(request: HttpRequest, code: str) -> HttpResponse:
    """What a phone's camera opens: the page in Chinese. Says nothing of the code."""
    return _private(HttpResponseRedirect(reverse("inspections_board:rating", args=[DEFAULT.code, code])))


@_by_code
def visit(request: HttpRequest, reader: Variant, code: str, entry: Entry) -> HttpResponse:
    """Which visit it is, and the questions."""
    return _page(reader, code, {"entry": entry, "day": timezone.localdate(entry.visit.left_at)})


@csrf_exempt
@_by_code
def key(request: HttpRequest, reader: Variant, code: str, entry: Entry) -> HttpResponse:
    """Which of the public keys signs for this visit."""
    if request.method != "POST":
        return HttpResponse(status=405)
    return JsonResponse({"key": key_for(entry=entry, at=timezone.now()).pk})


@csrf_exempt
@_by_code
def token(request: HttpRequest, reader: Variant, code: str, entry: Entry) -> HttpResponse:
    """Sign the visit's one token, blinded, for whoever knows the firm's word; guesses are counted by the code too."""
    try:
        asked = _asked(request)
        blinded, word = keys.unpacked(str(asked["blinded"])), str(asked.get("word", ""))
    except (KeyError, ValueError):
        return HttpResponse(status=400)
    try:
        signature = sign_token(entry=entry, word=word, blinded=blinded, at=timezone.now())
    except Refusal as refused:
        if refused.problems[0].place == "word":
            PACE.missed(code[:60])
        return _refused(refused)
    return JsonResponse({"signature": keys.text(signature)})


@public(SHOWN)
@require_safe
def public_keys(request: HttpRequest) -> HttpResponse:
    """The open keys, the same for everybody: a key made for one firm alone would be a second of its kind."""
    found = RatingKey.objects.filter(closed_on=None).select_related("authority__organisation")
    told = [
        {"key": one.pk, "authority": str(one.authority), "first_day": one.first_day.isoformat(),
         "last_day": one.last_day.isoformat(), "n": one.modulus, "e": f"{EXPONENT:x}"}
        for one in found
    ]  # fmt: skip
    return _private(JsonResponse({"keys": told}))


@public(PROVEN)
@csrf_exempt
@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """Take a rating."""
    address = request.META.get("REMOTE_ADDR", "")
    if PACE.exceeded(address):
        return _private(HttpResponse(status=429))
    try:
        asked = _asked(request)
        known = key_open(int(asked["key"]), timezone.localdate())
        given = {"message": keys.unpacked(asked["message"]), "signature": keys.unpacked(asked["signature"])}
        told = {"stars": int(asked["stars"]), "conduct": [str(one) for one in asked.get("conduct", [])]}
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
        return _private(HttpResponse(status=400))
    if known is None:
        PACE.missed(address)
        return _private(JsonResponse({"problem": gettext("The time for this rating has run out.")}, status=422))
    try:
        rate(key=known, **given, **told, at=timezone.now())  # type: ignore[arg-type]  # as they were just read
    except Refusal as refused:
        PACE.missed(address)
        return _refused(refused)
    return _private(JsonResponse({}, status=201))


@public(SHOWN)
@require_safe
def results(request: HttpRequest, variant: str) -> HttpResponse:
    """What was rated, of every authority."""
    reader = VARIANTS[variant]
    with speaking(reader):
        shown = {
            "rated": [(one.authority, [row_of(group) for group in one.groups]) for one in _rated()],
            "least": LEAST,
        }
        frame = _frame(reader, "inspections_board:ratings", [])
        response = HttpResponse(page("inspections/board/ratings.html", {**frame, **shown, "send_days": SEND_DAYS}))
    response["Cache-Control"] = "no-cache"
    return response


@public(SHOWN)
@require_safe
def results_data(request: HttpRequest) -> HttpResponse:
    """The same for machines."""
    told = [
        {
            "authority": str(one.authority), "first_day": group.first.isoformat(), "last_day": group.last.isoformat(),
            "ratings": group.count, "stars": list(group.stars), "mean": _tenths(group), "conduct": dict(group.conduct),
        }
        for one in _rated()
        for group in one.groups
    ]  # fmt: skip
    return JsonResponse({"format": FORMAT, "least": LEAST, "groups": told})


def _rated() -> Any:
    return rated(None, timezone.localdate())


def row_of(group: Any) -> dict[str, Any]:
    """A group of ratings as pages show it."""
    ticked = [(CONDUCT[code], count) for code, count in group.conduct.items() if count]
    return {"group": group, "mean": _tenths(group), "ticked": ticked}


def _tenths(group: Any) -> str:
    """Stars on average, with one digit behind the point."""
    tenths = (20 * group.mean.numerator + group.mean.denominator) // (2 * group.mean.denominator)
    return f"{tenths // 10}.{tenths % 10}"


def _asked(request: HttpRequest) -> dict[str, Any]:
    """The object that was sent; raises ValueError for anything else."""
    asked = json.loads(request.body) if len(request.body) <= MOST else None
    if not isinstance(asked, dict):
        raise ValueError("not an object")
    return asked


def _refused(refusal: Refusal) -> HttpResponse:
    return _private(JsonResponse({"problem": sentence(refusal.problems[0])}, status=422))


def _page(reader: Variant, code: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """The page with its script, which the browser runs because its digest stands in the policy."""
    addresses = {name: url for name, url in module_addresses().items() if name in MODULES}
    imports = import_map(addresses)
    shown = {
        **_frame(reader, "inspections_board:rating", [code]), "code": code, "importmap": imports,
        "script": addresses.get(MODULES[-1], ""), "conduct": CONDUCT.items(), "least": LEAST, "ask_days": ASK_DAYS,
    }  # fmt: skip
    response = HttpResponse(page("inspections/board/rating.html", {**shown, **context}), status=status)
    hashed = b64encode(sha256(imports.encode()).digest()).decode()
    response._csp_update = {"script-src": [f"'sha256-{hashed}'"]}  # type: ignore[attr-defined]  # as csp.decorators do
    return _private(response)


def _frame(reader: Variant, route: str, more: list[str]) -> dict[str, Any]:
    def address(other: Variant) -> str:
        return reverse(route, args=[other.code, *more])

    return {
        "variant": reader, "css": static(STYLE), "mark": static(MARK), "here": address(reader),
        "language_url": address(reader.other_language), "size_url": address(reader.other_size),
    }  # fmt: skip


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"], response["X-Robots-Tag"] = "no-store", "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response
