"""Working days and deadlines: vectors counted by hand, an independent library, and what holds of every calendar."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjing.engine.outcome import Reason
from mingjing.engine.workdays import (
    ONE,
    Calendar,
    Deadline,
    Mark,
    Special,
    add_calendar_days,
    add_working_days,
    deadline,
    is_working,
    working_days_between,
)

ROOT = Path(__file__).resolve().parents[2]
CHINA = timezone(timedelta(hours=8))
VECTORS = json.loads((ROOT / "tests/vectors/workdays.json").read_text("utf-8"))
NOTICES = json.loads((ROOT / "src/mingjing/kernel/calendar/data/notices.json").read_text("utf-8"))
DAYS = st.dates(date(2023, 12, 1), date(2026, 11, 1))
SPECIALS = st.builds(Special, st.sampled_from(Mark), st.sampled_from(["national_day", "spring_festival", "台风"]))
CALENDARS = st.builds(
    Calendar,
    st.dictionaries(st.dates(date(2024, 1, 1), date(2024, 4, 30)), SPECIALS, max_size=60),
    st.frozensets(st.integers(2023, 2027)),
)
NEAR = st.dates(date(2023, 12, 20), date(2024, 5, 10))
COUNTS = st.integers(0, 40)


def shipped() -> Calendar:
    """The notices that ship, without the code that reads them in the kernel."""
    special: dict[date, Special] = {}
    for notice in NOTICES:
        for first, last, why in notice["off"]:
            day = date.fromisoformat(first)
            while day <= date.fromisoformat(last):
                special[day] = Special(Mark.OFF, why)
                day += ONE
        special |= {date.fromisoformat(day): Special(Mark.WORKING, why) for day, why in notice["working"]}
    return Calendar(special, frozenset(notice["year"] for notice in NOTICES))


SHIPPED = shipped()


@pytest.mark.parametrize(
    "one", VECTORS["deadlines"], ids=lambda one: f"{one['start'][:10]} {one['days']} {one['kind']}"
)
def test_deadlines_counted_by_hand(one: dict[str, Any]) -> None:
    found = deadline(SHIPPED, datetime.fromisoformat(one["start"]), one["days"], one["kind"], CHINA)
    assert (found.last_day.isoformat(), found.provisional) == (one["last_day"], one["provisional"])
    assert found.at == datetime.combine(found.last_day + ONE, datetime.min.time(), CHINA)


def test_the_numbers_of_the_notices_are_those_that_ship() -> None:
    shipped_ones = {str(notice["year"]): notice["reference"] for notice in NOTICES}
    assert VECTORS["notices"].items() <= shipped_ones.items()


@given(DAYS)
def test_another_library_agrees_on_every_day(day: date) -> None:
    assert is_working(SHIPPED, day) == chinese_calendar.is_workday(day)


@given(CALENDARS, NEAR, COUNTS, COUNTS)
def test_counting_on_from_a_deadline_is_counting_on(calendar: Calendar, day: date, some: int, more: int) -> None:
    assert add_working_days(calendar, add_working_days(calendar, day, some), more) == add_working_days(
        calendar, day, some + more
    )


@given(CALENDARS, NEAR, COUNTS)
def test_counting_back_gives_the_number_again(calendar: Calendar, day: date, count: int) -> None:
    last = add_working_days(calendar, day, count)
    assert working_days_between(calendar, day, last) == count == -working_days_between(calendar, last, day)
    assert count == 0 or is_working(calendar, last)


@given(CALENDARS, NEAR, NEAR, COUNTS, COUNTS)
def test_who_begins_later_or_has_longer_ends_no_earlier(
    calendar: Calendar, one: date, other: date, some: int, more: int
) -> None:
    early, late, few, many = min(one, other), max(one, other), min(some, more), max(some, more)
    for add in (add_working_days, add_calendar_days):
        assert add(calendar, early, few) <= add(calendar, late, few)
        assert add(calendar, early, few) <= add(calendar, early, many)
    assert few == many or add_working_days(calendar, early, few) < add_working_days(calendar, early, many)


@given(CALENDARS, NEAR, COUNTS)
def test_a_period_in_calendar_days_ends_with_its_last_day_or_the_next_working_day(
    calendar: Calendar, day: date, count: int
) -> None:
    last, plain = add_calendar_days(calendar, day, count), day + count * ONE
    assert last >= plain
    assert is_working(calendar, last)
    assert working_days_between(calendar, plain, last) == (0 if is_working(calendar, plain) else 1)


@given(CALENDARS, NEAR, st.integers(1, 40))
def test_the_steps_account_for_every_day(calendar: Calendar, day: date, count: int) -> None:
    found = ending(calendar, day, count)
    skipped = sum(length(step) for step in found.steps if step.code == "workdays.off")
    assert (found.last_day - day).days == count + skipped
    assert found.steps[0].code == "workdays.start"
    assert found.steps[-1].params == {"day": found.last_day.isoformat()}
    for step in found.steps:
        assert "{" not in step.say()


def ending(calendar: Calendar, day: date, count: int) -> Deadline:
    return deadline(calendar, datetime(day.year, day.month, day.day, 9, tzinfo=CHINA), count, "working", CHINA)


def length(step: Reason) -> int:
    return (date.fromisoformat(step.params["last"]) - date.fromisoformat(step.params["first"])).days + 1


@given(CALENDARS, NEAR, st.integers(1, 40), st.dates(date(2023, 12, 1), date(2024, 9, 1)))
def test_the_digest_is_of_what_the_answer_rests_on_and_of_nothing_else(
    calendar: Calendar, day: date, count: int, changed: date
) -> None:
    before = ending(calendar, day, count)
    other = Calendar({**calendar.special, changed: Special(Mark.CLOSED, "another reason")}, calendar.years)
    after = ending(other, day, count)
    within = day <= changed <= before.last_day
    assert (after.calendar_digest != before.calendar_digest) == within
    assert within or (after.at, after.provisional) == (before.at, before.provisional)


@given(CALENDARS, NEAR, st.integers(1, 40), st.sampled_from(["working", "calendar"]))
def test_an_answer_that_is_not_provisional_is_not_moved_by_a_notice(
    calendar: Calendar, day: date, count: int, kind: Any
) -> None:
    found = deadline(calendar, datetime.combine(day, datetime.min.time(), CHINA), count, kind, CHINA)
    unknown = [
        one for offset in range(1, (found.last_day - day).days + 1) if not calendar.knows(one := day + offset * ONE)
    ]
    assert found.provisional == bool(unknown)


def test_a_minute_late_is_late_and_the_last_second_is_in_time() -> None:
    found = ending(SHIPPED, date(2024, 9, 27), 5)
    assert found.met(datetime(2024, 10, 10, 23, 59, 59, tzinfo=CHINA))
    assert found.met(datetime(2024, 10, 10, 15, 59, 59, 999999, tzinfo=UTC))
    assert not found.met(datetime(2024, 10, 11, 0, 0, tzinfo=CHINA))


def test_a_closure_moves_a_deadline_and_says_so() -> None:
    special = {**SHIPPED.special, date(2024, 9, 12): Special(Mark.CLOSED, "台风“贝碧嘉”")}
    found = ending(Calendar(special, SHIPPED.years), date(2024, 9, 11), 2)
    assert found.last_day == date(2024, 9, 14)
    assert [step.say() for step in found.steps] == [
        "2024-09-11, the day it began, does not count.",
        "2024-09-12 does not count: 台风“贝碧嘉”.",
        "2024-09-14 counts: a make-up working day for Mid-autumn Festival.",
        "It ends on 2024-09-14 at 24:00.",
    ]


@pytest.mark.parametrize(("days", "kind"), [(0, "working"), (-1, "calendar"), (5, "weeks")])
def test_what_is_no_period_is_a_mistake_of_the_program(days: int, kind: Any) -> None:
    with pytest.raises(ValueError, match="no period"):
        deadline(SHIPPED, datetime(2024, 9, 4, tzinfo=CHINA), days, kind, CHINA)
    with pytest.raises(ValueError, match="time zone"):
        deadline(SHIPPED, datetime(2024, 9, 4), 5, "working", CHINA)  # noqa: DTZ001 - on purpose
