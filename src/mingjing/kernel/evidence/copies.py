"""Copies of pictures to look at: upright, at most so large, and without a word of what the original says of itself.

Made when first asked for and kept as files under DATA_DIR/copies, named by the original's digest and the size; they may
be removed at any time. Not here: the original (store), who may look (access).
"""

from datetime import datetime
from pathlib import Path
from threading import BoundedSemaphore

from django.conf import settings
from PIL import Image, ImageOps

from mingjing.kernel.evidence import store
from mingjing.kernel.evidence.folders import sweep_folder, written
from mingjing.kernel.evidence.photos import PIXELS, UNREADABLE, opened

__all__ = ["THUMBNAIL", "VIEWING", "NotViewable", "copy_of", "folder", "sweep"]

VIEWING = 1600
THUMBNAIL = 320
"""Pixels of the longer side."""

QUALITY = 82
_unpacking = BoundedSemaphore(2)  # pictures unpacked at once by this process: 200 MB each at the most


class NotViewable(Exception):
    """No copy can be made of the original: it is no picture, broken or too large; carries its digest."""


def folder() -> Path:
    """Where the copies are."""
    return Path(settings.DATA_DIR) / "copies"


def copy_of(digest: str, longest: int) -> Path:
    """The JPEG copy of an original, made now if need be.

    Raises NotViewable, and what `store.open_original` raises: a copy is made of a verified original only.
    """
    target = folder() / digest[:2] / digest[2:4] / f"{digest}-{longest}.jpg"
    if not target.is_file():
        with _unpacking:
            picture = _picture(digest, longest)
        with written(folder()) as (file, become):
            picture.save(file, "JPEG", quality=QUALITY, optimize=True)
            become(target)
    return target


def _picture(digest: str, longest: int) -> Image.Image:
    """The picture on white, upright and smaller; a new one, so that nothing of the original's fields comes along."""
    with store.open_original(digest, verified=True) as file:
        try:
            with opened(file) as image:
                if image.width * image.height > PIXELS:
                    raise NotViewable(digest)
                image.draft("RGB", (longest, longest))
                image.thumbnail((longest, longest))
                upright = ImageOps.exif_transpose(image).convert("RGBA")
        except (*UNREADABLE, Image.DecompressionBombError) as error:
            raise NotViewable(digest) from error
    picture = Image.new("RGB", upright.size, "white")
    picture.paste(upright, mask=upright.getchannel("A"))
    return picture


def sweep(*, older_than: datetime) -> int:
    """Remove half-written copies that killed processes left; returns how many."""
    return sweep_folder(folder(), older_than)
