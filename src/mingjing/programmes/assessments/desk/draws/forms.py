"""What people fill in on the pages of teams and draws."""

import re
from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mingjing.engine.drawing import Settings
from mingjing.kernel.db.search import matching
from mingjing.kernel.parties.guard import Scope
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.parties.queries import organisations_seen
from mingjing.programmes.assessments.models import Community, Round

BETWEEN = re.compile(r"[\s,;、，；]+")
SHARE = re.compile(r"\d{1,6}(/0*[1-9]\d{0,5}|\.\d{1,6})?", re.ASCII)
SHOWN = 5


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class PersonChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic for the checker only, not at run time
    """A person, by name and username."""

    def label_from_instance(self, obj: Person) -> str:
        return f"{obj.display_name} ({obj.username})"


class DaysField(forms.CharField):
    """ISO dates with spaces, commas or line breaks between; cleans to texts, in order."""

    def clean(self, value: Any) -> Any:
        return sorted({day for day in BETWEEN.split(super().clean(value) or "") if day})


class ExpertForm(forms.Form):
    """A supervisor on the list of a round."""

    person = PersonChoice(label=_("Supervisor"), queryset=Person.objects.none())
    home = forms.CharField(
        label=_("Employer or subdistrict"), max_length=200, required=False,
        help_text=_("Name or credit code of the company, or the subdistrict, that they work for: they will not be "
                    "sent to its communities."),
        widget=forms.TextInput(attrs={"list": "homes", "autocomplete": "off"}),
    )  # fmt: skip
    days = DaysField(
        label=_("Days they can come"), required=False, help_text=_("Such as 2026-03-02 2026-03-03; empty: every day.")
    )
    key = forms.CharField(
        label=_("Key"), max_length=20, required=False,
        help_text=_("What the public inputs of the draw call them, such as E07; the next free one, if left empty."),
    )  # fmt: skip

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]  # a ModelChoiceField


class ConflictForm(forms.Form):
    """A conflict of interest with a community of the round, or with a company."""

    community = forms.CharField(
        label=_("Community"), max_length=200, required=False, help_text=_("Its number or name, pinyin or initials.")
    )
    company = forms.CharField(
        label=_("Or a company"), max_length=200, required=False,
        help_text=_("Its credit code or name; all its communities and those of its branches are meant."),
    )  # fmt: skip
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args: Any, round: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.round = round

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if bool(data.get("community")) == bool(data.get("company")):
            self.add_error("community", _("Name either a community or a company."))
        elif text := data.get("community"):
            entries = self.round.entries.select_related("community")
            exact = entries.filter(number=text) or entries.filter(name=text)
            data["community"] = self._only("community", [e.community for e in exact or entries.filter(matching(text))])
        else:
            text = data["company"]  # of other districts' companies only that whose code one knows
            seen = organisations_seen(Scope((self.round.area.path,)))
            exact_companies = Organisation.objects.filter(credit_code=text.upper()) or seen.filter(name=text)
            near = seen.filter(matching(text, codes=["credit_code"]))
            data["company"] = self._only("company", list((exact_companies or near)[: SHOWN + 1]))
        return data

    def _only(self, name: str, found: list[Any]) -> Community | Organisation | None:
        """The one that was found; else an error at the field, with what else it might be."""
        if len(found) == 1:
            only: Community | Organisation = found[0]
            return only
        if found:
            some = "、".join(f"{_label(one)} {one.name}" for one in found[:SHOWN])
            self.add_error(name, _("Several match: %(some)s. Give the number or code of one.") % {"some": some})
        else:
            self.add_error(name, _("Nothing in this round matches; check the name, or give the number or code."))
        return None


def _label(found: Community | Organisation) -> str:
    return found.number if isinstance(found, Community) else found.credit_code


class StaffForm(forms.Form):
    """Somebody of the centre's staff on a team."""

    person = PersonChoice(label=_("Staff of the centre"), queryset=Person.objects.none())
    team = forms.IntegerField(label=_("Team"), min_value=1)

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]  # a ModelChoiceField


class SubstituteForm(forms.Form):
    """Who goes instead of a member of a team, and why."""

    person = PersonChoice(label=_("Who goes instead"), queryset=Person.objects.none(), required=False,
                          help_text=_("Empty: nobody, if the team stays large enough."))  # fmt: skip
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]  # a ModelChoiceField


class PlanForm(forms.Form):
    """The settings of a draw, as docs/reference/draw-format.md names them."""

    days = DaysField(label=_("Days"), help_text=_("Such as 2026-03-02 2026-03-03 2026-03-04."))
    teams = forms.IntegerField(label=_("Teams every day"), min_value=1, max_value=999)
    team_size = forms.IntegerField(label=_("Supervisors in a team"), min_value=2, max_value=99)
    most = forms.IntegerField(label=_("Most communities of a team in a day"), min_value=1, max_value=999)
    share = forms.RegexField(
        SHARE, label=_("Share of the communities to visit"), initial="1", strip=True,
        help_text=_("1: all of them; 1/10: a tenth of each subdistrict and class, drawn by lot."),
    )  # fmt: skip
    pair_share = forms.RegexField(
        SHARE, label=_("Largest share of their visits that two supervisors make together"), initial="1/4", strip=True
    )
    recuse = forms.MultipleChoiceField(
        label=_("Supervisors do not visit"), required=False, initial=["company", "stratum"],
        choices=[("company", _("communities of their own company")), ("stratum", _("their own subdistrict"))],
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def settings(self, title: str) -> Settings:
        """The settings as the engine takes them; only of a valid form."""
        data = self.cleaned_data
        return Settings(
            title=title, days=tuple(data["days"]), teams=data["teams"], team_size=data["team_size"], most=data["most"],
            share=Fraction(data["share"]), recuse=tuple(sorted(data["recuse"])),
            pair_share=Fraction(data["pair_share"]),
        )  # fmt: skip


class SeedForm(forms.Form):
    """A witness's commitment."""

    commitment = forms.CharField(
        label=_("Commitment"), max_length=64,
        help_text=_("64 hexadecimal digits: the hash of your seed, not the seed."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    label = forms.CharField(
        label=_("On behalf of"),
        max_length=100,
        required=False,
        help_text=_("Such as: the property companies' association."),
    )


class RevealForm(forms.Form):
    """A witness's seed."""

    secret = forms.CharField(
        label=_("Your seed"), max_length=64, help_text=_("The 64 hexadecimal digits under “seed” in your file."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
