"""What is known of an arrival (Table A), and what the rules of the day say to it, with the warnings it would raise.

A fixed, small number of statements, whatever is stored: see `decide`. Nothing is written here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.timezone import get_default_timezone, localdate

from mingjing.kernel.db.prepared import Prepared
from mingjing.kernel.ledger.memory import newest
from mingjing.kernel.parties.models import Person
from mingjing.programmes.inspections.models import (
    Authority,
    Certificate,
    Entry,
    Exemption,
    Firm,
    Grade,
    Item,
    Listing,
    PlanLine,
    Task,
    TaskItem,
)
from mingjing.programmes.inspections.models.catalogue import holding
from mingjing.programmes.inspections.models.entries import Finding, ItemResult
from mingjing.programmes.inspections.models.plans import PlanKind
from mingjing.programmes.inspections.policy.gate import Admission, admit
from mingjing.programmes.inspections.policy.judging import judge_with
from mingjing.programmes.inspections.policy.visits import Visit
from mingjing.programmes.inspections.policy.warnings import Warning
from mingjing.programmes.inspections.queries.known import Known
from mingjing.programmes.inspections.queries.packs import InForce, pack_of
from mingjing.programmes.inspections.queries.records import coming, load_of

__all__ = ["Arrival", "Decision", "decide", "facts_of", "firm_by_code", "replayed", "task_by_code"]

Facts = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Who stands at whose door, when, for what. With a `task` its authority, purpose, items count and not these.

    `helpers` came beside the officers; `distance` is how far from the registered site they scanned, in metres.
    """

    firm: Firm
    authority: Authority
    officers: Sequence[Person]
    at: datetime
    task: Task | None = None
    purpose: str = ""
    trigger: str = "plan"
    method: str = "on_site"
    items: Sequence[Item] = ()
    helpers: int = 0
    distance: int | None = None
    joint: UUID | None = None

    day: date = field(init=False)
    """The day of the entry, on the clocks of the installation."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "day", self.at.astimezone(get_default_timezone()).date())


@dataclass(frozen=True, slots=True)
class Decision:
    """What the gate says. `facts` and `about` are what it knew, as an entry keeps them; `version` made it.

    `warnings` are those that this entry would take part in.
    """

    admission: Admission
    facts: Facts
    about: Facts
    rules: InForce
    version: int | None
    items: tuple[Item, ...] = ()
    warnings: tuple[Warning, ...] = ()

    @property
    def answers(self) -> list[dict[str, Any]]:
        """The answers, as an entry keeps them."""
        return kept_answers(self.admission)


@dataclass(slots=True)
class _Door:
    """What the statements found."""

    listed: bool
    grade: str
    items: Sequence[Item] = ()
    covered: bool = False
    open: bool = False
    certificates: list[Certificate] = field(default_factory=list)
    exempt: bool = False
    quiet: bool = False


def _door(queryset: Any, day: date, authority: Any, above: Any, firm: Any) -> Any:
    """With what holds that day; `above` is the body that delegated to the authority: spared its visits, spared both."""
    whose = Q(authority=None) | Q(authority=authority) | Q(authority=above)
    grades = Grade.objects.filter(firm=firm, first_day__lte=day).order_by("-first_day")
    return queryset.annotate(
        listed_then=Exists(Listing.objects.filter(holding(day), authority=authority)),
        grade_then=Subquery(grades.values("grade")[:1]),
        exempt_then=Exists(Exemption.objects.filter(whose, holding(day), firm=firm)),
    )


_TASK = Prepared(
    lambda code, day: _door(
        Task.objects.filter(code=code).select_related(
            "firm__organisation", "firm__area", "firm__site", "authority__organisation", "authority__area", "plan"
        ),
        day, OuterRef("authority"), OuterRef("authority__delegated_by"), OuterRef("firm"),
    )
)  # fmt: skip
_FIRM = Prepared(
    lambda firm, authority, above, day: _door(
        Firm.objects.filter(pk=firm).only("pk"), day, authority, above, OuterRef("pk")
    )
)
_NAMED = Prepared(lambda code, authority, above, day: _named(code, authority, above, day))
_NAMED_FOR = Prepared(
    lambda code, authority, above, day, at, items: _asked(
        _named(code, authority, above, day), items, authority, day, at
    )
)


def _named(code: str, authority: int, above: int, day: date) -> Any:
    """The firm with this credit code, and the newest fact there is then."""
    firms = Firm.objects.filter(organisation__credit_code=code).annotate(newest_then=Subquery(newest()))
    return _door(firms, day, authority, above, OuterRef("pk"))


def _asked(firms: Any, items: list[int], authority: int, day: date, at: datetime) -> Any:
    """Firms with whether an item of these is uncovered (see `_plans`), and whether a finding of one is open."""
    named = Item.objects.filter(pk__in=items)
    plans = _plans(OuterRef(OuterRef("pk")), OuterRef("code"), authority, day, at)
    findings = _findings(OuterRef("pk"), at).filter(entry_item__item__code__in=named.values("code"))
    return firms.annotate(uncovered_then=Exists(named.filter(~Exists(plans))), open_then=Exists(findings))


def _plans(firm: Any, code: Any, authority: int, day: date, at: datetime) -> Any:
    """Lines of filed plans and published lots that cover an item at a firm."""
    return PlanLine.objects.filter(
        Q(plan__kind=PlanKind.ANNUAL) | Q(plan__kind=PlanKind.LOT, plan__published_at__lte=at),
        plan__authority=authority, plan__filed_at__lte=at, plan__withdrawn_at=None,
        firm=firm, item__code=code, first_day__lte=day, last_day__gte=day,
    )  # fmt: skip


def _findings(firm: Any, at: datetime) -> Any:
    """The findings that are open at a firm."""
    return Finding.objects.filter(
        Q(settled_at=None) | Q(settled_at__gt=at), recorded_at__lte=at, entry_item__entry__firm=firm,
        entry_item__entry__visit__voided_at=None, entry_item__result=ItemResult.FINDING,
    )  # fmt: skip


def _with_each(queryset: Any, item: str, firm: int, authority: int, day: date, at: datetime) -> Any:
    """Items, each with whether it is covered, and whether a finding of it is open."""
    code = OuterRef(f"{item}code")
    findings = _findings(firm, at).filter(entry_item__item__code=code)
    plans = _plans(firm, code, authority, day, at)
    return queryset.annotate(covered_then=Exists(plans), open_then=Exists(findings))


_TASK_ITEMS = Prepared(
    lambda task, firm, authority, day, at: _with_each(
        TaskItem.objects.filter(task=task).select_related("item"), "item__", firm, authority, day, at
    )
)
_ITEMS = Prepared(
    lambda items, firm, authority, day, at: _with_each(
        Item.objects.filter(pk__in=items).only("pk"), "", firm, authority, day, at
    )
)


def task_by_code(code: str, day: date) -> Task | None:
    """The task whose code was scanned, with all that the gate asks of it that day. One statement."""
    task: Task | None = _TASK.first(code=code, day=day) if code else None
    if task is not None:
        task.__dict__["door_of"] = day
    return task


def firm_by_code(
    code: str, authority: Authority | None, day: date, items: Sequence[Item] = (), at: datetime | None = None
) -> Firm | None:
    """The firm with this credit code, with all that the gate asks of it and of these items then. One statement."""
    own = authority.pk if authority else 0
    asked: dict[str, Any] = {"code": code, "authority": own, "above": _above(authority), "day": day}
    named = sorted({one.pk for one in items})
    firm: Firm | None = _NAMED_FOR.first(**asked, at=at, items=named) if named and at else _NAMED.first(**asked)
    if firm is not None:
        firm.__dict__["door_of"] = (own, day, at if named else None, *named)
    return firm


def decide(arrival: Arrival, *, warn: bool = True, known: Known | None = None) -> Decision:
    """What the rules of that day say to this arrival, and which warnings it would take part in.

    Six statements at most with a task from `task_by_code` (that one included), one more without; with a firm from
    `firm_by_code` and the catalogue `known` one besides. A fact that nobody knows is left out, and the rules say what
    follows.
    """
    known = known or Known()
    door = _looked_up(arrival, known)
    facts, about = _facts(arrival, door), _about(arrival, door)
    rules = known.rules(arrival.firm.area)
    admission = admit(rules.on(arrival.day), facts, day=arrival.day)
    found: tuple[Warning, ...] = ()
    if warn:
        visit: Visit = coming(
            arrival.firm, arrival.authority, facts, about, arrival.at, arrival.day, str(admission.colour)
        )  # fmt: skip
        load = load_of(arrival.firm, until=arrival.at)
        found = tuple(judge_with(rules.pack, load, visit))
    return Decision(admission, facts, about, rules, rules.version_on(arrival.day), tuple(door.items), found)


def facts_of(arrival: Arrival) -> Facts:
    """The facts of Table A. Four statements at most."""
    return _facts(arrival, _looked_up(arrival, Known()))


def _facts(arrival: Arrival, door: _Door) -> Facts:
    task, authority, at = arrival.task, arrival.authority, arrival.at
    plan = task.plan if task else None
    items = door.items
    facts: Facts = {
        "purpose": task.purpose if task else arrival.purpose, "trigger": task.trigger if task else arrival.trigger,
        "method": task.method if task else arrival.method, "level": authority.level, "field": authority.field,
        "grade": door.grade or "none", "listed": _yes(door.listed), "quiet_day": _yes(door.quiet),
        "exempt": _yes(door.exempt), "valid_officers": _valid(door, authority, arrival.day),
        "code": _yes(bool(task and task.code)),
    }  # fmt: skip
    if task and task.emergency:
        facts["trigger"] = "emergency"
    approved = task is not None and _before(task.approved_at, at)
    if plan and facts["purpose"] == "campaign":
        facts |= {"filed": _yes(_before(plan.filed_at, at) and not plan.withdrawn_at), "ordered": plan.ordered}
        approved = approved and _before(plan.approved_at, at)
    elif facts["purpose"] == "campaign":
        facts["filed"] = "no"
    facts |= {"approved": _yes(approved), "clue": _yes(bool(task and task.clue))}
    facts["exception"] = (task.exception if task else "") or "none"
    facts |= {"draw": _yes(bool(plan and plan.kind == PlanKind.LOT))}
    facts |= {"distance": arrival.distance} if arrival.distance is not None else {}
    facts["as_noticed"] = _as_noticed(arrival, door, facts)
    if items:
        owners = {authority.pk, authority.delegated_by_id}
        facts |= {
            "published": _yes(all(_held(one, arrival.day) for one in items)),
            "in_scope": _yes(all(one.authority_id in owners for one in items)),
            "covered": _yes(door.covered), "open_finding": _yes(door.open),
        }  # fmt: skip
    return facts


def replayed(entry: Entry) -> list[dict[str, Any]]:
    """The answers of the gate to what an entry keeps, made again: the same as it keeps."""
    return kept_answers(admit(pack_of(entry.rules), entry.facts, day=localdate(entry.visit.entered_at)))


def kept_answers(admission: Admission) -> list[dict[str, Any]]:
    """Answers as JSON: the code of each rule, its level, and the facts it lacked."""
    return [{"rule": one.rule.code, "level": one.level.code, "unknown": list(one.unknown)} for one in admission.answers]


def _looked_up(arrival: Arrival, known: Known) -> _Door:
    task, firm, authority, day = arrival.task, arrival.firm, arrival.authority, arrival.day
    named = {item.pk: item for item in arrival.items}
    whole = (authority.pk, day, arrival.at if named else None, *sorted(named))
    found: Any = firm if firm.__dict__.get("door_of") == whole else None
    if task is not None:
        found = task if task.__dict__.get("door_of") == day and task.firm_id == firm.pk else None
    if found is None:
        found = _FIRM.first(firm=firm.pk, authority=authority.pk, above=_above(authority), day=day)
    door = _Door(bool(found.listed_then), found.grade_then or "", exempt=bool(found.exempt_then))
    asked: Mapping[str, Any] = {"firm": firm.pk, "authority": authority.pk, "day": day, "at": arrival.at}
    if task is not None:
        rows = _TASK_ITEMS.ask(task=task.pk, **asked)
        door.items = [row.item for row in rows]
        door.covered, door.open = all(row.covered_then for row in rows), any(row.open_then for row in rows)
    elif named and found.__dict__.get("door_of") == whole:
        door.items = sorted(named.values(), key=lambda one: (one.authority_id, one.code, one.first_day))
        door.covered, door.open = not found.uncovered_then, bool(found.open_then)
    elif named:
        rows = _ITEMS.ask(items=sorted(named), **asked)
        door.items = [named[row.pk] for row in rows]
        door.covered, door.open = all(row.covered_then for row in rows), any(row.open_then for row in rows)
    door.certificates = known.certificates(sorted({one.pk for one in arrival.officers}))
    door.quiet = any(one.area.contains(firm.area) and one.protects(firm, day) for one in known.quiet(day))
    return door


def _above(authority: Authority | None) -> int:
    """The body that delegated to an authority, else itself."""
    return (authority.delegated_by_id or authority.pk) if authority else 0


def _valid(door: _Door, authority: Authority, day: date) -> int:
    """How many of the officers hold a certificate that is good for this authority and its field."""
    bodies = {authority.pk, authority.delegated_by_id}
    good = (one for one in door.certificates if one.authority_id in bodies and one.holds(day))
    return len({one.person_id for one in good if not one.scope or authority.field in one.scope})


def _as_noticed(arrival: Arrival, door: _Door, facts: Facts) -> str:
    """Whether all is as the firm was told; no at another firm; unknown where it should have been told."""
    task = arrival.task
    if task is not None and task.firm_id != arrival.firm.pk:
        return "no"
    if task is None or not _before(task.noticed_at, arrival.at):
        told_before = facts["purpose"] in ("routine", "campaign") and facts["trigger"] == "plan"
        return "" if told_before else "none"
    told: Mapping[str, Any] = task.notice
    holders = {one.person_id for one in door.certificates if one.number in told.get("officers", [])}
    first, last = told.get("days") or (task.first_day.isoformat(), task.last_day.isoformat())
    same = (
        told.get("firm", arrival.firm.organisation.credit_code) == arrival.firm.organisation.credit_code
        and {one.pk for one in arrival.officers} <= holders
        and {one.code for one in door.items} <= set(told.get("items", []))
        and first <= arrival.day.isoformat() <= last
    )
    return _yes(same)


def _about(arrival: Arrival, door: _Door) -> Facts:
    task = arrival.task
    about: Facts = {
        "items": sorted({one.code for one in door.items}),
        "officers": sorted(person.token for person in arrival.officers),
        "team": len(arrival.officers) + arrival.helpers,
    }
    if task and task.planned_minutes:
        about["planned_minutes"] = task.planned_minutes
    if task and isinstance(task.notice.get("team"), int):
        about["noticed_team"] = task.notice["team"]
    return about


def _held(item: Item, day: date) -> bool:
    return item.first_day <= day and (item.last_day is None or day <= item.last_day)


def _before(moment: datetime | None, at: datetime) -> bool:
    return moment is not None and moment <= at


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"
