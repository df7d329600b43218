"""A page with one form and one action behind it: what a reader typed is kept, and a refusal shows where it belongs."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from mingjing.engine.outcome import Refusal
from mingjing.faces.ui.forms import refused
from mingjing.programmes.assessments.models import Round

__all__ = ["answered", "done"]


def answered(
    request: HttpRequest, round: Round, form: forms.Form, act: Callable[[dict[str, Any]], object], **said: Any
) -> HttpResponse:
    """Show `form`; when it is sent and valid, `act` on what it cleans to and go `back` with a message.

    `said` has `title`, `button`, `message`, `back` (an address), and what else the template shows.
    """
    if form.is_bound and form.is_valid():
        try:
            act(form.cleaned_data)
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, said["message"])
            return redirect(said["back"])
    template = said.pop("template", "assessments/draws/form.html")
    return render(request, template, {"round": round, "form": form, **said}, status=422 if form.is_bound else 200)


def done(request: HttpRequest, act: Callable[[], object], message: str, back: str) -> HttpResponse:
    """Act at the press of a button; what is refused is said on the page one comes back to."""
    try:
        act()
    except Refusal as refusal:
        for problem in refusal.problems:
            messages.error(request, problem.say(gettext))
    else:
        messages.success(request, message)
    return redirect(back)
