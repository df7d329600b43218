"""Bytes on their way up, by tus: kept as they come, whole or to be gone on with, on this disk and in no table.

    DATA_DIR/incoming/<name>.json    what is coming in pieces: how long, which digest
    DATA_DIR/incoming/<name>.part    what has come, synced to the disk at the end of each request

Whole bytes become an original (kernel.evidence.store), and the phone is given a receipt for them (arrivals). They were
synced under their first name before they get that of the original: after a power cut they have one of the two, and
`stranded` finds those that have the first. Not here: HTTP (the field face), what they prove (actions.captures).
"""

import errno
import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from io import FileIO
from pathlib import Path
from time import monotonic, sleep, time
from typing import Any
from uuid import UUID

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.db.ids import uuid7
from mingjing.kernel.evidence import store
from mingjing.kernel.sync.arrivals import (
    SHA256,
    Arrived,
    arrived,
    folder,
    forget_upload,
    note_arrival,
    note_refusal,
    noted_upload,
    receipt_of,
    sweep_notes,
)
from mingjing.kernel.sync.pictures import examined, examined_bytes, examined_original
from mingjing.kernel.sync.pieces import HASHES, Checksum, Corrupt, Piece, Stream
from mingjing.kernel.sync.sessions import capability, holds

__all__ = [
    "HASHES", "LASTS", "LIMIT", "Arrived", "Busy", "Corrupt", "NotThere", "Upload", "WrongOffset", "arrived", "begin",
    "begin_with", "digest_of", "discard", "found", "receipt_of", "receive", "stranded", "sweep",
]  # fmt: skip

LIMIT = 32 * 2**20
"""Bytes of one photo; the largest phones make 20 MB."""
LASTS = timedelta(days=7)
"""How long an upload waits for its next byte."""
PATIENCE = 5
"""Seconds for which whoever asks how far an upload is waits for the request that is just finishing it."""
SILENT = 8
"""Seconds without a byte after which the next request goes on in place of the one before: a phone that lost its signal
leaves a connection behind that may look alive for a long time."""
SPARE = 256 * 2**20
"""Bytes of the disk that uploads leave free."""
_NAME = re.compile(r"[0-9a-f]{32}-[0-9a-f]{32}")


class NotThere(Exception):
    """No such upload of this phone."""


class Busy(Exception):
    """Another request is writing to it."""


class WrongOffset(Exception):
    """The piece does not begin where the upload ends; carries where that is."""


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload as it stands: `offset` bytes of `length` have come; it `expires`; `receipt` once all have."""

    name: str
    device: UUID
    length: int
    sha256: str
    expires: datetime
    offset: int = 0
    receipt: str = ""

    @property
    def part(self) -> Path:
        """The file of what has come."""
        return Path(f"{folder()}/{self.name}.part")

    @property
    def told(self) -> Path:
        """The file of what is known of it."""
        return Path(f"{folder()}/{self.name}.json")


def begin(*, device: UUID, length: int, digest: str, at: datetime) -> Upload:
    """Make room for an upload. Raises Refusal for what is too large, without a digest, or more than the disk has."""
    upload = _new(device, length, digest, at)
    with _room():
        _tell(upload)
        upload.part.open("xb").close()
    return upload


def begin_with(
    stream: Stream, *, device: UUID, length: int, digest: str, checksum: Checksum | None = None, at: datetime
) -> Upload:
    """The same with what `stream` brings, from the first byte on. Raises what `begin` and `receive` raise.

    Until it returns nobody knows the upload's name: nobody else writes to it, and after a kill it is begun anew.
    """
    upload = _new(device, length, digest, at)
    try:
        with _room(), FileIO(upload.part, "x+") as file:
            piece = Piece(checksum, whole=True)
            piece.take(stream, file, length)
            piece.check(upload.name)
            os.fsync(file.fileno())
            now = replace(upload, offset=piece.size)
            if now.offset == length:
                return _finished(now, piece.sha256, at, only=piece.only)
            _tell(now)
    except (Corrupt, Refusal, OSError):  # it has no name for its phone either, which sends it anew
        _thrown_away(upload)
        raise
    return now


def _new(device: UUID, length: int, digest: str, at: datetime) -> Upload:
    if not 0 < length <= LIMIT:
        text = N_("A photo has from 1 byte to {limit} MB; choose a smaller size in the camera.")
        raise Refusal([Problem("upload.size", text, {"limit": LIMIT // 2**20})])
    if not SHA256.fullmatch(digest):
        text = N_("The upload does not say the SHA-256 of its bytes; update the app.")
        raise Refusal([Problem("upload.digest", text)])
    if _free() < length + SPARE:
        raise _full()
    base = uuid7(at).hex
    return Upload(f"{base}-{capability(device, base)}", device, length, digest, at + LASTS)


def _tell(upload: Upload) -> None:
    """Write down what is known of it. Nobody knows its name yet, so nobody reads half of it."""
    with upload.told.open("x") as file:
        json.dump({"length": upload.length, "sha256": upload.sha256}, file)


def found(name: str, *, device: UUID, at: datetime) -> Upload:
    """The upload of that name as it stands, if this phone began it and it did not expire. Asks no database.

    One whose last byte came before a kill is finished here. Raises NotThere, and what `receive` raises.
    """
    base, _, shown = name.partition("-")
    if not _NAME.fullmatch(name) or not holds(device, base, shown):
        raise NotThere(name)
    try:
        told = json.loads((folder() / f"{name}.json").read_text("utf-8"))
        upload = Upload(name, device, told["length"], told["sha256"], at + LASTS)
    except (FileNotFoundError, ValueError):
        if came := noted_upload(device, name):  # in one go
            return Upload(name, device, came["size"], came["sha256"], at + LASTS, came["size"], came["receipt"])
        raise NotThere(name) from None
    if receipt := receipt_of(device, upload.sha256):
        return replace(upload, offset=upload.length, receipt=receipt)
    try:
        there = upload.part.stat()
    except FileNotFoundError:  # only the last byte takes it away and leaves what is known of it
        return _named_already(upload, at)
    upload = replace(upload, offset=there.st_size, expires=datetime.fromtimestamp(there.st_mtime, UTC) + LASTS)
    if upload.expires <= at:
        raise NotThere(name)
    if upload.offset < upload.length:
        return upload
    try:
        with _alone(upload, patience=PATIENCE), _turn(upload):
            return _finished(upload, "", at)
    except WrongOffset:  # another request finished it meanwhile
        return replace(upload, receipt=receipt_of(device, upload.sha256))


def receive(upload: Upload, stream: Stream, *, offset: int, checksum: Checksum | None = None, at: datetime) -> Upload:
    """Take what `stream` brings, from `offset` on; returns the upload as it stands then.

    What came before a cut is kept, unless a `checksum` (its name and value) of the whole piece was given. The last byte
    makes it an original with a receipt. Raises WrongOffset, Busy, Corrupt, and Refusal for what is no picture, or for a
    full disk: then what came before this piece is kept.
    """
    if upload.receipt:
        raise WrongOffset(upload.length)
    with _alone(upload) as file:
        have = file.seek(0, os.SEEK_END)
        if have != offset:
            raise WrongOffset(have)
        piece = Piece(checksum, whole=not have)
        with _room(file, have):
            piece.take(stream, file, upload.length - have)
            try:
                piece.check(upload.name)
            except Corrupt:
                os.ftruncate(file.fileno(), have)
                raise
            os.fsync(file.fileno())
        now = replace(upload, offset=file.tell(), expires=at + LASTS)
        with _turn(upload):
            if not _still(upload.part, file):
                raise Busy(upload.name)  # another request went on from what had come
            return _finished(now, piece.sha256, at) if now.offset == now.length else now


def _free() -> int:
    """Bytes of the disk that are free."""
    try:
        found = os.statvfs(folder())
    except FileNotFoundError:
        folder().mkdir(parents=True, exist_ok=True)
        found = os.statvfs(folder())
    return found.f_bavail * found.f_frsize


def discard(upload: Upload) -> None:
    """Forget an upload, and what has come of it. Raises Busy while another request writes to it."""
    if upload.receipt:
        forget_upload(upload.device, upload.sha256, upload.name, at=datetime.now(UTC))
    else:
        with _alone(upload):
            upload.part.unlink(missing_ok=True)
    upload.told.unlink(missing_ok=True)


def stranded(*, older_than: datetime) -> Iterator[Path]:
    """The files of what has come that nobody has written to since: some may be whole (see above)."""
    for part in folder().glob("*.part"):
        with suppress(FileNotFoundError):
            if part.stat().st_mtime < older_than.timestamp():
                yield part


def sweep(*, at: datetime) -> int:
    """Remove uploads that expired, and what is remembered of old ones; returns how many files that were."""
    old = [path for path in folder().glob("*") if path.is_file() and path.stat().st_mtime < (at - LASTS).timestamp()]
    swept = [path for path in old if path.suffix != ".json" or not path.with_suffix(".part").exists()]
    for path in swept:
        path.unlink(missing_ok=True)
        path.with_suffix(".json").unlink(missing_ok=True)
    sweep_notes(at=at)
    return len(swept)


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return store.digest_of(file)


def _finished(upload: Upload, digest: str, at: datetime, only: bytes = b"") -> Upload:
    """Make the whole an original, and give the phone its receipt.

    `digest` is its SHA-256, and `only` its bytes, where they are known; otherwise the file is read.
    """
    if (digest or digest_of(upload.part)) != upload.sha256:
        _thrown_away(upload)
        raise Corrupt(upload.name)
    try:
        picture = examined_bytes(only) if only else examined(upload.part)
    except Refusal as refusal:
        note_refusal(device=upload.device, digest=upload.sha256, problems=refusal.problems, at=at)
        _thrown_away(upload)
        raise
    store.adopt(upload.part, upload.sha256)
    return replace(upload, receipt=_noted(upload, picture, at))


def _noted(upload: Upload, picture: Mapping[str, Any], at: datetime) -> str:
    """The receipt for bytes that are an original now."""
    device, digest, size = upload.device, upload.sha256, upload.length
    return note_arrival(device=device, digest=digest, size=size, picture=picture, upload=upload.name, at=at)


def _named_already(upload: Upload, at: datetime) -> Upload:
    """Killed between the name of the original and the note of it: the phone is owed the receipt."""
    original = examined_original(upload.sha256)
    if original is None or original[0] != upload.length:
        raise NotThere(upload.name)
    return replace(upload, offset=upload.length, receipt=_noted(upload, original[1], at))


def _thrown_away(upload: Upload) -> None:
    upload.part.unlink(missing_ok=True)
    upload.told.unlink(missing_ok=True)


@contextmanager
def _alone(upload: Upload, patience: float = 0) -> Iterator[FileIO]:
    """The file of what has come, nobody else's until the request ends; waits `patience` seconds for it."""
    try:
        file = FileIO(upload.part, "r+")
    except FileNotFoundError:
        raise _gone(upload) from None
    with file:
        until = monotonic() + patience
        while not _locked(file):
            if _is_silent(upload):
                with _taken_over(upload) as instead:
                    yield instead
                return
            if monotonic() >= until:
                raise Busy(upload.name)
            sleep(0.02)
        if not _still(upload.part, file):
            raise _gone(upload)  # whoever had the lock before finished it or threw it away: this is no part any more
        os.utime(file.fileno())  # not silent yet
        yield file


def _is_silent(upload: Upload) -> bool:
    """Whether nothing has come for a while from the request that writes to it."""
    try:
        return time() - upload.part.stat().st_mtime > SILENT
    except FileNotFoundError:
        raise _gone(upload) from None


@contextmanager
def _taken_over(upload: Upload) -> Iterator[FileIO]:
    """A copy of what has come, in the place of the file that a silent request holds and can no longer spoil."""
    own = upload.part.with_suffix(f".{uuid7(datetime.now(UTC)).hex}")
    try:
        with _turn(upload):
            if not _is_silent(upload):
                raise Busy(upload.name)
            with _room():
                shutil.copyfile(upload.part, own)
            file = FileIO(own, "r+")
            _locked(file)
            os.replace(own, upload.part)
    finally:
        own.unlink(missing_ok=True)
    with file:
        yield file


@contextmanager
def _turn(upload: Upload) -> Iterator[None]:
    """Nobody puts another file in its place, nor makes an original of it, meanwhile; held for moments only."""
    try:
        file = upload.told.open("rb")
    except FileNotFoundError:
        raise _gone(upload) from None
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _locked(file: FileIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _still(path: Path, file: FileIO) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False


def _gone(upload: Upload) -> Exception:
    return WrongOffset(upload.length) if receipt_of(upload.device, upload.sha256) else NotThere(upload.name)


@contextmanager
def _room(file: FileIO | None = None, have: int = 0) -> Iterator[None]:
    """Refuse where the disk is full; the `file` is as long as it was before."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        if file is not None:
            os.ftruncate(file.fileno(), have)
        raise _full() from error


def _full() -> Refusal:
    text = N_("The disk of the server is full. Your photo stays on the phone; tell the administrator.")
    return Refusal([Problem("upload.disk_full", text)])
