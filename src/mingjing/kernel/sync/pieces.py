"""What one request brings of an upload: read a piece at a time, hashed as it is written, held against its checksum.

Not here: what becomes of it (uploads).
"""

from collections.abc import Iterator
from hashlib import sha1, sha256
from io import FileIO
from typing import Protocol

from mingjing.kernel.evidence.contents import CHUNK

__all__ = ["HASHES", "Checksum", "Corrupt", "Piece", "Stream"]

HASHES = {"sha1": sha1, "sha256": sha256}
Checksum = tuple[str, bytes]
"""The name of a hash (HASHES), and its value."""


class Corrupt(Exception):
    """A piece, or the whole, is not what its checksum says; a whole upload is thrown away."""


class Stream(Protocol):
    """A body that is read a piece at a time."""

    def read(self, size: int, /) -> bytes: ...


class Piece:
    """What one request brings: hashed as it is written. `only` is all of it where it came in one go."""

    def __init__(self, checksum: Checksum | None, *, whole: bool) -> None:
        self._checksum, self._sum = checksum, HASHES[checksum[0]]() if checksum else None
        self._whole = sha256() if whole else None
        self.size, self.only = 0, b""

    def take(self, stream: Stream, file: FileIO, most: int) -> None:
        """Write what comes, at most so many bytes; a cut ends it."""
        hashes = [hash_ for hash_ in (self._whole, self._sum) if hash_]
        for chunk in _pieces(stream, most):
            _write(file, chunk)
            for hash_ in hashes:
                hash_.update(chunk)
            self.only = b"" if self.size else chunk
            self.size += len(chunk)

    def check(self, name: str) -> None:
        """Raise Corrupt unless it is what its checksum says."""
        if self._checksum and self._sum and self._sum.digest() != self._checksum[1]:
            raise Corrupt(name)

    @property
    def sha256(self) -> str:
        """The digest of the whole upload, where this is all of it; else empty."""
        return self._whole.hexdigest() if self._whole else ""


def _write(file: FileIO, chunk: bytes) -> None:
    left = memoryview(chunk)
    while left:
        left = left[file.write(left) :]


def _pieces(stream: Stream, most: int) -> Iterator[bytes]:
    """What the body brings, at most so many bytes; a cut ends it."""
    while most > 0:
        try:
            chunk = stream.read(min(CHUNK, most))
        except OSError:
            return
        if not chunk:
            return
        most -= len(chunk)
        yield chunk
