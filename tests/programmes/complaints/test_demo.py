"""The demonstration's complaints go the way people go, once, and name nobody."""

from datetime import datetime

from django.utils import timezone
from tests.programmes.complaints.conftest import People, communities

from mingjing.kernel import registry
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area, Site
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
    petitions_and_lawsuits_prove_a_zero_or_not()


def petitions_and_lawsuits_prove_a_zero_or_not() -> None:
    """Of three quarters every record is there and decided on, so that of each community it is known how many."""
    files = Intake.objects.exclude(origin="hotline")
    assert {one.origin for one in files} == {"petition", "lawsuit"}
    first, last = (getattr(files[0], name) for name in ("first_day", "last_day"))
    keys = list(Site.objects.filter(name__startswith="演示").values_list("pk", flat=True))
    for code in ("petitions", "lawsuits"):
        found = registry.answers(registry.known()[f"complaints.{code}"], keys, first, last, timezone.now())
        assert "0" in {answer.text for answer in found.values()} <= {"0", "1"}, code
    assert "1980000" not in repr(list(Complaint.objects.values_list()))
