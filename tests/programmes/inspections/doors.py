"""A few rows of everything an entry needs, made directly: two authorities, their officers, a firm, a coded task."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.faces import district

from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.actions import record_site
from mingjing.kernel.places.models import Area
from mingjing.programmes.inspections.actions import entries
from mingjing.programmes.inspections.models import (
    Authority,
    Certificate,
    Entry,
    Firm,
    Item,
    Listing,
    Plan,
    PlanLine,
    Post,
    Task,
    TaskItem,
    TaskOfficer,
)
from mingjing.programmes.inspections.models.plans import new_code
from mingjing.programmes.inspections.queries.gate import Arrival

CHINA = ZoneInfo("Asia/Shanghai")
LONG_AGO = datetime(2024, 1, 1, 8, tzinfo=CHINA)
FIRST, LAST = date(2024, 1, 1), date(2030, 12, 31)


@dataclass
class Scene:
    """What stands there; `bodies` with two officers each."""

    people: dict[str, Person]
    area: Area
    bodies: list[Authority]
    officers: dict[int, list[Person]]
    items: dict[int, Item]
    firms: list[Firm]

    @property
    def body(self) -> Authority:
        return self.bodies[0]

    @property
    def firm(self) -> Firm:
        return self.firms[0]

    def arrival(self, at: datetime, body: int = 0, firm: int = 0, **more: Any) -> Arrival:
        """Two officers of a body at a firm's door, without a task unless one is given."""
        authority = self.bodies[body]
        told: dict[str, Any] = {"purpose": "case", "trigger": "complaint", "items": [self.items[authority.pk]]}
        return Arrival(
            **{"firm": self.firms[firm], "authority": authority, "officers": self.officers[authority.pk], "at": at,
               **told, **more}
        )  # fmt: skip

    def task(self, day: date, body: int = 0, firm: int = 0, **more: Any) -> Task:
        """A routine task on a filed plan, approved, noticed and coded."""
        authority, target = self.bodies[body], self.firms[firm]
        item, officers = self.items[authority.pk], self.officers[authority.pk]
        plan = Plan.objects.create(
            authority=authority, kind="annual", title="年度计划", first_day=FIRST, last_day=LAST, drafted_at=LONG_AGO,
            approved_at=LONG_AGO, filed_at=LONG_AGO, filing="备1",
        )  # fmt: skip
        PlanLine.objects.create(plan=plan, firm=target, item=item, first_day=FIRST, last_day=LAST)
        numbers = [one.number for one in Certificate.objects.filter(person__in=officers)]
        notice = {"officers": numbers, "items": [item.code], "firm": target.organisation.credit_code, "team": 2}
        told: dict[str, Any] = {
            "plan": plan, "purpose": "routine", "first_day": day, "last_day": day + timedelta(days=6),
            "drafted_at": LONG_AGO, "approved_at": LONG_AGO, "noticed_at": LONG_AGO, "coded_at": LONG_AGO,
            "code": new_code(), "notice": notice, "planned_minutes": 60,
        }  # fmt: skip
        task = Task.objects.create(authority=authority, firm=target, **{**told, **more})
        TaskItem.objects.create(task=task, item=item)
        TaskOfficer.objects.bulk_create(TaskOfficer(task=task, person=one) for one in officers)
        return task

    def enter(self, at: datetime, *, leave: bool = True, body: int = 0, firm: int = 0, **more: Any) -> Entry:
        """An entry that is scanned in at `at`, in an hour out, everything in order."""
        arrival = self.arrival(at, body, firm, **more)
        entry = entries.scan_in(arrival=arrival, reason="举报线索", position={}, by=arrival.officers[0], at=at)
        if leave:
            results = [entries.Result(item=row.item_id, result="pass") for row in entry.items.all()]
            out = at + timedelta(hours=1)
            entries.scan_out(entry=entry, left_at=out, results=results, by=arrival.officers[0], at=out)
            entry.refresh_from_db()
        return entry


def build(bodies: int = 2, firms: int = 1) -> Scene:
    """So many authorities (of food, fire …) and firms of Hetang."""
    people = district.build(LONG_AGO)
    area = Area.objects.get(code="430202")
    made = Scene(people, area, [], {}, {}, [])
    companies = district.companies(bodies + firms, LONG_AGO)
    for number in range(bodies):
        _body(made, number, companies[number])
    for number, company in enumerate(companies[bodies:]):
        site = record_site(name=f"厂区{number}", area=area, by=None, at=LONG_AGO)
        made.firms.append(Firm.objects.create(organisation=company, site=site, area=area, recorded_at=LONG_AGO))
    return made


def _body(made: Scene, number: int, company: Any) -> None:
    fields = ("食品", "消防", "环保")
    body = Authority.objects.create(
        organisation=company, area=made.area, level="district", field=fields[number % 3], recorded_at=LONG_AGO
    )
    Listing.objects.create(authority=body, first_day=FIRST, basis="食品安全法", reference="公告1", recorded_at=LONG_AGO)
    officers = [
        district.staff("officer", f"执法{number}{at}", made.area, LONG_AGO, username=f"law{number}{at}")
        for at in range(2)
    ]
    _certified(body, officers, number)
    made.bodies.append(body)
    made.officers[body.pk] = officers
    made.items[body.pk] = Item.objects.create(
        authority=body, code=f"事项{number}", title=f"事项{number}", first_day=FIRST, recorded_at=LONG_AGO
    )


def _certified(body: Authority, officers: Sequence[Person], number: int) -> None:
    for at, person in enumerate(officers):
        Post.objects.create(authority=body, person=person, first_day=FIRST, recorded_at=LONG_AGO)
        Certificate.objects.create(
            person=person, authority=body, number=f"湘B{number}{at}", first_day=FIRST, last_day=LAST,
            recorded_at=LONG_AGO,
        )  # fmt: skip
