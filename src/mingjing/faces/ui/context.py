"""What every page's frame needs: brand, language, navigation by right, the person. Not here: any page's content."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from mingjing.kernel import registry
from mingjing.kernel.parties import guard
from mingjing.kernel.registry import Manifest


@dataclass(frozen=True, slots=True)
class Link:
    """A line of the navigation; `title` is an English msgid."""

    title: str
    url: str
    icon: str
    current: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The navigation of one part of the house."""

    code: str
    title: str
    summary: str
    programme: bool
    links: tuple[Link, ...]


class Shell:
    """The frame of one response. Lazy: a page without navigation asks the database nothing."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @property
    def lang(self) -> str:
        """The language of the page as HTML names it (BCP 47)."""
        return "zh-Hans" if (get_language() or settings.LANGUAGE_CODE).startswith("zh") else "en"

    @property
    def demo(self) -> bool:
        return bool(settings.MODE == "demo")

    @cached_property
    def person(self) -> Any:
        """Who is signed in, or None."""
        user = getattr(self.request, "user", None)
        return user if user is not None and user.is_authenticated else None

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Navigation by part: programmes first, then what they stand on; only what the person may open."""
        if self.person is None:
            return ()
        parts = sorted(registry.manifests().values(), key=lambda manifest: not manifest.programme)
        return tuple(group for group in map(self._group, parts) if group.links)

    def _group(self, part: Manifest) -> Group:
        return Group(part.code, part.title, part.summary, part.programme, tuple(self._links(part)))

    def _links(self, part: Manifest) -> Iterator[Link]:
        for entry in part.navigation:
            if self._may(entry.permission):
                url = reverse(entry.url_name)
                yield Link(entry.title, url, entry.icon, url == self._here)

    def _may(self, permission: str) -> bool:
        return guard.may(self.person, permission, on=timezone.localdate())

    @cached_property
    def _here(self) -> str:
        """The navigation address that the current page lies under: the longest that it starts with."""
        urls = (reverse(entry.url_name) for part in registry.manifests().values() for entry in part.navigation)
        return max((url for url in urls if self.request.path.startswith(url)), key=len, default="")


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Context processor: `shell` in every template."""
    return {"shell": Shell(request)}
