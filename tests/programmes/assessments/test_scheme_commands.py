"""`mingjing assessments schemes`, `scheme-export`, `scheme-check` and `scheme-diff`, as a person runs them."""

import json
from pathlib import Path

import pytest

from mingjing.config.commands import main
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.assessments.queries.schemes import shipped_schemes


def run(*words: object) -> int:
    return main(["assessments", *map(str, words), "--lang", "en"])


def test_a_scheme_goes_out_and_comes_back_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = tmp_path / "h.xlsx"
    assert run("scheme-export", "hetang-2024", book) == 0
    assert run("scheme-check", book) == 0
    assert "2 classes, 65 checks" in capsys.readouterr().out
    assert run("scheme-diff", "hetang-2024", book) == 0
    assert capsys.readouterr().out == "The two say the same.\n"


def test_differences_are_said_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads(shipped_schemes()["hetang-2024"].read_text("utf-8"))
    document["bonus"]["cap"] = "6"
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps(document), "utf-8")
    assert run("scheme-diff", "hetang-2024", changed) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert "bonus cap" in line
    assert "5" in line
    assert "6" in line


def test_every_mistake_is_named_and_nothing_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads(shipped_schemes()["hetang-2024"].read_text("utf-8"))
    document["items"][0]["points"] = "13"
    document["rounding"]["rule"] = "sideways"
    broken = tmp_path / "broken.json"
    broken.write_text(json.dumps(document), "utf-8")
    assert run("scheme-check", broken) == 1
    told = capsys.readouterr().err
    assert "items/0/points" in told
    assert "sideways" in told
    assert run("scheme-export", broken, tmp_path / "b.xlsx") == 1
    assert not (tmp_path / "b.xlsx").exists()


def test_what_is_not_there_is_named_with_what_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("scheme-check", "nowhere") == 1
    assert "hetang-2024" in capsys.readouterr().err


@pytest.mark.django_db
def test_the_list_has_what_ships_and_what_is_here(hetang: Version, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("schemes") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["hetang-2024", "toronto-rentsafe", "hetang-2024"]
    assert "in force from 2024-07-01" in lines[2]
    assert hetang.digest[:10] in lines[0]
