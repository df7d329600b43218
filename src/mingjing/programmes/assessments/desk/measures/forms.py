"""What people fill in on the pages of what follows a listing; whether it suffices, the actions say."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mingjing.engine.process import Step
from mingjing.faces.ui.uploads import ExhibitsField
from mingjing.kernel.parties.models import Organisation
from mingjing.kernel.proceedings.actions import NOTE_LIMIT
from mingjing.programmes.assessments.queries.measure_papers import ASKED

__all__ = ["BarForm", "ControlForm", "OpinionForm", "OrderForm", "PaperForm", "ReasonForm", "StepForm"]

DATE = {"type": "date"}
LABELS = {"when": _("When the talk is held"), "where": _("Where the talk is held")}


def _long(label: Any, *, required: bool = True, rows: int = 4, help_text: Any = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=required, max_length=NOTE_LIMIT, widget=widget, help_text=help_text)


class StepForm(forms.Form):
    """A step at the revision that the reader has seen; which fields it has, the rules of the step say."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, step: Step, revision: int, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, initial={"revision": revision})
        if step.stances:
            choices = [(code, gettext(title)) for code, title in step.stances.items()]
            self.fields["stance"] = forms.ChoiceField(label=_("Answer"), choices=choices, widget=forms.RadioSelect)
        if step.dated and "service" not in step.needs:
            self.fields["happened_at"] = forms.DateTimeField(
                label=_("When it happened"), required=False, help_text=_("Empty: now."),
                widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
            )  # fmt: skip
        reason = "reason" in step.needs
        self.fields["note"] = _long(_("Reason") if reason else _("Note"), required=reason)
        if "exhibit" in step.needs:
            self.fields["files"] = ExhibitsField(label=_("What shows it"))

    def given(self) -> dict[str, Any]:
        """What the action takes besides the files."""
        return {name: value for name, value in self.cleaned_data.items() if name != "files" and value not in (None, "")}


class PaperForm(forms.Form):
    """What only people know of a paper."""

    def __init__(self, step: str, data: Any = None) -> None:
        super().__init__(data)
        for name in ASKED.get(step, ()):
            self.fields[name] = forms.CharField(label=LABELS[name], max_length=100)


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class OpinionForm(forms.Form):
    """What whoever looked at a bar for the law says of it."""

    opinion = _long(_("Legal opinion"), help_text=_("Whether the law quoted allows it, and for how long."))


class BarForm(forms.Form):
    """A bar with its days, what it covers, and the law it rests on in its own words."""

    first_day = forms.DateField(label=_("From"), widget=forms.DateInput(attrs=DATE))
    last_day = forms.DateField(label=_("Until"), widget=forms.DateInput(attrs=DATE))
    scope = forms.CharField(label=_("Procurement it covers"), max_length=300)
    basis = forms.CharField(
        label=_("Legal basis"),
        max_length=200,
        help_text=_("A law, a regulation or a policy of the centre, by its title."),
    )
    clause = forms.CharField(label=_("Article"), max_length=100)
    quote = _long(_("Words of the article"), help_text=_("As they stand there; they are printed on the decision."))
    reason = _long(_("Facts and reason"))


class ControlForm(forms.Form):
    """Two companies by their credit codes, how one controls the other, and what shows it."""

    one = forms.CharField(label=_("Credit code of one company"), max_length=40)
    other = forms.CharField(label=_("Credit code of the other"), max_length=40)
    reason = _long(_("How one controls the other, or who controls both"))

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files)
        self.fields["files"] = ExhibitsField(label=_("What shows it"))

    def _company(self, name: str) -> Organisation:
        code = self.cleaned_data[name].strip().upper()
        found = Organisation.objects.filter(credit_code=code).first()
        if found is None:
            raise forms.ValidationError(gettext("No organisation with this code is on record."))
        return found

    def clean_one(self) -> Organisation:
        """The company of the code."""
        return self._company("one")

    def clean_other(self) -> Organisation:
        """The company of the code."""
        return self._company("other")


class OrderForm(forms.Form):
    """Which findings of a record are ordered to be put right."""

    findings = forms.MultipleChoiceField(label=_("Findings"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, choices: list[tuple[str, str]], data: Any = None) -> None:
        super().__init__(data)
        self.fields["findings"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
