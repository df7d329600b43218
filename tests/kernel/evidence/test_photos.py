"""What a photo says of itself is read field by field; nothing it says, and nothing broken in it, loses the photo."""

import io
import struct
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.ExifTags import GPS, Base

from mingjing.kernel.evidence.photos import Read, read

from .photographs import HETANG, TAKEN, photo

CHINA = timezone(timedelta(hours=8))
HERE = Path(__file__).parent


def of(content: bytes) -> Read:
    return read(io.BytesIO(content), CHINA)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_same_is_read_from_every_kind(kind):
    found = of(photo(kind=kind))
    assert found.taken_at == datetime(2024, 9, 4, 9, 12, 33, tzinfo=CHINA)
    assert found.latitude == Decimal("27.8568500")
    assert found.facts["model"] == "Mate 60"
    assert "faults" not in found.facts


def test_the_photo_of_an_iphone_is_read():
    found = of((HERE / "iphone.heic").read_bytes())
    assert (found.facts["width"], found.facts["height"], found.facts["make"]) == (64, 48, "Apple")
    assert found.taken_at == datetime(2024, 9, 4, 9, 12, 33, tzinfo=CHINA)
    assert (found.latitude, found.longitude) == (Decimal("27.8568500"), Decimal("113.1738333"))
    assert "faults" not in found.facts


def test_a_photo_that_says_nothing_says_nothing():
    assert of(photo(camera={}, taken={}, place={})) == Read(facts={"width": 64, "height": 48})


@pytest.mark.parametrize(
    ("said", "offset", "taken", "how"),
    [
        ("2024:09:04 09:12:33", None, "2024-09-04T09:12:33+08:00", "assumed"),
        ("2024:09:04 09:12:33", "+00:00", "2024-09-04T09:12:33+00:00", "written"),
        ("2024:09:04 09:12:33", "-0330", "2024-09-04T09:12:33-03:30", "written"),
        ("2024:09:04 09:12:33", "Z", "2024-09-04T09:12:33+00:00", "written"),
        ("2024:09:04 09:12:33", "+99:99", "2024-09-04T09:12:33+08:00", "assumed"),
        ("2024-09-04 09:12:33\x00", "nowhere", "2024-09-04T09:12:33+08:00", "assumed"),
    ],
)
def test_the_time_taken_says_whether_its_zone_was_written(said, offset, taken, how):
    found = of(photo(taken={Base.DateTimeOriginal: said} | ({Base.OffsetTimeOriginal: offset} if offset else {})))
    assert found.taken_at == datetime.fromisoformat(taken)
    assert found.facts["taken_offset"] == how


@pytest.mark.parametrize("said", ["0000:00:00 00:00:00", "    :  :     :  :  ", ""])
def test_a_clock_that_was_never_set_is_no_fault(said):
    found = of(photo(taken={Base.DateTimeOriginal: said}))
    assert found.taken_at is None
    assert "faults" not in found.facts


@pytest.mark.parametrize("said", ["2024:13:45 99:99:99", "yesterday 4", "9999:99:99 00:00:00", "0001:01:01 00:00:00"])
def test_an_impossible_time_is_a_fault_and_loses_nothing_else(said):
    found = of(photo(taken={Base.DateTimeOriginal: said}))
    assert (found.taken_at, found.facts["faults"], found.latitude) == (None, ["taken"], Decimal("27.8568500"))


@pytest.mark.parametrize(
    "change",
    [
        {GPS.GPSLatitude: (97.0, 0.0, 0.0)},
        {GPS.GPSLatitudeRef: "X"},
        {GPS.GPSLatitude: (27.0, 51.0)},
        {GPS.GPSLongitudeRef: None},
        {GPS.GPSLatitude: None},
    ],
)
def test_an_impossible_position_is_a_fault_and_loses_nothing_else(change):
    place = {tag: value for tag, value in (HETANG | change).items() if value is not None}
    found = of(photo(place=place))
    assert (found.latitude, found.longitude, found.facts["faults"]) == (None, None, ["position"])
    assert found.taken_at is not None


def test_south_and_west_are_negative():
    found = of(photo(place=HETANG | {GPS.GPSLatitudeRef: "S", GPS.GPSLongitudeRef: "W"}))
    assert (found.latitude, found.longitude) == (Decimal("-27.8568500"), Decimal("-113.1738333"))


def test_a_broken_accuracy_loses_no_position():
    found = of(photo(place=HETANG | {GPS.GPSDateStamp: "2024:99:99"}))
    assert found.latitude == Decimal("27.8568500")
    assert found.facts["faults"] == ["position"]


def test_hostile_words_become_short_printable_ones():
    words = {
        Base.Make: "A\x00\x1b[31m\u202eB" + "x" * 5000,
        Base.Model: "<script>alert(1)</script>",
        Base.Software: "\n",
    }
    facts = of(photo(camera=words)).facts
    assert all(word.isprintable() and len(word) <= 100 for word in (facts["make"], facts["model"]))
    assert "software" not in facts


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_truncated_photo_says_so(share):
    content = photo((640, 480), quality=95)
    noise = Image.effect_noise((640, 480), 80).convert("RGB")
    file = io.BytesIO()
    noise.save(file, "JPEG", exif=Image.open(io.BytesIO(content)).getexif())
    found = of(file.getvalue()[: int(len(file.getvalue()) * share)])
    assert found.facts["faults"] == ["broken"]
    assert found.facts["make"] == "HUAWEI"


@pytest.mark.parametrize("content", [b"", b"\xff\xd8\xff", b"\xff\xd8\xff\xe1\xff\xff" + b"E" * 90, b"RIFF0000WEBP"])
def test_what_is_no_picture_inside_says_so(content):
    assert of(content).facts == {"faults": ["unreadable"]}


def bomb(width: int, height: int) -> bytes:
    """A small PNG that says it is enormous."""
    import zlib

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(100_000)))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("side", [9_000, 30_000, 60_000])
def test_a_decompression_bomb_is_not_unpacked(side):
    assert of(bomb(side, side)).facts["faults"] == ["pixels"]


@given(place=st.integers(0, 700), value=st.binary(min_size=1, max_size=40))
def test_no_damage_to_the_notes_of_a_camera_raises(place, value):
    content = bytearray(photo())
    content[place : place + len(value)] = value
    found = of(bytes(content))
    assert set(found.facts.get("faults", ())) <= {"exif", "taken", "position", "broken", "pixels", "unreadable"}


@given(st.binary(max_size=400))
def test_no_bytes_raise(content):
    of(b"\xff\xd8\xff\xe0" + content)


@pytest.mark.shared_data
def test_photos_with_content_credentials_are_read_and_unchanged(shared_data, record):
    paths = sorted((shared_data / "c2pa").glob("*.jpg"))
    if not paths:
        pytest.skip("the photos with content credentials (c2pa/*.jpg) are not on this machine")
    for path in paths:
        exhibit = record(path.read_bytes(), file_name=path.name)
        assert exhibit.size == path.stat().st_size
        assert exhibit.facts["width"] > 100
        assert not {"broken", "unreadable"} & set(exhibit.facts.get("faults", ()))


def test_time_of_the_satellites_is_kept_as_text():
    facts = of(photo(taken=TAKEN)).facts
    assert facts["gps_at"] == "2024-09-04T01:12:30+00:00"
