"""A register of invented communities and rounds of it, made by the real actions: what tests of rounds stand on."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import cycle

from django.utils import timezone

from mingjing.kernel.db.search import search_words
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.places.models import Area, Level, Site
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.assessments.actions import rounds as actions
from mingjing.programmes.assessments.models import (
    Community,
    Draw,
    Engagement,
    Entry,
    Part,
    Purpose,
    Round,
    TeamDay,
    TeamMember,
    TeamStaff,
    VisitRecord,
)

FIRST, LAST = date(2024, 7, 1), date(2024, 12, 31)
KINDS = (("1998", "0.4", "0.4"), ("2015", "1.2", "1.2"), ("2015", "0.6", "0.6"), ("2018", "0.8", "1.4"), ("", "", ""))
"""Class A, class B, borderline, a range that divides, and one nothing is known of: year, lowest and highest fee."""
CLEAR = KINDS[:2]


def register(count: int, at: datetime, kinds: Sequence[tuple[str, str, str]] = CLEAR, start: int = 1) -> None:
    """`count` communities of Hetang, spread over its neighbourhoods, of the kinds in turn."""
    area = Area.objects.get(code="430202")
    places = cycle(Area.objects.under(area).filter(level=Level.NEIGHBOURHOOD))
    company = Organisation.objects.first()
    for number, place, (year, low, high) in zip(range(start, start + count), places, cycle(kinds), strict=False):
        name = f"示例小区{number:04d}"
        site = Site.objects.create(name=name, area=place, recorded_at=at)
        made = Community.objects.create(
            area=area, number=f"HT-{number:04d}", name=name, words=search_words(name, f"HT-{number:04d}"), site=site,
            place=place, company=company, company_name="示例物业服务有限公司",
            completed_year=int(year) if year else None, fee_low=Decimal(low) if low else None,
            fee_high=Decimal(high) if high else None, recorded_at=at, changed_at=at,
        )  # fmt: skip
        Engagement.objects.create(
            community=made, company=company, company_name=made.company_name, first_day=date(2022, 1, 1), recorded_at=at
        )


def opened(scheme: Version, lead: Person, at: datetime, code: str = "2024-1") -> Round:
    return actions.open_round(
        area=Area.objects.get(code="430202"), code=code, title="2024年第一轮考核", scheme=scheme, first_day=FIRST,
        last_day=LAST, lead=lead, by=lead, at=at,
    )  # fmt: skip


def drawn(round_: Round, people: Sequence[Person], at: datetime, *, teams: int = 2, days: int = 3) -> Draw:
    """What a draw leaves behind, every entry with a record: on `days` days from yesterday on, two people to a team."""
    draw = Draw.objects.create(
        round=round_, inputs="{}", inputs_digest="0" * 64, committed_at=at, revealed_at=at, drawn_at=at, document="{}",
        document_digest="0" * 64,
    )  # fmt: skip
    for team in range(teams):
        pair = people[2 * team : 2 * team + 2]
        TeamStaff.objects.bulk_create(
            TeamStaff(round=round_, team=team + 1, person=person, assigned_at=at) for person in pair
        )
    team_days = [
        TeamDay.objects.create(draw=draw, day=timezone.localdate(at) + timedelta(days=day - 1), team=team + 1)
        for day in range(days)
        for team in range(teams)
    ]
    for team_day in team_days:
        pair = people[2 * team_day.team - 2 : 2 * team_day.team]
        TeamMember.objects.bulk_create(
            TeamMember(team_day=team_day, person=person, part=Part.STAFF, added_at=at) for person in pair
        )
    VisitRecord.objects.bulk_create(
        VisitRecord(round=round_, entry=entry, team_day=team_day, purpose=Purpose.FIRST)
        for entry, team_day in zip(Entry.objects.filter(round=round_), cycle(team_days), strict=False)
    )
    return draw
