"""What is filled in for an entry that nobody scanned, and for one that does not say what happened."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.db.fields import instant_text
from mingjing.kernel.parties.guard import Scope
from mingjing.kernel.parties.models import Person
from mingjing.programmes.inspections.actions.entries import record_late, record_without_code
from mingjing.programmes.inspections.models import Authority, Entry, Firm, Item, Post, Task
from mingjing.programmes.inspections.models.catalogue import holding
from mingjing.programmes.inspections.models.plans import Purpose, Trigger
from mingjing.programmes.inspections.queries.corrections import now_of
from mingjing.programmes.inspections.queries.gate import Arrival, task_by_code
from mingjing.programmes.inspections.queries.posts import authorities_of

__all__ = ["CorrectionForm", "RecordForm"]


def _moment(label: Any, required: bool = True) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, required=required, widget=widget)


class ArrivalForm(forms.Form):
    """To which firm, when, by whom and what for, and a reason. A task says what for."""

    firm = forms.CharField(label=_("Credit code of the firm"), max_length=18)
    task = forms.CharField(
        label=_("Code of the task"), max_length=22, required=False,
        help_text=_("With a task its purpose, trigger and items count, and not those below."),
    )  # fmt: skip
    entered_at = _moment(_("Entered"))
    officers = forms.ModelMultipleChoiceField(label=_("Officers"), queryset=Person.objects.none())
    helpers = forms.IntegerField(label=_("Helpers beside them"), min_value=0, max_value=50, initial=0)
    purpose = forms.ChoiceField(label=_("Purpose"), choices=Purpose.choices)
    trigger = forms.ChoiceField(label=_("Trigger"), choices=Trigger.choices)
    items = forms.ModelMultipleChoiceField(label=_("Items"), queryset=Item.objects.none(), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, scope: Scope, **more: Any) -> None:
        super().__init__(*args, **more)
        self.scope = scope

    def clean_firm(self) -> Firm:
        """The firm of this code, within the areas where the person records entries."""
        code = self.cleaned_data["firm"].strip().upper()
        rows = Firm.objects.filter(organisation__credit_code=code).select_related("organisation", "area", "site")
        found = self.scope.within(rows).first()
        if found is None:
            raise forms.ValidationError(_("No firm of your area has this credit code."))
        return found

    def offer(self, **rows: Any) -> None:
        """Let fields offer these rows."""
        for name, found in rows.items():
            field: Any = self.fields[name]
            field.queryset = found


def _task(code: str, at: datetime, authority: Authority) -> Task | None:
    """The authority's task with this code; none without a code. Raises Refusal."""
    if not code:
        return None
    found = task_by_code(code, timezone.localdate(at))
    if found is None or found.authority_id != authority.pk:
        text = N_("Your authority has no task with this code.")
        raise Refusal([Problem("inspections.task.code", text, {}, "task")])
    return found


class RecordForm(ArrivalForm):
    """An entry of one's own authority that nobody scanned, and why."""

    kind = forms.ChoiceField(
        label=_("What happened"), widget=forms.RadioSelect,
        choices=[("late", _("The scan was missed, or failed")), ("no_code", _("There was no code to scan"))],
    )  # fmt: skip
    authority = forms.ModelChoiceField(label=_("Authority"), queryset=Authority.objects.none())
    field_order = ("kind", "firm", "authority")

    def __init__(self, *args: Any, person: Person, **more: Any) -> None:
        super().__init__(*args, **more)
        today = timezone.localdate()
        own = Authority.objects.filter(pk__in=authorities_of(person, today)).select_related("organisation")
        posts = Post.objects.filter(holding(today), authority__in=own)
        people = Person.objects.filter(posts__in=posts).distinct().order_by("display_name")
        items = Item.objects.filter(authority__in=own, first_day__lte=today).order_by("code", "-first_day")
        self.offer(authority=own, officers=people, items=items)

    def recorded(self, *, by: Person, at: datetime) -> Entry:
        """Record it. Raises Refusal."""
        data = self.cleaned_data
        task = _task(data["task"].strip(), data["entered_at"], data["authority"])
        arrival = Arrival(
            firm=data["firm"], authority=data["authority"], officers=list(data["officers"]), at=data["entered_at"],
            task=task, purpose=data["purpose"], trigger=data["trigger"], items=list(data["items"]),
            helpers=data["helpers"],
        )  # fmt: skip
        write = record_late if data["kind"] == "late" else record_without_code
        return write(arrival=arrival, reason=data["reason"], by=by, at=at)


class CorrectionForm(ArrivalForm):
    """What an entry should say, filled in with what it says; `after` is that, as a correction keeps it."""

    left_at = _moment(_("Left the firm"), required=False)
    field_order = ("firm", "task", "entered_at", "left_at")

    def __init__(self, *args: Any, entry: Entry, **more: Any) -> None:
        now = now_of(entry)
        visit = entry.visit
        held = {**now, "firm": entry.firm.organisation.credit_code, "task": entry.task.code if entry.task else ""}
        super().__init__(*args, initial={**held, "entered_at": visit.entered_at, "left_at": visit.left_at}, **more)
        self.entry, self.now = entry, now
        day = timezone.localdate(visit.entered_at)
        posted = Post.objects.filter(holding(day), authority=entry.authority).values("person")
        bodies = [entry.authority_id, entry.authority.delegated_by_id]
        items = Item.objects.filter(Q(authority__in=bodies, first_day__lte=day) | Q(pk__in=now["items"]))
        self.offer(
            officers=Person.objects.filter(Q(pk__in=posted) | Q(pk__in=now["officers"])).order_by("display_name"),
            items=items.order_by("code", "-first_day"),
        )

    def after(self) -> dict[str, Any]:
        """Raises Refusal for a code that is no task's of the authority."""
        data, visit = self.cleaned_data, self.entry.visit
        told = {
            "firm": data["firm"].pk, "task": None, "helpers": data["helpers"], "purpose": data["purpose"],
            "entered_at": _kept(data["entered_at"], visit.entered_at), "left_at": _kept(data["left_at"], visit.left_at),
            "trigger": data["trigger"], "officers": sorted(one.pk for one in data["officers"]),
            "items": sorted(one.pk for one in data["items"]),
        }  # fmt: skip
        code, held = data["task"].strip(), self.entry.task
        same = held is not None and code == (held.code or "")
        task = held if same else _task(code, data["entered_at"], self.entry.authority)
        if task is None:
            return told
        items = sorted(task.taskitem_set.values_list("item", flat=True))
        trigger = "emergency" if task.emergency else task.trigger
        return {**told, "task": str(task.pk), "purpose": task.purpose, "trigger": trigger, "items": items}


def _kept(given: datetime | None, held: datetime | None) -> str | None:
    """An instant as it is written down: the browser says no seconds, so within its minute the old one stays."""
    if given is None:
        return instant_text(held) if held else None
    same = held is not None and held.replace(second=0, microsecond=0) == given
    return instant_text(held if same and held else given)
