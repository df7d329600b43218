"""What a plan or a task would lead to, before anybody decides on it: warnings it would take part in (B2 …), B8, A14.

The visits that are on record and those that are planned are judged together, by the rules of the day on which each is
planned for. A fixed number of statements, however many firms a plan names. Not here: raising warnings.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from mingjing.engine.outcome import Reason
from mingjing.kernel.visits.models import Visit as Row
from mingjing.programmes.inspections.models import (
    Authority,
    Entry,
    Exemption,
    Firm,
    Grade,
    Item,
    Plan,
    PlanLine,
    Task,
)
from mingjing.programmes.inspections.models.catalogue import Method
from mingjing.programmes.inspections.models.plans import PlanKind, Purpose
from mingjing.programmes.inspections.policy.conduct import is_blanket
from mingjing.programmes.inspections.policy.judging import judge
from mingjing.programmes.inspections.policy.rules import Pack, Rule
from mingjing.programmes.inspections.policy.visits import Visit
from mingjing.programmes.inspections.policy.warnings import Warning
from mingjing.programmes.inspections.queries.packs import rules_in
from mingjing.programmes.inspections.queries.records import LONGEST, as_visit

__all__ = ["Foreseen", "blanket", "of_plan", "of_task", "spared_of_plan", "spared_of_task"]

PLANNED = "planned"
PURPOSES = {PlanKind.ANNUAL: Purpose.ROUTINE, PlanKind.CAMPAIGN: Purpose.CAMPAIGN, PlanKind.LOT: Purpose.RANDOM}


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A warning that visits as planned would raise at a firm."""

    firm: Firm
    warning: Warning


@dataclass(frozen=True, slots=True)
class _Coming:
    firm: Firm
    authority: Authority
    day: date
    items: tuple[Item, ...]
    purpose: str
    trigger: str = "plan"
    method: str = "on_site"
    ordered: str = "own"
    joint: str = ""


def of_plan(plan: Plan) -> list[Foreseen]:
    """What the lines of a plan would warn of: those of a firm on the same days are one visit. Worst first.

    Firms that were entered on this plan are on record already.
    """
    done = Entry.objects.filter(task__plan=plan, visit__voided_at=None).values("firm")
    rows = plan.lines.exclude(firm__in=done).select_related("firm__organisation", "firm__area", "item")
    grouped: dict[tuple[int, date, date], list[PlanLine]] = {}
    for row in rows.order_by("firm_id", "first_day", "id"):
        grouped.setdefault((row.firm_id, row.first_day, row.last_day), []).append(row)
    coming = [
        _Coming(
            lines[0].firm, plan.authority, lines[0].first_day, tuple(one.item for one in lines),
            PURPOSES[PlanKind(plan.kind)], method=lines[0].item.method, ordered=plan.ordered,
        )
        for lines in grouped.values()
    ]  # fmt: skip
    return _foreseen(coming, plan.authority)


def of_task(task: Task) -> list[Foreseen]:
    """What a task would warn of, beside what is on record."""
    items = tuple(row.item for row in task.taskitem_set.select_related("item"))
    ordered = task.plan.ordered if task.plan else "own"
    trigger = "emergency" if task.emergency else task.trigger
    coming = _Coming(
        task.firm, task.authority, task.first_day, items, task.purpose, trigger, task.method, ordered,
        str(task.joint or ""),
    )  # fmt: skip
    return _foreseen([coming], task.authority)


def blanket(plan: Plan) -> Reason | None:
    """Why a campaign spares nobody (B8), or None: of all firms where the authority inspects."""
    if plan.kind != PlanKind.CAMPAIGN:
        return None
    area = plan.authority.area
    eligible = Firm.objects.filter(area__path__startswith=area.path).count()
    targets = plan.lines.values("firm").distinct().count()
    found = (
        is_blanket(rule, targets=targets, eligible=eligible, day=plan.first_day)
        for rule in rules_in(area).pack.of("blanket")
    )
    return next((reason for reason in found if reason), None)


def spared_of_plan(plan: Plan) -> QuerySet[Exemption]:
    """Exemptions from the routine visits of a plan, on days for which it names the firm."""
    if plan.kind != PlanKind.ANNUAL:
        return Exemption.objects.none()
    lines = plan.lines.filter(
        firm=OuterRef("firm"), first_day__lte=OuterRef("last_day"), last_day__gte=OuterRef("first_day")
    )
    return _spared(plan.authority).filter(Exists(lines))


def spared_of_task(task: Task) -> QuerySet[Exemption]:
    """Exemptions from a routine visit on one of its days."""
    if task.purpose != Purpose.ROUTINE or task.method != Method.ON_SITE:
        return Exemption.objects.none()
    return _spared(task.authority).filter(firm=task.firm, first_day__lte=task.last_day, last_day__gte=task.first_day)


def _spared(authority: Authority) -> QuerySet[Exemption]:
    """Those that bind the authority: from everybody's visits, its own, or those of the body that it acts for."""
    whose = Q(authority=None) | Q(authority=authority)
    if authority.delegated_by_id:
        whose |= Q(authority=authority.delegated_by_id)
    rows = Exemption.objects.filter(whose).select_related("firm__organisation")
    return rows.order_by("firm__organisation__name", "first_day", "pk")


def _foreseen(coming: Sequence[_Coming], authority: Authority) -> list[Foreseen]:
    if not coming:
        return []
    pack = rules_in(authority.area).pack
    firms = {one.firm.pk: one.firm for one in coming}
    first, last = min(one.day for one in coming), max(one.day for one in coming)
    known, grades = _known(firms.values(), first, last), _grades(firms)
    found = []
    for key, firm in firms.items():
        own = [one for one in coming if one.firm.pk == key]
        visits = [_visit(one, grades.get(key, []), number) for number, one in enumerate(own)]
        found += [Foreseen(firm, warning) for warning in _raised(pack, known.get(firm.organisation_id, []), visits)]
    return sorted(found, key=lambda one: (-one.warning.level, one.warning.last, one.firm.pk))


def _raised(pack: Pack, known: Iterable[Visit], planned: Iterable[Visit]) -> list[Warning]:
    every = judge(pack, [*known, *planned])
    return [one for one in every if _of_counts(one.rule) and any(name.startswith(PLANNED) for name in one.records)]


def _of_counts(rule: Rule) -> bool:
    """What a plan can tell: how often. How a visit goes nobody knows yet."""
    return rule.kind == "count"


def _known(firms: Iterable[Firm], first: date, last: date) -> dict[int, list[Visit]]:
    """The standing visits of these firms that can count together with planned ones, by organisation. One statement."""
    named = {one.organisation_id: one.subject for one in firms}
    rows = Row.objects.filter(
        organisation__in=named, entered_at__date__gte=first - LONGEST, entered_at__date__lte=last, voided_at=None
    ).select_related("entry")
    found: dict[int, list[Visit]] = {}
    for row in rows.order_by("entered_at", "pk"):
        if row.organisation_id in named:
            visit = as_visit(row, named[row.organisation_id], grade="")
            found.setdefault(row.organisation_id, []).append(visit)
    return found


def _grades(firms: Iterable[int]) -> dict[int, list[Grade]]:
    found: dict[int, list[Grade]] = {}
    for one in Grade.objects.filter(firm__in=list(firms)).order_by("first_day", "pk"):
        found.setdefault(one.firm_id, []).append(one)
    return found


def _visit(one: _Coming, grades: Sequence[Grade], number: int) -> Visit:
    held = [grade.grade for grade in grades if grade.first_day <= one.day]
    facts = {
        "purpose": one.purpose, "trigger": one.trigger, "method": one.method, "level": one.authority.level,
        "field": one.authority.field, "ordered": one.ordered, "grade": held[-1] if held else "none",
        "open_finding": "no", "clue": "no",
    }  # fmt: skip
    return Visit(
        record=f"{PLANNED} {number}", day=one.day, firm=one.firm.subject, authority=one.authority.subject,
        site=f"places.site:{one.firm.site_id}" if one.firm.site_id else "", joint=one.joint,
        items=tuple(sorted({item.code for item in one.items})), order=2**40 + number, facts=facts,
    )  # fmt: skip
