"""One at a time under a name, until the transaction ends."""

import threading

import pytest
from django.db import connection, transaction

from mingjing.kernel.db.locks import exclusive


@pytest.mark.django_db(transaction=True)
def test_exclusive_needs_a_transaction():
    with pytest.raises(transaction.TransactionManagementError, match="'round'"):
        exclusive("round")


@pytest.mark.django_db(transaction=True)
def test_exclusive_keeps_others_waiting_until_the_end():
    order, entered = [], threading.Event()

    def second():
        entered.wait(30)
        with transaction.atomic():
            exclusive("round")
            order.append("second")
        connection.close()

    thread = threading.Thread(target=second)
    thread.start()
    with transaction.atomic():
        exclusive("round")
        entered.set()
        thread.join(0.3)
        order.append("first")
    thread.join(30)
    assert order == ["first", "second"]
