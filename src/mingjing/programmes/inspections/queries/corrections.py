"""What a correction would make of an entry: the arrival it speaks of, and before beside after, in words.

A fixed number of statements. Not here: asking and deciding (actions.corrections).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from mingjing.kernel.db.fields import instant_text
from mingjing.kernel.parties.models import Person
from mingjing.programmes.inspections.models import Correction, Entry, Firm, Item, Task
from mingjing.programmes.inspections.models.plans import Purpose, Trigger
from mingjing.programmes.inspections.queries.gate import Arrival

__all__ = ["Change", "arrival_of", "chain_of", "changes_of", "names_of_changes", "now_of"]

After = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that an entry says: what it is called, what stands there, what should; `changed` where they differ."""

    title: str
    before: str
    after: str

    @property
    def changed(self) -> bool:
        """Whether the correction is about this."""
        return self.before != self.after


def now_of(entry: Entry) -> dict[str, Any]:
    """What an entry says, in the shape of `Correction.after`."""
    return {
        "firm": entry.firm_id, "task": str(entry.task_id) if entry.task_id else None,
        "entered_at": instant_text(entry.visit.entered_at),
        "left_at": instant_text(entry.visit.left_at) if entry.visit.left_at else None,
        "officers": sorted(entry.visit.participants.values_list("person", flat=True)), "helpers": entry.helpers,
        "purpose": entry.purpose, "trigger": entry.trigger,
        "items": sorted(entry.items.values_list("item", flat=True)),
    }  # fmt: skip


def names_of_changes(before: After, after: After) -> list[str]:
    """The names of what differs: all that a fact says of it."""
    return sorted(name for name in before if before[name] != after[name])


def arrival_of(correction: Correction) -> tuple[Arrival, datetime | None]:
    """Who came to whom, when and for what, as it should stand; and when they left, if that is said."""
    after, entry = correction.after, correction.entry
    related = ("organisation", "area", "site")
    firm = Firm.objects.select_related(*related).get(pk=after["firm"])
    tasks = Task.objects.select_related("plan", "authority", "firm")
    people = Person.objects.in_bulk(after["officers"])
    arrival = Arrival(
        firm=firm, authority=entry.authority, officers=[people[key] for key in after["officers"]],
        at=datetime.fromisoformat(after["entered_at"]),
        task=tasks.get(pk=UUID(after["task"])) if after["task"] else None, purpose=after["purpose"],
        trigger=after["trigger"], method=entry.method, items=list(Item.objects.filter(pk__in=after["items"])),
        helpers=after["helpers"], joint=entry.visit.joint,
        distance=entry.facts.get("distance") if firm.pk == entry.firm_id else None,
    )  # fmt: skip
    return arrival, datetime.fromisoformat(after["left_at"]) if after["left_at"] else None


def changes_of(correction: Correction) -> list[Change]:
    """Everything that the entry says, before beside after."""
    before, after = now_of(correction.entry), correction.after
    both = (before, after)
    firms = Firm.objects.select_related("organisation").in_bulk({one["firm"] for one in both})
    people = Person.objects.in_bulk({key for one in both for key in one["officers"]})
    items = Item.objects.in_bulk({key for one in both for key in one["items"]})
    tasks = Task.objects.in_bulk([one["task"] for one in both if one["task"]])

    def said(one: After) -> list[str]:
        task = tasks.get(UUID(one["task"])) if one["task"] else None
        return [
            str(firms[one["firm"]]), _moment(one["entered_at"]), _moment(one["left_at"]),
            _list(people[key].display_name for key in one["officers"]), str(one["helpers"]),
            (task.code or _("without a code")) if task else _("none"), str(Purpose(one["purpose"]).label),
            str(Trigger(one["trigger"]).label), _list(items[key].title for key in one["items"]),
        ]  # fmt: skip

    titles = [
        _("Firm"), _("Entered"), _("Left the firm"), _("Officers"), _("Helpers beside them"), _("Code of the task"),
        _("Purpose"), _("Trigger"), _("Items"),
    ]  # fmt: skip
    return [Change(*one) for one in zip(titles, said(before), said(after), strict=True)]


def chain_of(entry: Entry) -> list[Entry]:
    """The entry, and those that it was corrected from, the first one last: what was said of one holds of the next."""
    found = [entry]
    while found[-1].corrects is not None:
        found.append(found[-1].corrects)
    return found


def _moment(text: str | None) -> str:
    return date_format(localtime(datetime.fromisoformat(text)), "Y-m-d H:i") if text else _("not yet")


def _list(names: Iterable[str]) -> str:
    return _(", ").join(sorted(names)) or _("none")
