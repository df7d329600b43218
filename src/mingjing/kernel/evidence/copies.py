"""Copies of pictures to look at: upright, at most so large, and without a word of what the original says of itself.

What is masked is covered on the copy only, and a watermark stands below it. Made when first asked for and kept as files
under DATA_DIR/copies, named by the original's digest and by what the copy depends on; they may be removed at any time.
Not here: the original (store), who may look (access), the watermark (watermarks).
"""

import json
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from threading import BoundedSemaphore

from django.conf import settings
from PIL import Image, ImageDraw, ImageOps

from mingjing.kernel.evidence import store
from mingjing.kernel.evidence.folders import sweep_folder, written
from mingjing.kernel.evidence.models import Access, Exhibit
from mingjing.kernel.evidence.photos import PIXELS, UNREADABLE, opened
from mingjing.kernel.evidence.watermarks import Watermark, under

__all__ = [
    "MIDDLE", "THUMBNAIL", "VIEWING", "NotPublic", "NotViewable", "copy_of", "covered_copy", "folder", "may_be_public",
    "public_copy", "sweep",
]  # fmt: skip

VIEWING = 1600
MIDDLE = 640
THUMBNAIL = 320
"""Pixels of the longer side."""

WHOLE = 10_000
"""What the edges of a box are counted in: parts of the upright picture's width and height."""
COVER = "#5c6470"
QUALITY = 82
_unpacking = BoundedSemaphore(2)  # pictures unpacked at once by this process: 200 MB each at the most


class NotViewable(Exception):
    """No copy can be made of the original: it is no picture, broken or too large; carries its digest."""


def folder() -> Path:
    """Where the copies are."""
    return Path(settings.DATA_DIR) / "copies"


class NotPublic(Exception):
    """Nobody has decided what to cover on a picture that is not open, or it was withdrawn; carries its id."""


def copy_of(digest: str, longest: int, *, boxes: Sequence[Sequence[int]] = (), mark: Watermark | None = None) -> Path:
    """The JPEG copy of an original, made now if need be: `boxes` (as Mask holds them) covered, `mark` below it.

    Raises NotViewable, and what `store.open_original` raises: a copy is made of a verified original only.
    """
    target = folder() / digest[:2] / digest[2:4] / f"{_name(digest, longest, boxes, mark)}.jpg"
    if not target.is_file():
        with _unpacking:
            picture = _picture(digest, longest)
        _cover(picture, boxes)
        if mark:
            picture = under(picture, mark)
        with written(folder()) as (file, become):
            picture.save(file, "JPEG", quality=QUALITY, optimize=True)
            become(target)
    return target


def public_copy(exhibit: Exhibit, mark: Watermark) -> Path:
    """The copy for everybody: what the newest mask names is covered, and the watermark stands below.

    Raises NotPublic, and what `copy_of` raises.
    """
    if not may_be_public(exhibit):
        raise NotPublic(str(exhibit.pk))
    return copy_of(exhibit.sha256, VIEWING, boxes=_boxes(exhibit) or (), mark=mark)


def covered_copy(exhibit: Exhibit, longest: int) -> Path:
    """The same without a watermark, at most so large: to look at on the page of somebody whom it concerns.

    Raises NotPublic, and what `copy_of` raises.
    """
    if not may_be_public(exhibit):
        raise NotPublic(str(exhibit.pk))
    return copy_of(exhibit.sha256, longest, boxes=_boxes(exhibit) or ())


def may_be_public(exhibit: Exhibit) -> bool:
    """Whether there may be a public copy: of what is restricted or sealed only once somebody has set its masks."""
    if exhibit.withdrawn_at is not None:
        return False
    return exhibit.access == Access.INTERNAL or _boxes(exhibit) is not None


def _boxes(exhibit: Exhibit) -> Sequence[Sequence[int]] | None:
    newest = exhibit.masks.order_by("-id").first()
    return newest.boxes if newest else None


def _name(digest: str, longest: int, boxes: Sequence[Sequence[int]], mark: Watermark | None) -> str:
    masked = f"-m{sha256(json.dumps(boxes).encode()).hexdigest()[:20]}" if boxes else ""
    marked = f"-w{mark.digest[:20]}" if mark else ""
    return f"{digest}-{longest}{masked}{marked}"


def _cover(picture: Image.Image, boxes: Sequence[Sequence[int]]) -> None:
    """Fill the boxes, each to whole pixels outwards: nothing of what was there is left to be guessed at."""
    pen = ImageDraw.Draw(picture)
    for left, top, width, height in boxes:
        first = (left * picture.width // WHOLE, top * picture.height // WHOLE)
        right, bottom = -(-(left + width) * picture.width // WHOLE), -(-(top + height) * picture.height // WHOLE)
        pen.rectangle((*first, right - 1, bottom - 1), fill=COVER)


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
