"""The pages of the calendar: a year to read, closures, the notice of a year; and what waits for whom in November."""

from datetime import date, datetime

import pytest
from django.utils import timezone
from tests.faces.conftest import SignedIn

from mingjing.faces.desk.calendar import months
from mingjing.faces.desk.due import waiting
from mingjing.kernel.calendar import calendar_of
from mingjing.kernel.calendar.models import Closure, Notice
from mingjing.kernel.parties.models import Person

CLOSURE = {
    "area": "430202",
    "first_day": "2025-09-24",
    "last_day": "2025-09-25",
    "reason": "台风“桦加沙”，机关停止办公",
}
NOTICE = {
    "year": "2027", "reference": "国办发明电〔2026〕9号", "published_on": "2026-11-30", "new_year": "2027-01-01",
    "spring_festival": "2027-02-05 2027-02-12", "working": "2027-01-30\n2027-02-20",
}  # fmt: skip


def test_a_year_shows_every_day_once_with_its_signs(signed_in: SignedIn) -> None:
    page = signed_in("auditor").get("/calendar/?year=2025").content.decode()
    assert page.count('<time datetime="2025-') == 365
    assert 'title="make-up working day: Spring Festival"' in page
    assert "国办发明电〔2024〕12号" in page
    assert "Record a closure" not in page


def test_the_year_that_is_shown_stands_in_its_field(signed_in: SignedIn) -> None:
    page = signed_in("auditor").get("/calendar/").content.decode()
    assert f'value="{timezone.localdate().year}"' in page


def test_the_working_days_of_a_year_are_counted(db: None) -> None:
    counts = {year: sum(month.working for month in months(calendar_of(None), year)) for year in (2024, 2025, 2026)}
    assert counts == {2024: 251, 2025: 248, 2026: 248}


def test_a_year_that_nobody_has_told_is_provisional(signed_in: SignedIn) -> None:
    assert "provisional" in signed_in("officer").get("/calendar/?year=2031").content.decode()


def test_a_director_closes_the_office_and_takes_it_back(signed_in: SignedIn) -> None:
    client = signed_in("director")
    assert client.post("/calendar/closures/new/", CLOSURE)["Location"] == "/calendar/?year=2025"
    closure = Closure.objects.get()
    page = client.get("/calendar/?year=2025").content.decode()
    assert page.count("office closed: 台风") == 4  # two days, each told to eyes and to ears
    assert client.post(f"/calendar/closures/{closure.pk}/withdrawal/", {"reason": ""}).status_code == 422
    assert client.post(f"/calendar/closures/{closure.pk}/withdrawal/", {"reason": "照常办公"}).status_code == 302
    page = client.get("/calendar/?year=2025").content.decode()
    assert "office closed: 台风" not in page
    assert "照常办公" in page
    assert client.post(f"/calendar/closures/{closure.pk}/withdrawal/", {"reason": "照常办公"}).status_code == 422


def test_the_same_days_again_are_refused_on_the_form(signed_in: SignedIn) -> None:
    client = signed_in("director")
    client.post("/calendar/closures/new/", CLOSURE)
    answer = client.post("/calendar/closures/new/", CLOSURE)
    assert answer.status_code == 422
    assert "recorded as closed already" in answer.content.decode()


def test_an_area_that_is_not_the_readers_cannot_be_closed(signed_in: SignedIn) -> None:
    assert signed_in("director").post("/calendar/closures/new/", CLOSURE | {"area": "43"}).status_code == 422
    assert not Closure.objects.exists()


def test_an_administrator_records_the_notice_of_a_year(signed_in: SignedIn) -> None:
    client = signed_in("administrator")
    assert client.post("/calendar/notices/new/", NOTICE)["Location"] == "/calendar/?year=2027"
    notice = Notice.objects.get(year=2027)
    assert notice.off == [
        ["2027-01-01", "2027-01-01", "new_year"],
        ["2027-02-05", "2027-02-12", "spring_festival"],
    ]
    assert notice.working == [["2027-01-30", "other"], ["2027-02-20", "other"]]


@pytest.mark.parametrize(
    ("field", "typed"),
    [("spring_festival", "5 February"), ("spring_festival", "2027-02-30"), ("working", "2027-02-19"), ("year", "27"),
     ("spring_festival", "2027-02-05 2027-02-06 2027-02-07")],
)  # fmt: skip
def test_what_cannot_be_read_as_days_is_said_at_its_field(field: str, typed: str, signed_in: SignedIn) -> None:
    answer = signed_in("administrator").post("/calendar/notices/new/", NOTICE | {field: typed})
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {field}
    assert not Notice.objects.filter(year=2027).exists()


def test_in_november_the_notice_waits_for_the_administrator(people: dict[str, Person], at: datetime) -> None:
    def titles(role: str, today: date) -> dict[str, bool]:
        return {str(one.title): one.late for one in waiting(people[role], today) if "notices" in one.url}

    with timezone.override("Asia/Shanghai"):
        assert titles("administrator", date(2026, 10, 31)) == {}
        assert list(titles("administrator", date(2026, 11, 1)).values()) == [False]
        assert list(titles("administrator", date(2027, 1, 4)).values()) == [True]
        assert titles("officer", date(2026, 11, 1)) == {}
