"""Two districts of one city, and people who may act there."""

from datetime import datetime

import pytest

from mingjing.kernel.parties.actions import register_person
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area, Level


def area(code: str, level: Level, parent: Area | None) -> Area:
    """An area named by its code."""
    return Area.objects.create(code=code, name=code, level=level, parent=parent, source="tested", version="1")


@pytest.fixture
def district(db: None) -> Area:
    """Hetang, in its city and province."""
    city = area("4302", Level.CITY, area("43", Level.PROVINCE, None))
    return area("430202", Level.COUNTY, city)


@pytest.fixture
def director(db: None, at: datetime) -> Person:
    """Somebody who records."""
    return register_person(username="director", display_name="李主任", by=None, at=at)
