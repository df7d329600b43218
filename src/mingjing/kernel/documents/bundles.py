"""Documents and evidence of a case as one ZIP, made while it is sent: an index with the hash of every file comes last.

`SHA256SUMS` is read by the program sha256sum, `目录.txt` by people. Each file is compared with its digest on the
way; one that is damaged breaks the download off: nobody takes half a bundle for a whole one. Not here: who may.
"""

import io
import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import BinaryIO

from mingjing.kernel.evidence import store
from mingjing.kernel.evidence.contents import CHUNK

__all__ = ["Entry", "stream"]

EPOCH = (1980, 1, 1, 0, 0, 0)
FORMAT = "mingjing.documents.bundle/1"
_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]+')


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a bundle: its folder and name there, its digest, and what it is, in words."""

    folder: str
    name: str
    sha256: str
    words: str

    def path(self, number: int) -> str:
        """Its place: numbered, so that two of one name stay apart, and without what a file system refuses."""
        plain = _UNSAFE.sub("_", self.name).strip(". ")[-120:] or "file"
        return f"{_UNSAFE.sub('_', self.folder)}/{number:03d} {plain}"


class _Tail(io.RawIOBase):
    """What was written and not sent yet: a ZIP is made from front to back."""

    def __init__(self) -> None:
        self.waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data) -> int:  # type: ignore[no-untyped-def]  # any buffer
        self.waiting += data
        return len(data)

    def taken(self) -> bytes:
        """What waits, which then waits no more."""
        out = bytes(self.waiting)
        self.waiting.clear()
        return out


def stream(title: str, entries: Sequence[Entry], left_out: Sequence[str] = ()) -> Iterator[bytes]:
    """The ZIP, a piece at a time; `left_out` says what is not in it. Raises store.Damaged, FileNotFoundError."""
    tail = _Tail()
    placed = [(entry.path(number), entry) for number, entry in enumerate(entries, 1)]
    with zipfile.ZipFile(tail, "w", allowZip64=True) as bundle:
        for path, entry in placed:
            with store.open_original(entry.sha256) as file, bundle.open(_info(path), "w", force_zip64=True) as part:
                yield from _copied(file, part, tail, entry.sha256)
        for name, text in _index(title, placed, left_out):
            bundle.writestr(_info(name), text)
        yield tail.taken()
    yield tail.taken()


def _copied(file: BinaryIO, part, tail: _Tail, digest: str) -> Iterator[bytes]:  # type: ignore[no-untyped-def]
    found = sha256()
    while chunk := file.read(CHUNK):
        found.update(chunk)
        part.write(chunk)
        yield tail.taken()
    if found.hexdigest() != digest:
        raise store.Damaged(digest)


def _info(path: str) -> zipfile.ZipInfo:
    plain = zipfile.ZipInfo(path, EPOCH)
    plain.create_system, plain.external_attr = 0, 0
    return plain


def _index(title: str, placed: Sequence[tuple[str, Entry]], left_out: Sequence[str]) -> Iterator[tuple[str, str]]:
    lines = [title, "", *(f"{path}\r\n    {one.words}\r\n    SHA-256 {one.sha256}" for path, one in placed)]
    yield "目录.txt", "\ufeff" + "\r\n".join([*lines, "", *left_out]) + "\r\n"
    yield "SHA256SUMS", "".join(f"{one.sha256}  {path}\n" for path, one in placed)
    files = [{"path": path, "sha256": one.sha256, "what": one.words} for path, one in placed]
    content = {"format": FORMAT, "title": title, "files": files, "left_out": list(left_out)}
    yield "index.json", json.dumps(content, ensure_ascii=False, indent=1) + "\n"
