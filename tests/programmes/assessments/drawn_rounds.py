"""A drawn round in fieldwork with its teams and records, for tests of what happens on a visit."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils import timezone
from tests.faces import district
from tests.programmes.assessments.conftest import published

from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area, Site
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.assessments.models import Community, Draw, Entry, Part, Round, TeamDay, TeamMember, VisitRecord

__all__ = ["Drawn", "build"]

NAMES = ("桂花花园", "金钩山小区", "美的城", "戴家岭家园", "月桂里", "东都新苑")
MORE = (
    ("officer2", "officer", "周科员"),
    ("officer3", "officer", "吴科员"),
    ("officer4", "officer", "郑科员"),
    ("supervisor", "supervisor", "冯督导"),
    ("supervisor2", "supervisor", "陈督导"),
)
TEAMS = (("officer", "officer2", "supervisor"), ("officer3", "officer4", "supervisor2"))


@dataclass
class Drawn:
    """A round with its people: `records` are of the first team today, `others` of the second, `later` sealed."""

    round: Round
    scheme: Version
    people: dict[str, Person]
    team: TeamDay
    records: list[VisitRecord] = field(default_factory=list)
    others: list[VisitRecord] = field(default_factory=list)
    later: list[VisitRecord] = field(default_factory=list)


def earlier(minutes: int) -> datetime:
    """So many minutes ago, but still today."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return max(timezone.now() - timedelta(minutes=minutes), midnight)


def build(people: dict[str, Person], at: datetime, *, classes: Sequence[str] = ("A", "B"), code: str = "2024") -> Drawn:
    """A round in fieldwork: two teams today, one more day sealed; each with two of the staff and one supervisor."""
    area = Area.objects.get(code="430202")
    scheme = Version.objects.filter(rulebook__code="hetang-2024").first()
    scheme = scheme or published("hetang-2024", people["director"], at - timedelta(days=10))
    round_ = Round.objects.create(
        area=area, code=code, title="2024 年下半年考核", scheme=scheme, first_day=date(2024, 7, 1),
        last_day=date(2026, 12, 31), lead=people["director"], opened_at=at, frozen_at=at, roster_digest="0" * 64,
        fieldwork_at=at,
    )  # fmt: skip
    for name, role, title in MORE:
        if name not in people:
            people[name] = district.staff(role, title, area, at, username=name)
    draw = Draw.objects.create(round=round_, inputs="{}", inputs_digest="0" * 64, committed_at=at)
    today = timezone.localdate(at)
    days = [_day(draw, today, 1, at), _day(draw, today, 2, at), _day(draw, today + timedelta(days=3), 1, None)]
    for day, team in zip(days, (TEAMS[0], TEAMS[1], TEAMS[0]), strict=True):
        for name in team:
            part = Part.EXPERT if name.startswith("supervisor") else Part.STAFF
            TeamMember.objects.create(team_day=day, person=people[name], part=part, added_at=at)
    entries = [_entry(round_, number, NAMES[number % 6], classes[number % len(classes)], at) for number in range(6)]
    records = [
        VisitRecord.objects.create(round=round_, entry=entry, team_day=days[place // 2])
        for place, entry in enumerate(entries)
    ]
    return Drawn(round_, scheme, people, days[0], records[:2], records[2:4], records[4:])


def _day(draw: Draw, day: date, team: int, opened_at: datetime | None) -> TeamDay:
    return TeamDay.objects.create(draw=draw, day=day, team=team, opened_at=opened_at)


def _entry(round_: Round, number: int, name: str, class_code: str, at: datetime) -> Entry:
    place = Area.objects.filter(path__startswith=round_.area.path, level=4).order_by("path")[number % 3]
    shown = f"HT-{round_.code}-{number + 1:03d}"
    site = Site.objects.create(name=name, area=place, recorded_at=at)
    community = Community.objects.create(
        area=round_.area, number=shown, name=name, site=site, place=place, recorded_at=at, changed_at=at
    )
    return Entry.objects.create(
        round=round_, community=community, number=shown, name=name, place=place, stratum=place,
        company_name="示例物业服务有限公司", class_code=class_code, proposed_class=class_code, frozen_at=at,
    )  # fmt: skip
