"""One case: how it got where it is, and the step that the reader may take next. The list is in case_list."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mingjing.engine.outcome import Refusal
from mingjing.faces.desk.case_list import lateness
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.forms import refused, sentence
from mingjing.faces.ui.uploads import ExhibitsField
from mingjing.kernel import registry
from mingjing.kernel.cases import actions
from mingjing.kernel.cases.models import Case, StepKind
from mingjing.kernel.cases.queries import answering, involvement, out_of_turn, possible_owners
from mingjing.kernel.evidence.access import home_of
from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.evidence.queries import exhibits_seen
from mingjing.kernel.parties.guard import guarded, may
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area

Words = str | Promise


class StepForm(forms.Form):
    """What every step asks for: which state of the case it was decided on, and a note."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    note = forms.CharField(label=_("Note"), max_length=actions.NOTE_LIMIT, widget=forms.Textarea)

    def __init__(self, case: Case, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, initial={"revision": case.revision})

    def given(self) -> dict[str, Any]:
        """What the action takes."""
        return {name: value for name, value in self.cleaned_data.items() if name not in {"revision", "exhibits"}}


class ShownForm(StepForm):
    """A step that may be shown by photos or documents."""

    exhibits = ExhibitsField(required=False)


class ConfirmForm(ShownForm):
    """Whoever confirms shows it."""

    note = forms.CharField(label=_("Note"), required=False, max_length=actions.NOTE_LIMIT, widget=forms.Textarea)
    exhibits = ExhibitsField(help_text=_("Taken by you: what came with the report does not count."))


class DeadlineForm(StepForm):
    """A step that sets a deadline: the end of a day."""

    due_at = forms.DateField(label=_("New deadline"), widget=forms.DateInput(attrs={"type": "date"}))

    def clean_due_at(self) -> datetime:
        """The last minute of the day."""
        return timezone.make_aware(datetime.combine(self.cleaned_data["due_at"], time(23, 59)))


class OwnerForm(StepForm):
    """Who follows the case from now on."""

    owner = forms.ModelChoiceField(label=_("New owner"), queryset=Person.objects.none(), empty_label="")
    note = forms.CharField(label=_("Note"), required=False, max_length=actions.NOTE_LIMIT, widget=forms.Textarea)

    field_order = ("owner", "note")

    def __init__(self, case: Case, data: Any = None, files: Any = None) -> None:
        super().__init__(case, data, files)
        self.fields["owner"].queryset = possible_owners(case, timezone.localdate())  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Move:
    """One step as the desk offers it: its button, what the page says of it, its form, and the action."""

    kind: StepKind
    title: Words
    lead: Words
    form: type[StepForm]
    take: Callable[..., None]
    tone: str = ""


FOLLOWING: Mapping[str, Move] = {
    "report": Move(
        StepKind.CLAIMED,
        _("Report as done"),
        _("A report is a claim. Somebody else looks and confirms it."),
        ShownForm,
        actions.claim_case,
        "primary",
    ),
    "note": Move(
        StepKind.NOTED,
        _("Add a note"),
        _("Notes and what they show are never changed."),
        ShownForm,
        actions.note_on_case,
    ),
    "owner": Move(
        StepKind.ASSIGNED, _("Give to somebody"), _("They find it on their start page."), OwnerForm, actions.assign_case
    ),
}
SETTLING: Mapping[str, Move] = {
    "confirmation": Move(
        StepKind.CONFIRMED,
        _("Confirm as done"),
        _("You have looked yourself, and show what you saw. The case is closed."),
        ConfirmForm,
        actions.confirm_case,
        "primary",
    ),
    "return": Move(
        StepKind.RETURNED,
        _("Send back"),
        _("It is not done: the case is open again, and its deadline stays."),
        StepForm,
        actions.return_case,
    ),
    "extension": Move(
        StepKind.EXTENDED,
        _("Extend"),
        _("A deadline is extended once only, for a reason."),
        DeadlineForm,
        actions.extend_case,
    ),
    "cancellation": Move(
        StepKind.CANCELLED,
        _("Cancel the case"),
        _("For a case opened in error, or that fell away. It counts as cancelled, not as done."),
        StepForm,
        actions.cancel_case,
        "danger",
    ),
    "reopening": Move(
        StepKind.REOPENED,
        _("Open again"),
        _("It is not done after all, or has come back. It gets a new deadline."),
        DeadlineForm,
        actions.reopen_case,
    ),
}


def area_of_case(request: HttpRequest, pk: int, *rest: str, **more: str) -> Area:
    """Where a case belongs, or a 404."""
    return get_object_or_404(Case.objects.select_related("area"), pk=pk).area


def programme_of_case(request: HttpRequest, pk: int, *rest: str, **more: str) -> str:
    """Whose case it is, or a 404."""
    return get_object_or_404(Case, pk=pk).programme


def home(subject: str) -> tuple[str, str] | None:
    """The number and the page of the case that evidence belongs to, for the manifest of cases."""
    name = subject.partition(":")[2]
    found = Case.objects.filter(pk=int(name)).first() if name.isdecimal() else None
    return (found.number, reverse("desk:case", args=[found.pk])) if found else None


def _case(pk: int) -> Case:
    return get_object_or_404(Case.objects.select_related("area", "site__area", "organisation", "owner"), pk=pk)


@guarded("cases.case.view", area=area_of_case, programme=programme_of_case)
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """One case: what, where, whose, until when, every step with what shows it, and what the reader may do next."""
    found = _case(pk)
    steps = list(found.steps.select_related("by", "owner"))
    shown = _shown(request, [name for step in steps for name in step.exhibits])
    exhibits = [[shown[name] for name in step.exhibits if name in shown] for step in steps]
    rows = [(step, one, len(step.exhibits) - len(one)) for step, one in zip(steps, exhibits, strict=True)]
    words, tone = lateness(found, timezone.now())
    why_not = [sentence(one) for one in involvement(found, actor(request))] if found.state == "claimed" else []
    context = {"case": found, "rows": rows, "late": words, "late_tone": tone, "home": home_of(found.subject)}
    context["kind"] = registry.title_of_case_kind(found.programme, found.kind)
    context["answering"] = None if found.closed_at else answering(found, timezone.localdate())
    context["moves"] = _moves(request, found, allowed=not why_not)
    context["why_not"] = why_not if _holds(request, "cases.case.confirm", found) else []
    return render(request, "desk/case.html", context)


@guarded("cases.case.follow", area=area_of_case, programme=programme_of_case)
def follow(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Report as done, note, or hand over."""
    return _step(request, _case(pk), FOLLOWING.get(step))


@guarded("cases.case.confirm", area=area_of_case, programme=programme_of_case)
def settle(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Confirm, send back, extend, cancel or open again."""
    return _step(request, _case(pk), SETTLING.get(step))


def _moves(request: HttpRequest, found: Case, *, allowed: bool) -> list[tuple[str, str, Move]]:
    """The route, name and words of every step that follows from here and that the reader may take."""
    routes = (
        ("cases.case.confirm", "desk:case-settle", SETTLING),
        ("cases.case.follow", "desk:case-follow", FOLLOWING),
    )
    found_moves = [
        (route, name, move)
        for permission, route, moves in routes
        if _holds(request, permission, found)
        for name, move in moves.items()
        if found.allows(move.kind) and (allowed or move.kind != StepKind.CONFIRMED)
    ]
    return sorted(found_moves, key=lambda one: ("primary", "", "danger").index(one[2].tone))


def _holds(request: HttpRequest, permission: str, found: Case) -> bool:
    return may(request.user, permission, area=found.area, on=_today(), programme=found.programme)


def _step(request: HttpRequest, found: Case, move: Move | None) -> HttpResponse:
    if move is None:
        raise Http404
    if request.method != "POST" and not found.allows(move.kind):
        messages.error(request, sentence(out_of_turn(found, move.kind)))
        return redirect("desk:case", found.pk)
    form = move.form(found, *((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_bound and form.is_valid():
        try:
            _taken(request, found, move, form)
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, gettext("Recorded: %(step)s.") % {"step": StepKind(move.kind).label})
            return redirect("desk:case", found.pk)
    context = {"case": found, "move": move, "form": form, "late": lateness(found, timezone.now())[0]}
    return render(request, "desk/case_step.html", context, status=422 if form.is_bound else 200)


def _taken(request: HttpRequest, found: Case, move: Move, form: StepForm) -> None:
    """The step with its files, together or not at all, on the case as the reader saw it."""
    by, at = actor(request), timezone.now()
    found.revision, given = form.cleaned_data["revision"], form.given()
    with transaction.atomic():
        if "exhibits" in form.fields:
            files = form.cleaned_data["exhibits"]
            given["exhibits"] = actions.keep_exhibits(case=found, files=files, by=by, at=at) if files else []
        move.take(case=found, **given, by=by, at=at)


def _shown(request: HttpRequest, names: Collection[str]) -> dict[str, Exhibit]:
    """Those of the exhibits with these ids that the reader may see, by id."""
    if not names:
        return {}
    subjects = Exhibit.objects.filter(pk__in=names).order_by().values_list("subject", flat=True).distinct()
    seen = exhibits_seen(request.user, list(subjects), _today(), withdrawn=True)
    return {str(exhibit.pk): exhibit for exhibit in seen.filter(pk__in=names)}


def _today() -> date:
    return timezone.localdate()
