"""The way of what phones ask past everything that pages need: outermost of the middleware, and their only way in.

A phone shows a token and no cookie: sessions, messages, forgery checks, sign-in and the policies of pages have nothing
to say there, and together cost more than to receive a photo. The host is asked for as for pages, problems are told in
the phone's language, and an answer says what every answer of ours says. Not here: who a phone is (door), the answers
(api, uploads).
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import Resolver404, ResolverMatch, get_resolver
from django.utils import translation

__all__ = ["BELOW", "Front"]

BELOW = "/field/api/"
URLS = "mingjing.faces.field.api_urls"


class Front:
    """Answers what is asked below BELOW; hands everything else, and addresses that are none, on to the pages."""

    def __init__(self, pages: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._pages, self._said, self._said_safely = pages, _said(), _said_safely()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        match = _match(request.path_info) if request.path_info.startswith(BELOW) else None
        return self._answer(request, match) if match else self._pages(request)

    def _answer(self, request: HttpRequest, match: ResolverMatch) -> HttpResponseBase:
        request.get_host()  # refuses another's name
        translation.activate(translation.get_language_from_request(request))
        response: HttpResponse = match.func(request, *match.args, **match.kwargs)
        told = response.headers
        for name, value in self._said:
            told[name] = value
        if request.is_secure():
            for name, value in self._said_safely:
                told[name] = value
        if "Content-Length" not in told:
            told["Content-Length"] = str(len(response.content))
        return response


def _match(path: str) -> ResolverMatch | None:
    try:
        return get_resolver(URLS).resolve(path[len(BELOW) - 1 :])
    except Resolver404:
        return None


def _said() -> list[tuple[str, str]]:
    """What every answer says; there is nothing in it that a browser should run or show."""
    return [
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", settings.X_FRAME_OPTIONS),
        ("Referrer-Policy", settings.SECURE_REFERRER_POLICY),
        ("Cross-Origin-Opener-Policy", settings.SECURE_CROSS_ORIGIN_OPENER_POLICY),
        ("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
        ("Vary", "Accept-Language"),
    ]


def _said_safely() -> list[tuple[str, str]]:
    seconds = settings.SECURE_HSTS_SECONDS
    return [("Strict-Transport-Security", f"max-age={seconds}")] if seconds else []
