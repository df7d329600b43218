"""A way past everything that pages need, for what is asked without a cookie: outermost of the middleware.

Who shows a token or a key has nothing to do with sessions, messages, forgery checks, sign-in and the policies of pages,
which together cost more than many an answer. The host is asked for as for pages, problems are told in the language
that is asked for, and an answer says what every answer of ours says. Not here: who asks, and the answers; each face
that has such a way says below which address it lies.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import Resolver404, ResolverMatch, get_resolver
from django.utils import translation

__all__ = ["Front"]


class Front:
    """Answers what is asked below `below`; hands everything else, and what leads nowhere, on to the pages."""

    below = ""
    urls: str | None = None
    """The routes there, below "/"; all routes where there is none."""

    def __init__(self, pages: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._pages, self._said, self._said_safely = pages, _said(), _said_safely()
        self._matches: dict[str, ResolverMatch] = {}

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        match = self._match(request.path_info) if request.path_info.startswith(self.below) else None
        if match is None:
            return self._pages(request)
        try:
            return self._answer(request, match)
        except Http404:
            return self._pages(request)

    def _match(self, path: str) -> ResolverMatch | None:
        """Where a path leads; what names no object leads there always, and is remembered."""
        if match := self._matches.get(path):
            return match
        try:
            match = get_resolver(self.urls).resolve(path[len(self.below) - 1 :] if self.urls else path)
        except Resolver404:
            return None
        if not match.args and not match.kwargs:
            self._matches[path] = match
        return match

    def _answer(self, request: HttpRequest, match: ResolverMatch) -> HttpResponseBase:
        request.get_host()  # refuses another's name
        request.resolver_match = match
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
