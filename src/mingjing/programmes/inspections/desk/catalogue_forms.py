"""What is filled in for the register: authorities, people and certificates, items, firms, quiet days."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mingjing.kernel.parties.guard import Scope
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.places.models import Area, Site
from mingjing.kernel.places.models import Level as Height
from mingjing.programmes.inspections.models import Authority
from mingjing.programmes.inspections.models.catalogue import Level, Method
from mingjing.programmes.inspections.models.firms import RiskGrade

__all__ = [
    "AuthorityForm", "CertificateForm", "CorrectFirmForm", "EndForm", "ExemptionForm", "FirmForm", "GradeForm",
    "ItemForm", "ListingForm", "PostForm", "QuietForm", "ReasonedEndForm", "WithArea", "day",
]  # fmt: skip

WEEKDAYS = [
    (1, _("Monday")), (2, _("Tuesday")), (3, _("Wednesday")), (4, _("Thursday")), (5, _("Friday")),
    (6, _("Saturday")), (7, _("Sunday")),
]  # fmt: skip


def day(label: Any, **options: Any) -> forms.DateField:
    """A day, picked or typed."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **options)


def lines(label: Any, **options: Any) -> forms.CharField:
    """Texts, one in each line."""
    return forms.CharField(
        label=label, max_length=5000, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("One in each line."),
        **options,
    )  # fmt: skip


def split(text: str) -> list[str]:
    """The lines that say something."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def organisation_of(code: str) -> Organisation:
    """The organisation with this credit code; raises ValidationError."""
    found = Organisation.objects.filter(credit_code=code.strip().upper()).first()
    if found is None:
        raise forms.ValidationError(gettext("No organisation has this credit code; record it first."))
    return found


def person_of(username: str) -> Person:
    """Somebody who is registered and has not left; raises ValidationError."""
    found = Person.objects.filter(username=username.strip().lower(), left_at=None).first()
    if found is None:
        raise forms.ValidationError(gettext("Nobody with this user name is registered; register them first."))
    return found


class WithArea(forms.Form):
    """A form whose `area` is a district or what lies above, where the reader may do it."""

    area = forms.ModelChoiceField(label=_("Area"), queryset=Area.objects.none())

    def __init__(self, *args: Any, scope: Scope, **more: Any) -> None:
        super().__init__(*args, **more)
        areas = scope.within(Area.objects.filter(level__in=[Height.CITY, Height.COUNTY]), "").order_by("path")
        field = self.fields["area"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = areas
        found = list(areas[:2])
        if len(found) == 1:
            field.initial = found[0].pk


class AuthorityForm(WithArea):
    """A body that inspects."""

    organisation = forms.CharField(label=_("Credit code"), max_length=18)
    level = forms.ChoiceField(label=_("Level"), choices=Level.choices, initial=Level.DISTRICT)
    field = forms.CharField(
        label=_("Field of law"), max_length=60, help_text=_("As the rules name it: visits in one field are added up.")
    )
    delegated_by = forms.ModelChoiceField(
        label=_("Delegated by"), required=False, queryset=Authority.objects.none(),
        help_text=_("Only for a body that inspects in another’s name."),
    )  # fmt: skip
    field_order = ("organisation", "area", "level", "field", "delegated_by")

    def __init__(self, *args: Any, scope: Scope, **more: Any) -> None:
        super().__init__(*args, scope=scope, **more)
        bodies = scope.within(Authority.objects.filter(delegated_by=None)).select_related("organisation")
        field = self.fields["delegated_by"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = bodies

    def clean_organisation(self) -> Organisation:
        return organisation_of(self.cleaned_data["organisation"])


class ListingForm(forms.Form):
    """Days on the published list."""

    first_day = day(_("From"))
    last_day = day(_("Until"), required=False)
    basis = forms.CharField(label=_("Legal basis"), max_length=300)
    reference = forms.CharField(label=_("Where it is published"), max_length=300)


class EndForm(forms.Form):
    """The last day of something."""

    last_day = day(_("Last day"))


class ReasonedEndForm(EndForm):
    """The last day, and why."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class PostForm(forms.Form):
    """Somebody works there."""

    person = forms.CharField(label=_("User name"), max_length=60, help_text=_("Of somebody who is registered."))
    first_day = day(_("From"))
    last_day = day(_("Until"), required=False)

    def clean_person(self) -> Person:
        return person_of(self.cleaned_data["person"])


class CertificateForm(forms.Form):
    """An officer's certificate."""

    person = forms.CharField(label=_("User name"), max_length=60, help_text=_("Of somebody who works there."))
    number = forms.CharField(label=_("Number of the certificate"), max_length=40)
    first_day = day(_("From"))
    last_day = day(_("Until"))
    scope = lines(_("Fields of law"), required=False)

    def clean_person(self) -> Person:
        return person_of(self.cleaned_data["person"])

    def clean_scope(self) -> list[str]:
        return split(self.cleaned_data["scope"])


class ItemForm(forms.Form):
    """An inspection item, or its next version."""

    code = forms.CharField(label=_("Code"), max_length=40)
    title = forms.CharField(label=_("Title"), max_length=300)
    legal_basis = lines(_("Legal basis"))
    object_class = forms.CharField(label=_("Whom it concerns"), max_length=200, required=False)
    method = forms.ChoiceField(label=_("How it is checked"), choices=Method.choices, initial=Method.ON_SITE)
    checklist = lines(_("What is checked"), required=False)
    cap = forms.IntegerField(label=_("Most visits a year"), min_value=0, max_value=366, required=False)
    first_day = day(_("From"))
    last_day = day(_("Until"), required=False)
    url = forms.CharField(label=_("Where it is published"), max_length=300, required=False)

    def clean_legal_basis(self) -> list[str]:
        return split(self.cleaned_data["legal_basis"])

    def clean_checklist(self) -> list[str]:
        return split(self.cleaned_data["checklist"])


class FirmForm(WithArea):
    """An enterprise; its registered place is recorded with it."""

    organisation = forms.CharField(label=_("Credit code"), max_length=18)
    address = forms.CharField(
        label=_("Address of the registered place"), max_length=300,
        help_text=_("Its fixed code is issued at once, to be printed and put up there."),
    )  # fmt: skip
    industry = forms.CharField(label=_("Industry"), max_length=60, required=False)
    above_scale = forms.BooleanField(label=_("Above the statistical scale"), required=False)
    hazard = forms.BooleanField(label=_("High hazard"), required=False)
    field_order = ("organisation", "area", "address", "industry", "above_scale", "hazard")

    def clean_organisation(self) -> Organisation:
        return organisation_of(self.cleaned_data["organisation"])


class CorrectFirmForm(forms.Form):
    """What changed of a firm."""

    industry = forms.CharField(label=_("Industry"), max_length=60, required=False)
    above_scale = forms.BooleanField(label=_("Above the statistical scale"), required=False)
    hazard = forms.BooleanField(label=_("High hazard"), required=False)

    takes_about = True

    def __init__(self, *args: Any, about: Any, **more: Any) -> None:
        held = {"industry": about.industry, "above_scale": about.above_scale, "hazard": about.hazard}
        super().__init__(*args, **{**more, "initial": held})
        self.site: Site | None = about.site


class GradeForm(forms.Form):
    """A risk grade from a day on."""

    grade = forms.ChoiceField(label=_("Risk grade"), choices=RiskGrade.choices)
    first_day = day(_("From"))
    basis = forms.CharField(label=_("Basis"), max_length=300)


class ExemptionForm(forms.Form):
    """Spared routine visits."""

    first_day = day(_("From"))
    last_day = day(_("Until"))
    basis = forms.CharField(label=_("Basis"), max_length=300)


class QuietForm(WithArea):
    """Days on which firms are left alone."""

    basis = forms.CharField(label=_("Basis"), max_length=300)
    first_day = day(_("From"))
    last_day = day(_("Until"), required=False)
    month_from = forms.IntegerField(label=_("From day of the month"), min_value=1, max_value=31, required=False)
    month_to = forms.IntegerField(label=_("To day of the month"), min_value=1, max_value=31, required=False)
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days of the week"), choices=WEEKDAYS, coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    above_scale_only = forms.BooleanField(label=_("Only firms above the scale"), required=False)
    hazard_too = forms.BooleanField(label=_("Firms of high hazard too"), required=False)
    field_order = ("basis", "area", "first_day", "last_day", "month_from", "month_to", "weekdays")
