"""A task that officers open at a firm's door, where nobody drafted one before: what for, what about, and why.

It has no approval and no code; what follows is the gate's to say (A6, A7), and an entry on it is one without a code
(C3). The head may approve it afterwards. Not here: tasks drafted beforehand (actions.tasks), entering
(actions.entries).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.parties.models import Person
from mingjing.programmes.inspections.actions.told import check, digest, tell
from mingjing.programmes.inspections.models import Authority, Firm, Item, Post, Task, TaskItem, TaskOfficer
from mingjing.programmes.inspections.models.catalogue import holding
from mingjing.programmes.inspections.models.plans import AT_DOOR, Purpose, Trigger
from mingjing.programmes.inspections.policy.texts import said

__all__ = ["Opening", "open_at_door"]

WITHOUT_ITEMS = (Purpose.SERVICE, Purpose.OBSERVATION)
"""What inspects nothing, and so names no item."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What officers say at the door, and the day on which they do.

    `reason` is why nobody drafted a task; `exception` is claimed on a quiet day.
    """

    authority: Authority
    firm: Firm
    purpose: str
    trigger: str
    officers: Sequence[Person]
    items: Sequence[Item] = ()
    clue: str = ""
    exception: str = ""
    reason: str
    day: date


@transaction.atomic
def open_at_door(*, key: UUID, opening: Opening, by: Person, at: datetime) -> Task:
    """Open the task with the key that the phone made for it; the same again is the same task. Raises every problem."""
    known = Task.objects.filter(pk=key).first()
    if known is not None:
        if known.drafted_by_id == by.pk and known.door_reason:
            return known
        raise Refusal(
            [Problem("inspections.task.unknown", N_("No task of yours is behind this; fetch the pack anew."))]
        )
    reason = said(opening.reason, 500, "reason")
    check(*_unfit(opening, by))
    emergency = opening.trigger == Trigger.EMERGENCY
    made = Task.objects.create(
        id=key, authority=opening.authority, firm=opening.firm, purpose=opening.purpose, trigger=opening.trigger,
        first_day=opening.day, last_day=opening.day, clue=opening.clue.strip()[:100],
        exception=opening.exception.strip()[:20], emergency=emergency, door_reason=reason, drafted_by=by, drafted_at=at,
    )  # fmt: skip
    TaskItem.objects.bulk_create(TaskItem(task=made, item=item) for item in opening.items)
    TaskOfficer.objects.bulk_create(TaskOfficer(task=made, person=person) for person in opening.officers)
    data = {
        "authority": opening.authority.pk, "firm": opening.firm.pk, "purpose": opening.purpose,
        "trigger": opening.trigger, "items": sorted(item.pk for item in opening.items), "emergency": int(emergency),
        "officers": sorted(person.token for person in opening.officers), "reason": digest(reason),
    }  # fmt: skip
    tell("task.opened_at_door", made.subject, data, opening.firm.area, by, at)
    return made


def _unfit(opening: Opening, by: Person) -> Iterator[Problem]:
    authority = opening.authority
    if opening.purpose not in AT_DOOR or opening.trigger not in Trigger.values or opening.trigger == Trigger.PLAN:
        text = N_("What a plan or a campaign is for is not opened at the door; choose another purpose.")
        yield Problem("inspections.door.purpose", text, {}, "purpose")
    if not opening.items and opening.purpose not in WITHOUT_ITEMS:
        text = N_("Name at least one published item: nothing off the list may be inspected.")
        yield Problem("inspections.task.items", text, {}, "items")
    for item in opening.items:
        if item.authority_id not in (authority.pk, authority.delegated_by_id):
            text = N_("The item {code} is not of this authority.")
            yield Problem("inspections.plan.item", text, {"code": item.code}, "items")
    posted = set(Post.objects.filter(holding(opening.day), authority=authority).values_list("person", flat=True))
    if by not in opening.officers or {one.pk for one in opening.officers} - posted:
        text = N_("Whoever opens a task at the door is among its officers, and all of them work for the authority.")
        yield Problem("inspections.door.officers", text, {}, "officers")
