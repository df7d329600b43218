"""An instant is hashed as text: the same text on both databases, and no guess about time zones."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjing.kernel.db.fields import InstantField, instant_text

EARLIEST = datetime(1900, 1, 2)  # noqa: DTZ001 - hypothesis adds the zone
instants = st.datetimes(min_value=EARLIEST, timezones=st.sampled_from([UTC, timezone(timedelta(hours=8))]))


@given(instants, instants)
def test_instant_text_keeps_the_instant_and_sorts_by_it(one, other):
    field = InstantField()
    assert field.from_db_value(instant_text(one), None, None) == one
    assert (instant_text(one) < instant_text(other)) == (one < other)
    assert len(instant_text(one)) == 27


def test_instant_text_refuses_naive_time():
    with pytest.raises(ValueError, match="no time zone"):
        instant_text(datetime(2024, 9, 4))  # noqa: DTZ001 - the point of the test


def test_instant_field_migrates_without_its_length():
    assert InstantField().deconstruct()[2:] == ([], {})
