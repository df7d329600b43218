"""One way for everything that is done to a page's object: a form, an action, what it refuses shown at its field.

Not here: what can be done (desk.catalogue, desk.plans, desk.tasks).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise

from mingjing.engine.outcome import Refusal
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.forms import refused
from mingjing.kernel.parties.guard import may, require
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.programmes.inspections.models import Authority
from mingjing.programmes.inspections.queries.seen import of_own

__all__ = ["Act", "act_on", "offered"]

Text = str | Promise
MANAGE = "inspections.catalogue.manage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What can be done to something: its words, who may, in which `states`, and the action that does it.

    `form` gets `about` (the thing itself) where it takes it; `do` the thing, what was filled in, by whom and when.
    With `own` it is for people of the authority itself, and for who keeps the register.
    """

    title: Text
    done: Text
    permission: str
    do: Callable[[Any, Mapping[str, Any], Person, datetime], object]
    form: type[forms.Form] = forms.Form
    hint: Text = ""
    states: tuple[str, ...] = ()
    own: bool = False
    icon: str = "check"
    main: bool = False

    def open_to(self, person: Any, thing: Any, area: Area, authority: Authority | None) -> bool:
        """Whether this person may do it, as things stand."""
        today = timezone.localdate()
        if self.states and str(thing.state) not in self.states:
            return False
        if not may(person, self.permission, area=area, on=today):
            return False
        keeps = may(person, MANAGE, area=area, on=today)
        return not self.own or keeps or authority is None or of_own(person, authority, today)


def offered(
    acts: Mapping[str, Act], person: Person, thing: Any, area: Area, authority: Authority | None = None
) -> list[tuple[str, Act]]:
    """The acts that this person may do now, by code."""
    return [(code, act) for code, act in acts.items() if act.open_to(person, thing, area, authority)]


def act_on(
    request: HttpRequest, acts: Mapping[str, Act], code: str, thing: Any, area: Area,
    authority: Authority | None = None, *, back: str, list_title: Text, list_url: str, named: object = "",
) -> HttpResponse:  # fmt: skip
    """The form of an act, and doing it; 404 where there is no such act now, 403 where it is for others."""
    act = acts.get(code)
    if act is None:
        raise Http404
    person = actor(request)
    require(person, act.permission, area=area, on=timezone.localdate())
    if not act.open_to(person, thing, area, authority):
        raise Http404
    given = {"about": thing} if hasattr(act.form, "takes_about") else {}
    form = act.form(request.POST if request.method == "POST" else None, **given)
    if form.is_bound and form.is_valid():
        try:
            act.do(thing, form.cleaned_data, person, timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, str(act.done))
            return redirect(back)
    context = {
        "form": form,
        "act": act,
        "thing": named or thing,
        "back": back,
        "list_title": list_title,
        "list_url": list_url,
    }
    return render(request, "inspections/act.html", context, status=422 if form.is_bound else 200)
