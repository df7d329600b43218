"""What is filled in for an entry that nobody scanned."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.parties.guard import Scope
from mingjing.kernel.parties.models import Person
from mingjing.programmes.inspections.actions.entries import record_late, record_without_code
from mingjing.programmes.inspections.models import Authority, Entry, Firm, Item, Post, Task
from mingjing.programmes.inspections.models.catalogue import holding
from mingjing.programmes.inspections.models.plans import Purpose, Trigger
from mingjing.programmes.inspections.queries.gate import Arrival, task_by_code
from mingjing.programmes.inspections.queries.posts import authorities_of

__all__ = ["RecordForm"]


class RecordForm(forms.Form):
    """Whose entry to which firm, when, by whom and what for, and why nobody scanned. A task says what for."""

    kind = forms.ChoiceField(
        label=_("What happened"), widget=forms.RadioSelect,
        choices=[("late", _("The scan was missed, or failed")), ("no_code", _("There was no code to scan"))],
    )  # fmt: skip
    firm = forms.CharField(label=_("Credit code of the firm"), max_length=18)
    authority = forms.ModelChoiceField(label=_("Authority"), queryset=Authority.objects.none())
    task = forms.CharField(label=_("Code of the task"), max_length=22, required=False)
    entered_at = forms.DateTimeField(
        label=_("Entered"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    officers = forms.ModelMultipleChoiceField(label=_("Officers"), queryset=Person.objects.none())
    helpers = forms.IntegerField(label=_("Helpers beside them"), min_value=0, max_value=50, initial=0)
    purpose = forms.ChoiceField(label=_("Purpose"), choices=Purpose.choices)
    trigger = forms.ChoiceField(label=_("Trigger"), choices=Trigger.choices)
    items = forms.ModelMultipleChoiceField(label=_("Items"), queryset=Item.objects.none(), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, person: Person, scope: Scope, **more: Any) -> None:
        super().__init__(*args, **more)
        today = timezone.localdate()
        own = Authority.objects.filter(pk__in=authorities_of(person, today)).select_related("organisation")
        posts = Post.objects.filter(holding(today), authority__in=own)
        people = Person.objects.filter(posts__in=posts).distinct().order_by("display_name")
        items = Item.objects.filter(authority__in=own, first_day__lte=today).order_by("code", "-first_day")
        for name, rows in (("authority", own), ("officers", people), ("items", items)):
            field: Any = self.fields[name]
            field.queryset = rows
        self.scope = scope

    def clean_firm(self) -> Firm:
        """The firm of this code, within the areas where the person records entries."""
        code = self.cleaned_data["firm"].strip().upper()
        rows = Firm.objects.filter(organisation__credit_code=code).select_related("organisation", "area", "site")
        found = self.scope.within(rows).first()
        if found is None:
            raise forms.ValidationError(_("No firm of your area has this credit code."))
        return found

    def recorded(self, *, by: Person, at: datetime) -> Entry:
        """Record it. Raises Refusal."""
        data = self.cleaned_data
        task = self._task(data["task"].strip(), data["entered_at"])
        arrival = Arrival(
            firm=data["firm"], authority=data["authority"], officers=list(data["officers"]), at=data["entered_at"],
            task=task, purpose=data["purpose"], trigger=data["trigger"], items=list(data["items"]),
            helpers=data["helpers"],
        )  # fmt: skip
        write = record_late if data["kind"] == "late" else record_without_code
        return write(arrival=arrival, reason=data["reason"], by=by, at=at)

    def _task(self, code: str, at: datetime) -> Task | None:
        if not code:
            return None
        found = task_by_code(code, timezone.localdate(at))
        if found is None or found.authority_id != self.cleaned_data["authority"].pk:
            text = N_("Your authority has no task with this code.")
            raise Refusal([Problem("inspections.task.code", text, {}, "task")])
        return found
