"""Recording at the desk: the form of a visit, one small command after another. Not here: signing, reviewing."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from mingjing.engine.outcome import Problem, Refusal
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.forms import refused, sentence
from mingjing.faces.ui.uploads import ExhibitsField
from mingjing.kernel.evidence.models import Access
from mingjing.kernel.parties.guard import guarded, may
from mingjing.kernel.parties.models import Person
from mingjing.programmes.assessments.actions.visits import attach_files, begin_visit, edit_sheet
from mingjing.programmes.assessments.desk.found import find_record, record_area
from mingjing.programmes.assessments.desk.visits.form import CheckShown, Form, form_of
from mingjing.programmes.assessments.models import VisitRecord
from mingjing.programmes.assessments.policy.recording import Conflict
from mingjing.programmes.assessments.queries.visits import SEES_ALL, orders_of, sees_record

__all__ = ["begin", "context_of", "edit", "late_days", "seen_record", "since", "visit"]

NUMBERS = ("count", "good", "of", "expected")
FIELDS = ("check", "item", "finding", "grade", "fewer", "mark", "place", "note", "same_as", "reason", *NUMBERS)
"""What a form may send of a payload."""


class BeginForm(forms.Form):
    """When the team entered, and who of it came."""

    entered_at = forms.DateTimeField(label=_("Entered"), widget=forms.DateTimeInput({"type": "datetime-local"}))
    people = forms.ModelMultipleChoiceField(
        Person.objects.none(), label=_("Who came"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any, team: list[Person]) -> None:
        now = timezone.localtime().replace(second=0, microsecond=0, tzinfo=None)
        super().__init__(data, initial={"entered_at": now.isoformat(timespec="minutes"), "people": team})
        people: Any = self.fields["people"]
        people.queryset = Person.objects.filter(pk__in=[person.pk for person in team])


class FilesForm(forms.Form):
    """Photos and documents of one finding."""

    photos = ExhibitsField(required=False)
    access = forms.ChoiceField(choices=Access.choices, required=False)


def seen_record(request: HttpRequest, pk: int) -> VisitRecord:
    """A record the reader may know of today; a 404 for every other, sealed ones among them."""
    record = find_record(request, pk)
    if not sees_record(request.user, record, timezone.localdate()):
        raise Http404
    return record


@guarded("assessments.visit.view", area=record_area)
def visit(request: HttpRequest, pk: int) -> HttpResponse:
    """The record: to begin, to fill in, or to read."""
    return _page(request, seen_record(request, pk))


def _page(request: HttpRequest, record: VisitRecord, begin_form: BeginForm | None = None, form: Form | None = None,
          status: int = 200) -> HttpResponse:  # fmt: skip
    shown = form or form_of(record, actor(request), timezone.localdate())
    context = context_of(request, record, shown)
    if record.started_at is None:
        context["begin_form"] = begin_form or BeginForm(None, [member.person for member in shown.team])
    return render(request, "assessments/visits/visit.html", context, status=status)


def context_of(request: HttpRequest, record: VisitRecord, form: Form) -> dict[str, Any]:
    """What every page of a record needs: its state, how late it is, and what this reader may do."""
    today, person, area = timezone.localdate(), actor(request), record.round.area
    names = [member.person.display_name for member in form.team]
    return {
        "record": record, "form": form, "round": record.round, "state": record.state_on(today),
        "late_days": late_days(record, today), "class_title": form.scheme.classes[record.entry.class_code],
        "member": person.pk in {member.person_id for member in form.team}, "team_names": gettext(", ").join(names),
        "files_field": render_to_string("assessments/visits/files.html"),  # once: it stands in every form
        "things": render_to_string("assessments/visits/things.html", {"form": form}),  # likewise
        "sees_round": may(person, SEES_ALL, area=area, on=today),
        "may_review": may(person, "assessments.visit.review", area=area, on=today),
        "returned": None if record.submitted_at else record.returns.select_related("by").order_by("-id").first(),
    }  # fmt: skip


def late_days(record: VisitRecord, today: date) -> int:
    """How many days after its own it was handed in, or is still out."""
    end = timezone.localdate(record.submitted_at) if record.submitted_at else today
    return max((end - record.team_day.day).days, 0)


@guarded("assessments.visit.record", area=record_area)
@require_POST
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    """The team has entered."""
    record = seen_record(request, pk)
    shown = form_of(record, actor(request), timezone.localdate())
    form = BeginForm(request.POST, [member.person for member in shown.team])
    if form.is_valid():
        try:
            begin_visit(record=record, **form.cleaned_data, by=actor(request), at=timezone.now())
        except Refusal as refusal:
            record.refresh_from_db()
            if record.started_at is not None:  # pressed twice, or by a colleague: the record itself is what is wanted
                messages.info(request, " ".join(sentence(problem) for problem in refusal.problems))
                return redirect("assessments:visit", pk)
            refused(form, refusal)
        else:
            return redirect("assessments:visit", pk)
    return _page(request, record, form, shown, status=422)


@guarded("assessments.visit.record", area=record_area)
@require_POST
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """One edit of the sheet; answers with what changed, or with the whole page where there is no JavaScript."""
    record = seen_record(request, pk)
    kind, payload = request.POST.get("kind", ""), payload_of(request.POST)
    try:
        _apply(request, record, kind, dict(payload))
    except Refusal as refusal:
        return _refused(request, record, payload, refusal)
    if "HX-Request" not in request.headers:
        return redirect(f"{reverse('assessments:visit', args=[pk])}#{_anchor(payload)}")
    if kind == "undo":
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return _changed(request, seen_record(request, pk), payload)


def payload_of(data: Mapping[str, str]) -> dict[str, Any]:
    """What a form says of an edit, numbers as numbers where they are some."""
    found: dict[str, Any] = {name: data[name] for name in FIELDS if name in data}
    for name in NUMBERS:
        text = str(found.get(name, "")).strip()
        if text.isascii() and text.isdecimal() and len(text) < 10:
            found[name] = int(text)
    return found


def _apply(request: HttpRequest, record: VisitRecord, kind: str, payload: dict[str, Any]) -> None:
    """The edit, and the files that came with it."""
    by, at, command = actor(request), timezone.now(), _command(request.POST.get("command", ""))
    files = FilesForm(request.POST, request.FILES)
    lot = files.cleaned_data["photos"] if files.is_valid() else []
    if kind != "attach":
        edit_sheet(record=record, kind=kind, payload=_named(payload, kind), command=command, by=by, at=at)
        _tell_orders(request, record, str(payload.get("check", "")), at)
    if not files.is_valid():
        first = next(iter(files.errors.values()))[0]
        raise Refusal([Problem("visit.files", str(first).replace("{", "(").replace("}", ")"))])
    if lot:
        holder = {name: payload[name] for name in ("finding", "check") if payload.get(name)}
        if "finding" in holder:
            holder.pop("check", None)
        access = files.cleaned_data["access"] or Access.INTERNAL
        lot_command = command and uuid5(command, "files")
        attach_files(record=record, files=lot, holder=holder, access=access, command=lot_command, by=by, at=at)


def _tell_orders(request: HttpRequest, record: VisitRecord, code: str, at: datetime) -> None:
    """Say that an order was given, or fell, with this edit."""
    if (case := orders_of(record).get(code)) and case.opened_at == at:
        due = f"{timezone.localtime(case.due_at):%Y-%m-%d %H:%M}"
        text = gettext("{code} is critical: order {number} was given at once, due {due}.")
        messages.warning(request, text.format(code=code, number=case.number, due=due))
    elif case and case.closed_at == at:
        messages.info(request, gettext("Order {number} was cancelled.").format(number=case.number))


def _named(payload: dict[str, Any], kind: str) -> dict[str, Any]:
    """The payload as its kind takes it: an undo names a revision."""
    return {"of": payload["of"]} if kind == "undo" and "of" in payload else payload


def _command(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _anchor(payload: Mapping[str, Any]) -> str:
    return f"check-{payload['check']}" if payload.get("check") else f"item-{payload.get('item', '')}"


def _changed(request: HttpRequest, record: VisitRecord, payload: Mapping[str, Any], status: int = 200,
             form: Form | None = None) -> HttpResponse:  # fmt: skip
    """The part of the page that an edit changed: a check or an item, with the rail and the score beside it."""
    shown = form or form_of(record, actor(request), timezone.localdate())
    context = context_of(request, record, shown) | {"part": True}
    code = str(payload.get("check", ""))
    context["check"] = shown.checks.get(code)
    context["section"] = next((s for s in shown.items if s.item.code == payload.get("item")), None)
    return render(request, "assessments/visits/changed.html", context, status=status)


def _refused(request: HttpRequest, record: VisitRecord, payload: dict[str, Any], refusal: Refusal) -> HttpResponse:
    """The check with what was typed and why it was not taken; of a conflict, with what stands instead."""
    record = seen_record(request, record.pk)
    form = form_of(record, actor(request), timezone.localdate())
    check = form.checks.get(str(payload.get("check", "")))
    if check is None:
        for problem in refusal.problems:
            messages.error(request, problem.say(gettext))
        if "HX-Request" in request.headers:
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        return _page(request, record, form=form, status=422)
    check.problems, check.typed = refusal.problems, {name: str(value) for name, value in payload.items()}
    if isinstance(refusal, Conflict):
        _dispute(check, request.POST.get("kind", ""), refusal.current)
    status = 409 if check.conflict else 422
    if "HX-Request" in request.headers:
        return _changed(request, record, payload, status, form)
    return _page(request, record, form=form, status=status)


def _dispute(check: CheckShown, kind: str, current: Mapping[str, Any] | None) -> None:
    """Lay both versions before the reader, with the edit that would put theirs in place of what stands."""
    check.conflict = True
    check.theirs = next((shown for shown in check.findings if current and shown.entry["id"] == current["id"]), None)
    typed = {name: value for name, value in check.typed.items() if name != "expected"}
    if check.theirs:
        check.redo = "change" if kind == "find" else kind
        version = str(check.theirs.entry["version"])
        check.redone = tuple((typed | {"finding": check.theirs.entry["id"], "expected": version}).items())
    elif kind == "change":
        check.redo, check.redone = "find", tuple((typed | {"finding": check.fresh}).items())


@guarded("assessments.visit.view", area=record_area)
def since(request: HttpRequest, pk: int, revision: int) -> HttpResponse:
    """Who else is on this record: what was edited after `revision`, asked for every little while."""
    record = seen_record(request, pk)
    edits = record.edits.filter(revision__gt=revision).exclude(by=actor(request)).select_related("by")
    latest = edits.order_by("-revision").first()
    context = {"record": record, "latest": latest, "count": edits.count(), "revision": revision}
    return render(request, "assessments/visits/since.html", context)
