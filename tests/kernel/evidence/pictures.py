"""Pictures drawn by chance that look like something, and what phones, people and other programs make of them."""

import io
import random
from collections.abc import Callable, Mapping
from functools import lru_cache

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

SHAPES = ((800, 600), (600, 800), (800, 450), (450, 800), (600, 600))


@lru_cache(maxsize=64)
def scene(seed: int, size: tuple[int, int] | None = None) -> Image.Image:
    """A picture of walls, doors and pipes, more or less: another for another seed. It is kept: nobody draws on it."""
    chance = random.Random(seed)
    width, height = size or chance.choice(SHAPES)
    image = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(image)
    top, bottom = _colour(chance), _colour(chance)
    for y in range(height):
        shade = tuple(a + (b - a) * y // height for a, b in zip(top, bottom, strict=True))
        draw.line((0, y, width, y), fill=shade)
    for _ in range(chance.randrange(16, 36)):
        x, y = chance.randrange(-50, width), chance.randrange(-50, height)
        box = (x, y, x + chance.randrange(15, width // 3), y + chance.randrange(15, height // 3))
        (draw.rectangle if chance.random() < 0.6 else draw.ellipse)(box, fill=_colour(chance))
    return image.filter(ImageFilter.GaussianBlur(1))


def _colour(chance: random.Random) -> tuple[int, ...]:
    return tuple(chance.randrange(256) for _ in range(3))


def jpeg(image: Image.Image, quality: int = 85) -> bytes:
    file = io.BytesIO()
    image.convert("RGB").save(file, "JPEG", quality=quality)
    return file.getvalue()


def _again(image: Image.Image, quality: int) -> Image.Image:
    return Image.open(io.BytesIO(jpeg(image, quality)))


def _below(image: Image.Image) -> Image.Image:
    """A watermark in a band of its own below the picture."""
    made = Image.new("RGB", (image.width, image.height * 112 // 100), "white")
    made.paste(image)
    ImageDraw.Draw(made).text((10, image.height + 5), "2026-11-28 09:12 A5.1", fill="black")
    return made


def _over(image: Image.Image) -> Image.Image:
    """A watermark over the lowest tenth."""
    made = image.copy()
    box = (0, image.height * 9 // 10, image.width, image.height)
    ImageDraw.Draw(made).rectangle(box, fill="black")
    return made


def _cropped(image: Image.Image, percent: int) -> Image.Image:
    x, y = image.width * percent // 200, image.height * percent // 200
    return image.crop((x, y, image.width - x, image.height - y))


CHANGES: Mapping[str, Callable[[Image.Image], Image.Image]] = {
    "JPEG of quality 60": lambda image: _again(image, 60),
    "half the size": lambda image: image.resize((image.width // 2, image.height // 2)),
    "a watermark below": _below,
    "a watermark over the lowest tenth": _over,
    "a fifth brighter": lambda image: ImageEnhance.Brightness(image).enhance(1.2),
    "a third darker": lambda image: ImageEnhance.Brightness(image).enhance(0.67),
    "small, watermarked, compressed": lambda image: _again(
        _below(image.resize((400, 400 * image.height // image.width))), 60
    ),
}
CROPS = {percent: (lambda image, percent=percent: _cropped(image, percent)) for percent in (2, 5, 10)}
