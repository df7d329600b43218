"""Who may be near evidence of this programme: whoever sees the warning, the entry, or an entry on the task, it is of.

Photos of phones belong to tasks, papers of firms to entries. Not here: the page they are shown on (desk.exhibits).
"""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from mingjing.kernel.parties.models import Person
from mingjing.programmes.inspections.models import Task
from mingjing.programmes.inspections.queries.posts import authorities_of, entries_seen, warnings_seen

__all__ = ["near_evidence", "near_evidence_of", "task_key"]

_WARNING, _TASK, _ENTRY = "inspections.warning:", "inspections.task:", "inspections.entry:"


def near_evidence(person: Person, subject: str, today: date) -> bool:
    """The manifest's `evidence_door`."""
    return subject in near_evidence_of(person, [subject], today)


def near_evidence_of(person: Person, subjects: Collection[str], today: date) -> set[str]:
    """Those of many subjects, in a constant number of queries: the manifest's `evidence_doors`."""
    warnings, entries = (_keys(subjects, kind) for kind in (_WARNING, _ENTRY))
    return (
        _among(warnings, warnings_seen(person, today)) | _among(entries, entries_seen(person, today))
        | _tasks(person, subjects, today)
    )  # fmt: skip


def task_key(subject: str) -> UUID | None:
    """The key of the task that a subject names."""
    try:
        return UUID(subject.removeprefix(_TASK)) if subject.startswith(_TASK) else None
    except ValueError:
        return None


def _keys(subjects: Collection[str], kind: str) -> dict[str, int]:
    found = {one: one.removeprefix(kind) for one in subjects if one.startswith(kind)}
    return {one: int(key) for one, key in found.items() if key.isascii() and key.isdecimal() and len(key) < 18}


def _among(asked: Mapping[str, int], rows: QuerySet[Any]) -> set[str]:
    seen = set(rows.filter(pk__in=asked.values()).values_list("pk", flat=True)) if asked else set()
    return {one for one, key in asked.items() if key in seen}


def _tasks(person: Person, subjects: Collection[str], today: date) -> set[str]:
    asked = {one: key for one in subjects if (key := task_key(one))}
    if not asked:
        return set()
    seen = set(entries_seen(person, today).filter(task__in=asked.values()).values_list("task", flat=True))
    own = Task.objects.filter(pk__in=asked.values(), authority__in=authorities_of(person, today))
    seen |= set(own.values_list("pk", flat=True))
    return {one for one, key in asked.items() if key in seen}
