"""What stands of tasks now, as phones show it: the answer to commands, and part of every pack.

A constant number of statements, whatever the number of tasks. Not here: what a task is about (packs).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from mingjing.kernel.db.fields import instant_text
from mingjing.kernel.parties.models import Person
from mingjing.kernel.sync.queries import captures_of
from mingjing.programmes.inspections.models import Entry, EntryItem, Refusal, Task
from mingjing.programmes.inspections.queries.held import entries_of, of_officer
from mingjing.programmes.inspections.queries.ratings import code_of

__all__ = ["PREFIX", "key_of", "states", "states_of"]

PREFIX = "inspections.task:"


def key_of(subject: str) -> UUID | None:
    """The key of the task that a subject names."""
    try:
        return UUID(subject.removeprefix(PREFIX)) if subject.startswith(PREFIX) else None
    except ValueError:
        return None


def states(subjects: Sequence[str], person: Person, now: datetime) -> dict[str, Any]:
    """The manifest's `field_states`: of those of these tasks that the person holds."""
    keys = [key for one in subjects if (key := key_of(one))]
    return _states(of_officer(person).filter(pk__in=keys)) if keys else {}


def states_of(tasks: Sequence[Task]) -> dict[str, dict[str, Any]]:
    """The state of each task, with its photos, by subject."""
    photos = captures_of([task.subject for task in tasks])
    return {key: {**state, "captures": photos.get(key, {})} for key, state in _states(tasks).items()}


def _states(tasks: Iterable[Task]) -> dict[str, dict[str, Any]]:
    found = list(tasks)
    entries = entries_of([task.pk for task in found])
    refused = set(
        Refusal.objects.filter(task__in=[task.pk for task in found], kind="refusal").values_list("task", flat=True)
    )
    return {task.subject: _state(task, entries.get(task.pk), task.pk in refused) for task in found}


def _state(task: Task, entry: Entry | None, refused: bool) -> dict[str, Any]:
    state = "left" if entry and entry.visit.left_at else "inside" if entry else "planned"
    if task.cancelled_at and entry is None:
        state = "cancelled"
    return {"state": state, "refused": refused, "entry": _entry(entry) if entry else None}


def _entry(entry: Entry) -> dict[str, Any]:
    left, filed = entry.visit.left_at, entry.result_at
    return {
        "colour": entry.colour, "answers": entry.answers, "door": entry.door, "reason": entry.reason,
        "rules_from": entry.rules.effective_from.isoformat() if entry.rules and entry.rules.effective_from else None,
        "shown": (entry.shown or {}).get("colour"), "helpers": entry.helpers,
        "entered_at": instant_text(entry.visit.entered_at), "left_at": instant_text(left) if left else None,
        "result_at": instant_text(filed) if filed else None, "signed": entry.signed, "signed_by": entry.signed_by,
        "items": {str(row.item_id): _item(row) for row in entry.items.all()},
        "rating": code_of(entry) if left else None,
    }  # fmt: skip


def _item(row: EntryItem) -> dict[str, Any]:
    findings = [{"text": one.text, "due": one.due.isoformat() if one.due else None} for one in row.findings.all()]
    return {"result": row.result, "note": row.note, "findings": findings}
