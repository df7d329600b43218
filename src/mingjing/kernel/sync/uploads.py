"""Bytes on their way up, by tus: kept as they come, whole or to be gone on with, on this disk and in no table.

    DATA_DIR/incoming/<name>.json    what is coming: whose, how long, which digest, until when
    DATA_DIR/incoming/<name>.part    what has come
    DATA_DIR/incoming/done/<device>/<sha256>.json    what arrived whole: its receipt and what the picture says of itself

Whole bytes become an original (kernel.evidence.store), and the phone is given a receipt for them. Not here: HTTP (the
field face), what the bytes are evidence of (actions.captures).
"""

import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha1, sha256
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings

from mingjing.engine.chain import canonical
from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel import keys
from mingjing.kernel.db.fields import instant_text
from mingjing.kernel.db.ids import uuid7
from mingjing.kernel.evidence import store
from mingjing.kernel.evidence.contents import CHUNK
from mingjing.kernel.sync.pictures import examined
from mingjing.kernel.sync.sessions import capability, holds

__all__ = [
    "LIMIT",
    "Arrived",
    "Busy",
    "Corrupt",
    "NotThere",
    "Upload",
    "WrongOffset",
    "arrived",
    "begin",
    "discard",
    "found",
    "receipt_of",
    "receive",
    "sweep",
]  # fmt: skip

LIMIT = 32 * 2**20
"""Bytes of one photo; the largest phones make 20 MB."""
LASTS = timedelta(days=7)
REMEMBERED = timedelta(days=60)
SPARE = 256 * 2**20
"""Bytes of the disk that uploads leave free."""
HASHES = {"sha1": sha1, "sha256": sha256}
_NAME = re.compile(r"[0-9a-f]{32}-[0-9a-f]{32}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class NotThere(Exception):
    """No such upload of this phone."""


class Busy(Exception):
    """Another request is writing to it."""


class WrongOffset(Exception):
    """The piece does not begin where the upload ends; carries where that is."""


class Corrupt(Exception):
    """A piece, or the whole, is not what its checksum says; `whole` uploads are thrown away."""


class Stream(Protocol):
    """A body that is read a piece at a time."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload as it stands: `offset` bytes of `length` have come; `receipt` once all have."""

    name: str
    device: str
    length: int
    sha256: str
    expires: str
    offset: int = 0
    receipt: str = ""

    @property
    def complete(self) -> bool:
        """Whether every byte has come."""
        return self.offset == self.length

    @property
    def part(self) -> Path:
        """The file of what has come."""
        return folder() / f"{self.name}.part"

    @property
    def told(self) -> Path:
        """The file of what is known of it."""
        return folder() / f"{self.name}.json"


@dataclass(frozen=True, slots=True)
class Arrived:
    """Bytes that arrived whole from a phone: when, and what the picture says of itself (pictures.examined)."""

    sha256: str
    size: int
    at: datetime
    picture: Mapping[str, Any]


def folder() -> Path:
    """Where uploads are while they come."""
    return Path(settings.DATA_DIR) / "incoming"


def begin(*, device: UUID, length: int, digest: str, at: datetime) -> Upload:
    """Make room for an upload. Raises Refusal for what is too large, without a digest, or more than the disk has."""
    if not 0 < length <= LIMIT:
        text = N_("A photo has from 1 byte to {limit} MB; choose a smaller size in the camera.")
        raise Refusal([Problem("upload.size", text, {"limit": LIMIT // 2**20})])
    if not _SHA256.fullmatch(digest):
        text = N_("The upload does not say the SHA-256 of its bytes; update the app.")
        raise Refusal([Problem("upload.digest", text)])
    folder().mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(folder()).free < length + SPARE:
        text = N_("The disk of the server is full. Your photo stays on the phone; tell the administrator.")
        raise Refusal([Problem("upload.disk_full", text)])
    base = uuid7(at).hex
    name = f"{base}-{capability(device, base)}"
    upload = Upload(name, device.hex, length, digest, instant_text(at + LASTS))
    _write(upload.told, {"device": device.hex, "length": length, "sha256": digest, "expires": upload.expires})
    upload.part.touch()
    return upload


def found(name: str, device: UUID) -> Upload:
    """The upload of that name, if this phone began it; raises NotThere. Asks no database."""
    base, _, shown = name.partition("-")
    if not _NAME.fullmatch(name) or not holds(device, base, shown):
        raise NotThere(name)
    try:
        told = json.loads((folder() / f"{name}.json").read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        raise NotThere(name) from None
    upload = Upload(name, told["device"], told["length"], told["sha256"], told["expires"])
    if receipt := receipt_of(device, upload.sha256):
        return replace(upload, offset=upload.length, receipt=receipt)
    try:
        return replace(upload, offset=upload.part.stat().st_size)
    except FileNotFoundError:
        raise NotThere(name) from None


def receive(
    upload: Upload,
    stream: Stream,
    *,
    offset: int,
    checksum: tuple[str, bytes] | None = None,
    device: UUID,
    at: datetime,
) -> Upload:
    """Take what `stream` brings, from `offset` on; returns the upload as it stands then.

    What came before a cut is kept, unless a `checksum` (its name and value) of the whole piece was given. The last byte
    makes it an original with a receipt. Raises WrongOffset, Busy, Corrupt, and Refusal for what is no picture: then the
    upload is gone.
    """
    with _alone(upload) as file:
        have = file.seek(0, os.SEEK_END)
        if upload.complete or have != offset:
            raise WrongOffset(upload.length if upload.complete else have)
        whole = sha256() if not have else None
        piece = HASHES[checksum[0]]() if checksum else None
        for chunk in _pieces(stream, upload.length - have):
            file.write(chunk)
            for hash_ in (whole, piece):
                if hash_:
                    hash_.update(chunk)
        file.flush()
        if piece and checksum and piece.digest() != checksum[1]:
            os.ftruncate(file.fileno(), have)
            raise Corrupt(upload.name)
        os.fsync(file.fileno())
        now = replace(upload, offset=file.tell())
        return _finished(now, device, whole.hexdigest() if whole else "", at) if now.complete else now


def discard(upload: Upload) -> None:
    """Forget an upload, and what has come of it."""
    upload.part.unlink(missing_ok=True)
    upload.told.unlink(missing_ok=True)


def arrived(device: UUID, digest: str) -> Arrived | None:
    """What is known of bytes that arrived whole from this phone."""
    told = _told_of(device, digest)
    if told is None:
        return None
    return Arrived(digest, told["size"], datetime.fromisoformat(told["at"]), told["picture"])


def receipt_of(device: UUID, digest: str) -> str:
    """The receipt this phone was given for these bytes, as base64url of its JSON; empty for none."""
    told = _told_of(device, digest)
    return str(told["receipt"]) if told else ""


def sweep(*, at: datetime) -> int:
    """Remove uploads that expired, and what is remembered of old ones; returns how many."""
    count = 0
    for told in folder().glob("*.json"):
        try:
            over = datetime.fromisoformat(json.loads(told.read_text("utf-8"))["expires"]) <= at
        except (ValueError, KeyError, FileNotFoundError):
            over = True
        if over:
            told.with_suffix(".part").unlink(missing_ok=True)
            told.unlink(missing_ok=True)
            count += 1
    for told in folder().glob("done/*/*.json"):
        if told.stat().st_mtime < (at - REMEMBERED).timestamp():
            told.unlink(missing_ok=True)
    return count


def _finished(upload: Upload, device: UUID, digest: str, at: datetime) -> Upload:
    """Make the whole an original, and give the phone its receipt."""
    if (digest or _digest_of(upload.part)) != upload.sha256:
        discard(upload)
        raise Corrupt(upload.name)
    try:
        picture = examined(upload.part)
    except Refusal:
        discard(upload)
        raise
    store.adopt(upload.part, upload.sha256)
    receipt = _receipt(upload, device, at)
    kept = {"size": upload.length, "at": instant_text(at), "receipt": receipt, "picture": picture}
    target = _done(device, upload.sha256)
    target.parent.mkdir(parents=True, exist_ok=True)
    _write(target, kept)
    return replace(upload, receipt=receipt)


def _receipt(upload: Upload, device: UUID, at: datetime) -> str:
    document = {
        "format": "mingjing.receipt/1", "sha256": upload.sha256, "size": upload.length, "device": str(device),
        "at": instant_text(at), "key": keys.public_key(),
    }  # fmt: skip
    signed = {**document, "signature": keys.sign(canonical(document))}
    return keys.text(canonical(signed))


def _told_of(device: UUID, digest: str) -> dict[str, Any] | None:
    if not _SHA256.fullmatch(digest):
        return None
    try:
        told: dict[str, Any] = json.loads(_done(device, digest).read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return told


def _done(device: UUID, digest: str) -> Path:
    return folder() / "done" / device.hex / f"{digest}.json"


@contextmanager
def _alone(upload: Upload) -> Iterator[Any]:
    """The file of what has come, nobody else's until the request ends."""
    try:
        file = upload.part.open("r+b")
    except FileNotFoundError:
        raise (WrongOffset(upload.length) if upload.complete else NotThere(upload.name)) from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(upload.name) from None
        yield file


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


def _digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return store.digest_of(file)


def _write(path: Path, told: Mapping[str, Any]) -> None:
    """Whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(json.dumps(told), "utf-8")
    draft.replace(path)
