"""A task that officers open at the door, as their phone tells it. Not here: what it asks (actions.at_door)."""

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.parties.guard import may
from mingjing.kernel.parties.models import Person
from mingjing.kernel.sync.values import APPLIED, Command, Outcome, refused
from mingjing.programmes.inspections.actions.at_door import Opening, open_at_door
from mingjing.programmes.inspections.models import Authority, Item
from mingjing.programmes.inspections.queries.codes import firm_of
from mingjing.programmes.inspections.queries.posts import authorities_of

__all__ = ["OPEN", "one_by_itself", "opened"]

OPEN = "inspections.open_task"
MOST = 50
"""Items and officers that one task names at most."""


def opened(key: UUID, command: Command, *, by: Person, at: datetime) -> None:
    """Open the task with this key. It is of the day on which the phone made it. Raises Refusal."""
    payload, day = command.payload, localdate(min(command.made_at, at))
    firm, authority = firm_of(str(payload.get("firm") or "")), _authority(payload.get("authority"), by, day)
    if firm is None:
        text = N_("No firm is behind this code; scan its licence, or type its credit code.")
        raise Refusal([Problem("inspections.firm.unknown", text, {}, "firm")])
    if authority is None or not may(by, "inspections.entry.record", area=firm.area, on=day):
        text = N_("You do not record entries for this authority at this firm.")
        raise Refusal([Problem("inspections.door.authority", text, {}, "authority")])
    items, tokens = (_list(payload.get(name)) for name in ("items", "officers"))
    keys = [one for one in items if type(one) is int and 0 < one < 2**31]
    opening = Opening(
        authority=authority, firm=firm, purpose=str(payload.get("purpose")), trigger=str(payload.get("trigger")),
        officers=list(Person.objects.filter(token__in=[str(one) for one in tokens])),
        items=list(Item.objects.filter(pk__in=keys)), clue=str(payload.get("clue") or ""),
        exception=str(payload.get("exception") or ""), reason=str(payload.get("reason") or ""),
        day=day,
    )  # fmt: skip
    open_at_door(key=key, opening=opening, by=by, at=at)


def _authority(key: object, by: Person, day: date) -> Authority | None:
    if type(key) is not int or key not in authorities_of(by, day):
        return None
    return Authority.objects.select_related("area", "organisation").get(pk=key)


def _list(given: object) -> list[object]:
    return given[:MOST] if isinstance(given, list) else []


def one_by_itself(command: Command, step: Callable[[], None]) -> Outcome:
    """One step by itself: whatever it did before it was refused is undone."""
    try:
        with transaction.atomic():
            step()
    except Refusal as refusal:
        return refused(command, refusal)
    return Outcome(command.id, APPLIED)
