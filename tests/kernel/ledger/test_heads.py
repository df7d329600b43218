"""Heads of the ledger that phones carry along: signed by us, and believed only then."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as some

from mingjing.engine.chain import Mark, canonical
from mingjing.kernel import keys
from mingjing.kernel.ledger import writer
from mingjing.kernel.ledger.heads import SignedHead, read_head, signed_head
from mingjing.kernel.ledger.queries import head

pytestmark = pytest.mark.django_db


def test_a_head_says_where_the_ledger_ended(at: datetime, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    with transaction.atomic():
        fact = writer.append(kind="places.site.recorded", subject="places.site:1", data={}, area=None, by=None, at=at)
    with django_assert_num_queries(1):
        document = signed_head(at=at)
    read = read_head(document)
    assert read is not None
    assert (read.mark.seq, read.mark.hash, read.at) == (fact.seq, fact.hash, at)
    with django_assert_num_queries(0):
        assert signed_head(at=at, end=read.mark) == document


def test_a_head_serves_for_a_second_while_the_ledger_ends_as_it_did(at: datetime) -> None:
    end, moved = Mark(7, "a" * 64), Mark(8, "b" * 64)
    first = signed_head(at=at, end=end)
    assert signed_head(at=at + timedelta(milliseconds=999), end=end) == first
    for other, after in ((end, 1000), (end, -1), (moved, 1001)):
        then = at + timedelta(milliseconds=after)
        head = read_head(signed_head(at=then, end=other))
        assert head is not None
        assert (head.mark, head.at) == (other, then)
    first["seq"] = 9
    assert read_head(signed_head(at=at, end=end)) == SignedHead(end, at), "what was handed out is the caller's own"


@pytest.mark.parametrize("field", ["seq", "hash", "at", "key", "signature", "format"])
def test_no_field_may_be_another(at: datetime, field: str) -> None:
    document = signed_head(at=at)
    for other in (None, 7, "x", signed_head(at=at + timedelta(hours=1))[field] + type(document[field])()):
        if other != document[field]:
            assert read_head({**document, field: other}) is None
    assert read_head({name: value for name, value in document.items() if name != field}) is None


def test_what_we_sign_is_a_head_only_if_it_says_so(at: datetime) -> None:
    end = head()
    receipt = {"format": "mingjing.receipt/1", "seq": end.seq, "hash": end.hash, "at": "x", "key": keys.public_key()}
    assert read_head({**receipt, "signature": keys.sign(canonical(receipt))}) is None


@given(some.recursive(
    some.one_of(some.none(), some.booleans(), some.integers(), some.text(), some.floats()),
    lambda inner: some.one_of(some.lists(inner), some.dictionaries(some.text(), inner)), max_leaves=8,
))  # fmt: skip
def test_nothing_else_is_a_head(document: object) -> None:
    assert read_head(document) is None
