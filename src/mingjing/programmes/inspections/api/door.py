"""The door of other systems: a key in every request, what it opens, how often, and every use on record.

No cookie decides anything here. Not here: what is asked.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, NoReturn

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from msgspec import DecodeError
from msgspec.json import decode, encode

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.faces.api.answers import said
from mingjing.kernel.parties.guard import View, public
from mingjing.kernel.sync.turns import turn_to_look
from mingjing.programmes.inspections.actions.uses import admits, note_use, take_back
from mingjing.programmes.inspections.models import Key
from mingjing.programmes.inspections.queries.known import Known, Outdated, catalogue, remembered

__all__ = ["WHY", "Asker", "Told", "asked", "keyed", "missing", "not_allowed", "problems", "read_body"]

JSON = "application/json"
WHY = "answers other systems that show a key; each key opens only what it was issued for"
BODY_LIMIT = 2 * 2**20
FAILED = 500  # what is on record of a question that nobody could answer
NOTHING = HttpResponse()
"""What nobody is answered."""
KEPT_NOWHERE = "max-age=0, no-cache, no-store, must-revalidate, private"
NO_KEY = Problem("api.key", N_("Show a key that is valid: Authorization: Bearer mj_…"))
LACKING = Problem("api.right", N_("This key does not open this; ask whoever issued it."))
TOO_OFTEN = Problem("api.often", N_("This key asked too often; wait a minute."))
NOT_JSON = Problem("api.json", N_("Send a JSON document in UTF-8 as application/json."))
TOO_LARGE = Problem("api.size", N_("This is too large; send less at once."))
MISSING = Problem("api.missing", N_("There is no such thing here."))
METHOD = Problem("api.method", N_("This address is asked by another method."))


@dataclass(frozen=True, slots=True)
class Told:
    """An answer: JSON, or a text of another type; `count` is how many rows it is about."""

    body: dict[str, Any] | None = None
    text: str = ""
    content_type: str = JSON
    count: int = 0
    status: int = 200


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: the key that was shown, and the catalogue as it is known at this moment."""

    key: Key
    known: Known


class _Wrong(Exception):
    """What was sent is refused before anybody reads it."""

    def __init__(self, problem: Problem, status: int) -> None:
        self.problem, self.status = problem, status
        super().__init__(problem.code)


def keyed(right: str, *, method: str = "GET", hasty: bool = False) -> Callable[[Callable[..., Told]], View]:
    """Only a key with this right opens the view, which gets the asker and gives a `Told` or raises Refusal.

    A `hasty` view, which changes nothing, is given what the process remembers. Unless it finds while it looks that this
    still holds (Known.heed), it is asked again with the catalogue as it is, and nobody hears of the first answer. On
    SQLite threads answer by such views one after the other: beside each other they would only wait for each other.
    """

    def decorate(view: Callable[..., Told]) -> View:
        @wraps(view)
        def answered(request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method != method:
                return not_allowed(method)
            use = _Use()
            try:
                return _answered(request, lambda asker: view(request, asker, *args, **kwargs), right, hasty, use)
            finally:
                use.note(request)

        return public(WHY)(csrf_exempt(answered))

    return decorate


@dataclass(slots=True)
class _Use:
    """What goes on record of a question, however it ends; nothing where there is no key that opens it."""

    key: Key | None = None
    count: int = 0
    status: int = FAILED

    def note(self, request: HttpRequest) -> None:
        """Put it there."""
        if self.key:
            name = request.resolver_match.url_name if request.resolver_match else ""
            route = (name or "")[:40]
            note_use(key=self.key, route=route, status=self.status, count=self.count, at=timezone.now())


def _answered(
    request: HttpRequest, ask: Callable[[Asker], Told], right: str, hasty: bool, use: _Use
) -> HttpResponse:  # fmt: skip
    """What the view says, to whom it is open; `use` is told what goes on record."""
    now = timezone.now()
    asker = _let_in(request, right, remembered() if hasty else catalogue(), now)
    if hasty and not isinstance(asker, Asker):
        asker = _let_in(request, right, catalogue(), now)
    if not isinstance(asker, Asker):
        return asker
    if not admits(key=asker.key, at=now):
        return _plain(problems([TOO_OFTEN], 429), {"Retry-After": "60"})
    use.key = asker.key
    if not hasty:
        response, use.count = _answer(ask, asker)
        use.status = response.status_code
        return _plain(response)
    _received(request)  # as slowly as it comes: nobody waits for that but us
    with turn_to_look():
        response, use.count = _answer(ask, asker)
        if not asker.known.sure:
            again = _let_in(request, right, catalogue(), now)
            if not isinstance(again, Asker):
                use.key = None
                take_back(key=asker.key, at=now)
                return again
            response, use.count = _answer(ask, again)
    use.status = response.status_code
    return _plain(response)


def _let_in(request: HttpRequest, right: str, known: Known, now: datetime) -> Asker | HttpResponse:
    """Who shows a key that opens this, or what to answer who does not."""
    key = known.key(_shown(request))
    if key is None or not key.opens(now.astimezone(timezone.get_default_timezone()).date()):
        return _plain(problems([NO_KEY], 401), {"WWW-Authenticate": "Bearer"})
    if right not in key.rights:
        return _plain(problems([LACKING], 403))
    return Asker(key, known)


def _answer(ask: Callable[[Asker], Told], asker: Asker) -> tuple[HttpResponse, int]:
    try:
        told = ask(asker)
        return _response(told), told.count
    except Outdated:
        return NOTHING, 0
    except Refusal as refusal:
        return problems(refusal.problems, 422), 0
    except _Wrong as wrong:
        return problems([wrong.problem], wrong.status), 0


def read_body(request: HttpRequest) -> object:
    """The JSON document of a request."""
    if request.content_type != JSON:
        raise _Wrong(NOT_JSON, 415)
    raw = _received(request)
    if len(raw) > BODY_LIMIT:
        raise _Wrong(TOO_LARGE, 413)
    try:
        return _read(raw)
    except (ValueError, RecursionError) as error:
        raise _Wrong(NOT_JSON, 400) from error


def _received(request: HttpRequest) -> bytes:
    """What was sent, as far as anybody looks at it: read once, and looked at twice by the hasty."""
    told = request.__dict__
    if "sent" not in told:
        told["sent"] = request.read(BODY_LIMIT + 1)
    sent: bytes = told["sent"]
    return sent


def _read(raw: bytes) -> object:
    try:
        return decode(raw)
    except DecodeError:  # half of a pair is for whoever reads the text to refuse, with its place
        return json.loads(raw.decode(), parse_constant=_no_constant)


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON")


def missing() -> NoReturn:
    """What the address names is not there."""
    raise _Wrong(MISSING, 404)


def asked(request: HttpRequest, *names: str) -> dict[str, str]:
    """The parameters of the address, once each; raises Refusal for others."""
    if unknown := sorted(set(request.GET) - set(names)):
        text = N_("{names}: not known here; ask by {known}.")
        told = {"names": tuple(name[:40] for name in unknown[:10]), "known": names}
        raise Refusal([Problem("api.parameter", text, told)])
    return {name: request.GET[name] for name in names if name in request.GET}


def problems(found: Sequence[Problem], status: int) -> HttpResponse:
    """Refusals as other systems read them: code, place, and the sentence in both languages."""
    told = [{**said(one), "place": one.place} for one in found]
    return HttpResponse(encode({"problems": told}), content_type=JSON, status=status)


def not_allowed(methods: str) -> HttpResponse:
    """The address is there, but not for this method."""
    return _plain(problems([METHOD], 405), {"Allow": methods})


def _shown(request: HttpRequest) -> str:
    scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _response(told: Told) -> HttpResponse:
    if told.body is None:
        return HttpResponse(told.text, content_type=told.content_type, status=told.status)
    return HttpResponse(encode(told.body), content_type=JSON, status=told.status)


def _plain(response: HttpResponse, headers: dict[str, str] | None = None) -> HttpResponse:
    """An answer that nobody keeps."""
    response["Cache-Control"] = KEPT_NOWHERE
    for name, value in (headers or {}).items():
        response[name] = value
    return response
