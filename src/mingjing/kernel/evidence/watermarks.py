"""The visible watermark of a copy: when, where, what for, by which team, and the way to check it, in a band below.

Drawn below the picture and never over it. Its text is the caller's; its QR code leads to the page where anybody may
compare the original's digest with the ledger. Not here: what a copy leaves out (copies).
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import segno
from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

__all__ = ["Watermark", "font_file", "under"]

PLACES = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/arphic/uming.ttc",
)
"""Where the usual packages put a font with Chinese (fonts-noto-cjk, fonts-wqy-…), unless MINGJING_FONT says."""
SIMPLIFIED = "SC"  # the face of a collection whose characters are written as on the mainland
NARROWEST = 640  # pixels of a copy with a watermark: a smaller picture stands in the middle of white
SHARE = 0.145  # of the picture's height that the band takes, at most as much as a fingerprint takes no notice of
LEAST, MOST = 104, 240  # pixels of the band
QUIET = 4  # white modules around the QR code, as its standard asks
INK, SOFT, PAPER = "#101828", "#475467", "white"


@dataclass(frozen=True, slots=True)
class Watermark:
    """What is written below a copy, the first line largest; `address` is what the QR code holds."""

    lines: Sequence[str]
    address: str

    @property
    def digest(self) -> str:
        """Names the watermark among others, its font included."""
        told = json.dumps([asdict(self), font_file()], ensure_ascii=False)
        return sha256(told.encode()).hexdigest()


def under(picture: Image.Image, mark: Watermark) -> Image.Image:
    """The picture with the watermark in a band below it."""
    width = max(picture.width, NARROWEST)
    height = round(min(MOST, max(LEAST, picture.height * SHARE)))
    made = Image.new("RGB", (width, picture.height + height), PAPER)
    made.paste(picture, ((width - picture.width) // 2, 0))
    code = _code(mark.address, height)
    made.paste(code, (width - code.width, picture.height + (height - code.height) // 2))
    _write(made, mark.lines, (0, picture.height, width - code.width, picture.height + height))
    return made


def _code(address: str, height: int) -> Image.Image:
    """The QR code, as large as whole pixels a module allow."""
    rows = [list(row) for row in segno.make(address, error="m", micro=False).matrix_iter(border=QUIET)]
    size = len(rows)
    code = Image.new("1", (size, size), 1)
    code.putdata([0 if dark else 1 for row in rows for dark in row])
    scale = max(1, height // size)
    return code.resize((size * scale, size * scale), Image.Resampling.NEAREST).convert("RGB")


def _write(made: Image.Image, lines: Sequence[str], box: tuple[int, int, int, int]) -> None:
    left, top, right, bottom = box
    pen, step = ImageDraw.Draw(made), (bottom - top) / (len(lines) + 0.6)
    margin = round(step * 0.5)
    for n, line in enumerate(lines):
        font = _font(round(step * (0.74 if n == 0 else 0.62)))
        text = _fitting(pen, line if font_file() else _latin(line), font, right - left - 2 * margin)
        place = (left + margin, round(top + step * (n + 0.8)))
        pen.text(place, text, fill=INK if n == 0 else SOFT, font=font, anchor="lm")


def _fitting(pen: ImageDraw.ImageDraw, text: str, font: ImageFont.ImageFont | ImageFont.FreeTypeFont, room: int) -> str:
    """The text, or as much of its beginning as there is room for."""
    if pen.textlength(text, font=font) <= room:
        return text
    while text and pen.textlength(text + "…", font=font) > room:
        text = text[:-1]
    return text + "…"


def _latin(text: str) -> str:
    """What Pillow's own font can write: without Chinese."""
    return " ".join("".join(sign if " " <= sign <= "ÿ" else " " for sign in text).split())


@lru_cache(maxsize=1)
def font_file() -> str:
    """The font with Chinese that is used; empty where there is none."""
    given = [settings.FONT] if settings.FONT else []
    return next((path for path in [*given, *PLACES] if Path(path).is_file()), "")


@lru_cache(maxsize=32)
def _font(size: int) -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    if not (path := font_file()):
        return ImageFont.load_default(size)
    for index in range(10):
        try:
            font = ImageFont.truetype(path, size, index=index)
        except OSError:
            break
        if SIMPLIFIED in str(font.getname()[0]).split():
            return font
    return ImageFont.truetype(path, size)
