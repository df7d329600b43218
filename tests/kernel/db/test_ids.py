"""Identifiers sort by the time they were made."""

from datetime import UTC, datetime, timedelta

from mingjing.kernel.db.ids import uuid7

START = datetime(2024, 9, 4, 1, 30, tzinfo=UTC)


def test_uuid7_sorts_by_time_whatever_the_chance():
    ids = [uuid7(START + timedelta(milliseconds=n), bytes([255 - n]) * 10) for n in range(200)]
    assert ids == sorted(ids)
    assert {(each.version, each.variant) for each in ids} == {(7, "specified in RFC 4122")}


def test_uuid7_of_now_differs_each_time():
    assert len({uuid7() for _ in range(1000)}) == 1000
