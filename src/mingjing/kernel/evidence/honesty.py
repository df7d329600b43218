"""Whether a file is what its name says, and nothing else besides.

`media` says what a content is; here a name that says otherwise is a reason to refuse it, and so is a file that is two
things at once (a picture with an archive behind it): `lies`, asked of whatever anybody uploads. Of strangers more is
asked (`dishonesties`): a PDF that runs programs, a picture that nobody can open. A sentence for each. Not here: viruses
(the host's scanner), what a phone captured (its signed record says what that is).
"""

import re
import zipfile
from collections.abc import Iterator
from pathlib import PurePath
from typing import BinaryIO

from PIL import Image

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.evidence.media import IMAGES, SUFFIXES, media_type_of
from mingjing.kernel.evidence.photos import PIXELS, UNREADABLE, opened

__all__ = ["dishonesties", "lies"]

ENDS = 66 * 1024
"""Bytes at the end of a file within which an archive that was put behind it must end."""
STARTS = 1024
"""Bytes at the start within which a reader of PDFs takes a file for one."""
ARCHIVE, PDF = b"PK\x05\x06", b"%PDF-"
MARKUP = re.compile(rb"<(?:script|html|\?php|svg|!doctype)[\s>]", re.IGNORECASE)
"""Whole words: "<svg" alone stands somewhere in one compressed photo of eight thousand by chance."""
ACTIVE = (b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/OpenAction", b"/RichMedia")
"""What a PDF that does more than to be read has in it; /JS is followed by a space, a bracket or a number."""
CHUNK = 1024 * 1024
MEGABYTE = 2**20


def lies(file: BinaryIO, name: str) -> Iterator[Problem]:
    """Where a file called `name` is something else, or two things at once; it stands at its start afterwards."""
    try:
        file.seek(0)
        kind = media_type_of(file, name)
        yield from _named(kind, name)
        yield from _twofold(file, kind, name)
    finally:
        file.seek(0)


def dishonesties(file: BinaryIO, name: str, size: int, limit: int) -> Iterator[Problem]:
    """Everything that is wrong with a file of a stranger called `name`; it stands at its start afterwards."""
    if size > limit:
        text = N_("The file is {size} MB; at most {limit} MB are taken. Make it smaller, or send it in parts.")
        params = {"size": f"{size / MEGABYTE:.1f}", "limit": f"{limit // MEGABYTE}"}
        yield Problem("evidence.too_large", text, params, name)
        return
    try:
        file.seek(0)
        yield from lies(file, name)
        yield from _unusable(file, media_type_of(file, name), name)
    except Refusal as refusal:
        yield from refusal.problems
    finally:
        file.seek(0)


def _named(kind: str, name: str) -> Iterator[Problem]:
    ending = PurePath(name).suffix.lower()
    if ending not in SUFFIXES[kind]:
        text = N_("By its name this is a {ending} file, but its content is {found}. Send the file as it was made.")
        params = {"ending": ending or "?", "found": SUFFIXES[kind][0][1:].upper()}
        yield Problem("evidence.name_lies", text, params, name)


def _twofold(file: BinaryIO, kind: str, name: str) -> Iterator[Problem]:
    start, end = _edges(file)
    office = kind.startswith("application/vnd.")
    hidden = (not office and ARCHIVE in end and _unzips(file)) or (kind != "application/pdf" and PDF in start)
    markup = kind in IMAGES and any(map(MARKUP.search, (start, end)))
    if hidden or markup or (office and not _bare(file)):
        text = N_("There is something else hidden in this file. Make it anew, or send a photo of the paper.")
        yield Problem("evidence.twofold", text, {}, name)


def _unusable(file: BinaryIO, kind: str, name: str) -> Iterator[Problem]:
    """A PDF that does more than to be read, a picture that nobody can open."""
    if kind == "application/pdf" and _acts(file):
        text = N_("This PDF runs programs or carries other files. Print it to a new PDF, and send that one.")
        yield Problem("evidence.active", text, {}, name)
    if kind in IMAGES and not _opens(file):
        text = N_(
            "This picture cannot be opened: it is broken, cut off or far too large. Look at it, and send it again."
        )
        yield Problem("evidence.broken", text, {}, name)


def _edges(file: BinaryIO) -> tuple[bytes, bytes]:
    file.seek(0)
    start = file.read(STARTS)
    size = file.seek(0, 2)
    file.seek(max(0, size - ENDS))
    return start, file.read()


def _unzips(file: BinaryIO) -> bool:
    """Whether a reader of archives finds one in it."""
    file.seek(0)
    return zipfile.is_zipfile(file)


def _bare(file: BinaryIO) -> bool:
    """Whether an office file is its archive and nothing before or after it."""
    file.seek(0)
    with zipfile.ZipFile(file) as archive:
        first = min((entry.header_offset for entry in archive.infolist()), default=0)
        return first == 0 and not archive.comment


def _acts(file: BinaryIO) -> bool:
    """Whether a PDF names what runs or carries something; a name across two chunks is found too."""
    file.seek(0)
    before = b""
    while chunk := file.read(CHUNK):
        for sign in ACTIVE:
            if _names(before + chunk, sign):
                return True
        before = chunk[-len(max(ACTIVE, key=len)) - 1 :]
    return False


def _names(content: bytes, sign: bytes) -> bool:
    """Whether the name stands there whole: /JS, and not /JSomething."""
    at = content.find(sign)
    while at >= 0:
        if not content[at + len(sign) : at + len(sign) + 1].isalpha():
            return True
        at = content.find(sign, at + 1)
    return False


def _opens(file: BinaryIO) -> bool:
    file.seek(0)
    try:
        with opened(file) as picture:
            if picture.width * picture.height > PIXELS:
                return False
            picture.load()
    except (*UNREADABLE, Image.DecompressionBombError):
        return False
    return True
