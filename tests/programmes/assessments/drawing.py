"""A round with communities, supervisors and staff, ready to be drawn: made straight into the tables, for speed.

Not here: how rounds are opened and frozen (their own tests).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from tests.faces import district

from mingjing.engine.drawing import Settings
from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.places.models import Area, Site
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.assessments.actions import draws
from mingjing.programmes.assessments.models import Community, Draw, Entry, Round

DAYS = tuple(date(2024, 9, day) for day in (9, 10, 11))
"""The days of the drawn rounds: the Monday after the instant at which tests act, and two more."""


@dataclass
class Drawn:
    """A round ready to be drawn, its people, and the companies of its communities."""

    round: Round
    people: dict[str, Person]
    supervisors: list[Person]
    staff: list[Person]
    companies: list[Organisation]
    at: datetime

    @property
    def by(self) -> Person:
        return self.people["director"]

    def noon(self, day: date) -> datetime:
        """Noon of a day."""
        return self.at.replace(year=day.year, month=day.month, day=day.day, hour=12)

    def commit(self) -> Draw:
        return draws.commit_draw(round=self.round, by=self.by, at=self.at)

    def draw(self) -> Draw:
        """Committed, revealed and drawn."""
        draw = self.commit()
        draws.reveal_draw(draw=draw, by=self.by, at=self.at + timedelta(minutes=1))
        drain()
        draw.refresh_from_db()
        return draw

    def begin(self) -> None:
        """Fieldwork begins."""
        Round.objects.filter(pk=self.round.pk).update(fieldwork_at=self.at, fieldwork_by=self.by)
        self.round.refresh_from_db()

    def entry(self, number: str) -> Entry:
        return self.round.entries.get(number=number)


def settings(**changes: object) -> Settings:
    """Three days, two teams of three, five communities a day."""
    plan = {"title": "", "days": tuple(day.isoformat() for day in DAYS), "teams": 2, "team_size": 3, "most": 5}
    return Settings(**{**plan, "pair_share": Fraction(1, 2), **changes})  # type: ignore[arg-type]


def build(
    scheme: Version, people: dict[str, Person], at: datetime, *, sites: int = 24, experts: int = 7,
    area: str = "430202", together: Collection[int] = (),
) -> Drawn:  # fmt: skip
    """A frozen round of so many communities in three subdistricts, planned, with supervisors and staff.

    Those of the numbers in `together` are visited together."""
    place = Area.objects.get(code=area)
    companies = district.companies(4, at) if not Organisation.objects.exists() else list(Organisation.objects.all()[:4])
    round = Round.objects.create(
        area=place, code=f"r-{area}", title="2024 Q3", scheme=scheme, first_day=date(2024, 9, 1),
        last_day=date(2024, 9, 30), lead=people["director"], opened_at=at, frozen_at=at, roster_digest="0" * 64,
    )  # fmt: skip
    _communities(round, place, companies, sites, at, together)
    supervisors = [district.staff("supervisor", f"督导{n:02}", place, at, f"s{area}-{n}") for n in range(experts)]
    staff = [district.staff("officer", f"科员{n:02}", place, at, f"o{area}-{n}") for n in range(4)]
    made = Drawn(round, people, supervisors, staff, companies, at)
    for person in supervisors:
        draws.list_expert(round=round, person=person, by=made.by, at=at)
    for number, person in enumerate(staff):
        draws.staff_team(round=round, team=1 + number % 2, person=person, by=made.by, at=at)
    draws.plan_draw(round=round, settings=settings(), by=made.by, at=at)
    round.refresh_from_db()
    return made


def _communities(
    round: Round, area: Area, companies: list[Organisation], count: int, at: datetime, together: Collection[int]
) -> None:
    towns = list(Area.objects.filter(parent=area).order_by("path")[:3])
    for number in range(count):
        town = towns[number % 3]
        where = {"latitude": Decimal("27.80") + number * Decimal("0.001"), "longitude": Decimal("113.10")}
        given = {"given_latitude": where["latitude"], "given_longitude": where["longitude"], "given_datum": "WGS-84"}
        known = {**where, **given} if number % 5 else {}
        site = Site.objects.create(name=f"示例小区{number:02}", area=town, recorded_at=at, **known)
        company = companies[number % len(companies)]
        shared = {"number": f"C{number:03}", "name": site.name, "place": town, "company": company}
        community = Community.objects.create(
            area=area, site=site, company_name=company.name, recorded_at=at, changed_at=at, **shared
        )
        Entry.objects.create(
            round=round, community=community, stratum=town, company_name=company.name, class_code="AB"[number % 2],
            frozen_at=at, group="G1" if number in together else "", **shared,
        )  # fmt: skip
