"""What people fill in on the programme's pages."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mingjing.engine.outcome import spoken
from mingjing.kernel.rulebooks.models import Version


class NoteForm(forms.Form):
    """What a new draft is for."""

    note = forms.CharField(
        label=_("What it is for"), max_length=300, required=False, help_text=_("Such as: second round, 2025.")
    )


class WithdrawForm(forms.Form):
    """Why nobody wants a draft any more."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class WorkbookForm(forms.Form):
    """A scheme's workbook, and the revision of the draft that it was made from."""

    file = forms.FileField(
        label=_("Workbook"),
        help_text=_("The workbook you downloaded here and edited (.xlsx), or a scheme as a JSON file."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.json"}),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)


class SchemeForm(forms.Form):
    """A scheme that is new to this installation: one that ships, or a workbook."""

    shipped = forms.ChoiceField(label=_("Scheme that ships"), required=False)
    file = forms.FileField(
        label=_("Or a workbook"), required=False, widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.json"})
    )
    area = forms.ChoiceField(label=_("Area it is for"))

    def __init__(self, *args: Any, shipped: list[str], areas: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["shipped"] = forms.ChoiceField(
            label=_("Scheme that ships"), required=False, choices=[("", "—"), *((code, code) for code in shipped)]
        )
        self.fields["area"] = forms.ChoiceField(label=_("Area it is for"), choices=areas)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if bool(data.get("shipped")) == bool(data.get("file")):
            raise forms.ValidationError(_("Choose either a scheme that ships or a workbook."))
        return data


class PublishForm(forms.Form):
    """The last word before a version is published: from when, and that it was read."""

    effective_from = forms.DateField(
        label=_("In force from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)
    read = forms.BooleanField(label=_("I have read the changes; I know that this version can never be edited again"))


class SchemeChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic for the checker only, not at run time
    """A published version, by the scheme's title."""

    def label_from_instance(self, obj: Version) -> str:
        title = spoken(obj.rulebook.title, gettext)
        return gettext("%(title)s, version %(number)s") % {"title": title, "number": obj.number}


class ReplayForm(forms.Form):
    """A file to be scored, the scheme to score it by, and the mapping that says what its columns mean."""

    file = forms.FileField(
        label=_("Data file"),
        help_text=_(".csv, .csv.gz or .xlsx; the original is kept unchanged."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.gz,.xlsx"}),
    )
    scheme = SchemeChoice(label=_("Published scheme"), queryset=Version.objects.none())
    mapping = forms.ChoiceField(label=_("Mapping"), required=False)
    mapping_file = forms.FileField(
        label=_("Or a mapping file"),
        required=False,
        help_text=_("A .toml file that says what the columns mean."),
        widget=forms.ClearableFileInput(attrs={"accept": ".toml"}),
    )

    def __init__(self, *args: Any, schemes: Any, mappings: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scheme"].queryset = schemes  # type: ignore[attr-defined]  # a ModelChoiceField
        self.fields["mapping"] = forms.ChoiceField(
            label=_("Mapping"), required=False, choices=[("", "—"), *((name, name) for name in mappings)]
        )

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if bool(data.get("mapping")) == bool(data.get("mapping_file")):
            self.add_error("mapping", _("Choose either a mapping that ships or a mapping file."))
        if (file := data.get("file")) and file.size > settings.UPLOAD_LIMIT:
            text = _("The file is larger than %(limit)s MB; split it, or use the command line.")
            self.add_error("file", text % {"limit": settings.UPLOAD_LIMIT // 2**20})
        return data
