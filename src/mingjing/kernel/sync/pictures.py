"""Whether the bytes that a phone sent are one whole picture and nothing else, asked before a receipt is given for them.

Cheap looks only, at the head and the end: everything is asked while a phone waits. Whether a picture can be unpacked is
found out when a copy of it is made. Not here: what an upload is (uploads).
"""

import os
import re
from io import BytesIO
from mmap import ACCESS_READ, mmap
from pathlib import Path
from shutil import copyfileobj
from tempfile import NamedTemporaryFile
from typing import Any, BinaryIO

from django.utils.timezone import get_default_timezone

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.evidence import photos, store
from mingjing.kernel.evidence.heads import bare_jpeg
from mingjing.kernel.evidence.media import IMAGES, media_type_of

__all__ = ["examined", "examined_bytes", "examined_original"]

PNG_END = b"\x00\x00\x00\x00IEND\xaeB`\x82"
_MARKER = re.compile(rb"\xff([^\x00\xd0-\xd7])", re.DOTALL)
"""The next mark of a JPEG that is no byte of the picture itself and no point to begin anew; or 0xff, which fills.

One byte to begin with, and no more: so it is looked for twenty times as fast.
"""
_BARE = {b"\x01", b"\xd8"}  # marks without a length


def examined(path: Path) -> dict[str, Any]:
    """What the picture in a file says of itself, as JSON: its kind, `taken_at`, position, facts. Raises Refusal."""
    with path.open("rb") as file:
        if not os.fstat(file.fileno()).st_size:
            return examined_bytes(b"")
        with mmap(file.fileno(), 0, access=ACCESS_READ) as raw:
            return _examined(file, raw)


def examined_bytes(raw: bytes) -> dict[str, Any]:
    """The same of a picture that is in memory."""
    return _examined(BytesIO(raw), raw)


def _examined(file: BinaryIO, raw: mmap | bytes) -> dict[str, Any]:
    """A picture as a file, and as its bytes."""
    media_type = media_type_of(file, "")
    if media_type not in IMAGES:
        text = N_("This is no picture that is kept ({found}); take the photo again in the app.")
        raise Refusal([Problem("upload.no_picture", text, {"found": media_type})])
    if not _ends(raw, media_type):
        text = N_("The picture breaks off, or something else hangs on to it; take the photo again.")
        raise Refusal([Problem("upload.broken", text)])
    read = _read(file, raw)
    faults = set(read.facts.get("faults", ()))
    if "pixels" in faults:
        text = N_("The picture has more than {most} million pixels; choose a smaller size in the camera.")
        raise Refusal([Problem("upload.pixels", text, {"most": photos.PIXELS // 1_000_000})])
    if "unreadable" in faults:
        raise Refusal([Problem("upload.unreadable", N_("The picture cannot be read; take the photo again."))])
    return {
        "media_type": media_type,
        "taken_at": read.taken_at.isoformat() if read.taken_at else None,
        "latitude": None if read.latitude is None else str(read.latitude),
        "longitude": None if read.longitude is None else str(read.longitude),
        "facts": dict(read.facts),
    }


def _read(file: BinaryIO, raw: mmap | bytes) -> photos.Read:
    """What it says of itself; of most pictures that the app makes that is their size."""
    if (size := bare_jpeg(raw)) and size[0] * size[1] <= photos.PIXELS:
        return photos.Read(facts={"width": size[0], "height": size[1]})
    file.seek(0)
    return photos.read(file, get_default_timezone(), whole=False)


def examined_original(digest: str) -> tuple[int, dict[str, Any]] | None:
    """The size of an original and what it says of itself; None where none is kept, or no whole picture."""
    try:
        if not store.exists(digest):
            return None
        with store.open_original(digest, verified=True) as file, NamedTemporaryFile() as copy:
            copyfileobj(file, copy)
            copy.flush()
            return copy.tell(), examined(Path(copy.name))
    except (store.Damaged, FileNotFoundError, Refusal):
        return None


def _ends(raw: mmap | bytes, media_type: str) -> bool:
    """Whether the file ends where its picture does, by its own marks: what hangs on to a picture may be anything."""
    match media_type:
        case "image/jpeg":
            return _jpeg_ends(raw)
        case "image/png":
            return raw[-len(PNG_END) :] == PNG_END and _png_ends(raw)
        case "image/webp":
            return int.from_bytes(raw[4:8], "little") + 8 == len(raw)
    return _boxes_end(raw)


def _jpeg_ends(raw: mmap | bytes) -> bool:
    """Follow the segments to the end of the picture; another picture may follow it, as phones write previews (MPF)."""
    place = 0
    while place < len(raw):
        if raw[place : place + 2] != b"\xff\xd8":
            return False
        place += 2
        while (found := _MARKER.search(raw, place)) and found[1] != b"\xd9":
            if found[1] == b"\xff":
                place = found.end() - 1
                continue
            place = found.end() + (0 if found[1] in _BARE else int.from_bytes(raw[found.end() : found.end() + 2]))
        if not found:
            return False
        place = found.end()
    return True


def _png_ends(raw: mmap | bytes) -> bool:
    place = 8
    while place + 12 <= len(raw):
        kind, place = raw[place + 4 : place + 8], place + 12 + int.from_bytes(raw[place : place + 4])
        if kind == b"IEND":
            break
    return place == len(raw)


def _boxes_end(raw: mmap | bytes) -> bool:
    """HEIC: boxes, each with its size in front."""
    place = 0
    while place + 8 <= len(raw):
        size = int.from_bytes(raw[place : place + 4])
        size = int.from_bytes(raw[place + 8 : place + 16]) if size == 1 else size
        if size < 8:
            return size == 0  # to the end of the file, whatever it is
        place += size
    return place == len(raw)
