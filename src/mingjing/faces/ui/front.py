"""A way past everything that pages need, for what is asked without a cookie: outermost of the middleware.

Who shows a token or a key has nothing to do with sessions, messages, forgery checks, sign-in and the policies of pages,
which together cost more than many an answer. The host is asked for as for pages, problems are told in the language
that is asked for, and an answer says what every answer of ours says. Not here: who asks, and the answers; each face
that has such a way says below which address it lies.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.http.response import ResponseHeaders
from django.urls import Resolver404, ResolverMatch, get_resolver
from django.utils import translation

__all__ = ["Front"]

KEPT, LONGEST = 500, 500
"""Pairs of headers that are remembered, and characters of such a pair."""


class Front:
    """Answers what is asked below `below`; hands everything else, and what leads nowhere, on to the pages."""

    below = ""
    urls: str | None = None
    """The routes there, below "/"; all routes where there is none."""

    def __init__(self, pages: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._pages, self._said, self._said_safely = pages, _ready(_said()), _ready(_said_safely())
        self._matches: dict[str, ResolverMatch] = {}
        self._languages: dict[tuple[str, str], str] = {}

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
        request.resolver_match = match
        translation.activate(self._language(request))
        response: HttpResponse = match.func(request, *match.args, **match.kwargs)
        told = response.headers
        said = self._said_safely if self._said_safely and request.is_secure() else self._said
        told._store.update(said)  # they are looked through already; one by one they cost a tenth of a small answer
        if "Content-Length" not in told:
            told["Content-Length"] = str(len(response.content))
        return response

    def _language(self, request: HttpRequest) -> str:
        """What to answer in; raises DisallowedHost for another's name. What the same headers came to is remembered."""
        told = request.META
        headers = told.get("HTTP_HOST", ""), told.get("HTTP_ACCEPT_LANGUAGE", "")
        found = None if "HTTP_COOKIE" in told else self._languages.get(headers)
        if found is None:
            request.get_host()
            found = translation.get_language_from_request(request)
            if self._may_remember(headers) and "HTTP_COOKIE" not in told:
                self._languages[headers] = found
        return found

    def _may_remember(self, headers: tuple[str, str]) -> bool:
        """Whether there is room, whatever strangers send; without a host another header decides."""
        return headers[0] != "" and len(self._languages) < KEPT and sum(map(len, headers)) < LONGEST


def _said() -> dict[str, str]:
    """What every answer says; there is nothing in it that a browser should run or show."""
    return {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": settings.X_FRAME_OPTIONS,
        "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
        "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
        "Content-Security-Policy": (
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
        "Vary": "Accept-Language",
    }  # fmt: skip


def _said_safely() -> dict[str, str]:
    """The same where the way is safe; nothing where it says no more there."""
    seconds = settings.SECURE_HSTS_SECONDS
    return {**_said(), "Strict-Transport-Security": f"max-age={seconds}"} if seconds else {}


def _ready(headers: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Headers as Django keeps them, looked through."""
    return dict(ResponseHeaders(headers)._store)
