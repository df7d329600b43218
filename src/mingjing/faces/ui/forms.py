"""Between forms and actions: what a reader typed, and what an action refuses shown where it was entered."""

from typing import Any

from django.forms import BaseForm, Select
from django.forms.utils import flatatt
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from mingjing.engine.outcome import Problem, Reason, Refusal

SEARCH_LIMIT = 50
"""Characters of a search that are looked at."""


class LongSelect(Select):
    """A choice among hundreds: its options are written in one go, not by a template each. No groups."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The control as HTML."""
        chosen, selected = "" if value is None else str(value), mark_safe(" selected")
        rows = ((key, selected if str(key) == chosen else "", title) for key, title in self.choices)
        options = format_html_join("", '<option value="{}"{}>{}</option>', rows)
        return format_html(
            "<select{}>{}</select>", flatatt(self.build_attrs(self.attrs, {"name": name} | (attrs or {}))), options
        )


def searched(request: HttpRequest) -> str:
    """What was typed into the search box of a list (`q`), without what no database can look for."""
    return request.GET.get("q", "").replace("\0", "").strip()[:SEARCH_LIMIT]


def refused(form: BaseForm, refusal: Refusal) -> None:
    """Add every problem of `refusal` to `form`: at the field that its place names, else above the form."""
    for problem in refusal.problems:
        field = problem.place if problem.place in form.fields else None
        form.add_error(field, sentence(problem) if field else problem.say(gettext))


def sentence(problem: Problem) -> str:
    """What a problem says in the active language, without its place."""
    return Reason(problem.code, problem.text, problem.params).say(gettext)
