"""The 57,874 food inspections of Chicago: every count of the data's README, and no warning about nobody.

The file is read-only data beside the repository; without it these tests are skipped, saying so.
"""

import csv
import gzip
import os
from collections import Counter
from pathlib import Path

import pytest

from mingjing.config.commands import main
from mingjing.programmes.inspections.queries.files import shipped_mappings

SHARED = Path(os.environ.get("MINGJING_SHARED", Path(__file__).resolve().parents[4] / "shared"))
FILE = SHARED / "data/chicago/inspections_2011_2013.csv.gz"
pytestmark = pytest.mark.skipif(not FILE.exists(), reason="shared/data/chicago is not here (MINGJING_SHARED)")

ROWS, NOBODY = 57_874, 192
SAME_DAY, QUARTERS, LARGEST, LARGEST_OF_NOBODY, OVER_CAP = 299, 1_556, 18, 34, 82
ACADEMY = "GOD'S BATTLE AXE PRAYER ACADEMY"
RECHECKS = ("re-inspection", "reinspection")


def warned(folder: Path, mapping: str = "chicago") -> list[dict[str, str]]:
    output = folder / "warnings.csv"
    given = ["--rules", "chicago", "--mapping", mapping, "--input", str(FILE), "--output", str(output)]
    assert main(["inspections", "warnings", *given]) == 0
    with output.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    return warned(tmp_path_factory.mktemp("chicago"))


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with gzip.open(FILE, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_counts_of_the_readme(found: list[dict[str, str]]) -> None:
    assert Counter(one["rule"] for one in found) == {"day": SAME_DAY, "quarter": QUARTERS, "cap": OVER_CAP}
    assert max(int(one["count"]) for one in found if one["rule"] == "quarter") == LARGEST


def test_the_counts_are_those_of_another_computation(found: list[dict[str, str]], rows: list[dict[str, str]]) -> None:
    """A school without a licence is known by its name and address; it is the one of 1,556 that no licence has."""
    known = [row for row in rows if row["licence_id"] not in ("0", "0-0", "")]
    days = Counter((row["licence_id"], row["date"]) for row in known)
    assert {(one["firm"], one["first"]): int(one["count"]) for one in found if one["rule"] == "day"} == {
        key: count for key, count in days.items() if count > 1
    }
    quarters = Counter((row["licence_id"], row["date"][:4], (int(row["date"][5:7]) - 1) // 3) for row in known)
    told = {
        (one["firm"], one["first"][:4], (int(one["first"][5:7]) - 1) // 3): int(one["count"])
        for one in found if one["rule"] == "quarter"
    }  # fmt: skip
    academy = [key for key in told if key[0].startswith(ACADEMY)]
    assert [told.pop(key) for key in academy] == [3]
    assert told == {key: count for key, count in quarters.items() if count > 2}


def test_the_records_are_those_counted(found: list[dict[str, str]], rows: list[dict[str, str]]) -> None:
    for one in found:
        mine = [rows[int(number) - 2] for number in one["records"].split("; ")]
        assert len(mine) == int(one["count"])
        assert {row["licence_id"] or ACADEMY for row in mine} <= {one["firm"], ACADEMY}
        assert (mine[0]["date"], mine[-1]["date"]) == (one["first"], one["last"])


def test_no_wolf_is_cried(found: list[dict[str, str]], rows: list[dict[str, str]]) -> None:
    assert not {one["firm"] for one in found} & {"0", "0-0", ""}
    least = {"day": 2, "quarter": 3, "cap": 3}
    for one in found:
        purposes = [rows[int(number) - 2]["purpose"].lower() for number in one["records"].split("; ")]
        weighing = [purpose for purpose in purposes if not purpose.endswith(RECHECKS)]
        if one["level"] != "info":
            assert len(weighing) >= least[one["rule"]]
        if one["rule"] == "cap":
            assert set(purposes) <= {"canvass", "canvas"}


def test_with_the_placeholder_the_largest_would_be_of_nobody(tmp_path: Path) -> None:
    text = shipped_mappings()["chicago"].read_text("utf-8")
    (tmp_path / "all.toml").write_text(text.replace('nobody = ["0", "0-0"]', ""), "utf-8")
    found = warned(tmp_path, str(tmp_path / "all.toml"))
    largest = max((one for one in found if one["rule"] == "quarter"), key=lambda one: int(one["count"]))
    assert (largest["firm"], int(largest["count"])) == ("0", LARGEST_OF_NOBODY)
