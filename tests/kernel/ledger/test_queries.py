"""Reading the ledger: pages for people, and proofs for those who are not here."""

import pytest
from tests.kernel.ledger.conftest import KIND, TOKEN

from mingjing.engine import chain
from mingjing.engine.chain import Mark
from mingjing.kernel.ledger import queries
from mingjing.kernel.ledger.models import Fact

pytestmark = pytest.mark.django_db


@pytest.fixture
def facts(append):
    return [append(subject=f"jobs.delivery:{number % 2}", data={"n": number}) for number in range(9)]


def test_newest_pages_through_a_subject_in_one_statement_each(facts, django_assert_num_queries):
    with django_assert_num_queries(1):
        page = queries.newest(subject="jobs.delivery:0", limit=3)
    assert [fact.seq for fact in page] == [9, 7, 5]
    assert [fact.seq for fact in queries.newest(subject="jobs.delivery:0", limit=3, before=5)] == [3, 1]


def test_newest_narrows_by_kind_and_person(facts):
    assert len(queries.newest(kind=KIND, by=TOKEN)) == 9
    assert queries.newest(kind="parties.role.granted") == queries.newest(by="nobody-at-all") == []


def test_stream_gives_every_fact_once_whatever_the_batch(facts):
    for batch in (1, 3, 9, 100):
        assert [fact.seq for fact in queries.stream(batch=batch)] == list(range(1, 10))
    assert [fact.seq for fact in queries.stream(after=3, upto=7, batch=2)] == [4, 5, 6, 7]


def test_proof_leads_from_a_fact_to_the_head_and_to_a_checkpoint(facts):
    document = queries.proof_of(facts[2])
    assert chain.verify_proof(document, queries.head()) == ()
    mark = Mark(5, Fact.objects.get(seq=5).hash)
    assert len(queries.proof_of(facts[2], mark)["later"]) == 2
    assert chain.verify_proof(queries.proof_of(facts[2], mark), mark) == ()
    assert chain.verify_proof(document, mark) != ()
