"""Entries on the desk: a list, one with what the gate said and what came of it; late ones recorded; voided ones.

Scanning is the phone's. Not here: warnings.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from mingjing.engine.outcome import Refusal
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.forms import refused, searched, sentence
from mingjing.faces.ui.paging import page_of
from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.parties.guard import areas_where, guarded, may
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.submissions.models import Submission
from mingjing.programmes.inspections.actions import entries as actions
from mingjing.programmes.inspections.actions.companies import ANSWER
from mingjing.programmes.inspections.desk.entry_forms import RecordForm
from mingjing.programmes.inspections.desk.warnings import line_of
from mingjing.programmes.inspections.models import Correction, Entry, Finding
from mingjing.programmes.inspections.models.entries import Colour, Door, ItemResult
from mingjing.programmes.inspections.policy.gate import admit
from mingjing.programmes.inspections.queries.corrections import chain_of
from mingjing.programmes.inspections.queries.packs import pack_of
from mingjing.programmes.inspections.queries.posts import authorities_of, entries_seen, warnings_seen

VIEW, RECORD, VOID = "inspections.entry.view", "inspections.entry.record", "inspections.entry.void"
TONES = {Colour.GREEN: "good", Colour.YELLOW: "watch", Colour.RED: "bad"}


class FilterForm(forms.Form):
    """Which entries to list."""

    colour = forms.ChoiceField(label=_("Gate"), required=False, choices=[("", _("All")), *Colour.choices])
    door = forms.ChoiceField(label=_("How recorded"), required=False, choices=[("", _("All")), *Door.choices])
    open = forms.ChoiceField(
        label=_("Waits for"), required=False,
        choices=[("", _("All")), ("left", _("Scan on leaving")), ("result", _("Result")),
                 ("correction", _("Decision on a correction"))],
    )  # fmt: skip


def find_entry(pk: int) -> Entry:
    """An entry with what its page names; raises Http404."""
    related = (
        "visit__area", "visit__recorded_by", "visit__voided_by", "authority__organisation", "firm__organisation",
        "firm__area", "task", "rules__rulebook", "corrects", "corrected_by",
    )  # fmt: skip
    return get_object_or_404(Entry.objects.select_related(*related), pk=pk)


def entry_area(request: HttpRequest, pk: int, **_rest: Any) -> Area:
    """The area of its firm. Whoever may not see it is told that there is none."""
    found = find_entry(pk)
    if isinstance(request.user, Person) and not entries_seen(request.user, timezone.localdate()).filter(pk=pk):
        raise Http404
    return found.firm.area


@guarded(VIEW)
@require_safe
def entries(request: HttpRequest) -> HttpResponse:
    """Entries of the reader's authority, or of all where they watch over all, the latest first."""
    form, text, today = FilterForm(request.GET), searched(request), timezone.localdate()
    asked: Mapping[str, Any] = form.cleaned_data if form.is_valid() else {}
    rows = entries_seen(actor(request), today)
    if text:
        named = Q(firm__organisation__name__icontains=text) | Q(authority__organisation__name__icontains=text)
        rows = rows.filter(named)
    rows = rows.filter(**{name: asked[name] for name in ("colour", "door") if asked.get(name)})
    if asked.get("open") == "left":
        rows = rows.filter(visit__left_at=None, visit__voided_at=None)
    if asked.get("open") == "result":
        rows = rows.filter(result_at=None, visit__left_at__isnull=False, visit__voided_at=None)
    if asked.get("open") == "correction":
        rows = rows.filter(corrections__in=Correction.objects.filter(decided_at=None))
    page = page_of(rows, request.GET, order=("-recorded_at", "-id"))
    context = {
        "page": page, "rows": [(row, TONES[Colour(row.colour)]) for row in page.rows], "form": form, "q": text,
        "filtered": bool(text or any(asked.values())), "may_record": may(request.user, RECORD, on=today),
    }  # fmt: skip
    return render(request, "inspections/entries.html", context)


@guarded(VIEW, area=entry_area)
@require_safe
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    """One entry: who came, what the gate said and why, what came of each item, and the warnings that count it."""
    found, today, person = find_entry(pk), timezone.localdate(), actor(request)
    day = timezone.localdate(found.visit.entered_at)
    admission = admit(pack_of(found.rules), found.facts, day=day)
    chain = [one.subject for one in chain_of(found)]
    warnings = warnings_seen(person, today).filter(records__record=found.subject).order_by("-level", "rule", "id")
    context = {
        "entry": found, "tone": TONES[Colour(found.colour)], "answers": [one.reason for one in admission.answers],
        "people": list(found.visit.participants.select_related("person")),
        "warnings": [line_of(row, timezone.now()) for row in warnings],
        "items": list(found.items.select_related("item").prefetch_related("findings")),
        "differs": found.shown is not None and found.shown.get("colour") != found.colour,
        "may_void": may(person, VOID, area=found.firm.area, on=today) and not found.visit.voided_at,
        "may_settle": of_their_authority(person, found) and not found.visit.voided_at,
        "corrections": list(found.corrections.select_related("asked_by", "decided_by", "made")),
        "results": [one for one in ItemResult.choices if one[0]],
        "photos": list(Exhibit.objects.standing().filter(subject=f"inspections.task:{found.task_id}")),
        "papers": list(Exhibit.objects.standing().filter(subject__in=chain)),
        "answered": list(Submission.objects.filter(about__in=chain, kind=ANSWER).order_by("at")),
    }  # fmt: skip
    return render(request, "inspections/entry.html", context)


def of_their_authority(person: Person, found: Entry) -> bool:
    """Whether somebody records entries for the authority whose entry it is."""
    today = timezone.localdate()
    return found.authority_id in authorities_of(person, today) and may(person, RECORD, area=found.firm.area, on=today)


@guarded(RECORD)
def record(request: HttpRequest) -> HttpResponse:
    """Record an entry that nobody scanned: late, or for want of a code, with the reason."""
    person, now = actor(request), timezone.now()
    scope = areas_where(person, RECORD, on=timezone.localdate())
    form = RecordForm(request.POST or None, person=person, scope=scope)
    if form.is_bound and form.is_valid():
        try:
            made = form.recorded(by=person, at=now)
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, gettext("The entry was recorded."))
            return redirect("inspections:entry", made.pk)
    return render(request, "inspections/entry_form.html", {"form": form}, status=422 if form.is_bound else 200)


@guarded(RECORD, area=entry_area)
@require_POST
def results(request: HttpRequest, pk: int) -> HttpResponse:
    """Tell what came of items: for each that is not told yet, in order, a finding with its words, or not checked."""
    found = find_entry(pk)
    if not of_their_authority(actor(request), found):
        raise Http404
    told = []
    for row in found.items.all():
        result, text = request.POST.get(f"result-{row.pk}", ""), request.POST.get(f"finding-{row.pk}", "")
        if result and not row.result:
            findings = [(text, None)] if text.strip() else []
            told.append(actions.Result(item=row.item_id, result=result, findings=findings))
    return _done(
        request, pk, lambda at: actions.file_result(entry=found, results=told, by=actor(request), at=at),
        gettext("The result was recorded."),
    )  # fmt: skip


@guarded(RECORD, area=entry_area)
@require_POST
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a finding is put right, and what followed."""
    found, key = find_entry(pk), request.POST.get("finding", "")
    if not of_their_authority(actor(request), found) or not key.isdecimal() or len(key) > 18:
        raise Http404
    finding = get_object_or_404(Finding, pk=int(key), entry_item__entry=found)
    followed = request.POST.get("followed", "")
    return _done(
        request, pk,
        lambda at: actions.settle_finding(finding=finding, followed=followed, by=actor(request), at=at),
        gettext("It was recorded."),
    )  # fmt: skip


@guarded(VOID, area=entry_area)
@require_POST
def void(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that an entry never happened; warnings that counted it stay, and say that they no longer hold."""
    found, reason = find_entry(pk), request.POST.get("reason", "")
    return _done(
        request, pk, lambda at: actions.void(entry=found, reason=reason, by=actor(request), at=at),
        gettext("The entry was voided."),
    )  # fmt: skip


def _done(request: HttpRequest, pk: int, act: Any, said: str) -> HttpResponse:
    now: datetime = timezone.now()
    try:
        act(now)
    except Refusal as refusal:
        for problem in refusal.problems:
            messages.error(request, sentence(problem))
    else:
        messages.success(request, said)
    return redirect("inspections:entry", pk)
