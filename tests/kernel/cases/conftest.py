"""A case in Hetang, and the people around it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from secrets import token_hex
from uuid import UUID

import pytest
from tests.faces import district

from mingjing.kernel.cases.actions import open_case
from mingjing.kernel.cases.models import Case
from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.actions import record_site
from mingjing.kernel.places.models import Area, Site


@pytest.fixture
def people(db: None, at: datetime) -> dict[str, Person]:
    """One person in each role, and two more officers."""
    people = district.build(at)
    area = Area.objects.get(code="430202")
    for name in ("second", "third"):
        people[name] = district.staff("officer", f"科员{name}", area, at, username=name)
    return people


@pytest.fixture
def site(people: dict[str, Person], at: datetime) -> Site:
    area = Area.objects.filter(code__startswith="430202", level=4).first()
    assert area is not None
    return record_site(name="栗树山小区", area=area, by=people["officer"], at=at)


@pytest.fixture
def opened(people: dict[str, Person], site: Site, at: datetime) -> Callable[..., Case]:
    """Opens a case that the officer owns, due in fifteen days, unless told otherwise."""

    def open_it(**changes: object) -> Case:
        usual = {
            "programme": "assessments",
            "kind": "rectification",
            "subject": "assessments.visit:7",
            "title": "消火栓无水",
            "area": site.area,
            "site": site,
            "organisation": None,
            "owner": people["officer"],
            "due_at": at + timedelta(days=15),
            "by": people["director"],
            "at": at,
        }
        return open_case(**usual | changes)

    return open_it


@pytest.fixture
def exhibit(site: Site, at: datetime) -> Callable[[], UUID]:
    """Puts an exhibit on record and gives its id."""

    def put() -> UUID:
        row = Exhibit(
            sha256=token_hex(32),
            size=1,
            media_type="image/jpeg",
            area=site.area,
            subject="cases.case:1",
            origin="upload",
        )
        row.origin, row.recorded_at = "upload", at
        row.save()
        return row.pk

    return put
