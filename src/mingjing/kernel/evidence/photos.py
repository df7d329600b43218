"""What a photo says of itself: when, where and with what it was taken (EXIF), its size, and whether it is whole.

All of it is a claim: a phone's clock may be wrong and any program can write any EXIF. What cannot be read is left out
and said (`faults`); nothing here ever refuses a photo. Not here: copies to look at (copies).
"""

import re
import struct
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from decimal import Decimal, DecimalException
from functools import partial
from typing import Any, BinaryIO, TypeVar

import pi_heif
from PIL import Image, JpegImagePlugin, PngImagePlugin, UnidentifiedImageError, WebPImagePlugin
from PIL.ExifTags import GPS, IFD, Base

__all__ = ["PIXELS", "UNREADABLE", "Read", "opened", "read"]

PIXELS = 64_000_000
"""Pixels of which a picture is unpacked; a larger one is kept and not shown. The largest phones take 50 million."""

LONGEST = 100  # characters kept of what a camera calls itself
PLUGINS = (JpegImagePlugin, PngImagePlugin, WebPImagePlugin)  # loaded, or their formats are unknown
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
UNREADABLE = (
    OSError, UnidentifiedImageError, SyntaxError, ValueError, TypeError, KeyError, IndexError, ArithmeticError,
    EOFError, struct.error, MemoryError, AttributeError, RuntimeError, RecursionError,
    Image.DecompressionBombError, Image.DecompressionBombWarning,
)  # fmt: skip
"""What broken pictures make Pillow and its plugins raise, besides what they promise to."""

_TAKEN = re.compile(r"(\d{4})[:/.-](\d\d)[:/.-](\d\d)[ T](\d\d):(\d\d):(\d\d)")
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")

Value = TypeVar("Value")

pi_heif.register_heif_opener(thumbnails=False)


@dataclass(frozen=True, slots=True)
class Read:
    """What was read. Degrees are WGS-84; `facts` is a JSON object of text, whole numbers and a list `faults`."""

    taken_at: datetime | None = None
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@contextmanager
def opened(file: BinaryIO) -> Iterator[Image.Image]:
    """The picture in `file`, its header read and nothing unpacked; raises one of UNREADABLE."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of odd EXIF and large pictures; `faults` says what that means
        with Image.open(file, formats=FORMATS) as image:
            yield image


def read(file: BinaryIO, local: tzinfo, *, whole: bool = True) -> Read:
    """Read the picture in `file` from where it stands. A time without an offset is taken to be `local`.

    Unless `whole`, only its header is read: whether the rest can be unpacked is left to who makes a copy of it.
    """
    reading = _Reading(local, whole)
    try:
        with opened(file) as image:
            reading.picture(image)
    except Image.DecompressionBombError:
        reading.faults.add("pixels")
    except UNREADABLE:
        reading.faults.add("unreadable")
    return reading.done()


@dataclass(slots=True)
class _Reading:
    """What has been read so far; each part is tried on its own, so that one broken field loses no other."""

    local: tzinfo
    whole: bool = True
    facts: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    faults: set[str] = field(default_factory=set)

    def done(self) -> Read:
        return Read(**self.claims, facts=self.facts | ({"faults": sorted(self.faults)} if self.faults else {}))

    def tried(self, fault: str, reading: Callable[[], Value]) -> Value | None:
        try:
            return reading()
        except (*UNREADABLE, DecimalException):
            self.faults.add(fault)
            return None

    def picture(self, image: Image.Image) -> None:
        self.facts |= {"width": image.width, "height": image.height}
        large = image.width * image.height > PIXELS
        if large:
            self.faults.add("pixels")
        if large and image.format != "JPEG":
            return  # others are unpacked whole to find their EXIF
        if (tags := self.tried("exif", image.getexif)) is not None:
            self.camera(tags)
            self.moment(self.tried("exif", lambda: dict(tags.get_ifd(IFD.Exif))) or {})
            self.position(self.tried("position", lambda: dict(tags.get_ifd(IFD.GPSInfo))) or {})
        if not large and self.whole:
            self.tried("broken", lambda: _unpacked(image))

    def camera(self, tags: Mapping[int, Any]) -> None:
        for name, tag in (("make", Base.Make), ("model", Base.Model), ("software", Base.Software)):
            if text := self.tried("exif", partial(_words, tags.get(tag))):
                self.facts[name] = text
        turn = tags.get(Base.Orientation)
        if isinstance(turn, int) and 2 <= turn <= 8:
            self.facts["orientation"] = turn

    def moment(self, detail: Mapping[int, Any]) -> None:
        zone = self.tried("taken", lambda: _zone(_words(detail.get(Base.OffsetTimeOriginal))))
        taken = self.tried("taken", lambda: _taken(_words(detail.get(Base.DateTimeOriginal)), zone or self.local))
        if taken:
            self.claims["taken_at"] = taken
            self.facts["taken_offset"] = "written" if zone else "assumed"

    def position(self, place: Mapping[int, Any]) -> None:
        if found := self.tried("position", lambda: _position(place)):
            self.claims["latitude"], self.claims["longitude"] = found
            self.facts |= self.tried("position", lambda: _about_position(place)) or {}


def _unpacked(image: Image.Image) -> None:
    """Unpack the picture once, as small as its format allows, to learn whether it is whole."""
    image.draft("RGB", (1, 1))
    image.load()


def _words(value: Any) -> str:
    """What a camera wrote, without what could not be printed."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "ignore")
    if value is None:
        return ""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in str(value)).split())[:LONGEST]


def _taken(text: str, zone: tzinfo) -> datetime | None:
    if not re.search(r"[1-9]", text):
        return None  # a camera whose clock was never set writes zeros or blanks
    if not (found := _TAKEN.fullmatch(text)):
        raise ValueError(text)
    year, month, day, hour, minute, second = map(int, found.groups())
    if not 1900 <= year <= 9000:
        raise ValueError(text)
    return datetime(year, month, day, hour, minute, second, tzinfo=zone)


def _zone(text: str) -> tzinfo | None:
    if not (found := _OFFSET.fullmatch(text)):
        return UTC if text == "Z" else None
    shift = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return timezone(shift if found[1] == "+" else -shift) if shift <= timedelta(hours=15) else None


def _position(place: Mapping[int, Any]) -> tuple[Decimal, Decimal] | None:
    if not {GPS.GPSLatitude, GPS.GPSLongitude} & set(place):
        return None
    latitude = _degrees(place[GPS.GPSLatitude], _words(place.get(GPS.GPSLatitudeRef)), "N", "S")
    longitude = _degrees(place[GPS.GPSLongitude], _words(place.get(GPS.GPSLongitudeRef)), "E", "W")
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise ValueError((latitude, longitude))
    return latitude, longitude


def _degrees(parts: Any, side: str, plus: str, minus: str) -> Decimal:
    degrees, minutes, seconds = (_exact(part) for part in parts)
    if side not in (plus, minus):
        raise ValueError(side)
    whole = (degrees + minutes / 60 + seconds / 3600).quantize(Decimal("1e-7"))
    return whole if side == plus else -whole


def _exact(value: Any) -> Decimal:
    top, bottom = getattr(value, "numerator", None), getattr(value, "denominator", None)
    number = Decimal(top) / Decimal(bottom) if isinstance(top, int) and isinstance(bottom, int) else Decimal(str(value))
    if not number.is_finite() or number < 0:
        raise ValueError(value)
    return number


def _about_position(place: Mapping[int, Any]) -> dict[str, str]:
    """How exact the position claims to be, in metres, and when the satellites say it was taken, in UTC."""
    found = {}
    if (accuracy := place.get(GPS.GPSHPositioningError)) is not None:
        found["gps_accuracy"] = f"{_exact(accuracy):.1f}"
    if (day := _words(place.get(GPS.GPSDateStamp))) and (clock := place.get(GPS.GPSTimeStamp)):
        year, month, date = map(int, day.split(":"))
        hours, minutes, seconds = (int(_exact(part)) for part in clock)
        found["gps_at"] = datetime(year, month, date, hours, minutes, seconds, tzinfo=UTC).isoformat()
    return found
