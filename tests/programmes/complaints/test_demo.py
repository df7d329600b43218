"""The demonstration's complaints go the way people go, once, and name nobody."""

from datetime import datetime

from tests.programmes.complaints.conftest import People, communities

from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.programmes.complaints import demo
from mingjing.programmes.complaints.models import Complaint, Edition, Intake


def test_three_quarters_one_published_one_in_check(people: People, area: Area, at: datetime) -> None:
    Person.objects.filter(username__in=("director", "officer", "officer2")).update(is_demo=True)
    communities(area, {f"演示·第{n}小区": 300 + n for n in range(8)}, at)
    said: list[str] = []
    demo.build(said.append)
    demo.build(said.append)
    assert len(said) == 1
    assert sorted(edition.state for edition in Edition.objects.all()) == ["checking", "published"]
    assert {intake.state for intake in Intake.objects.all()} == {"applied"}
    assert Complaint.objects.undecided().count() == demo.LEFT
    assert any(row.cases.get("repeat") for row in Edition.objects.get(published_at=None).rows.all())
    assert "1990000" not in repr(list(Complaint.objects.values_list()))
