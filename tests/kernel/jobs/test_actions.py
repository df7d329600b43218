"""Starting failed work again: recorded, and only once."""

from types import SimpleNamespace

import pytest
from tests.kernel.jobs import handlers

from mingjing.engine.outcome import Refusal
from mingjing.kernel.jobs import worker
from mingjing.kernel.jobs.actions import retry_delivery
from mingjing.kernel.jobs.models import Delivery
from mingjing.kernel.ledger import queries
from mingjing.kernel.ledger.verify import verify

pytestmark = pytest.mark.django_db
BY = SimpleNamespace(token="u5Zx0dKJm3w8")


@pytest.fixture
def failed(ask):
    delivery = ask("note")
    Delivery.objects.update(due_at=None, failed_at=worker.timezone.now(), attempts=8, error="ValueError: no")
    return delivery


def test_retry_makes_failed_work_due_and_is_a_fact(failed, at):
    delivery = retry_delivery(delivery=failed, by=BY, at=at)
    assert (delivery.state, delivery.attempts, delivery.error) == ("waiting", 0, "ValueError: no")
    (fact,) = queries.newest(subject=f"jobs.delivery:{failed.pk}")
    assert (fact.kind, fact.by, fact.at) == ("jobs.delivery.retried", BY.token, at)
    assert fact.values == {"reaction": "tested.note", "fact": 1, "attempts": 8}
    assert worker.drain() == 1
    assert handlers.calls == [("note", 1, 1)]
    assert verify().whole


def test_retry_refuses_what_did_not_fail(failed, at):
    retry_delivery(delivery=failed, by=BY, at=at)
    with pytest.raises(Refusal, match="started it again"):
        retry_delivery(delivery=failed, by=BY, at=at)
    assert queries.head().seq == 2
