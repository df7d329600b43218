"""The 6,806 evaluations a city published, scored again: as they come, and in the habits of other cities."""

import csv
import random
from pathlib import Path

import pytest
from tests.programmes.assessments.replaying import TORONTO, TORONTO_MAPPING, run_file

from mingjing.kernel.tables import write_csv, write_xlsx
from mingjing.programmes.assessments.policy.replay import COLUMNS

AREAS = list(TORONTO.checks)


@pytest.fixture(scope="module")
def published(shared_data: Path) -> Path:
    return shared_data / "toronto_rentsafe" / "evaluations_2017_2019.csv"


@pytest.fixture(scope="module")
def replayed(published: Path) -> list[tuple[str, ...]]:
    return run_file(published, TORONTO_MAPPING)


def table_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@pytest.mark.shared_data
def test_every_published_total_and_band(published: Path, replayed: list[tuple[str, ...]]) -> None:
    header, *rows = table_of(published)
    found = [dict(zip(COLUMNS, row, strict=True)) for row in replayed]
    given = [dict(zip(header, row, strict=True)) for row in rows]
    assert len(found) == 6_806
    for ours, theirs in zip(found, given, strict=True):
        assert (ours["key"], ours["checks"]) == (theirs["RSN"], theirs["NO_OF_AREAS_EVALUATED"])
        assert (ours["total"], ours["tier"]) == (theirs["SCORE"], theirs["RESULTS_OF_SCORE"])
    # One evaluation looked at nothing; the city published it as 0, and its scheme says so.
    assert [row["key"] for row in found if row["checks"] == "0"] == ["4155384"]


@pytest.mark.shared_data
def test_ranks_are_competition_ranks(replayed: list[tuple[str, ...]]) -> None:
    totals = [int(row[4]) for row in replayed]
    assert all(int(row[6]) == 1 + sum(other > int(row[4]) for other in totals) for row in replayed[:200])


@pytest.mark.shared_data
def test_the_same_table_in_other_files(published: Path, replayed: list[tuple[str, ...]], tmp_path: Path) -> None:
    table = table_of(published)
    write_csv(tmp_path / "a.csv.gz", table)
    write_xlsx(tmp_path / "a.xlsx", table)
    for name in ("a.csv.gz", "a.xlsx"):
        assert run_file(tmp_path / name, TORONTO_MAPPING) == replayed


ELSEWHERE = """
format = "mingjing.assessments.mapping/1"
scheme = "toronto-rentsafe"
[file]
encoding = "gb18030"
delimiter = ";"
[key]
columns = "楼宇 编号"
repeats = "allowed"
[values]
blank = "refused"
decimal = ","
dates = ["%d.%m.%Y"]
sentinels = { "-1" = "not_applicable", "ND" = "not_applicable" }
[checks]
pattern = "得分（{code}）"
reads = "mark"
[visit]
on = "评估日期"
"""


@pytest.mark.shared_data
def test_the_same_evaluations_in_another_citys_habits(
    published: Path, replayed: list[tuple[str, ...]], tmp_path: Path
) -> None:
    """Semicolons, GB18030, decimal commas, other column names, other days, sentinels in full-width figures."""
    header, *rows = table_of(published)
    names = ["楼宇 编号", "评估日期", *(f"得分（{code}）" for code in AREAS)]
    with (tmp_path / "a.csv").open("w", encoding="gb18030", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(names)
        for number, row in enumerate(rows):
            entry = dict(zip(header, row, strict=True))
            year, month, day = entry["EVALUATION_COMPLETED_ON"].split("-")
            missing = ("-1", "－１,０", "nd")[number % 3]
            marks = [entry[code].replace(".", ",") or missing for code in AREAS]
            writer.writerow([entry["RSN"], f"{day}.{month}.{year}", *marks])
    assert run_file(tmp_path / "a.csv", ELSEWHERE) == replayed


LONG = """
format = "mingjing.assessments.mapping/1"
[file]
layout = "long"
[key]
columns = ["RSN", "EVALUATION_COMPLETED_ON"]
separator = " "
[values]
blank = "not_applicable"
[checks]
reads = "mark"
[long]
check = "AREA"
amount = "MARK"
unlisted = "not_applicable"
words = { SECURITY = ["security (front door)"] }
"""


@pytest.mark.shared_data
@pytest.mark.parametrize("blanks_listed", [True, False])
def test_the_same_evaluations_one_mark_a_row(
    published: Path, replayed: list[tuple[str, ...]], tmp_path: Path, blanks_listed: bool
) -> None:
    header, *rows = table_of(published)
    keyed = {}
    melted = []
    for row, result in zip(rows, replayed, strict=True):
        entry = dict(zip(header, row, strict=True))
        key = (entry["RSN"], entry["EVALUATION_COMPLETED_ON"])
        if key in keyed or (result[7] == "0" and not blanks_listed):
            continue
        keyed[key] = result
        marks = [(code, entry[code]) for code in AREAS if entry[code] or blanks_listed]
        melted += [(*key, "Security (front door)" if code == "SECURITY" else code, mark) for code, mark in marks]
    random.Random(7).shuffle(melted)
    write_csv(tmp_path / "a.csv", [("RSN", "EVALUATION_COMPLETED_ON", "AREA", "MARK"), *melted])
    found = {row[0]: row for row in run_file(tmp_path / "a.csv", LONG)}
    assert found.keys() == {" ".join(key) for key in keyed}
    for key, expected in keyed.items():
        assert found[" ".join(key)][1:6] + found[" ".join(key)][7:] == expected[1:6] + expected[7:]
