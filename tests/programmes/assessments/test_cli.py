"""`mingjing assessments replay`, as a person runs it."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mingjing.config.commands import main
from mingjing.kernel.tables import read_table
from mingjing.programmes.assessments.cli.decisions import file_name
from mingjing.programmes.assessments.queries.schemes import shipped_mappings, shipped_schemes

ROW = "5,4,3,,5,5,4,4,,,3,5,5,4,4,5,3,4,5,"


@pytest.fixture
def evaluations(tmp_path: Path) -> Path:
    """Three evaluations in the city's form; the last one looked at nothing."""
    areas = (
        "ENTRANCE_LOBBY,ENTRANCE_DOORS_WINDOWS,SECURITY,STAIRWELLS,LAUNDRY_ROOMS,INTERNAL_GUARDS_HANDRAILS,"
        "GARBAGE_CHUTE_ROOMS,GARBAGE_BIN_STORAGE_AREA,ELEVATORS,STORAGE_AREAS_LOCKERS,INTERIOR_WALL_CEILING_FLOOR,"
        "INTERIOR_LIGHTING_LEVELS,GRAFFITI,EXTERIOR_CLADDING,EXTERIOR_GROUNDS,EXTERIOR_WALKWAYS,BALCONY_GUARDS,"
        "WATER_PEN_EXT_BLDG_ELEMENTS,PARKING_AREA,OTHER_FACILITIES"
    )
    path = tmp_path / "in.csv"
    path.write_text(
        f"RSN,EVALUATION_COMPLETED_ON,SCORE,RESULTS_OF_SCORE,{areas}\n"
        f"=1+1,2019-12-20,85,Evaluation needs to be conducted in 2 years,{ROW}\n"
        f"2,2019-12-21,12,Building Audit,{ROW.replace('5', '1')}\n"
        f"3,2019-12-22,0,Building Audit,{',' * 19}\n"
    )
    return path


def run(*words: object) -> int:
    arguments = ["assessments", "replay", "--scheme", "toronto-rentsafe", "--mapping", "toronto-rentsafe"]
    return main([*arguments, *map(str, words)])


def test_a_file_becomes_a_list_and_a_summary(
    evaluations: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--input", evaluations, "--output", tmp_path / "o.csv") == 0
    with (tmp_path / "o.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [
        ["key", "class", "base", "bonus", "total", "tier", "rank", "checks"],
        ["'=1+1", "ALL", "85", "0", "85", "Evaluation needs to be conducted in 2 years", "1", "16"],
        ["2", "ALL", "50", "0", "50", "Building Audit", "2", "16"],
        ["3", "ALL", "0", "0", "0", "Building Audit", "3", "0"],
    ]
    said = capsys.readouterr().out
    assert "3 visits scored" in said
    assert "2 of 3 published results agree" in said
    assert "row 3, 2: published 12 · Building Audit, found 50 · Building Audit" in said


@pytest.mark.parametrize("name", ["o.csv.gz", "o.xlsx"])
def test_results_and_lines_in_other_files(evaluations: Path, tmp_path: Path, name: str) -> None:
    assert run("--input", evaluations, "--output", tmp_path / name, "--lines", tmp_path / f"lines-{name}") == 0
    with read_table(tmp_path / name) as table:
        assert [row.cells[4] for row in table.rows] == ["85", "50", "0"]  # type: ignore[union-attr]
    with read_table(tmp_path / f"lines-{name}") as table:
        cells = [row.cells for row in table.rows]  # type: ignore[union-attr]
    lost = [line for line in cells if line[0] == "2" and line[2] == "deduction"]
    assert sum(float(line[6]) for line in lost) == -40
    assert all(line[7] and line[12] == "2019-12-21" for line in lost)


def test_problems_are_said_and_nothing_is_written(
    evaluations: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (
        evaluations.read_text().replace("2019-12-21", "2019-02-30").replace("\n3,", "\n,").replace(",4,3,,", ",4,7,,")
    )
    evaluations.write_text(text)
    (tmp_path / "o.csv").write_text("old")
    assert run("--input", evaluations, "--output", tmp_path / "o.csv", "--lines", tmp_path / "l.csv") == 1
    said = capsys.readouterr().err
    assert "row 3, column EVALUATION_COMPLETED_ON: '2019-02-30' is not a possible day" in said
    assert "row 2, column SECURITY: '7' is not a possible result of SECURITY" in said
    assert "row 4: The row has no key." in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "o.csv"]
    assert (tmp_path / "o.csv").read_text() == "old"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["--scheme", "torronto"],
            "torronto is neither a file nor one of those that ship: hetang-2024, toronto-rentsafe",
        ),
        (["--scheme", __file__], "This is neither a workbook nor a .json file"),
        (["--mapping", "none.toml"], "none.toml is neither a file nor one of those that ship"),
        (["--input", "none.csv"], "none.csv cannot be opened"),
        (["--output", "/nowhere/at/all/o.csv"], "there is no such folder"),
    ],
)
def test_a_wrong_name_is_one_sentence(
    evaluations: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert run("--input", evaluations, "--output", tmp_path / "o.csv", *words) == 1
    found = capsys.readouterr().err
    assert said in found
    assert "Traceback" not in found


@pytest.mark.parametrize("name", ["o.xls", "o.ods"])
def test_a_form_that_is_not_written_is_refused(
    evaluations: Path, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--input", evaluations, "--output", tmp_path / name) == 1
    assert name in capsys.readouterr().err
    assert not (tmp_path / name).exists()


def test_a_file_without_rows_is_no_empty_list(
    evaluations: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    evaluations.write_text(evaluations.read_text().splitlines()[0] + "\n")
    assert run("--input", evaluations, "--output", tmp_path / "o.csv") == 1
    assert capsys.readouterr().err
    assert not (tmp_path / "o.csv").exists()


def test_results_never_replace_what_they_come_from(evaluations: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = evaluations.read_bytes()
    assert run("--input", evaluations, "--output", evaluations) == 1
    assert "different files" in capsys.readouterr().err
    assert evaluations.read_bytes() == before


@pytest.mark.parametrize("word", ["--scheme", "--mapping"])
def test_results_never_replace_the_rules_they_come_from(
    evaluations: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], word: str
) -> None:
    shipped = (shipped_schemes if word == "--scheme" else shipped_mappings)()["toronto-rentsafe"]
    own = tmp_path / shipped.name
    own.write_bytes(shipped.read_bytes())
    assert run("--input", evaluations, "--output", own, word, own) == 1
    assert "different files" in capsys.readouterr().err
    assert own.read_bytes() == shipped.read_bytes()


def test_every_visit_gets_a_decision_file_that_holds(
    evaluations: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    evaluations.write_text(evaluations.read_text().replace("\n2,", "\n../../荷塘 2,"))
    (tmp_path / "d").mkdir()
    assert run("--input", evaluations, "--output", tmp_path / "o.csv", "--decisions", tmp_path / "d") == 0
    files = sorted((tmp_path / "d").iterdir())
    assert [path.name for path in files] == ["0-1_1.json", "1-荷塘_2.json", "2-3.json"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["d", "in.csv", "o.csv"]
    with (tmp_path / "o.csv").open(newline="") as file:
        listed = list(csv.DictReader(file))
    for path, row in zip(files, listed, strict=True):
        assert main(["verify", str(path)]) == 0
        found = json.loads(path.read_text("utf-8"))
        assert found["record"] is None
        said = {name: "" if value is None else str(value) for name, value in found["result"].items()}
        assert said == {**row, "key": row["key"].removeprefix("'")}


def test_decision_files_never_join_others(
    evaluations: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "kept").write_text("old")
    for folder in (tmp_path / "d", evaluations, tmp_path / "o.csv", tmp_path / "no" / "where"):
        assert run("--input", evaluations, "--output", tmp_path / "o.csv", "--decisions", folder) == 1, folder
        assert "Traceback" not in capsys.readouterr().err
        assert sorted(path.name for path in tmp_path.rglob("*")) == ["d", "in.csv", "kept"]


@pytest.mark.parametrize("key", ["..", ".", "", "/etc/passwd", "a/../b", "C:\\x", "\x00\u202egpj", "𠮷" * 900, "CON"])
def test_the_name_of_a_decision_file_is_only_a_name(tmp_path: Path, key: str) -> None:
    path = tmp_path / file_name(3, key)
    path.write_bytes(b"")
    assert path.parent.samefile(tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]
    assert not set(path.name) & set("/\\:\x00\u202e")


def test_a_killed_replay_leaves_no_output(evaluations: Path, tmp_path: Path) -> None:
    lines = evaluations.read_text().splitlines()
    evaluations.write_text("\n".join([lines[0], *lines[2:3] * 150_000]))
    command = [sys.executable, "-m", "mingjing", "assessments", "replay", "--scheme", "toronto-rentsafe"]
    command += ["--mapping", "toronto-rentsafe", "--input", str(evaluations), "--output", str(tmp_path / "o.csv")]
    for moment in (0.7, 1.5, 2.5):
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, env=os.environ) as process:
            time.sleep(moment)
            process.send_signal(signal.SIGKILL)
        if process.returncode == 0:
            break
        assert not (tmp_path / "o.csv").exists()
