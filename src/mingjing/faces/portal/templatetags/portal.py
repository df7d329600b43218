"""The portal's navigation, for its frame. Not here: patterns of pages (faces.ui)."""

from collections.abc import Iterator
from typing import NamedTuple

from django import template
from django.template import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, gettext_noop

from mingjing.faces.ui.templatetags.ui import icon
from mingjing.kernel import registry
from mingjing.kernel.parties.mandates import Acting, acting_for

register = template.Library()


class Way(NamedTuple):
    """A line of the navigation: `title` is a msgid."""

    title: str
    url_name: str
    icon: str


@register.simple_tag(takes_context=True)
def ways(context: Context) -> SafeString:
    """The lines of the navigation, the page's own marked; nothing for who acts for nobody."""
    request = context["request"]
    acting = acting_for(request.user, on=timezone.localdate())
    here = max((reverse(way.url_name) for way in _ways(acting) if request.path.startswith(reverse(way.url_name))),
               key=len, default="")  # fmt: skip
    lines = (
        (reverse(way.url_name), _mark(reverse(way.url_name) == here), icon(way.icon), gettext(way.title))
        for way in _ways(acting)
    )
    return format_html("<ul>{}</ul>", format_html_join("", '<li><a href="{}"{}>{}<span>{}</span></a></li>', lines))


def _mark(current: bool) -> SafeString:
    return mark_safe(' aria-current="page"') if current else SafeString()


def _ways(acting: Acting) -> Iterator[Way]:
    if not acting:
        return
    yield Way(gettext_noop("Home"), "portal:home", "home")
    if acting.everything_of:
        for part in registry.programmes():
            yield from (Way(one.title, one.url_name, one.icon) for one in part.portal_navigation)
    yield Way(gettext_noop("Documents"), "portal:documents", "file")
    yield Way(gettext_noop("Receipts"), "portal:receipts", "check")
    if acting.headed:
        yield Way(gettext_noop("People"), "portal:people", "people")
    yield Way(gettext_noop("My account"), "portal:account", "person")
