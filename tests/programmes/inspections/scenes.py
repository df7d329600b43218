"""A district's inspections by the real actions: authorities with officers and items, firms with codes, plans, tasks.

`build` makes as many as are asked for; `planned` and `coded` go the way of people. Not here: entries (doors).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from stdnum.cn import uscc
from tests.faces import district

from mingjing.engine.geo import Position
from mingjing.kernel.parties.actions import record_organisation
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.places.actions import record_site
from mingjing.kernel.places.models import Area
from mingjing.programmes.inspections.actions import authorities, firms, items, plans, tasks
from mingjing.programmes.inspections.models import Authority, Firm, Item, Plan, Task

CHINA = ZoneInfo("Asia/Shanghai")
SINCE = datetime(2024, 1, 1, 8, tzinfo=CHINA)
FIRST, LAST = date(2024, 1, 1), date(2030, 12, 31)
FIELDS = ("食品", "消防", "环保", "劳动", "卫生", "文化")


@dataclass
class Body:
    """An authority with its head, its staff, two officers and its items."""

    authority: Authority
    head: Person
    staff: Person
    officers: list[Person]
    items: list[Item] = field(default_factory=list)


@dataclass
class Scene:
    """What stands there; `people` are those of the district by role."""

    area: Area
    people: dict[str, Person]
    supervisor: Person
    bodies: list[Body]
    firms: list[Firm]

    def planned(self, body: int = 0, firms: Sequence[int] | None = None, **more: Any) -> Plan:
        """A plan of all firms (or those named) for all items of a body, over the whole year, filed and published."""
        own = self.bodies[body]
        year = more.pop("year", 2026)
        first, last = date(year, 1, 1), date(year, 12, 31)
        chosen = [self.firms[at] for at in firms] if firms is not None else self.firms
        told: dict[str, Any] = {"kind": "annual", "title": f"{year}年度检查计划", "first_day": first, "last_day": last}
        lines = [plans.Line(firm, item, first, last) for firm in chosen for item in own.items]
        plan = plans.draft_plan(authority=own.authority, lines=lines, by=own.staff, at=SINCE, **{**told, **more})
        plans.approve_plan(plan=plan, reference="审批〔2026〕1号", by=own.head, at=SINCE)
        plans.file_plan(plan=plan, number="备〔2026〕1号", by=self.supervisor, at=SINCE)
        return plans.publish_plan(plan=plan, url="https://example.invalid/plan", by=self.supervisor, at=SINCE)

    def drafted(self, day: date, body: int = 0, firm: int = 0, **more: Any) -> Task:
        """A draft of a routine task for the week from `day` on."""
        own = self.bodies[body]
        told: dict[str, Any] = {"purpose": "routine", "items": own.items, "officers": own.officers}
        told |= {"first_day": day, "last_day": day + timedelta(days=6), "by": own.staff, "at": SINCE}
        return tasks.draft_task(authority=own.authority, firm=self.firms[firm], **{**told, **more})

    def coded(self, day: date, body: int = 0, firm: int = 0, **more: Any) -> Task:
        """A task that is approved, noticed and coded."""
        task, own = self.drafted(day, body, firm, **more), self.bodies[body]
        tasks.approve_task(task=task, reference="审批1号", by=own.head, at=SINCE)
        tasks.notice_task(task=task, by=own.staff, at=SINCE)
        return tasks.issue_code(task=task, by=own.staff, at=SINCE)


def build(bodies: int = 2, firms: int = 2, items: int = 1, people: dict[str, Person] | None = None) -> Scene:
    """So many authorities, each with so many items, and so many firms of Hetang."""
    known = people or district.build(SINCE)
    area = Area.objects.get(code="430202")
    supervisor = district.staff("enforcement_supervisor", "司法局监督", area, SINCE, username="bureau")
    made = Scene(area, known, supervisor, [], [])
    for number in range(bodies):
        made.bodies.append(_body(made, number, items))
    made.firms += [_firm(made, number) for number in range(firms)]
    return made


def organisation(stem: str, number: int, name: str, area: Area) -> Organisation:
    """An invented organisation with a valid credit code."""
    code = f"{stem}430202MA{number:07d}"
    code += uscc.calc_check_digit(code)
    return record_organisation(credit_code=code, name=name, area=area, by=None, at=SINCE)


def _body(scene: Scene, number: int, count: int) -> Body:
    area, by = scene.area, scene.supervisor
    authority = authorities.register_authority(
        organisation=organisation("11", number, f"示例{FIELDS[number % 6]}监管局{number}", area), area=area,
        level="district", field=FIELDS[number % 6], by=by, at=SINCE,
    )  # fmt: skip
    authorities.list_authority(
        authority=authority, first_day=FIRST, basis="法律授权", reference="公告第1号", by=by, at=SINCE
    )
    made = Body(
        authority, _person("authority_head", f"局长{number}", f"head{number}", authority, scene),
        _person("authority_staff", f"科员{number}", f"staff{number}", authority, scene),
        [_person("inspector", f"执法员{number}{at}", f"insp{number}{at}", authority, scene) for at in range(2)],
    )  # fmt: skip
    for at, person in enumerate(made.officers):
        authorities.issue_certificate(
            authority=authority, person=person, number=f"湘B{number:02d}{at:02d}", first_day=FIRST, last_day=LAST,
            by=by, at=SINCE,
        )  # fmt: skip
    made.items += [
        items.publish_item(
            authority=authority, code=f"{number:02d}-{at:02d}", title=f"{authority.field}事项{at}",
            legal_basis=["《示例法》第1条"], first_day=FIRST, by=by, at=SINCE,
        )
        for at in range(count)
    ]  # fmt: skip
    return made


def _person(role: str, name: str, username: str, authority: Authority, scene: Scene) -> Person:
    person = district.staff(role, name, scene.area, SINCE, username=username)
    authorities.give_post(authority=authority, person=person, first_day=FIRST, by=scene.supervisor, at=SINCE)
    return person


def _firm(scene: Scene, number: int) -> Firm:
    site = record_site(
        name=f"示例厂区{number}", area=scene.area, address=f"示例路{number}号",
        position=Position(27.87 + number / 1000, 113.16), by=None, at=SINCE,
    )  # fmt: skip
    return firms.register_firm(
        organisation=organisation("91", number, f"示例制造有限公司{number}", scene.area), area=scene.area, site=site,
        by=scene.supervisor, at=SINCE,
    )  # fmt: skip
