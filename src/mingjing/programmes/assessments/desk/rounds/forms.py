"""What people fill in on the pages of rounds."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mingjing.engine.outcome import spoken
from mingjing.faces.ui.forms import LongSelect
from mingjing.faces.ui.uploads import ExhibitsField
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.assessments.desk.forms import SchemeChoice
from mingjing.programmes.assessments.policy.filings import REFUTED, choices
from mingjing.programmes.assessments.policy.scheme import Scheme

DAY = {"type": "date"}


class AreaChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic for the checker only, not at run time
    """An area, by its name."""

    def label_from_instance(self, obj: Area) -> str:
        return f"{obj.name} ({obj.code})"


def _day(label: Any, **options: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"), **options)


class ChangeForm(forms.Form):
    """What of a draft can still be changed."""

    title = forms.CharField(label=_("Title"), max_length=200)
    scheme = SchemeChoice(label=_("Published scheme"), queryset=Version.objects.none())
    first_day = _day(_("First day of the period"))
    last_day = _day(_("Last day of the period"))

    def __init__(self, *args: Any, schemes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scheme"].queryset = schemes  # type: ignore[attr-defined]  # a ModelChoiceField


class RoundForm(ChangeForm):
    """What a round is opened with."""

    area = AreaChoice(label=_("Area whose communities take part"), queryset=Area.objects.none(), widget=LongSelect)
    code = forms.CharField(label=_("Code"), max_length=40, help_text=_("Short and lasting, such as 2025-1."))
    lead = forms.ModelChoiceField(label=_("Who answers for it"), queryset=Person.objects.none(), widget=LongSelect)
    field_order = ("area", "code", "title", "scheme", "first_day", "last_day", "lead")

    def __init__(self, *args: Any, areas: Any, leads: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = areas  # type: ignore[attr-defined]  # a ModelChoiceField
        self.fields["lead"].queryset = leads  # type: ignore[attr-defined]  # a ModelChoiceField


class StepForm(forms.Form):
    """The next step, by its code, so that a stale page takes no other; and that somebody knows it is final."""

    step = forms.CharField(widget=forms.HiddenInput)
    sure = forms.BooleanField(label=_("I know that this cannot be undone"))


class HandoverForm(forms.Form):
    """Who answers for a round from now on, and why."""

    to = forms.ModelChoiceField(
        label=_("Who answers for it from now on"), queryset=Person.objects.none(), widget=LongSelect
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args: Any, leads: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = leads  # type: ignore[attr-defined]  # a ModelChoiceField


class VoteForm(forms.Form):
    """The class somebody confirms, and why."""

    class_code = forms.ChoiceField(label=_("Class"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.TextInput(attrs={"list": "reasons", "autocomplete": "off"})
    )

    def __init__(self, *args: Any, scheme: Scheme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        titles = [(code, spoken(title, gettext)) for code, title in scheme.classes.items()]
        self.fields["class_code"] = forms.ChoiceField(label=_("Class"), widget=forms.RadioSelect, choices=titles)


class ValueForm(forms.Form):
    """A value of a community for this round, and where it comes from."""

    code = forms.ChoiceField(label=_("What"))
    text = forms.CharField(label=_("Value"), max_length=60)
    source = forms.CharField(
        label=_("Source"),
        max_length=300,
        help_text=_("Such as the document and its number, or who was asked and when."),
    )

    def __init__(self, *args: Any, scheme: Scheme, locked: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        titles = [(code, _titled(measure.title)) for code, measure in scheme.attributes.items() if code not in locked]
        self.fields["code"] = forms.ChoiceField(label=_("What"), choices=titles)


class DeclarationForm(forms.Form):
    """Why nobody could assess a community, or why it is to be assessed after all."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class GroupForm(forms.Form):
    """The name of a group that is visited together."""

    group = forms.CharField(
        label=_("Group"), max_length=40, required=False,
        help_text=_("Communities with the same name here are visited together. Empty: on its own."),
    )  # fmt: skip


class FilingForm(forms.Form):
    """A bonus or a veto with its document, or that one of the bonuses `granted` is contradicted; `late`: no bonus."""

    what = forms.ChoiceField(label=_("What is filed"))
    document = forms.CharField(label=_("Document"), max_length=300, help_text=_("Its title and reference."))
    occurred_on = _day(_("Day of the incident"), required=False, help_text=_("Needed for a veto."))
    responsibility = forms.CharField(
        label=_("What the company has to do with it"), max_length=500, required=False,
        help_text=_(
            "Needed for a veto of level 2, on which two of the panel vote. Of a contradicted bonus: what contradicts "
            "its proof."
        ),
    )  # fmt: skip
    papers = ExhibitsField(label=_("The paper itself"), required=False)

    def __init__(
        self, *args: Any, scheme: Scheme, class_code: str, late: bool = False, granted: Collection[str] = (),
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        found: dict[str, list[tuple[str, str]]] = {"bonus": [], "veto": []}
        for kind, code, title in choices(scheme.rubrics[class_code]) if class_code in scheme.rubrics else ():
            found[kind].append((f"{kind}:{code}", _titled(title)))
        groups = [(gettext("Veto"), found["veto"])]
        groups = groups if late else [(gettext("Bonus"), found["bonus"]), *groups]
        against = [
            (f"{REFUTED}:{code}", title) for key, title in found["bonus"] if (code := key.partition(":")[2]) in granted
        ]
        groups = [*groups, (gettext("Contradicted bonus"), against)] if against else groups
        self.fields["what"] = forms.ChoiceField(label=_("What is filed"), choices=[("", "—"), *groups])


class PapersForm(forms.Form):
    """Papers for what was filed."""

    papers = ExhibitsField(label=_("The paper itself"))


class DecisionForm(forms.Form):
    """Whether a filing counts, and why not."""

    approved = forms.ChoiceField(choices=(("yes", _("Approve")), ("no", _("Reject"))))
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)


def _titled(title: Any) -> str:
    return str(spoken(title, gettext))
