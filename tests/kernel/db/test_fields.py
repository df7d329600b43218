"""An instant is hashed as text: the same text on both databases, and no guess about time zones."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.utils.safestring import mark_safe
from hypothesis import given
from hypothesis import strategies as st

from mingjing.kernel.db.fields import CompactJSON, InstantField, instant_text

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


@given(st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
    max_leaves=8,
))  # fmt: skip
def test_compact_json_says_the_same_in_no_more_room(value):
    text = CompactJSON().encode(value)
    assert json.loads(text) == value
    assert len(text.encode()) <= len(json.dumps(value))


def test_compact_json_takes_texts_that_are_marked_and_nothing_that_is_no_json():
    assert CompactJSON().encode({"note": mark_safe("见照片")}) == '{"note":"见照片"}'
    with pytest.raises(TypeError, match="no JSON"):
        CompactJSON().encode({"area": object()})
