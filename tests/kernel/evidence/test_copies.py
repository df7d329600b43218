"""Copies to look at are made once, of a verified original, whole or not at all, and within bounds."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image

from mingjing.kernel.evidence import store
from mingjing.kernel.evidence.copies import THUMBNAIL, VIEWING, NotViewable, copy_of, folder, sweep

from .photographs import photo
from .test_photos import HERE, bomb

LIMIT = 1 << 26


def kept(content: bytes) -> str:
    return store.store(io.BytesIO(content), LIMIT).sha256


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(("longest", "size"), [(VIEWING, (1600, 1200)), (THUMBNAIL, (320, 240))])
def test_a_copy_is_a_jpeg_no_larger_than_asked(kind, longest, size):
    with Image.open(copy_of(kept(photo((2000, 1500), kind=kind)), longest)) as image:
        assert (image.format, image.size) == ("JPEG", size)
        assert not image.getexif()


def test_a_small_picture_stays_as_small_as_it_is():
    with Image.open(copy_of(kept(photo((64, 48))), VIEWING)) as image:
        assert image.size == (64, 48)


def test_the_photo_of_an_iphone_can_be_looked_at():
    with Image.open(copy_of(kept((HERE / "iphone.heic").read_bytes()), VIEWING)) as image:
        assert (image.format, image.size) == ("JPEG", (64, 48))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
def test_every_mode_of_colour_can_be_looked_at(mode):
    file = io.BytesIO()
    Image.new(mode, (40, 30)).save(file, "JPEG" if mode == "CMYK" else "PNG")
    with Image.open(copy_of(kept(file.getvalue()), THUMBNAIL)) as image:
        assert (image.mode, image.size) == ("RGB", (40, 30))


def test_what_is_transparent_is_white():
    file = io.BytesIO()
    Image.new("RGBA", (40, 30), (0, 0, 0, 0)).save(file, "PNG")
    with Image.open(copy_of(kept(file.getvalue()), THUMBNAIL)) as image:
        assert image.getpixel((5, 5)) == (255, 255, 255)


def test_a_copy_is_made_once_and_again_when_it_was_removed():
    digest = kept(photo())
    path = copy_of(digest, THUMBNAIL)
    made = path.stat().st_mtime_ns
    assert copy_of(digest, THUMBNAIL).stat().st_mtime_ns == made
    path.unlink()
    assert copy_of(digest, THUMBNAIL).is_file()


@pytest.mark.parametrize("content", [b"%PDF-1.7", photo()[:300], bomb(9_000, 9_000), bomb(40_000, 40_000)])
def test_what_cannot_be_shown_says_so_and_leaves_nothing(content):
    with pytest.raises(NotViewable):
        copy_of(kept(content), VIEWING)
    assert not folder().exists()


def test_no_copy_is_made_of_what_is_not_what_it_was():
    digest = kept(photo())
    store.path_of(digest).write_bytes(photo(colour=(0, 0, 0)))
    with pytest.raises(store.Damaged):
        copy_of(digest, VIEWING)


def test_many_at_once_get_the_same_whole_copy():
    digest = kept(photo((1200, 900)))
    with ThreadPoolExecutor(8) as pool:
        paths = list(pool.map(lambda _: copy_of(digest, VIEWING), range(16)))
    assert len(set(paths)) == 1
    assert [path.name for path in folder().rglob("*") if path.is_file()] == [paths[0].name]


def test_what_a_killed_process_left_is_swept():
    folder().mkdir(parents=True)
    half = Path(folder()) / ".incoming-half"
    half.write_bytes(b"half")
    assert sweep(older_than=datetime.now(UTC) - timedelta(hours=1)) == 0
    assert sweep(older_than=datetime.now(UTC) + timedelta(hours=1)) == 1
