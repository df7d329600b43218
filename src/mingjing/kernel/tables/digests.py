"""What a file is known by afterwards: the SHA-256 of its bytes."""

import hashlib
from pathlib import Path
from typing import IO

__all__ = ["file_digest"]

CHUNK = 1 << 20


def file_digest(source: Path | str | IO[bytes]) -> str:
    """The SHA-256 of a file's bytes in hex; `source` is a path or a seekable binary file, left at its start."""
    if isinstance(source, str | Path):
        with Path(source).open("rb") as opened:
            return file_digest(opened)
    digest = hashlib.sha256()
    source.seek(0)
    while chunk := source.read(CHUNK):
        digest.update(chunk)
    source.seek(0)
    return digest.hexdigest()
