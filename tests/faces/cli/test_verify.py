"""`mingjing verify FILE`: hostile files get one clear answer; the format decides who checks."""

import json
from pathlib import Path

import pytest
from django.utils import translation

from mingjing.config.commands import main
from mingjing.engine import chain


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def verified(path: Path) -> int:
    return main(["verify", str(path), "--lang", "en"])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not a JSON file"),
        (b"\xff\xfe\x00", "not a JSON file"),
        (b"[" * 100_000, "not a JSON file"),
        (b'{"format": NaN}', "not a JSON file"),
        (b'{"format": "a", "format": "b"}', "a key is given twice"),
        (b'["mingjing"]', "holds no JSON object"),
        (b"{}", "does not know"),
        (b'{"format": ["x"]}', "does not know"),
        (b'{"format": "mingjing.unknown/9"}', "mingjing.ledger.proof/1"),
    ],
)
def test_what_is_no_file_of_ours_is_refused(
    content: bytes, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "given.json"
    path.write_bytes(content)
    assert verified(path) == 1
    said = capsys.readouterr().err
    assert words in said
    assert "Traceback" not in said
    assert said.count("\n") == 1


def test_a_missing_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verified(tmp_path / "gone.json") == 1
    assert "gone.json: there is no such file" in capsys.readouterr().err


def proof() -> dict:
    """A proof of the first of two facts."""
    content = {"seq": 1, "kind": "a.b", "subject": "a.b:1", "data": {}, "at": "2024-09-04T01:30:00Z", "by": None}
    later = [chain.content_digest({"seq": 2})]
    end = chain.link(chain.link(chain.GENESIS, chain.content_digest(content)), later[0])
    return chain.proof(content, chain.GENESIS, later, chain.Mark(2, end))


def test_a_proof_that_holds_is_said_to_hold(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "proof.json"
    path.write_text(json.dumps(proof()), "utf-8")
    assert verified(path) == 0
    assert "holds" in capsys.readouterr().out


def test_a_proof_with_one_changed_letter_does_not_hold(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed = proof()
    changed["content"]["subject"] = "a.b:7"
    path = tmp_path / "proof.json"
    path.write_text(json.dumps(changed), "utf-8")
    assert verified(path) == 1
    read = capsys.readouterr()
    assert "does not hold" in read.out
    assert read.err.strip()
