"""The ledger pages: what an auditor reads, checks and takes away."""

import io
import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test import Client
from tests.guarded import guards_lifted

import mingjing
from mingjing.engine.chain import verify_proof
from mingjing.engine.outcome import Problem
from mingjing.kernel import registry
from mingjing.kernel.ledger import writer
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


def test_what_facts_are_about_is_said_in_words(auditor: Client, at: datetime) -> None:
    with transaction.atomic():
        for subject in ("parties.person:7", "places.areas:" + "a" * 64, "no.such:1"):
            writer.append(kind="places.site.recorded", subject=subject, data={}, area=None, by=None, at=at)
    page = auditor.get("/ledger/")
    abouts = [about for _fact, _title, about, _by in page.context["rows"]]
    assert abouts[:3] == ["", "Areas aaaaaaaaaaaa…", "Person 7"]
    content = page.content.decode()
    assert "<code>no.such:1</code>" in content
    assert 'href="/ledger/?subject=parties.person%3A7" title="parties.person:7">Person 7</a>' in content
    found = auditor.get("/ledger/?subject=parties.person:7").context["page"].rows
    assert [fact.subject for fact in found] == ["parties.person:7"]
    assert "Person 7 <a" in auditor.get(f"/ledger/{found[0].seq}/").content.decode()


def test_everything_that_facts_are_about_has_a_name() -> None:
    source = Path(mingjing.__file__).parent
    named = re.compile(r'(?<!exclusive\()f"([a-z_]+\.[a-z_]+):\{')  # locks have names too
    kinds = {kind for file in source.rglob("*.py") for kind in named.findall(file.read_text("utf-8"))}
    assert len(kinds) > 15
    assert not [kind for kind in sorted(kinds) if not registry.title_of_subject(f"{kind}:1")]


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
