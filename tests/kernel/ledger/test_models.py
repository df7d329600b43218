"""The ledger's tables refuse, whoever asks: not even raw SQL changes the past or moves the head back."""

import pytest
from django.db import IntegrityError, connection, transaction

from mingjing.kernel.ledger.models import Fact, Head

pytestmark = pytest.mark.django_db


def execute(sql, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_facts_are_never_changed_or_deleted(append):
    fact = append()
    for act in (fact.delete, fact.save, Fact.objects.all().delete, lambda: Fact.objects.update(kind="x")):
        with pytest.raises(IntegrityError, match="ledger_fact is append-only"), transaction.atomic():
            act()
    assert Fact.objects.get() == fact


@pytest.mark.parametrize("seq", [0, 1, 3, -1])
def test_head_moves_one_fact_forward_only(append, seq):
    fact = append()
    with pytest.raises(IntegrityError, match="moves forward"):
        execute("UPDATE ledger_head SET seq = %s", seq)
    with pytest.raises(IntegrityError, match="moves forward"):
        execute("UPDATE ledger_head SET seq = seq + 1")
    assert Head.objects.get().seq == fact.seq


def test_head_moves_onto_the_fact_that_follows_it_only(append):
    fact = append()
    stray = Fact(seq=2, kind="x", subject="x", data="{}", at=fact.at, digest="00", previous="11" * 32, hash="22" * 32)
    stray.save(force_insert=True)
    with pytest.raises(IntegrityError, match="moves forward"):
        Head.objects.update(seq=2, hash=stray.hash)


def test_head_is_one_row_and_stays(append):
    with pytest.raises(IntegrityError, match="never deleted"):
        execute("DELETE FROM ledger_head")
    with pytest.raises(IntegrityError):
        execute("INSERT INTO ledger_head (id, seq, hash) VALUES (2, 0, '')")
