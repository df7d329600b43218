"""Heads of JPEGs read without Pillow: only such as say nothing but their size, and that as Pillow says it."""

from datetime import UTC
from io import BytesIO
from random import Random

import pytest
from PIL import Image

from mingjing.kernel.evidence import photos
from mingjing.kernel.evidence.heads import bare_jpeg


def jpeg(mode: str = "RGB", size: tuple[int, int] = (37, 23), **how: object) -> bytes:
    file = BytesIO()
    Image.frombytes(mode, size, Random(1).randbytes(size[0] * size[1] * len(mode))).save(file, "JPEG", **how)
    return file.getvalue()


BARE = {
    "colours": jpeg(), "grey": jpeg("L"), "progressive": jpeg(progressive=True), "comment": jpeg(comment=b"\xff\xd9"),
    "fine": jpeg(quality=100, subsampling=0), "restarts": jpeg(restart_marker_rows=1),
}  # fmt: skip


def exif() -> bytes:
    told = Image.Exif()
    told[0x010F] = "Huawei"
    return told.tobytes()


TELLING = {"exif": jpeg(exif=exif()), "icc": jpeg(icc_profile=b"\0" * 200), "xmp": jpeg(xmp=b"<x/>")}
OTHER = {"four colours": Image.new("CMYK", (9, 9))}


@pytest.mark.parametrize("name", BARE)
def test_the_size_is_read(name: str) -> None:
    assert bare_jpeg(BARE[name]) == (37, 23)


@pytest.mark.parametrize("raw", [*TELLING.values(), b"", b"\xff\xd8", b"\xff\xd8\xff\xd9", b"GIF89a"])
def test_whatever_says_more_is_left_to_pillow(raw: bytes) -> None:
    assert bare_jpeg(raw) is None


def test_four_colours_are_left_to_pillow() -> None:
    file = BytesIO()
    OTHER["four colours"].save(file, "JPEG")
    assert bare_jpeg(file.getvalue()) is None


def test_broken_heads_are_told_as_pillow_tells_them() -> None:
    """Cut anywhere, and with any bytes of the head changed: what is read here, Pillow reads the same."""
    chance, read = Random(20240904), 0
    for raw in [*BARE.values(), *TELLING.values()]:
        spoilt = [raw[:length] for length in range(0, 700, 3)]
        for _ in range(600):
            other = bytearray(raw)
            for _ in range(chance.randint(1, 3)):
                other[chance.randrange(min(len(raw), 640))] = chance.choice((0, 1, 2, 8, 255, chance.randrange(256)))
            spoilt.append(bytes(other))
        for one in spoilt:
            if (size := bare_jpeg(one)) and size[0] * size[1] <= photos.PIXELS:
                read += 1
                told = photos.read(BytesIO(one), UTC, whole=False)
                assert told == photos.Read(facts={"width": size[0], "height": size[1]}), one[:640].hex()
    assert read > 1000
