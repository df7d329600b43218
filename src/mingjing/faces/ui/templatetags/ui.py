"""The patterns pages are made of, as template tags. docs/patterns.md lists them; no page writes their markup itself."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.template import Context
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import is_aware, localtime
from django.utils.translation import get_language, gettext

from mingjing.engine.outcome import Problem, Reason, spoken
from mingjing.engine.quantities import points_text
from mingjing.faces.ui.forms import sentence

register = template.Library()

SIGNS = {
    "honour": "star",
    "black": "flag",
    "watch": "eye",
    "open": "open",
    "info": "clock",
    "good": "check",
    "bad": "cross",
    "draft": "pencil",
    "plain": "dot",
}
"""The sign each tone of a tag carries, so that colour never speaks alone."""

SHORT_DIGEST = 10
"""How many characters of a digest stand for it in a list."""


@register.simple_tag
@lru_cache
def icon(name: str) -> SafeString:
    """A picture from the sprite, unread by screen readers: the text beside it says the same."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("ui/icons.svg"),
        name,
    )


@register.simple_tag
def tag(text: object, tone: str = "plain", sign: str = "") -> SafeString:
    """A state or tier: `tone` is one of SIGNS; `sign` replaces its sign."""
    return format_html('<span class="tag {}">{}{}</span>', tone, icon(sign or SIGNS.get(tone, "dot")), say(text))


@register.filter
def say(value: object) -> object:
    """A Reason, Problem, Phrase or Titled in the active language; everything else as it is."""
    if isinstance(value, Reason):
        return value.say(gettext)
    return spoken(value, gettext)


@register.simple_tag
def reason(value: Reason) -> str:
    """The sentence of a Reason in the active language."""
    return value.say(gettext)


@register.filter
def msgid(text: str) -> str:
    """Translate a text that a manifest or a rulebook carries as an English msgid."""
    return gettext(text) if text else ""


@register.filter
def entry(values: Mapping[str, object], key: str) -> object:
    """The entry of a mapping, or the key itself where there is none."""
    return values.get(key, key)


@register.filter
def points(hundredths: int | None) -> str:
    """Hundredths of a point with two decimals; a dash where there is no value (never a zero)."""
    return points_text(hundredths, 2) if isinstance(hundredths, int) else "—"


@register.simple_tag
def when(value: date | datetime | None, form: str = "") -> SafeString | str:
    """A `<time>`: 2024年7月1日 in Chinese, 2024-07-01 in English; with hours and minutes unless `form` is "date"."""
    if value is None:
        return "—"
    local = localtime(value) if isinstance(value, datetime) and is_aware(value) else value
    chinese = (get_language() or "").startswith("zh")
    text = f"{local.year}年{local.month}月{local.day}日" if chinese else local.strftime("%Y-%m-%d")
    if isinstance(local, datetime) and form != "date":
        text += local.strftime(" %H:%M")
    return format_html('<time class="number" datetime="{}">{}</time>', value.isoformat(), text)


@register.simple_tag
def person(value: Any) -> str:
    """Who did something: a name, or the system."""
    return gettext("the system") if value is None else str(value)


@register.inclusion_tag("ui/digest.html")
def digest(value: str | bytes | None, length: int = SHORT_DIGEST) -> dict[str, str]:
    """A digest in short form with a button that copies all of it."""
    full = bytes(value).hex() if isinstance(value, bytes | memoryview) else (value or "")
    return {"full": full, "short": full if len(full) <= length + 4 else full[:length]}


@register.simple_tag
def crumb(text: object, url_name: str = "", *args: object) -> SafeString:
    """One step of the trail above a page's title."""
    if not url_name:
        return format_html("<li>{}</li>", say(text))
    return format_html('<li><a href="{}">{}</a></li>', reverse(url_name, args=args), say(text))


@register.simple_tag(takes_context=True)
def tab(context: Context, text: object, url_name: str, *args: object) -> SafeString:
    """One tab of a `<nav class="tabs">`: current when its address is the page's, or the page says `tab_of` it."""
    url = reverse(url_name, args=args)
    below = mark_safe(' aria-current="true"') if context.get("tab_of") == url_name else ""
    current = mark_safe(' aria-current="page"') if context["request"].path == url else below
    return format_html('<a href="{}"{}>{}</a>', url, current, say(text))


@register.simple_block_tag
def panel(content: str, title: object = "", level: int = 2) -> SafeString:
    """A white panel, with a heading when `title` is given."""
    head = format_html("<header><h{}>{}</h{}></header>", level, say(title), level) if title else ""
    return format_html('<section class="panel">{}{}</section>', head, content)


@register.simple_block_tag
def table(content: str, caption: object, kind: str = "") -> SafeString:
    """A dense table: `caption` names it for screen readers; kind="wide" scrolls inside its own frame.

    kind="told" has its last cell, words about the row, below the row on a phone.
    """
    return format_html(
        '<div class="table {}" role="region" aria-label="{}" tabindex="0"><table class="data">'
        '<caption class="unseen">{}</caption>{}</table></div>',
        kind,
        say(caption),
        say(caption),
        content,
    )


@register.simple_block_tag
def item(content: str, term: object) -> SafeString:
    """One line of a `<dl class="facts">`."""
    return format_html("<div><dt>{}</dt><dd>{}</dd></div>", say(term), content)


@register.simple_block_tag
def notice(content: str, tone: str = "info") -> SafeString:
    """A boxed remark: info, good, watch or bad."""
    sign = {"info": "info", "watch": "warning", "bad": "warning"}.get(tone, "check")
    return format_html('<div class="notice {}">{}<div>{}</div></div>', tone, icon(sign), content)


@register.simple_block_tag
def empty(content: str, title: object, sign: str = "file") -> SafeString:
    """Said where a list has no rows: what would stand here and how it gets here."""
    return format_html('<div class="empty">{}<b>{}</b><div>{}</div></div>', icon(sign), say(title), content)


@register.simple_tag
def progress(done: int, total: int, label: object) -> SafeString:
    """A bar with its figures: 122 / 136."""
    return format_html(
        '<div class="progress"><progress value="{}" max="{}" aria-label="{}"></progress>'
        '<span class="number">{} / {}</span></div>',
        done,
        max(total, 1),
        say(label),
        done,
        total,
    )


@register.inclusion_tag("ui/problems.html")
def problems(source: BaseForm | Iterable[Problem], title: object = "") -> dict[str, Any]:
    """The summary of everything wrong, above the form it is about: each problem with its place, linked where it is."""
    found = _form_problems(source) if isinstance(source, BaseForm) else _problems(source)
    return {"problems": found, "title": title}


def _problems(found: Iterable[Problem]) -> list[dict[str, str]]:
    """Each with its place, unless its sentence begins with it: nobody reads “A1.1 A1.1 has no evidence” gladly."""
    told = [(problem.where(gettext), sentence(problem)) for problem in found]
    return [{"place": "" if text.startswith(place) else place, "text": text} for place, text in told]


def _form_problems(form: BaseForm) -> list[dict[str, str]]:
    lines = [{"text": str(error)} for error in form.non_field_errors()]
    for bound in form:
        first = bound.id_for_label or f"{bound.auto_id}_0"
        lines += [{"text": str(error), "label": str(bound.label), "link": first} for error in bound.errors]
    return lines


@register.inclusion_tag("ui/field.html")
def field(bound: BoundField, grow: bool = False) -> dict[str, Any]:
    """A form field with its label, hint and errors."""
    return {"field": bound, "grow": grow}


@register.inclusion_tag("ui/pages.html")
def pages(page: Any, name: object = "", place: str = "") -> dict[str, Any]:
    """Links to the pages before and after (`faces.ui.paging.Page`).

    Where a page has two lists, `name` tells them apart for screen readers, and the links lead to `place`, the id of the
    list, so that nobody has to look for it again.
    """
    return {"page": page, "name": say(name) if name else "", "place": f"#{place}" if place else ""}


@register.simple_tag
def sentences(values: Iterable[object]) -> SafeString:
    """A list of reasons, one line each."""
    return format_html(
        '<ul class="reasons">{}</ul>', format_html_join("", "<li>{}</li>", ((say(value),) for value in values))
    )


@register.filter
def text_or_dash(value: object) -> object:
    """The value, or a dash where there is none."""
    return "—" if value in (None, "") else value
