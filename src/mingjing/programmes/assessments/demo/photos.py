"""Photos for the demonstration: drawn, labelled as such, with the place and time a camera would write into them."""

import io
from datetime import datetime
from random import Random

from PIL import Image, ImageDraw, ImageFont

__all__ = ["paper", "photo"]

SIZE, PAGE = (800, 600), (595, 842)
DATE_TIME, ZONE, EXIF, GPS = 36867, 36881, 0x8769, 0x8825
MODEL = 0x0110


def photo(label: str, *, taken: datetime, latitude: float, longitude: float, chance: Random) -> bytes:
    """A JPEG that says `label`: a wall, a floor, a few shapes, never the same twice."""
    image = Image.new("RGB", SIZE, _shade(chance, 150, 200))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 380 + chance.randint(-40, 40), *SIZE), fill=_shade(chance, 90, 130))
    for _ in range(chance.randint(3, 6)):
        left, top = chance.randint(0, 640), chance.randint(120, 460)
        box = (left, top, left + chance.randint(40, 160), top + chance.randint(40, 140))
        draw.rectangle(box, fill=_shade(chance, 60, 220), outline=(40, 40, 40))
    font = ImageFont.load_default(size=30)
    draw.rectangle((0, 540, *SIZE), fill=(0, 0, 0))
    draw.text((16, 552), f"DEMO  {label}  {taken:%Y-%m-%d %H:%M}", fill=(255, 255, 255), font=font)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=60, exif=_exif(taken, latitude, longitude))
    return file.getvalue()


def paper(label: str, at: datetime) -> bytes:
    """A JPEG of a scanned page that says `label`: a heading and lines where writing would be."""
    image = Image.new("RGB", PAGE, (252, 252, 248))
    draw = ImageDraw.Draw(image)
    draw.text((50, 60), f"DEMO  {label}", fill=(0, 0, 0), font=ImageFont.load_default(size=18))
    draw.text((50, 90), f"{at:%Y-%m-%d %H:%M}", fill=(60, 60, 60), font=ImageFont.load_default(size=14))
    for number in range(18):
        width = 495 - number * 37 % 160
        draw.line((50, 140 + number * 30, 50 + width, 140 + number * 30), fill=(150, 150, 150), width=6)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=60)
    return file.getvalue()


def _shade(chance: Random, low: int, high: int) -> tuple[int, int, int]:
    return chance.randint(low, high), chance.randint(low, high), chance.randint(low, high)


def _exif(taken: datetime, latitude: float, longitude: float) -> Image.Exif:
    exif = Image.Exif()
    exif[MODEL] = "Demo camera"
    exif.get_ifd(EXIF).update({DATE_TIME: f"{taken:%Y:%m:%d %H:%M:%S}", ZONE: f"{taken:%z}"[:3] + ":00"})
    exif.get_ifd(GPS).update({1: "N", 2: _degrees(latitude), 3: "E", 4: _degrees(longitude)})
    return exif


def _degrees(value: float) -> tuple[float, float, float]:
    minutes = value % 1 * 60
    return float(int(value)), float(int(minutes)), round(minutes % 1 * 60, 2)
