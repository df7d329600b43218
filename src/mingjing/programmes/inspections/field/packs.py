"""What an officer's phone brings along: the tasks of these days, and what the gate needs to answer without a signal.

The facts are those known when the pack was made, the rules those of the task's day; the phone says of when they are.
Six statements, and five for each task (at most `held.MOST`). Not here: what stands of a task now (states), what a task
that is opened at the door asks (doors).
"""

from collections.abc import Sequence
from datetime import datetime, time
from hashlib import sha256
from typing import Any

from django.utils import timezone

from mingjing.kernel.db.fields import instant_text
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import EntryCode
from mingjing.programmes.inspections.field.doors import at_door, item_document, officer_document, place_document
from mingjing.programmes.inspections.field.states import states_of
from mingjing.programmes.inspections.models import Task
from mingjing.programmes.inspections.policy.previews import gate_document
from mingjing.programmes.inspections.queries.gate import Arrival, facts_of
from mingjing.programmes.inspections.queries.held import held_by
from mingjing.programmes.inspections.queries.packs import InForce, rules_in

__all__ = ["pack"]

NINE = time(9)
SCANNED = ("valid_officers", "distance")
"""Facts that the phone finds out at the door."""


def pack(person: Person, now: datetime) -> dict[str, Any]:
    """The manifest's `field_pack`."""
    tasks = held_by(person, timezone.localdate(now))
    codes, stand = _codes(tasks), states_of(tasks)
    rules: dict[str, dict[str, Any]] = {}
    in_force: dict[int, InForce] = {}
    records = []
    for task in tasks:
        at = _when(task, now)
        day, area = timezone.localdate(at), task.firm.area
        known = in_force[area.pk] = in_force.get(area.pk) or rules_in(area)
        name = f"{known.version_on(day) or 'shipped'}/{day.isoformat()}"
        if name not in rules:
            rules[name] = gate_document(known.on(day), day)
        records.append(_record(task, at, codes) | {"rules": name, "state": stand[task.subject]})
    opened = at_door(person, now)
    for one in opened["authorities"]:
        name, document = one.pop("document")
        one["rules"] = name
        rules.setdefault(name, document)
    return {"known_at": instant_text(now), "records": records, "rules": rules, "at_door": opened}


def _when(task: Task, now: datetime) -> datetime:
    """The moment for which the gate is asked: now, or the morning of the task's first day where that is to come."""
    first = timezone.make_aware(datetime.combine(task.first_day, NINE))
    return max(now, first) if task.first_day > timezone.localdate(now) else now


def _record(task: Task, at: datetime, codes: dict[int, str]) -> dict[str, Any]:
    firm, authority, day = task.firm, task.authority, timezone.localdate(at)
    rows = list(task.taskofficer_set.all())
    officers = [row.person for row in rows]
    facts = facts_of(Arrival(firm=firm, authority=authority, officers=officers, at=at, task=task))
    site = firm.site
    return {
        "subject": task.subject, "name": firm.organisation.name, "number": firm.organisation.credit_code,
        "address": site.address if site else "", "site": place_document(site),
        "entry_code": codes.get(firm.site_id or 0), "authority": authority.organisation.name,
        "purpose": task.purpose, "trigger": task.trigger, "emergency": task.emergency, "clue": task.clue,
        "first_day": task.first_day.isoformat(), "last_day": task.last_day.isoformat(), "code": task.code,
        "planned_minutes": task.planned_minutes, "joint": task.joint is not None, "door_reason": task.door_reason,
        "items": [item_document(row.item) for row in task.taskitem_set.all()],
        "officers": [officer_document(person, authority, day) for person in officers],
        "facts": {name: value for name, value in facts.items() if name not in SCANNED},
    }  # fmt: skip


def _codes(tasks: Sequence[Task]) -> dict[int, str]:
    """The digest of the code that hangs at each firm: enough to recognise it without a network, not to copy it."""
    sites = {task.firm.site_id for task in tasks if task.firm.site_id}
    rows = EntryCode.objects.filter(site__in=sites, withdrawn_at=None).values_list("site_id", "code")
    return {site: sha256(code.encode()).hexdigest() for site, code in rows}
