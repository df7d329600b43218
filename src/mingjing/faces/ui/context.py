"""What every page's frame needs: brand, language, navigation by right, the person. Not here: any page's content."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from itertools import chain
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import get_script_prefix, reverse
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
                url = _address(entry.url_name, get_script_prefix())
                yield Link(entry.title, url, entry.icon, url == self._here)

    def _may(self, permission: str) -> bool:
        return guard.may(self.person, permission, on=self._today)

    @cached_property
    def _today(self) -> date:
        return timezone.localdate()

    @cached_property
    def _here(self) -> str:
        """The navigation address that the current page lies under: the longest that it starts with."""
        entries = chain.from_iterable(part.navigation for part in registry.manifests().values())
        urls = (_address(entry.url_name, get_script_prefix()) for entry in entries)
        return max((url for url in urls if self.request.path.startswith(url)), key=len, default="")


@lru_cache
def _address(url_name: str, _prefix: str) -> str:
    """The address of a line: every page asks for all of them. They differ by what the installation stands below."""
    return reverse(url_name)


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Context processor: `shell` in every template."""
    return {"shell": Shell(request)}
