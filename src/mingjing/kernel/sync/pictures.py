"""Whether the bytes that a phone sent are one whole picture and nothing else, asked before a receipt is given for them.

Cheap looks only, at the head and the end: everything is asked while a phone waits. Whether a picture can be unpacked is
found out when a copy of it is made. Not here: what an upload is (uploads).
"""

from pathlib import Path
from typing import Any, BinaryIO

from django.utils.timezone import get_default_timezone

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.evidence import photos
from mingjing.kernel.evidence.media import IMAGES, media_type_of

__all__ = ["examined"]

JPEG_END, PNG_END = b"\xff\xd9", b"\x00\x00\x00\x00IEND\xaeB`\x82"


def examined(path: Path) -> dict[str, Any]:
    """What the picture in a file says of itself, as JSON: its kind, `taken_at`, position, facts. Raises Refusal."""
    with path.open("rb") as file:
        media_type = media_type_of(file, "")
        if media_type not in IMAGES:
            text = N_("This is no picture that is kept ({found}); take the photo again in the app.")
            raise Refusal([Problem("upload.no_picture", text, {"found": media_type})])
        if not _ends(file, media_type):
            text = N_("The picture breaks off, or something else hangs on to it; take the photo again.")
            raise Refusal([Problem("upload.broken", text)])
        file.seek(0)
        read = photos.read(file, get_default_timezone(), whole=False)
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


def _ends(file: BinaryIO, media_type: str) -> bool:
    """Whether the file ends where its picture does: what is appended to a picture may be anything."""
    size = file.seek(0, 2)
    file.seek(max(0, size - 64))
    end = file.read()
    match media_type:
        case "image/jpeg":
            return end.endswith(JPEG_END)
        case "image/png":
            return end.endswith(PNG_END)
        case "image/webp":
            file.seek(4)
            return int.from_bytes(file.read(4), "little") + 8 == size
    return True
