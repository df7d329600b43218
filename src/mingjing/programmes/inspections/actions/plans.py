"""Annual plans, campaigns and random draws: drafted, approved by another, filed by a third, published, withdrawn.

A plan can be changed while it is a draft; later a new one replaces it. Not here: what a plan would lead to
(queries.foresight), drawing (actions.lots).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.parties.models import Person
from mingjing.programmes.inspections.actions.told import check, days, digest, tell
from mingjing.programmes.inspections.models import Authority, Firm, Item, Plan, PlanLine
from mingjing.programmes.inspections.models.plans import Ordered, PlanKind
from mingjing.programmes.inspections.policy.texts import said

__all__ = ["Line", "approve_plan", "draft_plan", "file_plan", "publish_plan", "put_lines", "set_lines", "withdraw_plan"]


@dataclass(frozen=True, slots=True)
class Line:
    """One firm, for one item, within some days."""

    firm: Firm
    item: Item
    first_day: date
    last_day: date


@transaction.atomic
def draft_plan(
    *, authority: Authority, kind: str, title: str, first_day: date, last_day: date, ordered: str = Ordered.OWN,
    need: str = "", replaces: Plan | None = None, lines: Sequence[Line] = (), by: Person | None, at: datetime,
) -> Plan:  # fmt: skip
    """Draft a plan; its lines can be given at once. Raises Refusal; a campaign says why it is needed."""
    title, need = said(title, 200, "title"), need.strip()[:5000]
    check(*days(first_day, last_day), *_kind(authority, kind, need, replaces))
    made = Plan.objects.create(
        authority=authority, kind=kind, title=title, first_day=first_day, last_day=last_day, ordered=ordered,
        need=need, replaces=replaces, drafted_by=by, drafted_at=at,
    )  # fmt: skip
    data = {
        "authority": authority.pk, "kind": kind, "first": first_day, "last": last_day, "ordered": ordered,
        "replaces": replaces.pk if replaces else None, "digest": digest(title, need),
    }  # fmt: skip
    tell("plan.drafted", made.subject, data, authority.area, by, at)
    if lines:
        set_lines(plan=made, lines=lines, by=by, at=at)
    return made


def _kind(authority: Authority, kind: str, need: str, replaces: Plan | None) -> Iterator[Problem]:
    if kind not in PlanKind.values:
        yield Problem("inspections.plan.kind", N_("Choose what kind of plan it is."), {}, "kind")
    if kind == PlanKind.CAMPAIGN and len(need) < 10:
        text = N_("A campaign needs an assessment of why it is needed: write it down, at least ten characters.")
        yield Problem("inspections.plan.need", text, {}, "need")
    if replaces and (replaces.authority_id != authority.pk or replaces.kind != kind):
        text = N_("A plan replaces one of its own authority and kind.")
        yield Problem("inspections.plan.replaces", text, {}, "replaces")


@transaction.atomic
def set_lines(*, plan: Plan, lines: Sequence[Line], by: Person | None, at: datetime) -> int:
    """Put these lines into a draft, instead of those it has; how many. Raises Refusal with every problem."""
    found = _held(plan)
    _state(found, "draft")
    if found.kind == PlanKind.LOT:
        raise Refusal([Problem("inspections.plan.drawn", N_("The firms of a random draw are drawn, not chosen."))])
    found.lines.all().delete()
    count = put_lines(found, lines)
    keys = sorted(f"{one.firm.pk} {one.item.pk} {one.first_day} {one.last_day}" for one in lines)
    tell("plan.lines_set", found.subject, {"lines": count, "digest": digest(*keys)}, found.authority.area, by, at)
    return count


def put_lines(plan: Plan, lines: Sequence[Line]) -> int:
    """Store lines that hold together, in the caller's transaction. Raises Refusal with every problem."""
    check(*(problem for number, line in enumerate(lines, 1) for problem in _of_line(plan, line, f"row {number}")))
    seen = {(one.firm.pk, one.item.pk, one.first_day): one for one in lines}
    PlanLine.objects.bulk_create(
        PlanLine(plan=plan, firm=one.firm, item=one.item, first_day=one.first_day, last_day=one.last_day)
        for one in seen.values()
    )
    return len(seen)


def _of_line(plan: Plan, line: Line, place: str) -> Iterator[Problem]:
    yield from days(line.first_day, line.last_day, place)
    if line.first_day < plan.first_day or line.last_day > plan.last_day:
        text = N_("These days lie outside the plan’s; a plan covers its own days only.")
        yield Problem("inspections.plan.outside", text, {}, place)
    if line.item.authority_id not in (plan.authority_id, plan.authority.delegated_by_id):
        text = N_("The item {code} is not of this authority.")
        yield Problem("inspections.plan.item", text, {"code": line.item.code}, place)
    elif line.item.first_day > line.first_day or (line.item.last_day and line.item.last_day < line.first_day):
        text = N_("The item {code} is not published on these days.")
        yield Problem("inspections.plan.item_days", text, {"code": line.item.code}, place)


@transaction.atomic
def approve_plan(*, plan: Plan, reference: str, by: Person | None, at: datetime) -> Plan:
    """The head approves it: somebody else than who drafted it. Raises Refusal for an empty one."""
    reference = said(reference, 200, "approval")
    found = _held(plan)
    _state(found, "draft")
    if found.kind != PlanKind.LOT and not found.lines.exists():
        raise Refusal([Problem("inspections.plan.empty", N_("The plan names no firm yet; put them in first."))])
    _another(by, found.drafted_by_id, N_("Who drafted a plan does not approve it; ask the head of the authority."))
    found.approved_by, found.approved_at, found.approval = by, at, reference
    found.save(update_fields=["approved_by", "approved_at", "approval"])
    tell("plan.approved", found.subject, {"act": digest(reference)}, found.authority.area, by, at)
    return found


@transaction.atomic
def file_plan(*, plan: Plan, number: str, by: Person | None, at: datetime) -> Plan:
    """The justice bureau files it under a number; the plan that it replaces is withdrawn. Raises Refusal."""
    number = said(number, 100, "filing")
    found = _held(plan)
    _state(found, "approved")
    _another(by, found.approved_by_id, N_("Who approved a plan does not file it; that is for the justice bureau."))
    found.filed_by, found.filed_at, found.filing = by, at, number
    found.save(update_fields=["filed_by", "filed_at", "filing"])
    tell("plan.filed", found.subject, {"number": digest(number)}, found.authority.area, by, at)
    if found.replaces and not found.replaces.withdrawn_at:
        withdraw_plan(plan=found.replaces, reason=f"→ {number}", by=by, at=at)
    return found


@transaction.atomic
def publish_plan(*, plan: Plan, url: str, by: Person | None, at: datetime) -> Plan:
    """Say where everybody can read it. Raises Refusal: not filed, or a draw that has not been made."""
    url = said(url, 300, "published_url")
    found = _held(plan)
    _state(found, "filed")
    if found.kind == PlanKind.LOT and not found.lots.filter(drawn_at__isnull=False).exists():
        raise Refusal([Problem("inspections.plan.not_drawn", N_("Nothing was drawn yet; make the draw first."))])
    found.published_at, found.published_url = at, url
    found.save(update_fields=["published_at", "published_url"])
    tell("plan.published", found.subject, {"url": digest(url)}, found.authority.area, by, at)
    return found


@transaction.atomic
def withdraw_plan(*, plan: Plan, reason: str, by: Person | None, at: datetime) -> Plan:
    """Nothing rests on it from now on; it stays, with the reason. Raises Refusal where it was withdrawn before."""
    reason = said(reason, 300, "reason")
    found = _held(plan)
    if found.withdrawn_at:
        raise Refusal([Problem("inspections.plan.state", N_("This plan was withdrawn already."), {})])
    found.withdrawn_at, found.withdraw_reason = at, reason
    found.save(update_fields=["withdrawn_at", "withdraw_reason"])
    tell("plan.withdrawn", found.subject, {"reason": digest(reason)}, found.authority.area, by, at)
    return found


def _held(plan: Plan) -> Plan:
    rows = Plan.objects.select_for_update(of=("self",)).select_related("authority__area", "replaces")
    return rows.get(pk=plan.pk)


def _state(plan: Plan, wanted: str) -> None:
    if plan.state != wanted:
        text = N_("Somebody went on with this plan in the meantime, or a step is missing before; look at it again.")
        raise Refusal([Problem("inspections.plan.state", text, {})])


def _another(by: Person | None, before: int | None, text: str) -> None:
    if by is not None and by.pk == before:
        raise Refusal([Problem("inspections.plan.two_people", text)])
