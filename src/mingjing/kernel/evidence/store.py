"""Untouched originals, each under the digest of its content: what a decision rests on can be shown later.

A content is stored once however often it comes, and appears whole or not at all; in a folder of this machine, or in an
S3-compatible store (settings.ORIGINALS). Not here: what an original is evidence of (rows of the programmes), copies
made smaller, and erasing.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Protocol

from django.conf import settings

from mingjing.kernel.evidence.contents import CHUNK, Original
from mingjing.kernel.evidence.folders import Folder

__all__ = [
    "CHUNK",
    "Damaged",
    "Original",
    "Store",
    "adopt",
    "chosen",
    "digest_of",
    "digests",
    "exists",
    "folder",
    "open_original",
    "path_of",
    "store",
    "sweep",
]


class Damaged(Exception):
    """A stored content is no longer what its name says; carries the name."""


class Store(Protocol):
    """Where contents are: a Folder or a Bucket."""

    def store(self, stream: BinaryIO, limit: int) -> Original: ...
    def adopt(self, file: Path, digest: str) -> None: ...
    def open(self, digest: str) -> BinaryIO: ...
    def exists(self, digest: str) -> bool: ...
    def digests(self) -> Iterator[str]: ...
    def sweep(self, older_than: datetime) -> int: ...
    def fault(self) -> str: ...


def folder() -> Path:
    """Where the originals are, unless they are in S3."""
    return _below(settings.DATA_DIR)


@lru_cache(maxsize=4)
def _below(data: str | Path) -> Path:
    return Path(data) / "originals"


def chosen() -> Store:
    """The store of this installation."""
    return _bucket(settings.ORIGINALS, settings.S3_ENDPOINT) if settings.ORIGINALS else Folder(folder())


@lru_cache(maxsize=4)
def _bucket(address: str, endpoint: str) -> Store:
    from mingjing.kernel.evidence.buckets import Bucket

    return Bucket(address, endpoint)


def path_of(digest: str) -> Path:
    """The file of a content in the folder; raises ValueError for what is no SHA-256 in lower-case hex."""
    return Folder(folder()).path_of(_checked(digest))


def store(stream: BinaryIO, limit: int) -> Original:
    """Keep what is left of `stream` and return its name; refuses more than `limit` bytes.

    Whole or not at all: a broken upload raises what its stream raises; a full disk and a store that does not answer
    refuse.
    """
    return chosen().store(stream, limit)


def adopt(file: Path, digest: str) -> None:
    """Keep the whole of `file`, whose SHA-256 the caller has checked to be `digest`; it is gone from its place then."""
    chosen().adopt(file, _checked(digest))


def open_original(digest: str, *, verified: bool = False) -> BinaryIO:
    """The content under `digest`, open for reading.

    With `verified` it is read once to the end first, and Damaged raised when it is not what it was. Raises
    FileNotFoundError when nothing is kept under that name, and ValueError for what is no name.
    """
    file = chosen().open(_checked(digest))
    if verified:
        if digest_of(file) != digest:
            file.close()
            raise Damaged(digest)
        file.seek(0)
    return file


def exists(digest: str) -> bool:
    """Whether something is kept under `digest`; raises ValueError for what is no name."""
    return chosen().exists(_checked(digest))


def digests() -> Iterator[str]:
    """The name of everything that is kept, in order."""
    return chosen().digests()


def sweep(*, older_than: datetime) -> int:
    """Remove what killed writers left behind, untouched since `older_than`; returns how many files that were."""
    return chosen().sweep(older_than)


def digest_of(file: BinaryIO) -> str:
    """The SHA-256 in hex of what is left of `file`, a piece at a time."""
    digest = sha256()
    while chunk := file.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


_NAME = re.compile(r"[0-9a-f]{64}")


def _checked(digest: str) -> str:
    if not _NAME.fullmatch(digest):
        raise ValueError(f"{digest!r} is no SHA-256 in hex.")
    return digest
