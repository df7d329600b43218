"""What a firm is told by the code of a task: who is there, on what authority, for which items, whether it agrees.

Only what the law has officers show: names, numbers of certificates, items with their basis, approval. Not here: the
page (board.door), what the firm then does (actions.refusals).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from mingjing.engine.outcome import N_, Phrase
from mingjing.kernel.visits.models import Participant
from mingjing.programmes.inspections.models import Certificate, Entry, Item, Listing, Refusal, Task
from mingjing.programmes.inspections.models.catalogue import holding
from mingjing.programmes.inspections.policy.gate import admit
from mingjing.programmes.inspections.policy.rules import LEVELS, Level, Pack, Rule
from mingjing.programmes.inspections.queries.gate import Arrival, facts_of
from mingjing.programmes.inspections.queries.held import entries_of
from mingjing.programmes.inspections.queries.packs import pack_of, rules_in

__all__ = ["Officer", "Said", "Shown", "shown_of", "task_of_code"]

OPEN_FOR = timedelta(days=60)
"""How long after its last day a code still answers; then it is as unknown as any other."""


@dataclass(frozen=True, slots=True)
class Officer:
    """Who comes, with the certificates that are good for this authority that day."""

    name: str
    certificates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What one rule says to this visit."""

    rule: Rule
    level: Level
    unknown: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything the page says; `differs` is what was scanned in and is not as the task has it."""

    task: Task
    listing: Listing | None
    officers: tuple[Officer, ...]
    items: tuple[Item, ...]
    entry: Entry | None
    colour: str
    answers: tuple[Said, ...]
    differs: tuple[Phrase, ...]
    present: tuple[str, ...]
    refusal: Refusal | None
    complaints: int


def task_of_code(code: str, today: date) -> Task | None:
    """The task with this code, cancelled or not, while it answers. One statement, whatever was asked."""
    related = ("firm__organisation", "firm__site", "firm__area", "authority__organisation", "authority__area", "plan")
    found = Task.objects.filter(code=code[:22], coded_at__isnull=False, last_day__gte=today - OPEN_FOR)
    task = found.select_related(*related).first()
    return task if task is not None and len(code) == 22 else None


def shown_of(task: Task, now: datetime) -> Shown:
    """What the page says of a task now. A constant number of statements."""
    entry = entries_of([task.pk]).get(task.pk)
    at = entry.visit.entered_at if entry else now
    day = timezone.localdate(at)
    people = [row.person for row in task.taskofficer_set.select_related("person")]
    items = tuple(row.item for row in task.taskitem_set.select_related("item"))
    colour, answers = _kept(entry, day) if entry else _asked(task, people, at)
    present = _present(entry)
    told = list(Refusal.objects.filter(task=task))
    return Shown(
        task=task, items=items, entry=entry, colour=colour, answers=answers, present=tuple(present.values()),
        listing=Listing.objects.filter(holding(day), authority=task.authority).first(),
        officers=tuple(_officers(task, people, day)), differs=tuple(_differs(task, entry, present, people, items)),
        refusal=next((one for one in told if one.kind == "refusal"), None),
        complaints=sum(one.kind == "complaint" for one in told),
    )  # fmt: skip


def _asked(task: Task, people: list[Any], at: datetime) -> tuple[str, tuple[Said, ...]]:
    """What the gate would say if the officers of the task scanned the firm's code now, where it hangs."""
    arrival = Arrival(firm=task.firm, authority=task.authority, officers=people, at=at, task=task, distance=0)
    found = admit(rules_in(task.firm.area).on(arrival.day), facts_of(arrival), day=arrival.day)
    return str(found.colour), tuple(Said(one.rule, one.level, bool(one.unknown)) for one in found.answers)


def _kept(entry: Entry, day: date) -> tuple[str, tuple[Said, ...]]:
    """What the gate said when they were scanned in."""
    rules = _by_code(pack_of(entry.rules), day)
    told = [one for one in entry.answers if one["rule"] in rules]
    return entry.colour, tuple(Said(rules[one["rule"]], LEVELS[one["level"]], bool(one["unknown"])) for one in told)


def _by_code(pack: Pack, day: date) -> Mapping[str, Rule]:
    return {rule.code: rule for rule in pack.on(day, "gate")}


def _officers(task: Task, people: list[Any], day: date) -> Iterable[Officer]:
    bodies = {task.authority_id, task.authority.delegated_by_id}
    good: dict[int, list[str]] = {}
    for one in Certificate.objects.filter(person__in=people).order_by("number"):
        if one.holds(day) and one.authority_id in bodies and (not one.scope or task.authority.field in one.scope):
            good.setdefault(one.person_id, []).append(one.number)
    for person in people:
        yield Officer(person.display_name, tuple(good.get(person.pk, ())))


def _present(entry: Entry | None) -> dict[int, str]:
    """Who was scanned in: their names."""
    if entry is None:
        return {}
    rows = Participant.objects.filter(visit=entry.visit_id).select_related("person").order_by("id")
    return {row.person_id: row.person.display_name for row in rows}


def _differs(
    task: Task, entry: Entry | None, present: Mapping[int, str], people: list[Any], items: Iterable[Item]
) -> Iterable[Phrase]:
    if entry is None:
        return
    if entry.firm_id != task.firm_id:
        yield Phrase(N_("The code that was scanned is another firm’s."))
    if set(present) - {person.pk for person in people}:
        yield Phrase(N_("Somebody was scanned in whom the task does not send."))
    if {row.item_id for row in entry.items.all()} != {item.pk for item in items}:
        yield Phrase(N_("The items that were scanned in are not those of the task."))
    if entry.door == "no_code":
        yield Phrase(N_("No code was scanned at the door."))
    if entry.door == "late":
        yield Phrase(N_("The entry was recorded later than it happened."))
