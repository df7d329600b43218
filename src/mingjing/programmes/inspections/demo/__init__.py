"""The demonstration: invented authorities, officers, items and firms, plans that are filed, tasks around today.

Everything goes by the actions that people use. Entries come with whoever plays the officer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingjing.engine.geo import Position
from mingjing.kernel.parties import demo as house
from mingjing.kernel.parties.actions import grant_role, record_organisation, register_person
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.actions import record_site
from mingjing.kernel.places.models import Area
from mingjing.programmes.inspections.actions import authorities, firms, items, plans, tasks
from mingjing.programmes.inspections.demo.invented import (
    AUTHORITIES,
    FIRM_COUNT,
    INDUSTRIES,
    code,
    firm_name,
    place,
)
from mingjing.programmes.inspections.demo.together import AHEAD, WITHIN, Wish, joint_inspections, shared
from mingjing.programmes.inspections.models import Authority, Firm, Item, Plan

__all__ = ["build"]

SINCE = date(2024, 1, 1)
LOGINS = {
    "justice": ("enforcement_supervisor", "演示·执法监督"), "head": ("authority_head", "演示·局长"),
    "staff": ("authority_staff", "演示·执法科员"), "inspector1": ("inspector", "演示·执法员甲"),
    "inspector2": ("inspector", "演示·执法员乙"),
}  # fmt: skip
"""Who can sign in: the supervisor, and the people of the first authority."""
GRADES = "ABBCCD"


@dataclass
class _Body:
    authority: Authority
    head: Person
    staff: Person
    officers: list[Person]
    items: list[Item]


def build(say: Callable[[str], None]) -> None:
    """Everything the demonstration shows, where it is not there yet."""
    area = Area.objects.filter(code="430202").first()
    if area is None or Authority.objects.exists():
        return
    today = timezone.localdate()
    begun = timezone.make_aware(datetime.combine(date(today.year - 1, 12, 15), time(9)))
    with transaction.atomic():
        bureau = _person("justice", area, begun)
        bodies = [_body(number, area, bureau, begun) for number in range(len(AUTHORITIES))]
        known = [_firm(number, area, bureau, begun) for number in range(FIRM_COUNT)]
        firms.record_quiet_days(
            area=area, first_day=SINCE, month_from=1, month_to=15, above_scale_only=True,
            basis="演示〔2024〕宁静日通知", by=bureau, at=begun,
        )  # fmt: skip
        wishes = []
        for number, body in enumerate(bodies):
            also = [firm for at, firm in enumerate(known) if shared(number, at)]
            more = [firm for firm in also if firm not in known[number::3]]
            plan = _annual(body, known[number::3] + more, today, bureau, begun)
            _tasks(body, plan, today, timezone.now())
            wishes.append(_wish(body, plan, also))
        _campaign(bodies[1], known[:12], today, bureau, begun)
    names = ", ".join(LOGINS)
    said = _("inspections: {bodies} authorities and {firms} firms; logins {names}")
    say(said.format(bodies=len(bodies), firms=len(known), names=names))
    with transaction.atomic():
        say(joint_inspections(wishes, bureau, today, timezone.now()))


def _person(username: str, area: Area, at: datetime, role: str = "", name: str = "") -> Person:
    known = LOGINS.get(username)
    role, name = known or (role, name)
    person = register_person(
        username=username, display_name=name, password=house.PASSWORD if known else None, area=area,
        is_demo=known is not None, by=None, at=at,
    )  # fmt: skip
    grant_role(
        person=person, role=role, area=area, first_day=SINCE, act="演示任命", act_reference="演示〔2024〕2号", by=None,
        at=at,
    )  # fmt: skip
    return person


def _body(number: int, area: Area, bureau: Person, at: datetime) -> _Body:
    name, field, titles = AUTHORITIES[number]
    organisation = record_organisation(credit_code=code(number, body=True), name=name, area=area, by=bureau, at=at)
    authority = authorities.register_authority(
        organisation=organisation, area=area, level="district", field=field, by=bureau, at=at
    )
    authorities.list_authority(
        authority=authority, first_day=SINCE, basis="法律授权（演示）", reference="演示公告第1号", by=bureau, at=at
    )
    mark = "" if number == 0 else f"-{number + 1}"
    head = _person(f"head{mark}", area, at, "authority_head", f"演示·{field}负责人")
    staff = _person(f"staff{mark}", area, at, "authority_staff", f"演示·{field}科员")
    officers = [
        _person(f"inspector{at_ + 1}{mark}", area, at, "inspector", f"演示·{field}执法员{'甲乙'[at_]}")
        for at_ in range(2)
    ]
    for person in (head, staff, *officers):
        authorities.give_post(authority=authority, person=person, first_day=SINCE, by=bureau, at=at)
    for at_, person in enumerate(officers):
        authorities.issue_certificate(
            authority=authority, person=person, number=f"湘演示{number + 1:02d}{at_ + 1:02d}", first_day=SINCE,
            last_day=date(at.year + 4, 12, 31), by=bureau, at=at,
        )  # fmt: skip
    published = [
        _item(authority, f"{number + 1:02d}-{at_ + 1:02d}", title, bureau, at) for at_, title in enumerate(titles)
    ]
    return _Body(authority, head, staff, officers, published)


def _item(authority: Authority, number: str, title: str, bureau: Person, at: datetime) -> Item:
    return items.publish_item(
        authority=authority, code=number, title=title, legal_basis=["《演示条例》第十条"],
        checklist=["资料是否齐全", "现场是否符合要求"], first_day=SINCE, by=bureau, at=at,
    )  # fmt: skip


def _firm(number: int, area: Area, bureau: Person, at: datetime) -> Firm:
    name = firm_name(number)
    organisation = record_organisation(credit_code=code(number), name=name, area=area, by=bureau, at=at)
    site = record_site(
        name=name, area=area, address=f"演示路{number + 1}号", position=Position(*place(number)), by=bureau, at=at
    )
    firm = firms.register_firm(
        organisation=organisation, area=area, site=site, industry=INDUSTRIES[number // 10 % 6],
        above_scale=number % 4 == 0, hazard=number % 15 == 7, by=bureau, at=at,
    )  # fmt: skip
    if number % 7 != 6:
        firms.grade_firm(
            firm=firm, grade=GRADES[number % 6], first_day=date(at.year + 1, 1, 1), basis="年度信用风险评价（演示）",
            by=bureau, at=at,
        )  # fmt: skip
    return firm


def _annual(body: _Body, chosen: list[Firm], today: date, bureau: Person, at: datetime) -> Plan:
    """One item for each firm, within the year and the weeks to come; those of grade A are left alone."""
    year = today.year
    first, last = date(year, 1, 1), max(date(year, 12, 31), today + timedelta(days=AHEAD + WITHIN))
    lines = [
        plans.Line(firm, body.items[number % 5], first, last)
        for number, firm in enumerate(chosen)
        if not firm.grades.filter(grade="A").exists()
    ]
    plan = plans.draft_plan(
        authority=body.authority, kind="annual", title=f"{year}年度涉企检查计划", first_day=first, last_day=last,
        lines=lines, by=body.staff, at=at,
    )  # fmt: skip
    return _filed(plan, body, bureau, at, f"演示备〔{year}〕{body.authority.pk}号")


def _filed(plan: Plan, body: _Body, bureau: Person, at: datetime, number: str) -> Plan:
    plans.approve_plan(plan=plan, reference=f"演示审批〔{at.year}〕{plan.pk}号", by=body.head, at=at)
    plans.file_plan(plan=plan, number=number, by=bureau, at=at)
    return plans.publish_plan(plan=plan, url="https://example.invalid/plans", by=body.staff, at=at)


def _wish(body: _Body, plan: Plan, also: list[Firm]) -> Wish:
    """What it plans for those of its firms that others want to see too, the first item planned for each."""
    planned = {line.firm_id: line for line in plan.lines.select_related("item").order_by("-pk")}
    wanted = [(firm, planned[firm.pk].item) for firm in also if firm.pk in planned]
    return Wish(body.authority, plan, body.head, body.staff, body.officers, wanted)


def _campaign(body: _Body, chosen: list[Firm], today: date, bureau: Person, at: datetime) -> None:
    first, last = today - timedelta(days=10), today + timedelta(days=50)
    lines = [plans.Line(firm, body.items[1], first, last) for firm in chosen]
    plan = plans.draft_plan(
        authority=body.authority, kind="campaign", title="危险作业专项检查", first_day=first, last_day=last,
        need="近期危险作业事故多发，经风险研判需对重点企业开展专项检查。", ordered="above", lines=lines, by=body.staff,
        at=at,
    )  # fmt: skip
    _filed(plan, body, bureau, at, "演示备〔专项〕1号")


def _tasks(body: _Body, plan: Plan, today: date, now: datetime) -> None:
    """Four tasks: two with a code for these days, one approved for next week, one still a draft."""
    planned = [(line.firm, line.item) for line in plan.lines.select_related("firm__organisation", "item")[:4]]
    for number, (firm, item) in enumerate(planned):
        first = min(today + timedelta(days=0 if number < 2 else 7), plan.last_day)
        task = tasks.draft_task(
            authority=body.authority, firm=firm, plan=plan, purpose="routine", items=[item], officers=body.officers,
            first_day=first, last_day=min(first + timedelta(days=6), plan.last_day), planned_minutes=90,
            by=body.staff, at=now,
        )  # fmt: skip
        if number < 3:
            tasks.approve_task(task=task, reference=f"演示检批〔{today.year}〕{number + 1}号", by=body.head, at=now)
        if number < 2:
            tasks.notice_task(task=task, by=body.staff, at=now)
            tasks.issue_code(task=task, by=body.staff, at=now)
