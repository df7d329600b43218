"""What people fill in on the pages of the register."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from mingjing.programmes.assessments.models import Management


class FilterForm(forms.Form):
    """Which communities to list, and in what order."""

    street = forms.ChoiceField(label=_("Subdistrict"), required=False)
    management = forms.ChoiceField(label=_("Management"), required=False, choices=[("", _("Any")), *Management.choices])
    company = forms.ChoiceField(
        label=_("Company"), required=False,
        choices=[("", _("Any")), ("known", _("Recorded as an organisation")), ("unknown", _("Not recorded yet"))],
    )  # fmt: skip
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("Now on the register")), ("removed", _("Taken off"))]
    )
    order = forms.ChoiceField(
        label=_("Order"), required=False,
        choices=[("", _("By number")), ("name", _("By name")), ("changed", _("Changed last"))],
    )  # fmt: skip

    def __init__(self, data: Any, streets: list[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["street"] = forms.ChoiceField(
            label=_("Subdistrict"), required=False, choices=[("", _("All")), *streets]
        )


class ReasonForm(forms.Form):
    """Why a community is taken off the register, or put back."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class RosterForm(forms.Form):
    """A roster, and the district whose register it brings up to date."""

    area = forms.ChoiceField(label=_("District"))
    file = forms.FileField(
        label=_("Roster"),
        help_text=_("An Excel workbook (.xlsx) or a table of text (.csv). The original is kept unchanged."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.txt,.tsv,.gz"}),
    )

    def __init__(self, *args: Any, areas: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"] = forms.ChoiceField(label=_("District"), choices=areas)
        if len(areas) == 1:
            self.fields["area"].initial = areas[0][0]
            self.fields["area"].widget = forms.HiddenInput()

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.UPLOAD_LIMIT:
            text = _("The file is larger than %(limit)s MB; leave out what is not needed.")
            raise forms.ValidationError(text % {"limit": settings.UPLOAD_LIMIT // 2**20})
        return file


class ApproveForm(forms.Form):
    """The last word before the register changes."""

    renames_confirmed = forms.BooleanField(
        label=_("I have looked at the communities with a new name: they are the same ones"), required=False
    )

    def __init__(self, *args: Any, renamed: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not renamed:
            del self.fields["renames_confirmed"]
