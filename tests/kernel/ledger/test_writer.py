"""Appending: joins the caller's transaction, costs three statements, and refuses what no ledger should hold."""

import json
from datetime import datetime
from types import SimpleNamespace

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.kernel.ledger.conftest import KIND, TOKEN

from mingjing.engine import chain
from mingjing.kernel.ledger import queries, writer
from mingjing.kernel.ledger.models import Fact, Head, Subtree
from mingjing.kernel.ledger.verify import verify

pytestmark = pytest.mark.django_db


def test_append_links_each_fact_to_the_one_before(append):
    first, second = append(), append(subject="jobs.delivery:2", by=None)
    assert (first.seq, first.previous) == (1, chain.GENESIS)
    assert (second.seq, second.previous, second.by) == (2, first.hash, "")
    assert queries.head() == (2, second.hash)
    assert verify().whole


def test_append_stores_the_very_text_that_is_hashed(append, at):
    fact = append(data={"b": [1, None, True], "a": "红榜\n\u0000"})
    stored = Fact.objects.get()
    expected = {"at": "2024-09-04T01:30:00.000000Z", "by": TOKEN, "data": {"a": "红榜\n\u0000", "b": [1, None, True]}}
    expected |= {"kind": KIND, "seq": 1, "subject": "jobs.delivery:1"}
    assert json.loads(stored.content) == expected
    assert stored.content == chain.canonical(expected) == fact.content
    assert stored.digest == chain.content_digest(expected)
    assert stored.at == at
    assert stored.values == expected["data"]


def test_a_fact_keeps_the_area_it_belongs_to_beside_the_chain(append):
    content = append().content
    scoped = append(area=Subtree("430000000000"))
    assert b"430000000000" not in scoped.content
    assert scoped.content == content.replace(b'"seq":1', b'"seq":2')
    assert [fact.within for fact in Fact.objects.all()] == [None, Subtree("430000000000")]


def test_append_takes_three_statements(append, django_assert_num_queries):
    with transaction.atomic(), django_assert_num_queries(3):
        writer.append(kind=KIND, subject="jobs.delivery:1", data={}, area=None, by=None, at=datetime.now().astimezone())


def test_append_is_undone_with_the_transaction_it_joined(append):
    append()
    with transaction.atomic():
        append()
        transaction.set_rollback(True)
    assert [fact.seq for fact in Fact.objects.all()] == [1]
    assert append().seq == 2
    assert verify().whole


@pytest.mark.django_db(transaction=True)
def test_append_refuses_to_stand_alone(at):
    with pytest.raises(transaction.TransactionManagementError):
        writer.append(kind=KIND, subject="jobs.delivery:1", data={}, area=None, by=None, at=at)


deep: list = []
for _ in range(10_000):
    deep = [deep]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"kind": "jobs.delivery.imagined"}, "declares the fact kind"),
        ({"subject": "jobs.delivery"}, "rulebooks.version:17"),
        ({"subject": "jobs.delivery:王小明"}, "rulebooks.version:17"),
        ({"subject": "jobs.delivery:" + "1" * 150}, "rulebooks.version:17"),
        ({"by": SimpleNamespace(token="王小明 🙂")}, "token of a person"),
        ({"at": datetime(2024, 9, 4)}, "no time zone"),  # noqa: DTZ001 - the point of the test
        ({"data": [1]}, "is an object"),
        ({"data": {"points": 84.1}}, r"data\.points is a float"),
        ({"area": Subtree("")}, "no path of an area"),
        ({"area": Subtree("43/02")}, "no path of an area"),
        ({"data": {"when": datetime(2024, 9, 4)}}, r"data\.when is a datetime"),  # noqa: DTZ001
        ({"data": {"list": [b"x"]}}, r"data\.list\[0\] is a bytes"),
        ({"data": {"n": 2**53}}, "canonical JSON"),
        ({"data": {1: 2}}, "canonical JSON"),
        ({"data": {"t": "\ud800"}}, "canonical JSON"),
        ({"data": {"deep": deep}}, "canonical JSON"),
        ({"data": {"t": "x" * 70_000}}, "65536 are allowed"),
    ],
)
def test_append_refuses_what_no_fact_may_hold(append, changes, says):
    with pytest.raises(writer.NotRecordable, match=says):
        append(**changes)
    assert not Fact.objects.exists()
    assert Head.objects.get().seq == 0


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=40)
@given(st.dictionaries(st.text(max_size=8), plain, max_size=4))
def test_append_returns_any_plain_data_as_it_was(data):
    at = datetime.now().astimezone()
    with transaction.atomic():
        fact = writer.append(kind=KIND, subject="jobs.delivery:1", data=data, area=None, by=None, at=at)
    stored = Fact.objects.get(seq=fact.seq)
    assert stored.values == data
    assert stored.content == chain.canonical(json.loads(stored.content))
    assert chain.sha256(stored.content).hexdigest() == stored.digest
