"""Other systems on the desk: their keys and what was asked with them, addresses that are told of events, calendars.

A key and the address of a calendar are shown once, on the page that made them. Not here: what is asked (api).
"""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from mingjing.engine.outcome import Refusal
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.forms import refused
from mingjing.faces.ui.paging import page_of
from mingjing.kernel.parties.guard import areas_where, guarded
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.programmes.inspections.actions import outside as actions
from mingjing.programmes.inspections.models import Authority, Feed, Hook, Key
from mingjing.programmes.inspections.models.outside import Right

MANAGE, OWN = "inspections.outside.manage", "inspections.task.view"


class _ForForm(forms.Form):
    """Of which area, and of which authority if of one only."""

    name = forms.CharField(label=_("which system"), max_length=100)
    area = forms.ModelChoiceField(label=_("Area"), queryset=Area.objects.none())
    authority = forms.ModelChoiceField(
        label=_("Authority"), queryset=Authority.objects.none(), required=False, empty_label=_("All of the area")
    )

    def __init__(self, *args: Any, person: Person, **more: Any) -> None:
        super().__init__(*args, **more)
        scope = areas_where(person, MANAGE, on=timezone.localdate())
        rows: list[tuple[str, QuerySet[Any]]] = [
            ("area", Area.objects.filter(path__in=scope.paths).order_by("path")),
            ("authority", scope.within(Authority.objects.select_related("organisation"))),
        ]
        for every in self.fields.values():
            every.label = capfirst(every.label)
        for name, queryset in rows:
            field: Any = self.fields[name]
            field.queryset = queryset
            if name == "area" and len(queryset) == 1:
                field.initial = queryset[0]


class KeyForm(_ForForm):
    """A key: what it opens, until when, how often."""

    rights = forms.MultipleChoiceField(
        label=_("what it opens"), choices=Right.choices, widget=forms.CheckboxSelectMultiple
    )
    last_day = forms.DateField(label=_("until"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    per_minute = forms.IntegerField(label=_("questions a minute"), min_value=1, max_value=6000, initial=120)


class HookForm(_ForForm):
    """An address, and the events it is told of."""

    url = forms.CharField(label=_("address"), max_length=500)
    events = forms.MultipleChoiceField(
        label=_("events"), choices=[(one, one) for one in actions.EVENTS], widget=forms.CheckboxSelectMultiple
    )


class ReasonForm(forms.Form):
    """Why it ends."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


def key_area(request: HttpRequest, pk: int) -> Area:
    """The area of a key."""
    return get_object_or_404(Key.objects.select_related("area"), pk=pk).area


def hook_area(request: HttpRequest, pk: int) -> Area:
    """The area of an address."""
    return get_object_or_404(Hook.objects.select_related("area"), pk=pk).area


@guarded(MANAGE)
@require_safe
def systems(request: HttpRequest) -> HttpResponse:
    """Keys and addresses within reach."""
    scope = areas_where(actor(request), MANAGE, on=timezone.localdate())
    keys = scope.within(Key.objects.select_related("area", "authority__organisation"))
    hooks = scope.within(Hook.objects.select_related("area", "authority__organisation"))
    page = page_of(keys, request.GET, order=("-id",))
    used = Key.objects.filter(pk__in=[key.pk for key in page.rows]).annotate(asked=Count("uses"), last=Max("uses__at"))
    told = {key.pk: (key.asked, key.last) for key in used}
    rights = dict(Right.choices)
    rows = [(key, [rights.get(one, one) for one in key.rights], *told[key.pk]) for key in page.rows]
    context = {"page": page, "keys": rows, "hooks": hooks.order_by("-id")[:100]}
    return render(request, "inspections/systems.html", context)


@guarded(MANAGE)
def issue(request: HttpRequest) -> HttpResponse:
    """Issue a key, and show it this once."""
    person = actor(request)
    form = KeyForm(
        request.POST or None, person=person, initial={"last_day": timezone.localdate() + timedelta(days=180)}
    )
    if form.is_bound and form.is_valid():
        try:
            _key, secret = actions.issue_key(**form.cleaned_data, by=person, at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            return render(request, "inspections/shown_once.html", {"secret": secret, "kind": "key"})
    context = {"form": form, "heading": gettext("Issue a key")}
    return render(request, "inspections/system_form.html", context, status=422 if form.is_bound else 200)


@guarded(MANAGE, area=key_area)
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke a key."""
    key = get_object_or_404(Key, pk=pk)
    form = ReasonForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            actions.revoke_key(key=key, reason=form.cleaned_data["reason"], by=actor(request), at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, gettext("The key opens nothing any more."))
            return redirect("inspections:systems")
    context = {"form": form, "heading": gettext("Revoke the key"), "about": key}
    return render(request, "inspections/system_form.html", context, status=422 if form.is_bound else 200)


@guarded(MANAGE)
def make(request: HttpRequest) -> HttpResponse:
    """Have an address told of events."""
    person = actor(request)
    form = HookForm(request.POST or None, person=person)
    if form.is_bound and form.is_valid():
        try:
            made = actions.make_hook(**form.cleaned_data, by=person, at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            return redirect("inspections:hook", made.pk)
    context = {"form": form, "heading": gettext("Tell an address of events")}
    return render(request, "inspections/system_form.html", context, status=422 if form.is_bound else 200)


@guarded(MANAGE, area=hook_area)
def hook(request: HttpRequest, pk: int) -> HttpResponse:
    """An address with every attempt to tell it, and ending it."""
    found = get_object_or_404(Hook.objects.select_related("area", "authority__organisation"), pk=pk)
    form = ReasonForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            actions.end_hook(hook=found, reason=form.cleaned_data["reason"], by=actor(request), at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            return redirect("inspections:hook", pk)
    page = page_of(found.posts.all(), request.GET, order=("-id",))
    context = {"hook": found, "page": page, "posts": page.rows, "form": form}
    return render(request, "inspections/hook.html", context, status=422 if form.is_bound else 200)


@guarded(OWN)
def calendar(request: HttpRequest) -> HttpResponse:
    """An officer's own calendar: have an address made, which ends the one before, or withdraw it."""
    person, now = actor(request), timezone.now()
    standing = Feed.objects.filter(person=person, revoked_at=None).first()
    if request.method == "POST" and request.POST.get("what") == "withdraw":
        if standing:
            actions.revoke_feed(feed=standing, by=person, at=now)
        return redirect("inspections:calendar")
    if request.method == "POST":
        _feed, secret = actions.issue_feed(person=person, by=person, at=now)
        address = request.build_absolute_uri(reverse("inspections_api:calendar", args=[secret]))
        return render(request, "inspections/shown_once.html", {"secret": address, "kind": "calendar"})
    return render(request, "inspections/calendar.html", {"feed": standing})
