"""The tour (docs/tour.md) tells the truth: its deduction is that of the demonstration, its files are there."""

import re
from datetime import datetime
from pathlib import Path
from random import Random

import pytest
from tests.programmes.assessments.replaying import HETANG, HETANG_MAPPING, run_file

from mingjing.kernel.parties import demo as parties_demo
from mingjing.kernel.places import demo as places_demo
from mingjing.kernel.tables import write_xlsx
from mingjing.programmes.assessments import demo
from mingjing.programmes.assessments.demo.invented import SITES, VISITED, communities, earlier
from mingjing.programmes.assessments.demo.replayed import rows
from mingjing.programmes.assessments.policy.replay import COLUMNS

ROOT = Path(__file__).resolve().parents[3]
TOUR = (ROOT / "docs" / "tour.md").read_text("utf-8")
STEPS = {"two": 2, "three": 3, "five": 5}


def told(pattern: str) -> "re.Match[str]":
    """What the tour says, on however many lines."""
    found = re.search(pattern, " ".join(TOUR.split()))
    assert found, pattern
    return found


@pytest.mark.django_db
def test_the_deduction_it_follows_is_in_the_demonstration(at: datetime, tmp_path: Path) -> None:
    for part in (places_demo.build, parties_demo.build):
        part(lambda line: None)
    now = communities(HETANG, Random(demo.SEED))
    assert (len(now), sum(one.visited for one in now)) == (SITES, VISITED) == (136, 122)
    before = earlier(now[: demo.PILOT], HETANG, Random(demo.SEED + 1))
    write_xlsx(tmp_path / "a.xlsx", rows(HETANG, before))
    results = (dict(zip(COLUMNS, row, strict=True)) for row in run_file(tmp_path / "a.xlsx", HETANG_MAPPING, HETANG))
    number, code, worth = told(r"Community (HT-\d+) .*? check (\w+\.\d+) .*?worth (\d)").groups()
    found = next(row for row in results if row["key"] == number)
    assert found["class"] == told(rf"{number} of class (\w): base")[1]
    assert found["base"] == told(r"base (\d+\.\d+)")[1]
    assert (found["tier"], float(found["total"])) == ("ORDINARY", 90 - 0.5), "half a point short of the red list"
    one = next(one for one in before if f"HT-{one.number:03d}" == number)
    rule = HETANG.checks[code].rule
    assert one.steps[code] == STEPS[told(r"(\w+) of the five were incomplete")[1]]
    assert rule.lost(one.steps[code]) == 200 == 100 * STEPS[told(r"(\w+) of the points")[1].lower()]
    assert HETANG.checks[code].points == 100 * int(worth)
    assert str(rule.losses) == told(r"`(\(0, [\d, ]+\))` hundredths")[1]


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`([a-z_/]+(?:\.py|\.json)?(?:::\w+)?)`", TOUR))))
def test_every_file_and_function_it_names_exists(name: str) -> None:
    path, _, function = name.partition("::")
    if "/" not in path:
        return
    places = [base / path for base in (ROOT, ROOT / "src" / "mingjing")]
    found = [place for place in places if place.exists() or place.with_suffix(".py").exists()]
    assert found, path
    if function:
        assert f"def {function}(" in found[0].read_text("utf-8"), name
