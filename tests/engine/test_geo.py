"""Datums agree with four independent libraries (numbers in the shared data) and come back to where they started."""

import csv
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjing.engine.geo import Datum, Position, convert, distance, to_wgs84
from mingjing.engine.outcome import Refusal

TOLERANCE_M = 0.5
COLUMNS = {
    Datum.WGS84: ("wgs_lat", "wgs_lng"),
    Datum.GCJ02: ("gcj_lat", "gcj_lng"),
    Datum.BD09: ("bd09_lat", "bd09_lng"),
}
CHINA = st.builds(Position, lat=st.floats(3.0, 54.0), lon=st.floats(73.0, 136.0))
ANYWHERE = st.builds(Position, lat=st.floats(-90, 90), lon=st.floats(-180, 180))
DATUMS = st.sampled_from(list(Datum))


def _vectors(shared_data: Path) -> list[dict[Datum, Position]]:
    with (shared_data / "vectors" / "gcj02_bd09.csv").open(encoding="utf-8", newline="") as file:
        return [
            {datum: Position(float(row[lat]), float(row[lon])) for datum, (lat, lon) in COLUMNS.items() if row[lat]}
            for row in csv.DictReader(file)
        ]


@pytest.mark.shared_data
@pytest.mark.parametrize("source", Datum)
@pytest.mark.parametrize("target", Datum)
def test_reference_points_convert_within_half_a_metre(shared_data: Path, source: Datum, target: Datum) -> None:
    points = [point for point in _vectors(shared_data) if source in point and target in point]
    assert len(points) >= 59
    gaps = [distance(convert(point[source], source, target), point[target]) for point in points]
    assert max(gaps) < TOLERANCE_M


@given(CHINA, DATUMS, DATUMS)
def test_there_and_back_again_in_china(position: Position, source: Datum, target: Datum) -> None:
    back = convert(convert(position, source, target), target, source)
    assert distance(position, back) < 0.001


@given(CHINA)
def test_shifts_are_real_but_small_in_china(position: Position) -> None:
    for datum in (Datum.GCJ02, Datum.BD09):
        assert 1 < distance(position, to_wgs84(position, datum)) < 3_000


@given(ANYWHERE.filter(lambda place: not (0.8 < place.lat < 55.9 and 72.0 < place.lon < 137.9)), DATUMS, DATUMS)
def test_nothing_moves_outside_china(position: Position, source: Datum, target: Datum) -> None:
    assert convert(position, source, target) == position


@pytest.mark.parametrize(("lat", "lon"), [(91, 0), (0, 181), (-90.1, 0), (math.nan, 0), (0, math.inf), (113.1, 27.8)])
def test_impossible_positions_are_refused(lat: float, lon: float) -> None:
    with pytest.raises(Refusal) as refused:
        Position(lat, lon)
    assert refused.value.problems[0].code == "geo.position.impossible"


@pytest.mark.parametrize(("text", "datum"), [("gcj02", Datum.GCJ02), (" WGS-84 ", Datum.WGS84), ("bd_09", Datum.BD09)])
def test_datums_are_known_by_their_usual_spellings(text: str, datum: Datum) -> None:
    assert Datum.named(text) is datum


def test_unknown_datum_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(Refusal, match="WGS-84, GCJ-02, BD-09"):
        Datum.named("CGCS2000")


@given(ANYWHERE, ANYWHERE)
def test_distance_is_a_distance(here: Position, there: Position) -> None:
    assert distance(here, here) == 0
    assert distance(here, there) == pytest.approx(distance(there, here), abs=1e-6)
    assert distance(here, there) <= math.pi * 6_371_008.8 + 1


def test_distance_of_a_known_pair() -> None:
    """Tiananmen to the Bund: 1,067 km as the crow flies."""
    assert distance(Position(39.9087, 116.3975), Position(31.2304, 121.4737)) == pytest.approx(1_067_000, rel=0.005)
