"""Steps of proceedings: taken only as their rules allow, by people who saw the last one; taken back; told."""

from collections.abc import Callable
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any
from uuid import UUID

import pytest
from tests.races import at_once

from mingjing.engine.outcome import Refusal
from mingjing.engine.process import Clock
from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.proceedings.actions import take_back, take_step
from mingjing.kernel.proceedings.models import Proceeding
from mingjing.kernel.proceedings.queries import stands, stands_of

Opened = Callable[..., Proceeding]


@pytest.fixture
def exhibit(people: dict[str, Person], at: datetime) -> UUID:
    area = Area.objects.get(code="430202")
    row = Exhibit(sha256=token_hex(32), size=1, media_type="image/jpeg", area=area, subject="test.thing:1")
    row.origin, row.recorded_at = "upload", at
    row.save()
    return row.pk


def codes(step: Callable[[], object]) -> list[str]:
    with pytest.raises(Refusal) as refused:
        step()
    return [problem.code for problem in refused.value.problems]


def test_a_notice_gives_five_working_days_and_then_two_decide(
    opened: Opened, people: dict[str, Person], exhibit: UUID, at: datetime
) -> None:
    one = opened()
    by, second, third = people["officer"], people["second"], people["third"]
    refused = codes(lambda: take_step(proceeding=one, step="notice", by=by, at=at))
    assert refused == ["process.needs"]
    take_step(proceeding=one, step="notice", exhibits=[exhibit], by=by, at=at)
    now = stands(one, at).standing
    # Wednesday 4 September 2024: five working days end with Wednesday the 11th.
    assert now.due("notice") == datetime.fromisoformat("2024-09-12T00:00+08:00")
    early = datetime.fromisoformat("2024-09-11T23:59+08:00")
    vote = {"proceeding": one, "step": "decision", "stance": "yes", "note": "事实清楚"}
    assert codes(lambda: take_step(**vote, by=by, at=early)) == ["process.clock_runs"]
    late = early + timedelta(minutes=1)
    assert codes(lambda: take_step(**vote, by=second, at=late)) == ["process.involved"]
    take_step(**vote, by=by, at=late)
    take_step(**vote, by=third, at=late)
    assert stands(one, late).standing.said["decision"] == "yes"
    told = list(Fact.objects.filter(subject=f"proceedings.proceeding:{one.pk}").order_by("seq"))
    assert [fact.kind.rpartition(".")[2] for fact in told] == ["opened", "taken", "taken", "taken"]
    assert "事实清楚" not in str([fact.data for fact in told])


def test_whoever_has_not_read_the_last_step_is_told(
    opened: Opened, people: dict[str, Person], exhibit: UUID, at: datetime
) -> None:
    one = opened()
    stale = Proceeding.objects.get(pk=one.pk)
    take_step(proceeding=one, step="notice", exhibits=[exhibit], by=people["officer"], at=at)
    told = codes(lambda: take_step(proceeding=stale, step="statement", note="x", by=people["officer"], at=at))
    assert told == ["proceedings.step.changed"]


def test_a_step_is_taken_back_once_and_what_rested_on_it_falls(
    opened: Opened, people: dict[str, Person], exhibit: UUID, at: datetime
) -> None:
    one, by = opened(), people["officer"]
    take_step(proceeding=one, step="notice", exhibits=[exhibit], by=by, at=at)
    take_step(proceeding=one, step="statement", note="我公司不认可", by=by, at=at)
    assert codes(lambda: take_back(proceeding=one, number=1, note="", by=by, at=at)) == ["process.needs"]
    take_back(proceeding=one, number=1, note="送达对象有误", by=by, at=at)
    assert codes(lambda: take_back(proceeding=one, number=1, note="x", by=by, at=at)) == ["proceedings.step.none"]
    found = stands(one, at)
    assert (dict(found.standing.done), found.standing.void) == ({}, {1, 2})


@pytest.mark.django_db(transaction=True)
def test_of_two_who_act_at_once_one_is_told_to_read_again(
    opened: Opened, people: dict[str, Person], exhibit: UUID, at: datetime
) -> None:
    one = opened()
    views = [Proceeding.objects.get(pk=one.pk) for _ in range(2)]

    def notice(view: Proceeding) -> str:
        try:
            take_step(proceeding=view, step="notice", exhibits=[exhibit], by=people["officer"], at=at)
        except Refusal as refusal:
            return refusal.problems[0].code
        return "taken"

    ended = at_once(*(lambda view=view: notice(view) for view in views))
    assert sorted(ended) == ["proceedings.step.changed", "taken"]
    assert one.steps.count() == 1


def test_statements_do_not_grow_with_proceedings(
    opened: Opened, people: dict[str, Person], exhibit: UUID, at: datetime, django_assert_num_queries: Any
) -> None:  # fmt: skip
    made = []
    for number in range(6):
        made.append(opened(subject=f"test.thing:{number}"))
        take_step(proceeding=made[-1], step="notice", exhibits=[exhibit], by=people["officer"], at=at)
    with django_assert_num_queries(3):  # the steps, and the days of the area once
        found = stands_of(made, at + timedelta(days=30))
        assert all(stands.standing.open and stands.standing.due("notice") for stands in found.values())


def test_a_proceeding_without_its_clock_is_not_opened(opened: Opened) -> None:
    with pytest.raises(KeyError):
        opened(clocks={})
    assert opened(clocks={"notice": Clock(2, "calendar")}).told_clocks == {"notice": Clock(2, "calendar")}
