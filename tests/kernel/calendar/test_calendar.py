"""The calendar in the database: what ships, closures by area, notices recorded, deadlines as they were known."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.checks import run_checks
from django.db import IntegrityError, transaction
from tests.kernel.calendar.conftest import area
from tests.races import at_once, failures

from mingjing.engine.outcome import Refusal
from mingjing.kernel.calendar import calendar_of, deadline
from mingjing.kernel.calendar.actions import record_closure, record_notice, withdraw_closure
from mingjing.kernel.calendar.models import Closure, Notice
from mingjing.kernel.calendar.queries import lacking
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area, Level
from tools import notices as tool

OFF_2027 = [
    (date(2026, 12, 31), date(2027, 1, 2), "new_year"),
    (date(2027, 2, 5), date(2027, 2, 12), "spring_festival"),
]
MAKE_UP_2027 = [(date(2027, 1, 30), "spring_festival")]


def closed(where: Area, first: date, by: Person, at: datetime, last: date | None = None) -> Closure:
    return record_closure(area=where, first_day=first, last_day=last or first, reason="台风“贝碧嘉”", by=by, at=at)


def notice_2027(by: Person, at: datetime, **other: object) -> Notice:
    given = {"year": 2027, "reference": "国办发明电〔2026〕9号", "published_on": date(2026, 12, 1)}
    return record_notice(**given | {"off": OFF_2027, "working": MAKE_UP_2027} | other, by=by, at=at)  # type: ignore[arg-type]


def codes(refusal: pytest.ExceptionInfo[Refusal]) -> list[str]:
    return [problem.code for problem in refusal.value.problems]


def test_the_file_that_ships_is_what_the_library_gives() -> None:
    assert tool.FILE.read_text("utf-8") == tool.text()


def test_the_notices_of_five_years_ship(db: None) -> None:
    assert list(Notice.objects.values_list("year", "shipped")) == [(year, True) for year in range(2022, 2027)]
    assert calendar_of(None).years == frozenset(range(2022, 2027))


def test_a_deadline_of_five_working_days_across_national_day(district: Area) -> None:
    found = deadline(district, datetime(2024, 9, 27, 7, tzinfo=UTC), days=5)
    assert (found.last_day, found.at) == (date(2024, 10, 10), datetime(2024, 10, 10, 16, tzinfo=UTC))
    assert not found.provisional


def test_a_closure_counts_in_its_area_and_below_not_beside(district: Area, director: Person, at: datetime) -> None:
    town = area("430202001", Level.TOWN, district)
    beside = area("430203", Level.COUNTY, district.parent)
    closed(district, date(2024, 9, 5), director, at)
    ends = {place: deadline(place, at, days=1).last_day.day for place in (district, town, beside, district.parent)}
    assert ends == {district: 6, town: 6, beside: 5, district.parent: 5}


def test_what_was_told_before_a_closure_can_be_told_again(district: Area, director: Person, at: datetime) -> None:
    before = deadline(district, at, days=3)
    closure = closed(district, date(2024, 9, 5), director, at + timedelta(hours=1))
    during = deadline(district, at, days=3)
    withdraw_closure(closure=closure, reason="没有停办", by=director, at=at + timedelta(hours=2))
    after = deadline(district, at, days=3)
    assert (before.last_day.day, during.last_day.day, after.last_day.day) == (9, 10, 9)
    assert before.calendar_digest == after.calendar_digest != during.calendar_digest
    assert deadline(district, at, days=3, as_of=at) == before
    assert deadline(district, at, days=3, as_of=at + timedelta(minutes=90)) == during
    kinds = [fact.kind for fact in Fact.objects.filter(kind__startswith="calendar.")]
    assert kinds == ["calendar.closure.recorded", "calendar.closure.withdrawn"]


def test_before_a_notice_was_published_its_year_was_not_known(district: Area) -> None:
    start = datetime(2024, 12, 30, 1, tzinfo=UTC)
    told = deadline(district, start, days=5, as_of=datetime(2024, 11, 1, tzinfo=UTC))
    assert (told.provisional, told.last_day) == (True, date(2025, 1, 6))
    assert deadline(district, start, days=5).last_day == date(2025, 1, 7)
    assert not deadline(district, start, days=5).provisional


def test_a_notice_recorded_ends_the_provisional_state(district: Area, director: Person, at: datetime) -> None:
    start = datetime(2026, 12, 29, 1, tzinfo=UTC)
    assert deadline(district, start, days=3).provisional
    notice_2027(director, at)
    found = deadline(district, start, days=3)
    assert (found.provisional, found.last_day) == (False, date(2027, 1, 5))
    corrected = notice_2027(director, at + timedelta(days=1), off=[(date(2027, 1, 1), date(2027, 1, 3), "new_year")])
    assert deadline(district, start, days=3).last_day == date(2027, 1, 4)
    assert deadline(district, start, days=3, as_of=at).last_day == date(2027, 1, 5)
    data = [json.loads(fact.data) for fact in Fact.objects.filter(kind="calendar.notice.recorded")]
    assert [one["replaces"] for one in data] == [None, corrected.pk - 1]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"reference": " "}, "calendar.notice.reference"),
        ({"year": 1027}, "calendar.notice.year"),
        ({"published_on": date(2020, 1, 1)}, "calendar.notice.published"),
        ({"off": []}, "calendar.notice.empty"),
        ({"off": [(date(2027, 2, 12), date(2027, 2, 5), "spring_festival")]}, "calendar.notice.days"),
        ({"off": [(date(2027, 2, 1), date(2028, 2, 5), "spring_festival")]}, "calendar.notice.days"),
        ({"off": [(date(2026, 2, 5), date(2026, 2, 6), "spring_festival")]}, "calendar.notice.days"),
        ({"off": [OFF_2027[1], (date(2027, 2, 12), date(2027, 2, 14), "other")]}, "calendar.notice.twice"),
        ({"working": [(date(2027, 1, 29), "other")]}, "calendar.notice.make_up"),
        ({"working": [(date(2027, 2, 6), "other")]}, "calendar.notice.both"),
        ({"working": [*MAKE_UP_2027, *MAKE_UP_2027]}, "calendar.notice.repeated"),
    ],
)
def test_a_notice_that_cannot_be_is_refused(change: dict, code: str, director: Person, at: datetime) -> None:  # type: ignore[type-arg]
    with pytest.raises(Refusal) as refusal:
        notice_2027(director, at, **change)
    assert code in codes(refusal)
    assert not Notice.objects.filter(shipped=False).exists()


def test_the_same_notice_twice_is_recorded_once(director: Person, at: datetime) -> None:
    notice_2027(director, at)
    with pytest.raises(Refusal) as refusal:
        notice_2027(director, at)
    assert codes(refusal) == ["calendar.notice.same"]


@pytest.mark.parametrize(
    ("first", "last", "reason", "code"),
    [
        (date(2024, 9, 6), date(2024, 9, 5), "台风", "calendar.closure.days"),
        (date(2024, 9, 6), date(2025, 9, 6), "台风", "calendar.closure.days"),
        (date(2024, 9, 6), date(2024, 9, 6), " ", "calendar.closure.reason"),
        (date(2024, 9, 4), date(2024, 9, 5), "台风", "calendar.closure.overlap"),
    ],
)
def test_a_closure_that_cannot_be_is_refused(  # type: ignore[no-untyped-def]
    first: date, last: date, reason: str, code: str, district: Area, director: Person, at: datetime
) -> None:
    closed(district, date(2024, 9, 5), director, at, date(2024, 9, 6))
    first = first if code == "calendar.closure.overlap" else first + timedelta(days=7)
    last = last if code == "calendar.closure.overlap" else last + timedelta(days=7)
    with pytest.raises(Refusal) as refusal:
        record_closure(area=district, first_day=first, last_day=last, reason=reason, by=director, at=at)
    assert codes(refusal) == [code]


def test_a_closure_is_withdrawn_once_and_with_a_reason(district: Area, director: Person, at: datetime) -> None:
    closure = closed(district, date(2024, 9, 5), director, at)
    with pytest.raises(Refusal):
        withdraw_closure(closure=closure, reason=" ", by=director, at=at)
    withdraw_closure(closure=closure, reason="误录", by=director, at=at)
    with pytest.raises(Refusal) as refusal:
        withdraw_closure(closure=closure, reason="误录", by=director, at=at)
    assert codes(refusal) == ["calendar.closure.withdrawn"]
    closed(district, date(2024, 9, 5), director, at)


def test_the_database_keeps_closures_and_notices(district: Area, director: Person, at: datetime) -> None:
    closure = closed(district, date(2024, 9, 5), director, at)
    for write in (
        closure.delete,
        lambda: Closure.objects.update(last_day=date(2024, 9, 9)),
        lambda: Notice.objects.filter(year=2024).update(off=[]),
        Notice.objects.all().delete,
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            write()


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_close_a_day_once(at: datetime) -> None:
    where = area("43", Level.PROVINCE, None)
    results = at_once(*(lambda: closed(where, date(2024, 9, 5), None, at) for _ in range(3)))  # type: ignore[arg-type]
    assert [type(one) for one in failures(results)] == [Refusal, Refusal]
    assert Closure.objects.count() == 1


@pytest.mark.parametrize(
    ("today", "years"),
    [
        (date(2026, 10, 31), ()),
        (date(2026, 11, 1), (2027,)),
        (date(2027, 1, 1), (2027,)),
        (date(2027, 11, 1), (2027, 2028)),
        (date(2025, 12, 31), ()),
    ],
)
def test_each_november_the_next_years_notice_is_asked_for(today: date, years: tuple[int, ...], db: None) -> None:
    assert lacking(today) == years


def test_the_check_of_an_installation_names_the_year(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: date(2026, 11, 2))
    found = [message for message in run_checks(databases=["default"]) if message.id == "mingjing.W003"]
    assert len(found) == 1
    assert "2027" in str(found[0].msg)
    assert not found[0].is_serious()
