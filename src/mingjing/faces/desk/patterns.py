"""The designers' reference: every pattern on one page, for demo and test installations only."""

import re
from datetime import date
from pathlib import Path

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from mingjing.engine.outcome import Problem
from mingjing.faces.ui.paging import Page
from mingjing.kernel.parties.guard import public


class SampleForm(forms.Form):
    """Every kind of control once."""

    name = forms.CharField(label="Name", help_text="As on the business licence.")
    kind = forms.ChoiceField(label="Kind", choices=[("a", "Enterprise"), ("b", "Institution")], required=False)
    day = forms.DateField(label="From", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    remark = forms.CharField(label="Remark", required=False, widget=forms.Textarea)
    sure = forms.BooleanField(label="I have read the scheme")
    level = forms.ChoiceField(label="Level", choices=[("1", "First"), ("2", "Second")], widget=forms.RadioSelect)


@public("shows patterns with made-up text only, and only in demo and test installations")
def patterns(request: HttpRequest) -> HttpResponse:
    """Every pattern with sample content."""
    if settings.MODE == "production":
        raise Http404
    messages.success(request, "The scheme was published as version 3.")
    problems = (
        Problem("sample.sum", "the points add up to {found}, not {wanted}", {"found": 98, "wanted": 100}, "Checks!D14"),
        Problem("sample.code", "{code} is no unified social credit code", {"code": "9143"}, "row 7, column 信用代码"),
    )
    context = {
        "problems": problems,
        "form": SampleForm({"name": ""}),
        "now": timezone.now(),
        "day": date(2024, 7, 1),
        "page": Page(rows=(), before="before=x", after="after=x"),
        "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "icons": _icon_names(),
        "places": ["Guihuayuan", "Xinhua Road", "Jianning Bay", "Taizihu", "Sung Estate"],
    }
    return render(request, "desk/patterns.html", context)


def _icon_names() -> list[str]:
    sprite = finders.find("ui/icons.svg")
    return re.findall(r'symbol id="(\w+)"', Path(str(sprite)).read_text("utf-8"))
