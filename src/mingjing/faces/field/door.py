"""Who a phone is: a token in every request, no cookie; refusals are logged. Not here: what its person may do."""

import json
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.http.request import HttpHeaders
from django.utils.log import log_response
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.parties.guard import View, public
from mingjing.kernel.sync.sessions import Pass, read_token, standing_device, stands

__all__ = ["answered", "device_only", "header", "pass_of", "problems", "read_json", "standing_only", "token_only"]

UNKEPT = "no-store, private"
PHONES = "answers bound phones only: every request carries a token that the phone signed for"
SESSION = Problem("field.session", N_("The session is over; the app makes a new one by itself."))
REVOKED = Problem("field.revoked", N_("This phone was revoked; it sends and receives nothing more. Ask the centre."))


def device_only(view: Callable[..., HttpResponseBase]) -> View:
    """Only a phone that stands may call the view, which gets it as `device`, its person loaded: one statement."""

    @answered
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponseBase:
        given = pass_of(request)
        if given is None:
            return problems([SESSION], 401)
        device = standing_device(given)
        return view(request, device, *args, **kwargs) if device else problems([REVOKED], 403)

    return guarded


def standing_only(view: Callable[..., HttpResponseBase]) -> View:
    """Only a phone that stands may call the view, which gets its `Pass`: one small statement."""

    @token_only
    @wraps(view)
    def guarded(request: HttpRequest, given: Pass, /, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, given, *args, **kwargs) if stands(given) else problems([REVOKED], 403)

    return guarded


def token_only(view: Callable[..., HttpResponseBase]) -> View:
    """Only a phone with a session may call the view, which gets its `Pass`; no database is asked whether it stands."""

    @answered
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponseBase:
        given = pass_of(request)
        return view(request, given, *args, **kwargs) if given else problems([SESSION], 401)

    return guarded


def answered(view: Callable[..., HttpResponseBase]) -> View:
    """For phones: no cookie decides anything here, refusals are JSON, and nothing is kept by caches."""

    @wraps(view)
    def told(request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response = view(request, *args, **kwargs)
        except Refusal as refusal:
            response = problems(refusal.problems, 422)
        response.headers["Cache-Control"] = UNKEPT
        if isinstance(response, Refused):
            _log(request, response)
        return response

    return public(PHONES)(csrf_exempt(told))


def _log(request: HttpRequest, response: "Refused") -> None:
    """A line for who looks after the installation: which codes, to which phone. Nothing of what was sent."""
    given = pass_of(request)
    whose = f"phone {given.device.hex}" if given else "no phone"
    codes, text = ", ".join(response.codes), "%s %s: refused to %s: %s"
    log_response(text, request.method, request.path, whose, codes, response=response, request=request)


def pass_of(request: HttpRequest) -> Pass | None:
    """What the token of a request says."""
    scheme, _, token = header(request, "Authorization").partition(" ")
    return read_token(token.strip()) if scheme == "Bearer" else None


def header(request: HttpRequest, name: str) -> str:
    """A header of a request, empty for none; `request.headers` would gather all of them first."""
    return str(request.META.get(_KEYS[name], ""))


_NAMES = (
    "Authorization", "Content-Type", "Mingjing-Signature", "Tus-Resumable", "Upload-Checksum", "Upload-Length",
    "Upload-Metadata", "Upload-Offset", "X-HTTP-Method-Override",
)  # fmt: skip
_KEYS = {name: HttpHeaders.to_wsgi_name(name) for name in _NAMES}


def read_json(request: HttpRequest, *names: str) -> list[str]:
    """The named texts of a small JSON object; raises Refusal."""
    try:
        document = json.loads(request.read(65_536))
        found = [document[name] for name in names]
        if all(isinstance(value, str) and "\0" not in value for value in found):
            return found
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    text = N_("What was sent is not as it should be ({detail}); update the app and send it again.")
    raise Refusal([Problem("field.format", text, {"detail": ", ".join(names)})])


class Refused(JsonResponse):
    """An answer that says why not; `codes` are those of its problems."""

    codes: tuple[str, ...]


def problems(found: Iterable[Problem], status: int) -> Refused:
    """Refusals as phones read them."""
    told = [{"code": one.code, "text": one.say(gettext), "place": one.place} for one in found]
    response = Refused({"problems": told}, status=status)
    response.codes = tuple(dict.fromkeys(one["code"] for one in told))
    return response
