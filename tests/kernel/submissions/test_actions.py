"""What is handed in is taken once, however often and however many at once press the button."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from tests.faces import district
from tests.races import at_once

from mingjing.engine.outcome import Problem, Reason, Refusal
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.ledger.verify import verify
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.submissions.actions import hand_in
from mingjing.kernel.submissions.models import Submission

TAKEN = Reason("test.taken", "It was taken.")


@pytest.fixture
def people(db: None, at: datetime) -> dict[str, Person]:
    return district.build(at)


@pytest.fixture
def company(people: dict[str, Person], at: datetime) -> Organisation:
    return district.companies(1, at)[0]


@pytest.fixture
def done() -> list[int]:
    """One entry for each time something was really done."""
    return []


@pytest.fixture
def hand(people: dict[str, Person], company: Organisation, done: list[int], at: datetime) -> Callable[..., Submission]:
    def hand_it(key: UUID, **changes: Any) -> Submission:
        def take() -> tuple[Reason, ...]:
            done.append(1)
            return (TAKEN,)

        usual: dict[str, Any] = {
            "kind": "test.statement", "about": "test.thing:1", "title": "陈述申辩", "organisation": company,
            "area": company.area, "take": take, "content": {"text": "张三说"}, "by": people["officer"], "at": at,
        }  # fmt: skip
        return hand_in(key=key, **usual | changes)

    return hand_it


def test_the_same_press_twice_is_one_submission(hand: Callable[..., Submission], done: list[int]) -> None:
    key = uuid4()
    first, second = hand(key), hand(key)
    assert (first.pk, first.number) == (second.pk, second.number)
    assert done == [1]
    fact = Fact.objects.get(kind="submissions.submission.received")
    assert first.number == f"2024-{fact.seq:06d}"
    assert first.told_reasons == (TAKEN,)
    assert "张三" not in str(fact.values)
    assert hand(uuid4()).number != first.number


def test_a_key_is_for_one_thing_of_one_person(hand: Callable[..., Submission], people: dict[str, Person]) -> None:
    key = uuid4()
    hand(key)
    for change in ({"about": "test.thing:2"}, {"kind": "test.other"}, {"by": people["director"]}):
        with pytest.raises(Refusal) as refused:
            hand(key, **change)
        assert [one.code for one in refused.value.problems] == ["submissions.key_used"]


def test_what_is_refused_leaves_nothing_and_may_be_tried_again(hand: Callable[..., Submission]) -> None:
    def refuse() -> tuple[Reason, ...]:
        raise Refusal([Problem("test.no", "No.")])

    key = uuid4()
    with pytest.raises(Refusal):
        hand(key, take=refuse)
    assert not Submission.objects.exists()
    assert hand(key).told_reasons == (TAKEN,)


def test_it_stays_as_it_was(hand: Callable[..., Submission]) -> None:
    hand(uuid4())
    with pytest.raises(IntegrityError), transaction.atomic():
        Submission.objects.update(title="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        Submission.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_three_presses_at_once_are_one_submission(hand: Callable[..., Submission], done: list[int]) -> None:
    key = uuid4()
    results = at_once(*(lambda: hand(key) for _ in range(3)))
    assert len({one.number for one in results if isinstance(one, Submission)}) == 1, results
    assert done == [1]
    assert Submission.objects.count() == 1
    assert verify().whole
