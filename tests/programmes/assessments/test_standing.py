"""Whether somebody is barred: by dates and acts, as was known at an instant, without a trace of what was undone."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjing.programmes.assessments.policy.standing import Bar, Ended, Said, answer, told_as, why, without_trace

START = datetime(2025, 3, 3, 9, tzinfo=UTC)
DAY = timedelta(days=1)
LATE = START + 400 * DAY


def day(number: int) -> date:
    return (START + number * DAY).date()


def said(number: int, until: int | None = None) -> Said:
    return Said(day(number), START + number * DAY, None if until is None else START + until * DAY)


BAR = Bar(
    1, day(10), day(100), decided=START, signed=START + DAY, served=(said(2),), stood=(Said(day(0), START),),
)  # fmt: skip


def codes(bar: Bar, on: int, known: datetime = LATE) -> list[str]:
    return [reason.code.removeprefix("standing.") for reason in why(bar, day(on), known)]


@pytest.mark.parametrize(("on", "barred"), [(9, False), (10, True), (100, True), (101, False)])
def test_it_bars_from_its_first_day_to_its_last(on: int, barred: bool) -> None:
    assert answer([BAR], day(on), LATE).barred is barred


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"signed": None}, "unsigned"),
        ({"served": ()}, "unserved"),
        ({"served": (said(2, until=5),)}, "unserved"),
        ({"served": (said(60),)}, "unserved"),
        ({"stood": ()}, "corrected"),
        ({"stood": (Said(day(0), START, START + 90 * DAY),)}, "corrected"),
        ({"ends": (Ended(day(40), START + 40 * DAY),)}, "released"),
        ({"ends": (Ended(day(40), START + 40 * DAY, how="called_off"),)}, "called_off"),
    ],
)
def test_what_it_lacks_or_what_ended_it_is_said(changes: dict[str, Any], code: str) -> None:
    bar = replace(BAR, **changes)
    assert codes(bar, 50) == [code]
    assert not answer([bar], day(50), LATE).barred


def test_a_release_lifts_it_on_its_day_and_not_before() -> None:
    bar = replace(BAR, ends=(Ended(day(40), START + 40 * DAY),))
    assert [answer([bar], day(on), LATE).barred for on in (39, 40, 41)] == [True, False, False]


def test_what_was_known_then_is_answered_as_it_was_then() -> None:
    corrected = replace(BAR, stood=(Said(day(0), START, START + 90 * DAY),))
    assert answer([corrected], day(50), START + 60 * DAY).barred
    assert not answer([corrected], day(50), START + 90 * DAY).barred
    assert answer([BAR], day(50), START + 60 * DAY) == answer([told_as(BAR, START + 60 * DAY)], day(50), LATE)


SAID = st.builds(
    lambda on, known, until: Said(day(on), START + known * DAY, until and START + until * DAY),
    st.integers(0, 60), st.integers(0, 60), st.one_of(st.none(), st.integers(1, 80)),
)  # fmt: skip
SAIDS = st.lists(SAID, max_size=3).map(tuple)
ENDS = st.lists(
    st.builds(
        lambda one, how: Ended(one.on, one.known, one.until, how), SAID, st.sampled_from(["released", "called_off"])
    ),
    max_size=2,
).map(tuple)
BARS = st.builds(
    lambda first, days, decided, signed, served, stood, ends: Bar(
        1, day(first), day(first + days), START + decided * DAY,
        signed if signed is None else START + signed * DAY, served, stood, ends,
    ),
    st.integers(0, 60), st.integers(0, 60), st.integers(0, 60), st.one_of(st.none(), st.integers(0, 60)), SAIDS, SAIDS,
    ENDS,
)  # fmt: skip


@given(st.lists(BARS, max_size=4), st.integers(0, 130), st.integers(0, 90))
def test_barred_is_having_a_bar_that_nothing_speaks_against(bars: list[Bar], on: int, known: int) -> None:
    then = START + known * DAY
    found = answer(bars, day(on), then)
    assert found.barred == any(not why(bar, day(on), then) for bar in bars) == bool(found.bars)
    for bar in found.bars:
        assert bar.decided <= then
        assert bar.signed is not None
        assert bar.signed <= then
        assert bar.first <= day(on) <= bar.last
        assert any(one.holds(then) for one in bar.stood)


@given(BARS, st.integers(0, 130), st.integers(0, 90), st.integers(0, 40))
def test_later_knowledge_does_not_change_what_was_known(bar: Bar, on: int, known: int, more: int) -> None:
    then = START + known * DAY
    later = replace(bar, ends=(*bar.ends, Ended(day(0), then + DAY + more * DAY)))
    assert answer([bar], day(on), then).barred == answer([later], day(on), then).barred
    assert answer([bar], day(on), then).barred == answer([told_as(bar, then)], day(on), then).barred


@given(st.lists(BARS, max_size=4), BARS, st.integers(0, 130), st.integers(0, 90))
def test_what_was_undone_leaves_no_trace(bars: list[Bar], undone: Bar, on: int, known: int) -> None:
    then = START + known * DAY
    undone = replace(undone, stood=tuple(replace(one, until=one.known) for one in undone.stood))
    assert answer([*bars, undone], day(on), then) == answer(bars, day(on), then)
    assert without_trace([*bars, undone], then) == without_trace(bars, then)
