"""Untouched originals on disk, each under the digest of its content: what a decision rests on can be shown later.

A content is stored once however often it comes, and appears whole or not at all. Not here: what an original is evidence
of (rows of the programmes), copies made smaller, and erasing.
"""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import file_digest, sha256
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from mingjing.engine.outcome import N_, Problem, Refusal

__all__ = ["Damaged", "Original", "folder", "open_original", "path_of", "store", "sweep"]

CHUNK = 1 << 20  # bytes in memory at a time
TEMPORARY = ".incoming-"  # what a file is called until it is whole


@dataclass(frozen=True, slots=True)
class Original:
    """A stored content: its SHA-256 in hex, which is also its name, and its size in bytes."""

    sha256: str
    size: int


class Damaged(Exception):
    """A stored content is no longer what its name says; carries the name."""


def folder() -> Path:
    """Where the originals are."""
    return Path(settings.DATA_DIR) / "originals"


def path_of(digest: str) -> Path:
    """The file of a content; raises ValueError for what is no SHA-256 in lower-case hex."""
    if len(digest) != 64 or set(digest) - set("0123456789abcdef"):
        raise ValueError(f"{digest!r} is no SHA-256 in hex.")
    return folder() / digest[:2] / digest[2:4] / digest


def store(stream: BinaryIO, limit: int) -> Original:
    """Keep what is left of `stream` and return its name; refuses more than `limit` bytes.

    Whole or not at all: until it is on the disk it has a temporary name, which is taken away when anything goes wrong
    (a broken upload raises what its stream raises; a full disk refuses) and by `sweep` after a kill.
    """
    try:
        with _temporary() as (file, name):
            original = _copy(stream, file, limit)
            file.flush()
            os.fsync(file.fileno())
            target = path_of(original.sha256)
            target.parent.mkdir(parents=True, exist_ok=True)
            name.replace(target)  # the same bytes, should it be there already
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        text = N_("The disk is full, so the file was not kept. Ask the administrator to make room, then send it again.")
        raise Refusal([Problem("evidence.disk_full", text)]) from error
    return original


@contextmanager
def _temporary() -> Iterator[tuple[BinaryIO, Path]]:
    """A new file beside the originals, gone at the end unless it was given another name."""
    folder().mkdir(parents=True, exist_ok=True)
    handle, path = tempfile.mkstemp(prefix=TEMPORARY, dir=folder())
    try:
        with os.fdopen(handle, "wb") as file:
            yield file, Path(path)
    finally:
        Path(path).unlink(missing_ok=True)


def _copy(stream: BinaryIO, file: BinaryIO, limit: int) -> Original:
    digest, size = sha256(), 0
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if size > limit:
            text = N_("The file is larger than {limit} bytes, which is the most that is kept.")
            raise Refusal([Problem("evidence.size", text, {"limit": limit})])
        digest.update(chunk)
        file.write(chunk)
    return Original(digest.hexdigest(), size)


def open_original(digest: str, *, verified: bool = False) -> BinaryIO:
    """The content under `digest`, open for reading.

    With `verified` it is read once to the end first, and Damaged raised when it is not what it was. Raises
    FileNotFoundError when nothing is kept under that name, and ValueError for what is no name.
    """
    file = path_of(digest).open("rb")
    if verified:
        if file_digest(file, "sha256").hexdigest() != digest:
            file.close()
            raise Damaged(digest)
        file.seek(0)
    return file


def sweep(*, older_than: datetime) -> int:
    """Remove what killed writers left behind, untouched since `older_than`; returns how many files that were."""
    count = 0
    for path in folder().glob(f"{TEMPORARY}*"):
        with suppress(FileNotFoundError):  # its writer has just finished
            if path.stat().st_mtime < older_than.timestamp():
                path.unlink()
                count += 1
    return count
