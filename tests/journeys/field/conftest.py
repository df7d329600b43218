"""A team whose day is today, and phones that are bound to its people by codes of the desk."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser
from tests.faces import district
from tests.journeys.field.handset import Phone
from tests.programmes.assessments import drawing
from tests.programmes.assessments.conftest import published

from mingjing.kernel.sync.actions import make_enrolment
from mingjing.programmes.assessments.models import Part, TeamDay, TeamMember, VisitRecord


@pytest.fixture
def team(db: None, at: datetime, settings: Any, tmp_path: Path, request: pytest.FixtureRequest) -> Any:
    """A team whose day is today, still sealed: to the first two communities, or to those of a test's `TOGETHER`."""
    together = getattr(request.module, "TOGETHER", ())
    settings.DATA_DIR = tmp_path
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


@pytest.fixture
def phones(browser: Browser, live_server: Any) -> Iterator[Callable[..., Phone]]:
    made: list[Phone] = []

    def new(person: Any, **more: Any) -> Phone:
        phone = Phone(browser, live_server.url, **more)
        made.append(phone)
        phone.bind(make_enrolment(person=person, by=person, at=timezone.now())[1])
        return phone

    yield new
    for phone in made:
        phone.context.close()
