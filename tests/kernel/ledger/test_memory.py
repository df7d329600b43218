"""What a process remembers is forgotten by the next question after a fact that matters, and by no other."""

from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from mingjing.kernel.ledger import writer
from mingjing.kernel.ledger.memory import Memory
from mingjing.kernel.ledger.models import Fact


def tell(kind: str) -> None:
    with transaction.atomic():
        writer.append(kind=kind, subject="rulebooks.version:1", data={}, area=None, by=None, at=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_a_fact_that_matters_forgets(django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = Memory(lambda kind: kind.startswith("rulebooks."))
    memory.now()["nothing"] = 1
    assert memory.now() == {}, "where no fact is yet, nothing is remembered"
    tell("rulebooks.version.saved")
    memory.now()["known"] = 1
    with django_assert_num_queries(1):
        assert memory.now() == {"known": 1}
    tell("cases.case.noted")
    assert memory.now() == {"known": 1}
    tell("rulebooks.version.saved")
    tell("cases.case.noted")
    assert memory.now() == {}
    memory.now()["again"] = 1
    with transaction.atomic():
        assert memory.now() == {}, "a transaction may see what is undone again"
        memory.now()["undone"] = 1
    assert memory.now() == {"again": 1}
    monkeypatch.setattr("mingjing.kernel.ledger.memory.MOST", 0)
    assert memory.now() == {}
    memory.now()["again"] = 1
    newest = Fact.objects.latest("seq")
    monkeypatch.setattr("mingjing.kernel.ledger.memory.MOST", 9)
    memory._held = type(memory._held)(newest.seq, "0" * 64, {"of another ledger": 1})
    assert memory.now() == {}, "a backup was brought back: the numbers are those of other facts"
    memory._held = type(memory._held)(newest.seq + 5, "0" * 64, {"of a longer ledger": 1})
    assert memory.now() == {}
    memory.now()["again"] = 1
    assert memory.now() == memory.held().kept == {"again": 1}, "a shorter ledger is remembered from the next look on"
    with transaction.atomic():
        assert memory.held().kept == {}
