"""The ledger pages: what an auditor reads, checks and takes away."""

import io
import json
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from tests.guarded import guards_lifted

from mingjing.engine.chain import verify_proof
from mingjing.engine.outcome import Problem
from mingjing.kernel.ledger.checkpoints import read_checkpoint
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.ledger.queries import head
from mingjing.kernel.ledger.verify import verify_export

SignedIn = Callable[[str], Client]


@pytest.fixture
def auditor(signed_in: SignedIn) -> Client:
    return signed_in("auditor")


def test_facts_are_listed_newest_first_and_by_kind(auditor: Client) -> None:
    rows = auditor.get("/ledger/").context["page"].rows
    assert [fact.seq for fact in rows] == sorted((fact.seq for fact in rows), reverse=True)
    granted = auditor.get("/ledger/?kind=parties.role.granted").context["page"].rows
    assert {fact.kind for fact in granted} == {"parties.role.granted"}
    assert auditor.get("/ledger/?kind=no.such.kind").status_code == 200


def test_a_fact_shows_what_was_hashed(auditor: Client) -> None:
    fact = Fact.objects.get(seq=2)
    page = auditor.get("/ledger/2/").content.decode()
    for part in (fact.digest, fact.previous, fact.hash, fact.subject, "/ledger/1/", "/ledger/3/"):
        assert part in page
    assert auditor.get("/ledger/999/").status_code == 404


def test_a_whole_ledger_says_so(auditor: Client) -> None:
    assert "The ledger is whole." in auditor.get("/ledger/verification/").content.decode()


def test_a_forged_fact_is_named(auditor: Client) -> None:
    with guards_lifted(), connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_fact SET subject = 'parties.person:99' WHERE seq = 2")
    page = auditor.get("/ledger/verification/").content.decode()
    assert "The ledger was changed" in page
    assert "Fact 2 was changed" in page


def test_what_is_taken_away_can_be_checked_elsewhere(auditor: Client) -> None:
    exported = b"".join(auditor.get("/ledger/export/").streaming_content)  # type: ignore[arg-type]
    mark = read_checkpoint(auditor.get("/ledger/checkpoint/").content)
    assert mark == head()
    assert verify_export(io.BytesIO(exported), [mark]).whole
    proof = json.loads(auditor.get("/ledger/2/proof/").content)
    assert not [reason for reason in verify_proof(proof) if isinstance(reason, Problem)]
