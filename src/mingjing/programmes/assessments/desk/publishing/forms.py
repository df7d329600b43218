"""What people fill in where they take a step of a proceeding: which fields it has, the rules of the step say."""

from datetime import date
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mingjing.engine.process import Step
from mingjing.faces.ui.uploads import ExhibitsField
from mingjing.kernel.proceedings.actions import NOTE_LIMIT
from mingjing.programmes.assessments.policy.corrections import Remedy

__all__ = [
    "AppealForm",
    "AssignForm",
    "BackForm",
    "CorrectionForm",
    "CrewForm",
    "DeliveryForm",
    "FilingForm",
    "LotForm",
    "ObjectionForm",
    "StepForm",
]

REASON = _("Reason")
LEFT = "left_"
"""How the fields begin that say what is left of a finding."""
MOMENT = {"type": "datetime-local"}
SPOKEN = {"statement", "hearing_asked", "public_objection", "hearing"}
"""Steps in which somebody outside the office speaks."""


def _note(*, required: bool, label: Any = REASON) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 5})
    return forms.CharField(label=label, required=required, max_length=NOTE_LIMIT, widget=widget)


def _moment(label: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label, required=False, widget=forms.DateTimeInput(attrs=MOMENT), help_text=_("Empty: now.")
    )


class StepForm(forms.Form):
    """A step at the revision that the reader has seen: stance, when it happened, who spoke, reason and files."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, step: Step, revision: int, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, initial={"revision": revision})
        if step.stances:
            choices = [(code, gettext(title)) for code, title in step.stances.items()]
            self.fields["stance"] = forms.ChoiceField(label=_("Decision"), choices=choices, widget=forms.RadioSelect)
        if step.dated:
            self.fields["happened_at"] = _moment(_("When it happened"))
        if step.code in SPOKEN:
            self.fields["on_behalf"] = forms.CharField(
                label=_("Who spoke"), max_length=120, required=False, help_text=_("For the file only; never published.")
            )
        spoken = step.code in {"statement", "public_objection"}
        label = _("What was said") if spoken else _("Reason") if "reason" in step.needs else _("Note")
        self.fields["note"] = _note(required="reason" in step.needs, label=label)
        needed = "exhibit" in step.needs
        self.fields["shown"] = ExhibitsField(
            label=_("Minutes") if step.code == "hearing" else _("Files"), required=needed
        )

    @property
    def first_fields(self) -> list[forms.BoundField]:
        """What everybody is asked for."""
        return [bound for bound in self.visible_fields() if not bound.name.startswith(LEFT)]

    @property
    def folded_fields(self) -> list[forms.BoundField]:
        """What is asked for rarely, one field for each finding."""
        return [bound for bound in self.visible_fields() if bound.name.startswith(LEFT)]

    def given(self) -> dict[str, Any]:
        """What the action takes besides the files."""
        return {name: value for name, value in self.cleaned_data.items() if name != "shown" and value not in (None, "")}


class ObjectionForm(StepForm):
    """The decision on an objection: well founded, the finding comes to fewer steps or to nothing."""

    def __init__(self, step: Step, revision: int, data: Any = None, files: Any = None, *, now: int = 1) -> None:
        super().__init__(step, revision, data, files)
        if step.stances:
            text = _("Where it is well founded: what is left of {steps}. 0 strikes the finding.")
            self.fields["steps"] = forms.IntegerField(
                label=_("Steps that are left"), min_value=0, initial=0, required=False,
                help_text=format_lazy(text, steps=now),
            )  # fmt: skip


class AppealForm(StepForm):
    """The decision on an appeal: well founded, what is changed: findings, filings, or the listing itself.

    `findings` are (key of the record, finding, label, steps now), `filings` (key, label).
    """

    def __init__(
        self, step: Step, revision: int, data: Any = None, files: Any = None, *, findings: Any = (), filings: Any = (),
        adverse: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(step, revision, data, files)
        self.found = findings
        if not step.stances:
            return
        if adverse:
            self.fields["listing"] = forms.BooleanField(label=_("The listing itself falls"), required=False)
        if filings:
            self.fields["filings"] = forms.MultipleChoiceField(
                label=_("Filings that no longer count"), choices=filings, required=False,
                widget=forms.CheckboxSelectMultiple,
            )  # fmt: skip
        for record, finding, label, steps in findings:
            self.fields[f"{LEFT}{record}_{finding}"] = forms.IntegerField(
                label=label, min_value=0, max_value=steps - 1, required=False,
                help_text=format_lazy(_("{steps} steps now. Empty: unchanged; 0: struck."), steps=steps),
            )  # fmt: skip

    def given(self) -> dict[str, Any]:
        """What the action takes, the remedy as one."""
        kept = {
            name: value
            for name, value in super().given().items()
            if not name.startswith(LEFT) and name not in {"listing", "filings"}
        }
        if "stance" not in self.fields:
            return kept
        left = {
            (record, finding): self.cleaned_data.get(f"{LEFT}{record}_{finding}") for record, finding, *_ in self.found
        }
        remedy = Remedy(
            findings={key: steps for key, steps in left.items() if steps is not None},
            filings=frozenset(map(int, self.cleaned_data.get("filings") or ())),
            listing=bool(self.cleaned_data.get("listing")),
        )
        return kept | {"remedy": remedy}


class DeliveryForm(forms.Form):
    """How and when a visit record reached its company."""

    how = forms.CharField(label=_("How it reached the company"), max_length=300)
    delivered_at = _moment(_("Delivered"))


class LotForm(forms.Form):
    """The days on which second visits can be made."""

    listed = forms.CharField(
        label=_("Days of the second visits"), max_length=400, help_text=_("As 2026-03-09, one after the other.")
    )

    def clean_listed(self) -> str:
        """Days only."""
        text = str(self.cleaned_data["listed"])
        try:
            _days(text)
        except ValueError as error:
            raise forms.ValidationError(_("Give the days as 2026-03-09, one after the other.")) from error
        return text

    def days(self) -> list[date]:
        """The days, once each."""
        return sorted(set(_days(self.cleaned_data["listed"])))


def _days(text: str) -> list[date]:
    return [date.fromisoformat(part) for part in text.replace(",", " ").replace("，", " ").replace("、", " ").split()]


class AssignForm(forms.Form):
    """Which team goes again, and when."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    team = forms.IntegerField(label=_("Team"), min_value=1, max_value=99)


class CrewForm(forms.Form):
    """When a crew goes that is called together, and why no team does."""

    day = forms.DateField()
    reason = forms.CharField(max_length=300)


class BackForm(forms.Form):
    """Why a step is taken back."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    note = _note(required=True)


class CorrectionForm(forms.Form):
    """Why the list is corrected, at the edition that the reader has seen."""

    number = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    reason = forms.CharField(label=_("Reason, published with the correction"), max_length=300)


class FilingForm(forms.Form):
    """An appeal or an objection as it was received."""

    grounds = _note(required=True, label=_("Grounds"))
    received_at = _moment(_("Received"))
    on_behalf = forms.CharField(label=_("Handed in by"), max_length=120, required=False)
    shown = ExhibitsField(label=_("Files"), required=False)
