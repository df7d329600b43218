"""A process killed in the middle of an action leaves nothing behind: neither its rows nor its fact."""

import pytest
from django.contrib.sessions.models import Session
from django.db import transaction
from tests import children

from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.ledger.verify import verify


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("statements", [1, 3, 4, 6, 99])
def test_a_killed_process_leaves_nothing_half_written(append, at, statements):
    append()

    def act() -> None:
        with children.dying_after(statements), transaction.atomic():
            Session.objects.bulk_create([Session(session_key="half-done", session_data="", expire_date=at)])
            for number in range(2):
                append(data={"n": number})
            children.die()

    children.killed(act)
    assert not Session.objects.filter(session_key="half-done").exists()
    assert append().seq == 2
    assert [fact.seq for fact in Fact.objects.all()] == [1, 2]
    assert verify().whole
