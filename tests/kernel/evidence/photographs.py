"""Photos as phones make them, written by Pillow for the tests: real files with real EXIF, of nobody and nothing."""

import io
from collections.abc import Mapping
from typing import Any

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

PHONE = {Base.Make: "HUAWEI", Base.Model: "Mate 60", Base.Software: "5.0"}
TAKEN = {Base.DateTimeOriginal: "2024:09:04 09:12:33", Base.OffsetTimeOriginal: "+08:00"}
HETANG = {
    GPS.GPSLatitudeRef: "N", GPS.GPSLatitude: (27.0, 51.0, 24.66),
    GPS.GPSLongitudeRef: "E", GPS.GPSLongitude: (113.0, 10.0, 25.8),
    GPS.GPSHPositioningError: 4.5, GPS.GPSDateStamp: "2024:09:04", GPS.GPSTimeStamp: (1.0, 12.0, 30.0),
}  # fmt: skip


def photo(
    size: tuple[int, int] = (64, 48),
    *,
    kind: str = "JPEG",
    camera: Mapping[int, Any] = PHONE,
    taken: Mapping[int, Any] = TAKEN,
    place: Mapping[int, Any] = HETANG,
    turned: int | None = None,
    colour: tuple[int, int, int] = (180, 90, 40),
    **options: Any,
) -> bytes:
    """A picture: one colour, the left half darker, so that it can be seen when it is turned."""
    image = Image.new("RGB", size, colour)
    image.paste((20, 20, 20), (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    for tag, value in camera.items():
        exif[tag] = value
    if turned:
        exif[Base.Orientation] = turned
    if taken:
        exif.get_ifd(IFD.Exif).update(taken)
    if place:
        exif.get_ifd(IFD.GPSInfo).update(place)
    file = io.BytesIO()
    image.save(file, kind, exif=exif, **options)
    return file.getvalue()
