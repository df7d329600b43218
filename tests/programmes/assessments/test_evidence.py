"""Evidence of a visit is at home on its record: the page of an exhibit leads there."""

import io
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from tests.kernel.evidence.photographs import photo
from tests.programmes.assessments import drawn_rounds

from mingjing.kernel.evidence.access import home_of
from mingjing.kernel.evidence.actions import record_exhibit
from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.parties.models import Person
from mingjing.programmes.assessments.actions import visits


@pytest.fixture
def drawn(people: dict[str, Person], at: datetime) -> drawn_rounds.Drawn:
    """A round in fieldwork, the first team at its first community."""
    drawn = drawn_rounds.build(people, at)
    visits.begin_visit(record=drawn.records[0], entered_at=at, by=people["officer"], at=at + timedelta(hours=1))
    return drawn


@pytest.fixture
def exhibit(drawn: drawn_rounds.Drawn, at: datetime) -> Exhibit:
    record = drawn.records[0]
    return record_exhibit(
        file=io.BytesIO(photo()), file_name="a.jpg", subject=record.subject, area=record.round.area, origin="camera",
        access="restricted", by=drawn.people["officer"], at=at,
    )  # fmt: skip


def test_the_page_of_evidence_leads_to_the_record(drawn: drawn_rounds.Drawn, exhibit: Exhibit) -> None:
    record = drawn.records[0]
    title, address = home_of(exhibit.subject) or ("", "")
    assert (title, address) == (record.entry.name, reverse("assessments:visit", args=[record.pk]))
    client = Client(headers={"accept-language": "en"})
    client.force_login(drawn.people["director"], "django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("desk:exhibit", args=[exhibit.pk])).content.decode()
    assert address in page
    assert title in page


@pytest.mark.parametrize(
    "subject", ["assessments.visit:999", "assessments.filing:999/1", "assessments.round:1", "assessments.visit:x"]
)
def test_what_is_not_there_has_no_home(db: None, subject: str) -> None:
    assert home_of(subject) is None
