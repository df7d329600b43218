"""Who may be near evidence of this programme: whoever sees the warning, or an entry on the task, that it belongs to.

Photos of phones belong to tasks. Not here: the page they are shown on (desk.exhibits).
"""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from mingjing.kernel.parties.models import Person
from mingjing.programmes.inspections.models import Task
from mingjing.programmes.inspections.queries.posts import authorities_of, entries_seen, warnings_seen

__all__ = ["near_evidence", "near_evidence_of", "task_key"]

_WARNING, _TASK = "inspections.warning:", "inspections.task:"


def near_evidence(person: Person, subject: str, today: date) -> bool:
    """The manifest's `evidence_door`."""
    return subject in near_evidence_of(person, [subject], today)


def near_evidence_of(person: Person, subjects: Collection[str], today: date) -> set[str]:
    """Those of many subjects, in a constant number of queries: the manifest's `evidence_doors`."""
    return _warnings(person, subjects, today) | _tasks(person, subjects, today)


def task_key(subject: str) -> UUID | None:
    """The key of the task that a subject names."""
    try:
        return UUID(subject.removeprefix(_TASK)) if subject.startswith(_TASK) else None
    except ValueError:
        return None


def _warnings(person: Person, subjects: Collection[str], today: date) -> set[str]:
    keys = {one: one.removeprefix(_WARNING) for one in subjects if one.startswith(_WARNING)}
    asked = {one: int(key) for one, key in keys.items() if key.isascii() and key.isdecimal() and len(key) < 18}
    seen = set(warnings_seen(person, today).filter(pk__in=asked.values()).values_list("pk", flat=True)) if asked else ()
    return {one for one, key in asked.items() if key in seen}


def _tasks(person: Person, subjects: Collection[str], today: date) -> set[str]:
    asked = {one: key for one in subjects if (key := task_key(one))}
    if not asked:
        return set()
    seen = set(entries_seen(person, today).filter(task__in=asked.values()).values_list("task", flat=True))
    own = Task.objects.filter(pk__in=asked.values(), authority__in=authorities_of(person, today))
    seen |= set(own.values_list("pk", flat=True))
    return {one for one, key in asked.items() if key in seen}
