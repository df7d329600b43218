"""What kind of file a content is, told from the content: names and what browsers say about a file prove nothing.

A short list is taken, because everything else either runs (programs, pages with scripts) or cannot be shown to anyone
later. Not here: what a photo says of itself (photos).
"""

import codecs
import zipfile
from pathlib import PurePath
from typing import BinaryIO

from mingjing.engine.outcome import N_, Problem, Refusal

__all__ = ["IMAGES", "KINDS", "SUFFIXES", "media_type_of", "outgoing_name"]

IMAGES = frozenset({"image/jpeg", "image/png", "image/webp", "image/heic"})
"""The kinds of which copies can be made to look at."""

SUFFIXES = {
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/webp": (".webp",),
    "image/heic": (".heic", ".heif"),
    "application/pdf": (".pdf",),
    "text/plain": (".txt", ".log", ".md"),
    "text/csv": (".csv",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx",),
    "video/mp4": (".mp4", ".m4v"),
    "video/quicktime": (".mov",),
    "video/3gpp": (".3gp", ".3g2"),
    "audio/mp4": (".m4a",),
    "audio/mpeg": (".mp3",),
    "audio/wav": (".wav",),
    "audio/amr": (".amr",),
}
"""What is taken, and the endings that fit it: the first is what a file that leaves under another one is given."""

KINDS = "JPEG, PNG, WebP, HEIC, PDF, TXT, CSV, XLSX, DOCX, MP4, MOV, 3GP, M4A, MP3, WAV, AMR"

HEAD = 64 * 1024  # bytes that are looked at; a text is looked at whole
SIGNATURES = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"%PDF-", "application/pdf"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"#!AMR", "audio/amr"),
)
RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}
BRANDS = (
    ("image/heic", (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")),
    ("video/quicktime", (b"qt  ",)),
    ("video/3gpp", (b"3gp", b"3g2")),
    ("audio/mp4", (b"M4A ", b"M4B ")),
    ("video/mp4", (b"isom", b"iso", b"mp41", b"mp42", b"avc1", b"M4V", b"MSNV", b"dash")),
)
PARTS = {
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def media_type_of(file: BinaryIO, name: str) -> str:
    """The kind of what is left of `file`, which stands where it stood afterwards; `name` only tells CSV from text.

    Raises Refusal for a file that is empty or of a kind that is not kept.
    """
    start = file.tell()
    try:
        head = file.read(HEAD)
        if not head:
            text = N_("The file is empty. Look whether it opens on your device, and send it again.")
            raise Refusal([Problem("evidence.empty", text, {}, name)])
        found = _signed(head) or _office(file, head) or _text(file, start, name)
    finally:
        file.seek(start)
    if found is None:
        text = N_("Files of this kind are not kept as evidence. Send one of these: {kinds}.")
        raise Refusal([Problem("evidence.media_type", text, {"kinds": KINDS}, name)])
    return found


def outgoing_name(given: str, media_type: str, otherwise: str) -> str:
    """What an original is called when it leaves: as it came, with an ending that does not lie about what it is."""
    name, endings = given or otherwise, SUFFIXES.get(media_type, (".bin",))
    return name if name.lower().endswith(endings) else name + endings[0]


def _signed(head: bytes) -> str | None:
    """The kind by the first bytes."""
    for signature, kind in SIGNATURES:
        if head.startswith(signature):
            return kind
    if head.startswith(b"RIFF"):
        return RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return next((kind for kind, brands in BRANDS if head[8:12].startswith(brands)), None)
    return None


def _office(file: BinaryIO, head: bytes) -> str | None:
    """A workbook or a text document without macros; other archives are not taken."""
    if not head.startswith(b"PK\x03\x04"):
        return None
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError):
        return None
    if "[Content_Types].xml" not in names or any(name.lower().endswith("vbaproject.bin") for name in names):
        return None
    return next((kind for part, kind in PARTS.items() if part in names), None)


def _text(file: BinaryIO, start: int, name: str) -> str | None:
    """Plain text in UTF-8 or GB 18030: no control characters, and no markup or script that a browser might run."""
    file.seek(start)
    first = file.read(HEAD).removeprefix(codecs.BOM_UTF8).lstrip()
    if not first or first[:1] == b"<" or first[:2] == b"#!":
        return None
    if not any(_decodes(file, start, encoding) for encoding in ("utf-8", "gb18030")):
        return None
    return "text/csv" if PurePath(name).suffix.lower() == ".csv" else "text/plain"


def _decodes(file: BinaryIO, start: int, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(start)
    try:
        while chunk := file.read(HEAD):
            if set(decoder.decode(chunk)) & CONTROLS:
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


CONTROLS = frozenset(map(chr, [*range(9), 11, *range(14, 32), 127]))
