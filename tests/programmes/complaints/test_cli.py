"""`mingjing complaints …`: a ranking whole or not at all, every mistake named, nothing of the database touched."""

import csv
from pathlib import Path

import pytest
from tests.programmes.complaints.conftest import row, table

from mingjing.config.commands import main


@pytest.fixture
def files(tmp_path: Path) -> tuple[list[str], Path]:
    source, houses, output = (tmp_path / name for name in ("f.csv", "h.csv", "o.csv"))
    rows = [row(n, 是否有效="有效", 责任主体="物业") for n in range(1, 5)]
    rows += [row(9, 是否有效="有效", 责任主体="交警"), row(10, 是否有效="无效"), row(11, "东方名苑", 是否有效="有效")]
    rows.append(row(12, 是否有效="有效", 责任主体="物业", 联系电话=rows[0]["联系电话"], opened="2024-07-20"))
    source.write_bytes(table(rows, "gb18030").read())
    houses.write_text("小区名称,户数\n桂花花园,500户\n东方名苑,80\n", "utf-8")
    return [
        "--mapping",
        "hotline-12345",
        "--input",
        str(source),
        "--households",
        str(houses),
        "--output",
        str(output),
    ], output


def test_a_file_is_ranked_without_a_database(files: tuple[list[str], Path], capsys: pytest.CaptureFixture[str]) -> None:
    arguments, output = files
    cases = output.with_name("cases.csv")
    assert main(["complaints", "rank", *arguments, "--cases", str(cases)]) == 0
    with output.open(encoding="utf-8", newline="") as file:
        first, second = csv.DictReader(file)
    shown = {name: first[name] for name in ("rank", "community", "raw", "valid", "counted", "repeat", "rate")}
    assert shown == {"rank": "1", "community": "桂花花园", "raw": "7", "valid": "6", "counted": "4", "repeat": "1",
                     "rate": "8.00"}  # fmt: skip
    assert (second["rank"], second["undecided"]) == ("", "1")
    with cases.open(encoding="utf-8", newline="") as file:
        outcomes = {line["number"]: (line["outcome"], line["repeats"]) for line in csv.DictReader(file)}
    assert outcomes["W12"] == ("repeat", "W1")
    assert {outcomes[number][0] for number in ("W9", "W10", "W11")} == {"other", "invalid", "undecided"}
    assert "1380000" not in output.read_text("utf-8") + cases.read_text("utf-8")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("--mapping", "nothing"), "neither a file nor one of those that ship"),
        (("--rules", "nothing"), "neither a file nor one of those that ship"),
        (("--output", "{input}"), "must be different files"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_written(
    files: tuple[list[str], Path], change: tuple[str, str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments, output = files
    value = change[1].replace("{input}", arguments[3])
    assert main(["complaints", "rank", *arguments, change[0], value]) == 1
    assert said in capsys.readouterr().err
    assert not output.exists()


def test_without_marks_there_is_nothing_to_compare_with(
    files: tuple[list[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["complaints", "duplicates", *files[0][:4]]) == 1
    assert "names no column of marks" in capsys.readouterr().err
