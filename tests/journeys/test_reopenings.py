"""The pages of a veto established after the decision, in the browser: both sizes, both languages, no WCAG fault."""

from datetime import datetime, timedelta

import pytest
from tests.faces import district
from tests.journeys.conftest import OpenScreen
from tests.programmes.assessments.contested import decided_and_published
from tests.programmes.assessments.test_reopenings import approved, entry_in, filed, noticed

from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area


@pytest.mark.parametrize(("size", "language"), [("desk", "zh"), ("phone", "en")])
def test_the_pages_of_a_reopened_case_fit_and_can_be_read(
    size: str, language: str, screen: OpenScreen, people: dict[str, Person], at: datetime
) -> None:
    area = Area.objects.get(code="430202")
    staff = people | {name: district.staff("director", name, area, at, username=name) for name in ("bureau", "other")}
    edition = decided_and_published(staff, staff["bureau"], at, 6, 0)
    after = edition.published_at + timedelta(days=3)
    entry = entry_in(edition, "ORDINARY", at)
    one = approved(filed(entry, staff, after), staff, after)
    shown = screen("director", size=size, language=language)
    here = f"/assessments/rounds/{entry.round_id}"
    for path in ("reopenings/", f"reopenings/{one.filing_id}/", f"communities/{entry.number}/"):
        shown.open(f"{here}/{path}")
        assert shown.sees(entry.name)
        shown.check()
    noticed(one, staff, after)
    shown.open(f"{here}/reopenings/{one.filing_id}/")
    shown.check()
