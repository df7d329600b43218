"""What is filled in for a task: to which firm, what for, by whom, when."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mingjing.kernel.parties.guard import Scope
from mingjing.kernel.parties.models import Person
from mingjing.programmes.inspections.desk.catalogue_forms import day
from mingjing.programmes.inspections.desk.plan_forms import choose, firms_of, own_authorities
from mingjing.programmes.inspections.models import Authority, Certificate, Firm, Item, Plan, Post
from mingjing.programmes.inspections.models.catalogue import Method, holding
from mingjing.programmes.inspections.models.plans import Purpose, Trigger

__all__ = ["TaskForm"]

EXCEPTIONS = [
    ("", _("None")), ("life_safety", _("Life safety")), ("superior_campaign", _("Campaign of a higher level")),
    ("emergency", _("Emergency")), ("permit", _("Site check for a permit")),
    ("complaint", _("Complaint or assigned matter")), ("case_evidence", _("Evidence for a filed case")),
]  # fmt: skip


class TaskForm(forms.Form):
    """One visit of one's own authority to one firm."""

    authority = forms.ModelChoiceField(label=_("Authority"), queryset=Authority.objects.none())
    firm = forms.CharField(label=_("Credit code of the firm"), max_length=18)
    purpose = forms.ChoiceField(label=_("Purpose"), choices=Purpose.choices)
    trigger = forms.ChoiceField(label=_("Trigger"), choices=Trigger.choices)
    plan = forms.ModelChoiceField(label=_("Plan"), queryset=Plan.objects.none(), required=False)
    items = forms.ModelMultipleChoiceField(label=_("Items"), queryset=Item.objects.none())
    officers = forms.ModelMultipleChoiceField(label=_("Officers"), queryset=Person.objects.none())
    method = forms.ChoiceField(label=_("How it is checked"), choices=Method.choices)
    first_day = day(_("From"))
    last_day = day(_("Until"))
    planned_minutes = forms.IntegerField(label=_("Planned minutes"), min_value=5, max_value=1440, required=False)
    clue = forms.CharField(label=_("Number of the clue"), max_length=100, required=False)
    exception = forms.ChoiceField(label=_("Exception claimed on a quiet day"), choices=EXCEPTIONS, required=False)
    emergency = forms.BooleanField(
        label=_("Emergency"),
        required=False,
        help_text=_("The code comes first; approval follows by the next working day."),
    )

    def __init__(self, *args: Any, person: Person, scope: Scope, **more: Any) -> None:
        super().__init__(*args, **more)
        own, today = own_authorities(person, scope), timezone.localdate()
        choose(self, "authority", own)
        choose(self, "plan", Plan.objects.filter(authority__in=own, withdrawn_at=None, last_day__gte=today))
        choose(self, "items", Item.objects.filter(authority__in=own).published(today))
        certified = Certificate.objects.filter(holding(today), authority__in=own).values("person")
        posted = Post.objects.filter(holding(today), authority__in=own).values("person")
        people = Person.objects.filter(pk__in=certified).filter(pk__in=posted)
        choose(self, "officers", people.order_by("display_name"))

    def clean_firm(self) -> Firm:
        found = firms_of(self.cleaned_data["firm"])
        if len(found) != 1:
            raise forms.ValidationError(gettext("Give the credit code of one firm."))
        return found[0]
