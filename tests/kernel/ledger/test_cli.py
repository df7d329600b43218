"""`mingjing ledger …` as an auditor or a timer runs it."""

import json

import pytest
from tests.guarded import guards_lifted

from mingjing.config.commands import main
from mingjing.kernel.ledger.models import Fact

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(capfdbinary):
    """Run a command in English: its exit status, output and complaints."""

    def run(*argv):
        status = main(["--lang", "en", "ledger", *map(str, argv)])
        return status, *(text.decode() for text in capfdbinary.readouterr())

    return run


def test_checkpoint_then_verify(run, append, tmp_path):
    append()
    checkpoint = tmp_path / "checkpoint.json"
    checkpoint.write_text(run("checkpoint")[1])
    append()
    assert json.loads(checkpoint.read_text())["seq"] == 1
    status, out, err = run("verify", "--checkpoint", checkpoint)
    assert (status, err) == (0, "")
    assert out.startswith("The ledger is whole: 2 facts")


def test_verify_names_the_forged_fact_and_fails(run, append):
    append()
    append()
    with guards_lifted():
        Fact.objects.filter(seq=2).update(data="{}")
    status, out, err = run("verify")
    assert status == 1
    assert err == "Fact 2 was changed: its content and its hash do not agree.\n"
    assert out.startswith("The ledger is NOT whole")


def test_export_then_verify_the_file(run, append, tmp_path):
    append(data={"字": "红榜"})
    file = tmp_path / "ledger.jsonl"
    file.write_text(run("export")[1])
    assert run("verify", "--file", file)[0] == 0
    file.write_text(file.read_text().replace("红榜", "黑榜"))
    assert run("verify", "--file", file)[:1] == (1,)


def test_proof_can_be_checked_with_verify(run, append, tmp_path):
    append()
    append()
    file = tmp_path / "proof.json"
    file.write_text(run("proof", 1)[1])
    assert main(["--lang", "en", "verify", str(file)]) == 0
    file.write_text(file.read_text().replace('"attempts":3', '"attempts":4'))
    assert main(["--lang", "en", "verify", str(file)]) == 1


def test_proof_of_an_unknown_fact_says_where_the_ledger_ends(run, append):
    append()
    status, _out, err = run("proof", 7)
    assert status != 0
    assert "no fact 7; it ends at 1" in err


@pytest.mark.parametrize("junk", [b"", b"{}", b"\xff", b"[1]", b'{"format":"mingjing.ledger.checkpoint/1","seq":"1"}'])
def test_verify_refuses_a_checkpoint_that_is_none(run, tmp_path, junk):
    file = tmp_path / "checkpoint.json"
    file.write_bytes(junk)
    status, _out, err = run("verify", "--checkpoint", file)
    assert status != 0
    assert "not a checkpoint" in err
