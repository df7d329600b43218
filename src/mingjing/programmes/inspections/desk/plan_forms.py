"""What is filled in for plans and draws: what kind, which firms for which items, how many are drawn, who witnesses."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mingjing.kernel.parties.guard import Scope
from mingjing.kernel.parties.models import Person
from mingjing.programmes.inspections.desk.catalogue_forms import day
from mingjing.programmes.inspections.models import Authority, Firm, Item, Plan
from mingjing.programmes.inspections.models.firms import RiskGrade
from mingjing.programmes.inspections.models.plans import Ordered, PlanKind
from mingjing.programmes.inspections.queries.posts import authorities_of

__all__ = [
    "DrawForm", "FileForm", "LinesForm", "LotForm", "PlanForm", "PublishForm", "ReasonForm", "ReferenceForm",
    "firms_of", "own_authorities",
]  # fmt: skip


def own_authorities(person: Person, scope: Scope) -> Any:
    """The authorities that somebody works for, where they may draft."""
    own = Authority.objects.filter(pk__in=authorities_of(person, timezone.localdate()))
    return scope.within(own).select_related("organisation", "area")


def choose(form: forms.Form, name: str, rows: Any) -> None:
    """Let a field of the form offer these rows; the only one is chosen already."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = rows
    found = list(rows[:2])
    if len(found) == 1 and field.required:
        field.initial = [found[0].pk] if isinstance(field, forms.ModelMultipleChoiceField) else found[0].pk


def firms_of(text: str) -> list[Firm]:
    """The firms whose credit codes stand in the lines of a text; raises ValidationError with those nobody knows."""
    codes = list(dict.fromkeys(code.strip().upper() for code in text.split() if code.strip()))
    found = Firm.objects.filter(organisation__credit_code__in=codes).select_related("organisation", "area")
    known = {one.organisation.credit_code: one for one in found}
    if lost := [code for code in codes if code not in known]:
        said = gettext("No firm with these credit codes is on the register: {codes}.")
        raise forms.ValidationError(said.format(codes="、".join(lost[:10])))
    return [known[code] for code in codes]


class PlanForm(forms.Form):
    """A plan of one's own authority."""

    authority = forms.ModelChoiceField(label=_("Authority"), queryset=Authority.objects.none())
    kind = forms.ChoiceField(label=_("Kind"), choices=PlanKind.choices)
    title = forms.CharField(label=_("Title"), max_length=200)
    first_day = day(_("From"))
    last_day = day(_("Until"))
    ordered = forms.ChoiceField(label=_("Who wanted it"), choices=Ordered.choices, initial=Ordered.OWN)
    need = forms.CharField(
        label=_("Why it is needed"), max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("A campaign needs an assessment of the need."),
    )  # fmt: skip
    replaces = forms.ModelChoiceField(
        label=_("Replaces"), queryset=Plan.objects.none(), required=False,
        help_text=_("The plan that is withdrawn when this one is filed."),
    )  # fmt: skip

    def __init__(self, *args: Any, person: Person, scope: Scope, **more: Any) -> None:
        super().__init__(*args, **more)
        own = own_authorities(person, scope)
        choose(self, "authority", own)
        standing = Plan.objects.filter(authority__in=own, withdrawn_at=None, approved_at__isnull=False)
        choose(self, "replaces", standing)


class LinesForm(forms.Form):
    """Which firms, for which items, when."""

    takes_about = True

    firms = forms.CharField(
        label=_("Credit codes of the firms"), max_length=40_000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("One in each line; a column of a spreadsheet can be pasted."),
    )  # fmt: skip
    items = forms.ModelMultipleChoiceField(label=_("Items"), queryset=Item.objects.none())
    first_day = day(_("From"))
    last_day = day(_("Until"))
    replace = forms.BooleanField(label=_("Instead of the firms that stand in the plan now"), required=False)

    def __init__(self, *args: Any, about: Plan, **more: Any) -> None:
        held = {"first_day": about.first_day, "last_day": about.last_day}
        super().__init__(*args, **{**more, "initial": held})
        choose(self, "items", Item.objects.filter(authority=about.authority).published(about.first_day))

    def clean_firms(self) -> list[Firm]:
        return firms_of(self.cleaned_data["firms"])


class ReferenceForm(forms.Form):
    """The paper of an approval."""

    reference = forms.CharField(label=_("Reference of the approval"), max_length=200)


class FileForm(forms.Form):
    """The number under which it is filed."""

    number = forms.CharField(label=_("Number of the filing"), max_length=100)


class PublishForm(forms.Form):
    """Where everybody can read it."""

    url = forms.CharField(label=_("Where it is published"), max_length=300)


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class LotForm(forms.Form):
    """How many firms of each grade are drawn, for which items, when."""

    takes_about = True

    items = forms.ModelMultipleChoiceField(label=_("Items"), queryset=Item.objects.none())
    first_day = day(_("From"))
    last_day = day(_("Until"))

    def __init__(self, *args: Any, about: Plan, **more: Any) -> None:
        held = {"first_day": about.first_day, "last_day": about.last_day}
        super().__init__(*args, **{**more, "initial": held})
        choose(self, "items", Item.objects.filter(authority=about.authority).published(about.first_day))
        for grade, title in [*RiskGrade.choices, ("", _("none"))]:
            self.fields[f"wanted_{grade or 'none'}"] = forms.IntegerField(
                label=_("How many of grade %(grade)s") % {"grade": title}, min_value=0, max_value=9999, initial=0
            )

    def clean(self) -> dict[str, Any]:
        data = dict(super().clean() or {})
        data["wanted"] = {grade: data.pop(f"wanted_{grade or 'none'}", 0) or 0 for grade in (*RiskGrade.values, "")}
        return data


class DrawForm(forms.Form):
    """What the witness says."""

    witness = forms.CharField(
        label=_("Words of the witness"), max_length=100,
        help_text=_("Something nobody could know before: figures of a lottery of today, a line from today’s paper."),
    )  # fmt: skip
