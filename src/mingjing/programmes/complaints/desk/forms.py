"""What people fill in on the programme's pages."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mingjing.programmes.complaints.models import Origin, Ruling, Validity
from mingjing.programmes.complaints.policy.decisions import Wanted

STATES = (
    ("", _("All")),
    ("undecided", _("To decide")),
    ("unplaced", _("Community not known")),
    ("counted", _("The company’s")),
    ("other", _("Others’ duty")),
    ("invalid", _("Invalid")),
)


def day(label: Any, **options: Any) -> forms.DateField:
    """A day, picked or typed."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **options)


def _area_field(form: forms.Form, areas: list[tuple[str, str]]) -> None:
    form.fields["area"] = forms.ChoiceField(label=_("District"), choices=areas)
    if len(areas) == 1:
        form.fields["area"].initial = areas[0][0]
        form.fields["area"].widget = forms.HiddenInput()


class FilterForm(forms.Form):
    """Which complaints to list."""

    origin = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All")), *Origin.choices])
    state = forms.ChoiceField(label=_("State"), required=False, choices=STATES)
    first = day(_("Opened from"), required=False)
    last = day(_("to"), required=False)


class DecideForm(forms.Form):
    """What somebody decides on a complaint: valid or not, whose duty, in which community, and why."""

    validity = forms.ChoiceField(
        label=_("Is it valid?"), choices=[(Validity.VALID, _("Valid")), (Validity.INVALID, _("Invalid"))],
        widget=forms.RadioSelect,
    )  # fmt: skip
    duty = forms.ChoiceField(label=_("Whose duty is it?"), required=False)
    community = forms.CharField(
        label=_("Community"), required=False, max_length=250,
        widget=forms.TextInput(attrs={"list": "communities", "autocomplete": "off"}),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For the file, and for a company that asks. Leave out who called."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, duties: Sequence[tuple[str, str]], sites: Mapping[str, int], many: bool = False, **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.sites = sites
        self.fields["duty"] = forms.ChoiceField(
            label=_("Whose duty is it?"),
            required=False,
            choices=[("", gettext("— (invalid, or not known yet)")), *duties],
        )
        if many:
            self.fields["community"].help_text = _("Only if it is the same for all; else each keeps its own.")

    def clean_community(self) -> int | None:
        name = self.cleaned_data["community"].strip()
        if not name:
            return None
        if name not in self.sites:
            raise forms.ValidationError(_("Choose one of the communities of the district."))
        return self.sites[name]

    @property
    def wanted(self) -> Wanted:
        """The decision in it."""
        data = self.cleaned_data
        duty = "" if data["validity"] == Validity.INVALID else data["duty"]
        return Wanted(validity=data["validity"], duty=duty, site=data["community"], reason=data["reason"])


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class IntakeForm(forms.Form):
    """A file of complaints, petitions or lawsuits, of which days it is, and the mapping of its columns."""

    area = forms.ChoiceField(label=_("District"))
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "A workbook (.xlsx) or a table of text (.csv). It is not kept as it is: callers become tokens first."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.txt,.tsv,.gz"}),
    )
    mapping = forms.ChoiceField(label=_("Mapping"), required=False)
    mapping_file = forms.FileField(
        label=_("Or a mapping file"), required=False, help_text=_("A .toml file that says what the columns mean."),
        widget=forms.ClearableFileInput(attrs={"accept": ".toml"}),
    )  # fmt: skip
    first_day = day(
        _("It has every record from"), required=False,
        help_text=_("Petitions and lawsuits need both days: only then a community that is not in the file has none."),
    )  # fmt: skip
    last_day = day(_("until"), required=False)

    def __init__(self, *args: Any, areas: list[tuple[str, str]], mappings: list[str], **more: Any) -> None:
        super().__init__(*args, **more)
        _area_field(self, areas)
        self.fields["mapping"] = forms.ChoiceField(
            label=_("Mapping"), required=False, choices=[("", "—"), *((name, name) for name in mappings)],
            initial="hotline-12345",
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if not data.get("mapping") and not data.get("mapping_file"):
            self.add_error("mapping", _("Choose a mapping that ships, or a mapping file."))
        if (file := data.get("file")) and file.size > settings.UPLOAD_LIMIT:
            text = _("The file is larger than %(limit)s MB; split it.")
            self.add_error("file", text % {"limit": settings.UPLOAD_LIMIT // 2**20})
        if (file := data.get("mapping_file")) and file.size > 1 << 20:
            self.add_error("mapping_file", _("This is no mapping: it is too large."))
        return data


class EditionForm(forms.Form):
    """The period of a new edition."""

    area = forms.ChoiceField(label=_("District"))
    first_day = day(_("First day"))
    last_day = day(_("Last day"))

    def __init__(self, *args: Any, areas: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        _area_field(self, areas)


class ObjectionForm(forms.Form):
    """What a company says of a complaint."""

    claims = forms.ChoiceField(label=_("The company claims"))
    statement = forms.CharField(
        label=_("In its own words"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
    )  # fmt: skip
    document = forms.CharField(
        label=_("Letter of the company"),
        max_length=200,
        required=False,
        help_text=_("Its number and day, if it wrote one."),
    )

    def __init__(self, *args: Any, duties: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        choices = [("invalid", gettext("The complaint is not valid")), *duties]
        self.fields["claims"] = forms.ChoiceField(label=_("The company claims"), choices=choices)


class RulingForm(forms.Form):
    """How an objection is decided."""

    ruling = forms.ChoiceField(label=_("Decision"), choices=Ruling.choices, widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 4}))


class RulesForm(forms.Form):
    """The numbers of the rules; duties stay as they are."""

    within_days = forms.IntegerField(label=_("A repeat comes within so many days"), min_value=0, max_value=3650)
    while_open = forms.BooleanField(label=_("Only while the first one is open"), required=False)
    per_households = forms.IntegerField(label=_("Rate per so many households"), min_value=1, max_value=1_000_000)
    least_households = forms.IntegerField(label=_("No rank below so many households"), min_value=1, max_value=1_000_000)
    least_cases = forms.IntegerField(label=_("No rank below so many counted"), min_value=1, max_value=1_000_000)
    top_percent = forms.IntegerField(label=_("The top share, in per cent of the ranked"), min_value=1, max_value=100)
    check_days = forms.IntegerField(label=_("Working days of the companies’ check"), min_value=1, max_value=60)
    note = forms.CharField(label=_("What it is for"), max_length=300, required=False)


class PublishForm(forms.Form):
    """The last word before rules are published."""

    effective_from = day(_("In force from"))
    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)
