"""Several facts in one step: the same chain as one after the other, and the database lets no gap through."""

from datetime import datetime

import pytest
from django.db import IntegrityError, connection, transaction

from mingjing.kernel.ledger import verify, writer
from mingjing.kernel.ledger.models import Fact, Head
from mingjing.kernel.ledger.writer import Told


def told(number: int) -> Told:
    return Told(kind="places.site.recorded", subject=f"places.site:{number}", data={"n": number}, area=None)


@pytest.mark.django_db
@pytest.mark.parametrize("lots", [(5,), (1, 1, 1, 1, 1), (2, 3), (4, 1)])
def test_any_split_makes_the_same_chain(at: datetime, lots: tuple[int, ...]) -> None:
    number = 0
    for size in lots:
        with transaction.atomic():
            facts = writer.append_many(facts=[told(number + n) for n in range(size)], by=None, at=at)
        assert [fact.subject for fact in facts] == [f"places.site:{number + n}" for n in range(size)]
        number += size
    assert Head.objects.get().seq == 5
    assert not verify.verify().problems
    digests = list(Fact.objects.order_by("seq").values_list("digest", flat=True))
    assert digests == DIGESTS.setdefault("first", digests)


DIGESTS: dict[str, list[str]] = {}


@pytest.mark.django_db
def test_many_facts_take_three_statements(at: datetime, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    with transaction.atomic(), django_assert_num_queries(3):
        writer.append_many(facts=[told(n) for n in range(40)], by=None, at=at)


@pytest.mark.django_db
def test_the_head_does_not_move_over_a_fact_that_is_not_linked(at: datetime) -> None:
    with transaction.atomic():
        first, second = writer.append_many(facts=[told(1), told(2)], by=None, at=at)
    unlinked = Fact(
        seq=3, kind="x", subject="x:1", data="{}", at=at, digest="0" * 64, previous=second.hash, hash="1" * 64
    )
    gap = Fact(seq=4, kind="x", subject="x:1", data="{}", at=at, digest="0" * 64, previous="2" * 64, hash="3" * 64)
    Fact.objects.bulk_create([unlinked, gap])
    for seq, hash_ in ((4, "3" * 64), (3, "9" * 64), (1, first.hash)):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE ledger_head SET seq = %s, hash = %s", [seq, hash_])
