"""How the checks of a round are judged: the notes its teams agreed on, one to add, one to withdraw."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from mingjing.engine.outcome import Refusal, spoken
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.forms import refused
from mingjing.kernel.parties.guard import guarded
from mingjing.programmes.assessments.actions.calibration import LONGEST, add_note, withdraw_note
from mingjing.programmes.assessments.desk.found import find_round, round_area
from mingjing.programmes.assessments.desk.rounds.overview import rights
from mingjing.programmes.assessments.models import CalibrationNote, Round
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.queries.calibration import notes_of
from mingjing.programmes.assessments.queries.schemes import scheme_of

__all__ = ["add", "judging", "withdraw"]

REFUSED = 422


class NoteForm(forms.Form):
    """How a check is judged."""

    check_code = forms.ChoiceField(label=_("Check"), required=False)
    text = forms.CharField(
        label=_("How it is judged"), max_length=LONGEST, widget=forms.Textarea({"rows": 3}),
        help_text=_("Teams read it on their phones beside the check; name no person."),
    )  # fmt: skip

    def __init__(self, *args: Any, scheme: Scheme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        titles = [(code, f"{code} {spoken(check.title, gettext)}") for code, check in scheme.checks.items()]
        choices = [("", gettext("All checks")), *titles]
        self.fields["check_code"] = forms.ChoiceField(label=_("Check"), required=False, choices=choices)


@guarded("assessments.round.view", area=round_area)
def judging(request: HttpRequest, pk: int) -> HttpResponse:
    """The notes of a round."""
    return _shown(request, find_round(request, pk))


def _shown(request: HttpRequest, round_: Round, form: NoteForm | None = None) -> HttpResponse:
    scheme, notes = scheme_of(round_.scheme), notes_of(round_)
    rows = [(note, {"note": note, "check": scheme.checks.get(note.check_code)}) for note in notes]
    context = {
        "round": round_, "standing": [row for note, row in rows if not note.withdrawn_at],
        "withdrawn": [row for note, row in rows if note.withdrawn_at], "form": form or NoteForm(scheme=scheme),
        "open": round_.state not in ("deciding", "decided"), **rights(request, round_),
    }  # fmt: skip
    return render(request, "assessments/rounds/judging.html", context, status=REFUSED if form else 200)


@guarded("assessments.round.manage", area=round_area)
@require_POST
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a note down."""
    round_ = find_round(request, pk)
    form = NoteForm(request.POST, scheme=scheme_of(round_.scheme))
    if form.is_valid():
        try:
            add_note(round=round_, **form.cleaned_data, by=actor(request), at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, gettext("The note was added; phones bring it along from their next pack on."))
            return redirect("assessments:round-judging", pk)
    return _shown(request, round_, form)


@guarded("assessments.round.manage", area=round_area)
@require_POST
def withdraw(request: HttpRequest, pk: int, note: int) -> HttpResponse:
    """Withdraw a note; it stays to be read below."""
    found = get_object_or_404(CalibrationNote.objects.select_related("round"), pk=note, round=pk)
    try:
        withdraw_note(note=found, by=actor(request), at=timezone.now())
    except Refusal as refusal:
        for problem in refusal.problems:
            messages.error(request, problem.say(gettext))
    else:
        messages.success(request, gettext("The note was withdrawn."))
    return redirect("assessments:round-judging", pk)
