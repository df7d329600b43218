"""A team whose day is today, still sealed: what phones of journeys and benchmarks are bound to."""

from collections.abc import Collection
from datetime import datetime

from django.utils import timezone
from tests.faces import district
from tests.programmes.assessments import drawing
from tests.programmes.assessments.conftest import published

from mingjing.programmes.assessments.models import Part, TeamDay, TeamMember, VisitRecord

__all__ = ["team_of_today"]


def team_of_today(at: datetime, together: Collection[int] = ()) -> drawing.Drawn:
    """Two of the staff and two communities, those of the numbers `together` if they are to be begun in one go."""
    people, now = district.build(at), timezone.now()
    scheme = published("hetang-2024", people["director"], at)
    made = drawing.build(scheme, people, at, sites=12 if together else 6, together=together)
    draw = made.commit()
    made.begin()
    day = TeamDay.objects.create(draw=draw, day=timezone.localdate(now), team=1)
    for person in made.staff[:2]:
        TeamMember.objects.create(team_day=day, person=person, part=Part.STAFF, added_at=now)
    for number in together or (0, 1):
        entry = made.round.entries.get(number=f"C{number:03}")
        VisitRecord.objects.create(round=made.round, entry=entry, team_day=day)
    return made
