"""Originals as files of a folder, named by the SHA-256 of their content: the store an installation has unless told.

Not here: what a name means and what is checked (store).
"""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.evidence.contents import CHUNK, Original, too_large

__all__ = ["TEMPORARY", "Folder", "sweep_folder", "written"]

TEMPORARY = ".incoming-"  # what a file is called until it is whole


class Folder:
    """A store below `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path_of(self, digest: str) -> Path:
        """The file of a content."""
        return self.root / digest[:2] / digest[2:4] / digest

    def store(self, stream: BinaryIO, limit: int) -> Original:
        """Keep what is left of `stream`."""
        with written(self.root) as (file, become):
            original = copied(stream, file, limit)
            become(self.path_of(original.sha256))  # the same bytes, should it be there already
        return original

    def adopt(self, file: Path, digest: str) -> None:
        """Make the finished `file`, which lies on the same disk and is synced to it, the content of that digest."""
        target = f"{self.root}/{digest[:2]}/{digest[2:4]}/{digest}"
        try:
            os.replace(file, target)
        except FileNotFoundError:
            os.makedirs(os.path.dirname(target), exist_ok=True)
            os.replace(file, target)

    def open(self, digest: str) -> BinaryIO:
        """The content; raises FileNotFoundError."""
        return self.path_of(digest).open("rb")

    def exists(self, digest: str) -> bool:
        """Whether there is such a content."""
        return self.path_of(digest).is_file()

    def digests(self) -> Iterator[str]:
        """The name of everything that is kept, in order."""
        files = (path for path in sorted(self.root.rglob("?" * 64)) if path.is_file())
        return (path.name for path in files if path == self.path_of(path.name))

    def fault(self) -> str:
        """Nothing: whether the folder can be written is asked of all of DATA_DIR."""
        return ""

    def sweep(self, older_than: datetime) -> int:
        """Remove what killed writers left."""
        return sweep_folder(self.root, older_than)


def copied(stream: BinaryIO, file: BinaryIO, limit: int) -> Original:
    """Copy what is left of `stream` into `file`, hashing on the way; refuses more than `limit` bytes."""
    digest, size = sha256(), 0
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if size > limit:
            raise too_large(limit)
        digest.update(chunk)
        file.write(chunk)
    return Original(digest.hexdigest(), size)


@contextmanager
def written(folder: Path) -> Iterator[tuple[BinaryIO, "Become"]]:
    """A new file in `folder` and the function that puts it, whole and on the disk, in its place.

    Until then it has a temporary name, taken away when anything goes wrong and by `sweep_folder` after a kill. A full
    disk refuses.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, path = tempfile.mkstemp(prefix=TEMPORARY, dir=folder)
        try:
            with os.fdopen(handle, "wb") as file:
                yield file, Become(file, Path(path))
        finally:
            Path(path).unlink(missing_ok=True)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        text = N_("The disk is full, so the file was not kept. Ask the administrator to make room, then send it again.")
        raise Refusal([Problem("evidence.disk_full", text)]) from error


class Become:
    """Gives a finished file its name."""

    def __init__(self, file: BinaryIO, path: Path) -> None:
        self.file, self.path = file, path

    def __call__(self, target: Path) -> None:
        self.file.flush()
        os.fsync(self.file.fileno())
        target.parent.mkdir(parents=True, exist_ok=True)
        self.path.replace(target)


def sweep_folder(folder: Path, older_than: datetime) -> int:
    """Remove the temporary files of `folder` that nobody has written to since; returns how many that were."""
    count = 0
    for path in folder.glob(f"{TEMPORARY}*"):
        with suppress(FileNotFoundError):  # its writer has just finished
            if path.stat().st_mtime < older_than.timestamp():
                path.unlink()
                count += 1
    return count
