"""Positions on the ground: three Chinese datums, and distances.

Maps sold in China shift every position: GCJ-02 (Amap, Tencent) is a deliberate distortion of WGS-84, and BD-09 (Baidu)
a further distortion of GCJ-02. Mingjing keeps WGS-84. Both distortions are smooth and small, so the inverses are found
by iterating on the forward formula until the step is far below a millimetre. Outside China nothing is shifted.
Not here: addresses, areas, storage.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Self

from mingjing.engine.outcome import N_, Problem, Refusal

EARTH_RADIUS_M = 6_371_008.8  # mean radius, IUGG
KRASOVSKY_AXIS_M = 6_378_245.0
KRASOVSKY_ECCENTRICITY_SQUARED = 0.00669342162296594323
BAIDU_PI = math.pi * 3000 / 180
CHINA_LATITUDES = (0.8293, 55.8271)  # the box every common library uses
CHINA_LONGITUDES = (72.004, 137.8347)
STEP_DEGREES = 1e-10  # about a hundredth of a millimetre

_Pair = tuple[float, float]


class Datum(Enum):
    """The reference a pair of coordinates is given in."""

    WGS84 = "WGS-84"
    GCJ02 = "GCJ-02"
    BD09 = "BD-09"

    @classmethod
    def named(cls, text: str) -> Self:
        """The datum called `text`, whatever its case and hyphen (`gcj02`, `GCJ-02`); raises Refusal.

        >>> Datum.named("bd09")
        <Datum.BD09: 'BD-09'>
        """
        wanted = text.strip().upper().replace("-", "").replace("_", "")
        for datum in cls:
            if datum.value.replace("-", "") == wanted:
                return datum
        known = tuple(datum.value for datum in cls)
        template = N_("“{datum}” is no datum we know; use one of {known}.")
        raise Refusal([Problem("geo.datum.unknown", template, {"datum": text, "known": known})])


@dataclass(frozen=True, slots=True)
class Position:
    """A point in decimal degrees, north and east positive; its datum is said beside it.

    Raises Refusal when a coordinate is not a number on the globe.
    """

    lat: float
    lon: float

    def __post_init__(self) -> None:
        # Written so that "not a number" fails both comparisons.
        if not (-90 <= self.lat <= 90 and -180 <= self.lon <= 180):
            template = N_("Latitude {lat}, longitude {lon} is not on the globe; check that the two are not swapped.")
            raise Refusal([Problem("geo.position.impossible", template, {"lat": self.lat, "lon": self.lon})])


def in_china(position: Position) -> bool:
    """Whether `position` lies in the box within which maps are shifted (it is generous: it covers the neighbours)."""
    south, north = CHINA_LATITUDES
    west, east = CHINA_LONGITUDES
    return south <= position.lat <= north and west <= position.lon <= east


def convert(position: Position, source: Datum, target: Datum) -> Position:
    """`position`, given in `source`, in `target`; exact to far below 0.5 m both ways, unchanged outside China."""
    if source is target or not in_china(position):
        return position
    shifts = [shift for datum, shift in _LADDER if _rank(source) < _rank(datum) <= _rank(target)]
    unshifts = [shift for datum, shift in reversed(_LADDER) if _rank(target) < _rank(datum) <= _rank(source)]
    pair = (position.lat, position.lon)
    for shift in shifts:
        pair = shift(pair)
    for shift in unshifts:
        pair = _invert(shift, pair)
    return Position(*pair)


def to_wgs84(position: Position, datum: Datum) -> Position:
    """`position`, given in `datum`, in WGS-84."""
    return convert(position, datum, Datum.WGS84)


def distance(here: Position, there: Position) -> float:
    """Metres between two positions of the same datum, along the great circle (haversine; 0.6 % off at worst)."""
    lat_here, lat_there = math.radians(here.lat), math.radians(there.lat)
    lat_half = (lat_there - lat_here) / 2
    lon_half = math.radians(there.lon - here.lon) / 2
    chord = math.sin(lat_half) ** 2 + math.cos(lat_here) * math.cos(lat_there) * math.sin(lon_half) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, chord)))


def _gcj02_from_wgs84(pair: _Pair) -> _Pair:
    lat, lon = pair
    north_m, east_m = _metres_shifted(lon - 105.0, lat - 35.0)
    sine = math.sin(math.radians(lat))
    flat = 1 - KRASOVSKY_ECCENTRICITY_SQUARED * sine * sine
    meridian = KRASOVSKY_AXIS_M * (1 - KRASOVSKY_ECCENTRICITY_SQUARED) / (flat * math.sqrt(flat))
    parallel = KRASOVSKY_AXIS_M / math.sqrt(flat) * math.cos(math.radians(lat))
    return lat + math.degrees(north_m / meridian), lon + math.degrees(east_m / parallel)


def _metres_shifted(x: float, y: float) -> _Pair:
    """Metres north and east by which GCJ-02 moves a point `x` degrees east and `y` degrees north of (35 N, 105 E)."""
    root, pi = math.sqrt(abs(x)), math.pi
    ripple = 20 * math.sin(6 * x * pi) + 20 * math.sin(2 * x * pi)
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (ripple + 20 * math.sin(y * pi) + 40 * math.sin(y / 3 * pi)) * 2 / 3
    north += (160 * math.sin(y / 12 * pi) + 320 * math.sin(y / 30 * pi)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (ripple + 20 * math.sin(x * pi) + 40 * math.sin(x / 3 * pi)) * 2 / 3
    east += (150 * math.sin(x / 12 * pi) + 300 * math.sin(x / 30 * pi)) * 2 / 3
    return north, east


def _bd09_from_gcj02(pair: _Pair) -> _Pair:
    lat, lon = pair
    radius = math.hypot(lon, lat) + 0.00002 * math.sin(lat * BAIDU_PI)
    angle = math.atan2(lat, lon) + 0.000003 * math.cos(lon * BAIDU_PI)
    return radius * math.sin(angle) + 0.006, radius * math.cos(angle) + 0.0065


def _invert(shift: Callable[[_Pair], _Pair], shifted: _Pair) -> _Pair:
    """The pair that `shift` moves to `shifted`: a contraction, so each round gains more than a decimal."""
    lat, lon = shifted
    for _ in range(30):
        there = shift((lat, lon))
        step_lat, step_lon = there[0] - shifted[0], there[1] - shifted[1]
        lat, lon = lat - step_lat, lon - step_lon
        if abs(step_lat) < STEP_DEGREES and abs(step_lon) < STEP_DEGREES:
            break
    return lat, lon


# Each datum is one shift further from WGS-84 than the one before it.
_LADDER = ((Datum.GCJ02, _gcj02_from_wgs84), (Datum.BD09, _bd09_from_gcj02))


def _rank(datum: Datum) -> int:
    return list(Datum).index(datum)
