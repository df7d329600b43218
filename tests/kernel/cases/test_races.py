"""Two people at one case in the same moment, with real threads and commits: one wins, the other is told."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from tests.races import at_once

from mingjing.engine.outcome import Refusal
from mingjing.kernel.cases.actions import assign_case, cancel_case, claim_case, confirm_case, extend_case, note_on_case
from mingjing.kernel.cases.models import Case, Step
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.ledger.verify import verify
from mingjing.kernel.parties.models import Person

pytestmark = pytest.mark.django_db(transaction=True)


def one_wins(results: list[object]) -> None:
    refused = [result for result in results if isinstance(result, Refusal)]
    assert sum(result is None for result in results) == 1, results
    assert len(refused) == len(results) - 1, results
    for refusal in refused:
        assert refusal.problems[0].code in {"cases.case.out_of_turn", "cases.case.changed"}
    assert verify().whole


@pytest.mark.parametrize("attempt", range(3))
def test_one_confirms_while_another_cancels_and_a_third_hands_it_on(
    opened: Callable[..., Case], people: dict[str, Person], exhibit: Callable[[], UUID], at: datetime, attempt: int
) -> None:
    case, photo = opened(), exhibit()
    claim_case(case=case, note="done", by=people["officer"], at=at)
    read = [Case.objects.get() for _ in range(3)]
    results = at_once(
        lambda: confirm_case(case=read[0], exhibits=[photo], by=people["second"], at=at),
        lambda: cancel_case(case=read[1], note="x", by=people["director"], at=at),
        lambda: assign_case(case=read[2], owner=people["third"], by=people["director"], at=at),
    )
    one_wins(results)
    assert Step.objects.count() == Fact.objects.filter(kind__startswith="cases.").count() == 3


def test_two_extend_it(opened: Callable[..., Case], people: dict[str, Person], at: datetime) -> None:
    case = opened()
    read = [Case.objects.get() for _ in range(2)]
    later = case.due_at + timedelta(days=3)

    def extend(which: int) -> Callable[[], None]:
        return lambda: extend_case(case=read[which], due_at=later, note="x", by=people["director"], at=at)

    one_wins(at_once(extend(0), extend(1)))
    assert Case.objects.get().due_at == later


def test_notes_of_two_are_both_kept_and_numbers_never_clash(
    opened: Callable[..., Case], people: dict[str, Person], at: datetime
) -> None:
    case = opened()

    def note(who: str) -> Callable[[], None]:
        return lambda: note_on_case(case=Case.objects.get(pk=case.pk), note=who, by=people[who], at=at)

    assert at_once(note("officer"), note("second"), note("third")) == [None, None, None]
    assert sorted(case.steps.values_list("number", flat=True)) == [1, 2, 3, 4]
    results = at_once(*[opened] * 4)
    assert sorted(one.serial for one in results if isinstance(one, Case)) == [2, 3, 4, 5]
