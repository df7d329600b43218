"""Walks the URL resolver: every address with its name and view, as the installation serves it."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from django.urls import URLPattern, URLResolver, get_resolver


class Route(NamedTuple):
    """One address: its pattern without the leading slash, its name with namespaces, its view."""

    pattern: str
    name: str
    view: Callable[..., Any]


def routes() -> list[Route]:
    """Every route, in the order in which they are tried."""
    return list(_walk(get_resolver(), "", ""))


def _walk(resolver: URLResolver, before: str, namespace: str) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        pattern = before + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield Route(pattern, f"{namespace}{entry.name or ''}", entry.callback)
        else:
            yield from _walk(entry, pattern, f"{namespace}{entry.namespace}:" if entry.namespace else namespace)
