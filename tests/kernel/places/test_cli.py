"""`mingjing places …` says what it did in one sentence."""

import argparse
from pathlib import Path

import pytest

from mingjing.engine.outcome import Refusal
from mingjing.kernel.places import cli
from mingjing.kernel.places.divisions import DATA

pytestmark = pytest.mark.django_db


def call(configure: object, run: object, *argv: str) -> int:
    parser = argparse.ArgumentParser()
    configure(parser)
    return run(parser.parse_args(argv))


def imported(file: Path) -> int:
    return call(cli.configure_import, cli.run_import, str(file), "--source", "china-division", "--version", "2.7.0")


def test_import_twice_then_show(capsys: pytest.CaptureFixture[str]) -> None:
    assert imported(DATA / "areas_430202.csv") == 0
    assert "80" in capsys.readouterr().out
    assert imported(DATA / "areas_430202.csv") == 0
    assert "78" in capsys.readouterr().out
    assert call(cli.configure_show, cli.run_show, "430202") == 0
    shown = capsys.readouterr().out
    assert "湖南省 / 株洲市 / 荷塘区" in shown
    assert "china-division 2.7.0" in shown
    assert "430202001  月塘街道" in shown


def test_show_of_an_unknown_code_says_what_to_do() -> None:
    with pytest.raises(Refusal, match="mingjing places import"):
        call(cli.configure_show, cli.run_show, "999")


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="cannot be opened"):
        imported(tmp_path / "none.csv")
