"""The 37,230 sanitation complaints of Chicago's 311 service: taken in twice, ranked, and their repeats scored.

The file is read-only data beside the repository; without it these tests are skipped, saying so.
"""

import csv
import gzip
import os
import statistics
from collections import defaultdict
from datetime import date, datetime
from pathlib import Path

import pytest
from tests.programmes.complaints.conftest import People

from mingjing.config.commands import main
from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.places.models import Area
from mingjing.programmes.complaints.actions.intakes import approve_intake, request_intake
from mingjing.programmes.complaints.models import Complaint, Intake
from mingjing.programmes.complaints.queries.files import shipped_mappings

SHARED = Path(os.environ.get("MINGJING_SHARED", Path(__file__).resolve().parents[4] / "shared"))
FILE = SHARED / "data/chicago/sanitation_311_to_2012.csv.gz"
pytestmark = pytest.mark.skipif(not FILE.exists(), reason="shared/data/chicago is not here (MINGJING_SHARED)")

ROWS, NUMBERS, MARKS = 37_230, 37_228, 1_791
PRECISION, RECALL = 0.7938, 0.9693
"""As measured with the rule of the shipped mapping: the same address, within three days, while the first is open."""


def rows() -> list[dict[str, str]]:
    with gzip.open(FILE, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def ranked(folder: Path, source: Path, *more: str) -> list[dict[str, str]]:
    output = folder / "ranking.csv"
    arguments = ["--mapping", "chicago-sanitation", "--input", str(source), "--output", str(output), *more]
    assert main(["complaints", "rank", *arguments]) == 0
    with output.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def households(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Invented sizes, the same for every two communities, so that there are ties to hold."""
    path = tmp_path_factory.mktemp("chicago") / "households.csv"
    lines = [f"{number}.0,{1000 * (1 + number // 2)}" for number in range(1, 78)]
    path.write_text("community_area,households\n" + "\n".join(lines), "utf-8")
    return path


@pytest.fixture(scope="module")
def found(households: Path) -> list[dict[str, str]]:
    """The ranking of the file as it lies there."""
    return ranked(households.parent, FILE, "--households", str(households))


def test_repeats_are_found_as_well_as_was_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["complaints", "duplicates", "--mapping", "chicago-sanitation", "--input", str(FILE)]) == 0
    said = capsys.readouterr().out
    print(said)
    assert f"{NUMBERS}" in said
    assert f"{MARKS}" in said
    precision, recall = (float(word) for word in said.split() if word.startswith("0.") and len(word.strip(",")) == 6
                         for word in [word.strip(",")])  # fmt: skip
    assert precision >= PRECISION
    assert recall >= RECALL


def test_days_to_close_are_those_of_another_computation(found: list[dict[str, str]]) -> None:
    latest: dict[str, dict[str, str]] = {}
    for row in rows():
        kept = latest.get(row["Service_Request_Number"])
        if kept is None or row["Completion_Date"] > kept["Completion_Date"]:
            latest[row["Service_Request_Number"]] = row
    taken = defaultdict(list)
    for row in latest.values():
        if row["Completion_Date"]:
            taken[row["Community_Area"]].append(
                (date.fromisoformat(row["Completion_Date"]) - date.fromisoformat(row["Creation_Date"])).days
            )
    told = {row["community"]: row for row in found}
    assert len(told) == 77
    for name, one in told.items():
        values = sorted(taken[name])
        assert float(one["median_days"]) == statistics.median(values)
        assert int(one["p90_days"]) == values[-(-len(values) * 90 // 100) - 1]
        assert int(one["raw"]) == sum(row["Community_Area"] == name for row in latest.values())
    assert sum(int(one["raw"]) for one in told.values()) == NUMBERS - 4  # three in area 0, one in none


def test_ranks_and_ties_hold_in_any_order_of_rows(
    tmp_path: Path, households: Path, found: list[dict[str, str]]
) -> None:
    rates = [float(one["rate"]) for one in found if one["rank"]]
    assert rates == sorted(rates, reverse=True)
    assert [int(one["rank"]) for one in found if one["rank"]] == [1 + sum(x > r for x in rates) for r in rates]
    backwards = tmp_path / "backwards.csv"
    every = rows()
    with backwards.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, every[0])
        writer.writeheader()
        writer.writerows(reversed(every))
    assert ranked(tmp_path, backwards, "--households", str(households)) == found


@pytest.mark.one_database
def test_all_of_it_is_taken_in_once_however_often_it_comes(people: People, at: datetime) -> None:
    area = Area.objects.get(code="430202")

    def hand_in() -> Intake:
        with FILE.open("rb") as file:
            intake = request_intake(
                area=area, file=file, file_name=FILE.name, mapping_name="chicago",
                mapping_text=shipped_mappings()["chicago-sanitation"].read_text("utf-8"), by=people["officer"], at=at,
            )  # fmt: skip
        drain()
        intake.refresh_from_db()
        assert intake.state == "previewed", intake.told_problems
        return intake

    first = hand_in()
    assert (first.counts["added"], first.counts["same"]) == (NUMBERS, 0)
    approve_intake(intake=first, by=people["director"], at=at)
    drain()
    assert Complaint.objects.count() == NUMBERS
    assert Complaint.objects.filter(said_repeat=True).count() == MARKS
    again = hand_in()
    assert (again.counts["added"], again.counts["changed"], again.counts["same"]) == (0, 0, NUMBERS)
    assert (again.input_digest, again.counts["lines"]) == (first.input_digest, first.counts["lines"])
    assert len(rows()) == ROWS
