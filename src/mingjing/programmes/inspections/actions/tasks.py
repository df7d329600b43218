"""The task behind an entry: drafted, approved by another, the firm given notice, its code issued, or cancelled.

An emergency gets its code first and its approval after (A7). Not here: entering (actions.entries), what a visit would
warn of (queries.foresight).
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.parties.models import Person
from mingjing.programmes.inspections.actions.told import check, days, digest, tell
from mingjing.programmes.inspections.models import (
    Authority,
    Certificate,
    Entry,
    Firm,
    Item,
    Plan,
    Post,
    Task,
    TaskItem,
    TaskOfficer,
)
from mingjing.programmes.inspections.models.catalogue import Method, holding
from mingjing.programmes.inspections.models.plans import Purpose, TaskState, Trigger, new_code
from mingjing.programmes.inspections.policy.texts import said

__all__ = ["approve_task", "cancel_task", "draft_task", "issue_code", "notice_task"]

OFFICERS = 2
"""How many certified officers there must be at least (A2 judges it again at the door)."""


@transaction.atomic
def draft_task(
    *, authority: Authority, firm: Firm, purpose: str, items: Sequence[Item], officers: Sequence[Person],
    first_day: date, last_day: date, plan: Plan | None = None, trigger: str = Trigger.PLAN,
    method: str = Method.ON_SITE, planned_minutes: int | None = None, clue: str = "", exception: str = "",
    emergency: bool = False, joint: UUID | None = None, by: Person | None, at: datetime,
) -> Task:  # fmt: skip
    """Draft one visit to one firm: for these published items, by at least two officers. Raises every problem."""
    check(
        *days(first_day, last_day), *_words(purpose, trigger, method), *_items(authority, items, first_day),
        *_people(authority, officers, first_day), *_plan(authority, plan, purpose),
    )  # fmt: skip
    made = Task.objects.create(
        authority=authority, firm=firm, plan=plan, purpose=purpose, trigger=trigger, method=method,
        first_day=first_day, last_day=last_day, planned_minutes=planned_minutes, clue=clue.strip()[:100],
        exception=exception.strip()[:20], emergency=emergency, joint=joint, drafted_by=by, drafted_at=at,
    )  # fmt: skip
    TaskItem.objects.bulk_create(TaskItem(task=made, item=item) for item in items)
    TaskOfficer.objects.bulk_create(TaskOfficer(task=made, person=person) for person in officers)
    data = {
        "authority": authority.pk, "firm": firm.pk, "plan": plan.pk if plan else None, "purpose": purpose,
        "trigger": trigger, "first": first_day, "last": last_day, "items": sorted(item.pk for item in items),
        "officers": sorted(person.token for person in officers), "emergency": int(emergency),
        "joint": str(joint) if joint else None,
    }  # fmt: skip
    tell("task.drafted", made.subject, data, firm.area, by, at)
    return made


def _words(purpose: str, trigger: str, method: str) -> Iterator[Problem]:
    asked = (("purpose", purpose, Purpose), ("trigger", trigger, Trigger), ("method", method, Method))
    for place, value, choices in asked:
        if value not in choices.values:
            yield Problem("inspections.task.word", N_("Choose one of those that are offered."), {}, place)


def _items(authority: Authority, items: Sequence[Item], day: date) -> Iterator[Problem]:
    if not items:
        text = N_("Name at least one published item: nothing off the list may be inspected.")
        yield Problem("inspections.task.items", text, {}, "items")
    for item in items:
        if item.authority_id not in (authority.pk, authority.delegated_by_id):
            text = N_("The item {code} is not of this authority.")
            yield Problem("inspections.plan.item", text, {"code": item.code}, "items")
        elif item.first_day > day or (item.last_day and item.last_day < day):
            text = N_("The item {code} is not published on these days.")
            yield Problem("inspections.plan.item_days", text, {"code": item.code}, "items")


def _people(authority: Authority, officers: Sequence[Person], day: date) -> Iterator[Problem]:
    wanted = {person.pk for person in officers}
    if len(wanted) < OFFICERS:
        text = N_("Send at least {count} officers.")
        yield Problem("inspections.task.officers", text, {"count": OFFICERS}, "officers")
    certified = Certificate.objects.filter(
        holding(day), person__in=wanted, authority__in=[authority.pk, authority.delegated_by_id]
    )
    good = {one.person_id for one in certified if one.holds(day) and (not one.scope or authority.field in one.scope)}
    posted = set(
        Post.objects.filter(holding(day), authority=authority, person__in=wanted).values_list("person", flat=True)
    )
    if wanted - (good & posted):
        text = N_("Each officer needs a post at the authority and a certificate that is valid on the first day.")
        yield Problem("inspections.task.uncertified", text, {}, "officers")


def _plan(authority: Authority, plan: Plan | None, purpose: str) -> Iterator[Problem]:
    if plan is None:
        if purpose == Purpose.CAMPAIGN:
            text = N_("A visit of a campaign names the campaign.")
            yield Problem("inspections.task.campaign", text, {}, "plan")
        return
    if plan.authority_id != authority.pk or plan.withdrawn_at:
        text = N_("This plan is another authority’s, or was withdrawn.")
        yield Problem("inspections.task.plan", text, {}, "plan")


@transaction.atomic
def approve_task(*, task: Task, reference: str, by: Person | None, at: datetime) -> Task:
    """The head approves the visit: somebody else than who drafted it; of an emergency also afterwards."""
    reference = said(reference, 200, "approval")
    found = _held(task)
    if found.approved_at or found.cancelled_at or (found.coded_at and not found.emergency):
        _refuse_state()
    if by is not None and by.pk == found.drafted_by_id:
        text = N_("Who drafted a task does not approve it; ask the head of the authority.")
        raise Refusal([Problem("inspections.task.two_people", text)])
    found.approved_by, found.approved_at, found.approval = by, at, reference
    found.save(update_fields=["approved_by", "approved_at", "approval"])
    tell("task.approved", found.subject, {"act": digest(reference)}, found.firm.area, by, at)
    return found


@transaction.atomic
def notice_task(*, task: Task, by: Person | None, at: datetime) -> Task:
    """The firm is told who comes, when and for what; the door compares (A11). Raises Refusal: not approved."""
    found = _held(task)
    if found.state != TaskState.APPROVED:
        _refuse_state()
    people = found.taskofficer_set.values("person")
    bodies = [found.authority_id, found.authority.delegated_by_id]
    held = Certificate.objects.filter(holding(found.first_day), person__in=people, authority__in=bodies)
    found.notice = {
        "officers": sorted(one.number for one in held if one.holds(found.first_day)),
        "items": sorted(found.taskitem_set.values_list("item__code", flat=True)),
        "firm": found.firm.organisation.credit_code,
        "team": found.taskofficer_set.count(),
        "days": [found.first_day.isoformat(), found.last_day.isoformat()],
    }
    found.noticed_at = at
    found.save(update_fields=["notice", "noticed_at"])
    tell("task.noticed", found.subject, {"team": found.notice["team"]}, found.firm.area, by, at)
    return found


@transaction.atomic
def issue_code(*, task: Task, by: Person | None, at: datetime) -> Task:
    """Issue the code that the officers show: after approval only, unless it is an emergency. Raises Refusal."""
    found = _held(task)
    if found.cancelled_at or found.coded_at:
        _refuse_state()
    if not found.approved_at and not found.emergency:
        text = N_("No code without approval: the head of the authority approves the task first.")
        raise Refusal([Problem("inspections.task.not_approved", text)])
    found.code, found.coded_at = new_code(), at
    found.save(update_fields=["code", "coded_at"])
    tell("task.coded", found.subject, {"code": digest(found.code)}, found.firm.area, by, at)
    return found


@transaction.atomic
def cancel_task(*, task: Task, reason: str, by: Person | None, at: datetime) -> Task:
    """Nobody goes; the code opens nothing any more. Raises Refusal once somebody has entered."""
    reason = said(reason, 300, "reason")
    found = _held(task)
    if found.cancelled_at:
        _refuse_state()
    if Entry.objects.filter(task=found, visit__voided_at=None).exists():
        text = N_("Somebody has entered on this task; what happened stays. Void the entry if it never happened.")
        raise Refusal([Problem("inspections.task.entered", text)])
    found.cancelled_at, found.cancel_reason = at, reason
    found.save(update_fields=["cancelled_at", "cancel_reason"])
    tell("task.cancelled", found.subject, {"reason": digest(reason)}, found.firm.area, by, at)
    return found


def _held(task: Task) -> Task:
    related = ("firm__area", "firm__organisation", "authority")
    return Task.objects.select_for_update(of=("self",)).select_related(*related).get(pk=task.pk)


def _refuse_state() -> None:
    text = N_("Somebody went on with this task in the meantime, or a step is missing before; look at it again.")
    raise Refusal([Problem("inspections.task.state", text)])
