"""What is remembered of bytes that came whole from a phone: the receipt it was given, or why they were refused.

    DATA_DIR/incoming/done/<device>/<sha256>.json

A file may be lost with a power cut, the original and the receipt in the phone's hands are not: settling looks for the
original itself (actions.captures). Not here: how bytes come (uploads).
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from re import compile as pattern
from threading import get_ident
from typing import Any
from uuid import UUID

from django.conf import settings

from mingjing.engine.chain import canonical
from mingjing.engine.kept import keep, recall
from mingjing.engine.outcome import Problem
from mingjing.kernel import keys
from mingjing.kernel.db.fields import instant_text

__all__ = [
    "SHA256", "Arrived", "arrived", "folder", "note_arrival", "note_refusal", "receipt_of", "refusal_of", "sweep_notes",
    "tell_by_note", "write_new",
]  # fmt: skip

SHA256 = pattern(r"[0-9a-f]{64}")
REMEMBERED = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Arrived:
    """Bytes that arrived whole from a phone: when, and what the picture says of itself (pictures.examined)."""

    sha256: str
    size: int
    at: datetime
    picture: Mapping[str, Any]


def folder() -> Path:
    """Where uploads are while they come."""
    return _below(settings.DATA_DIR)


@lru_cache(maxsize=4)
def _below(data: str | Path) -> Path:
    return Path(data) / "incoming"


def arrived(device: UUID, digest: str) -> Arrived | None:
    """What is known of bytes that arrived whole from this phone and were taken."""
    told = _told(device, digest)
    if "receipt" not in told:
        return None
    return Arrived(digest, told["size"], datetime.fromisoformat(told["at"]), told["picture"])


def receipt_of(device: UUID, digest: str) -> str:
    """The receipt this phone was given for these bytes, as base64url of its JSON; empty for none."""
    return str(_told(device, digest).get("receipt", ""))


def refusal_of(device: UUID, digest: str) -> tuple[Problem, ...]:
    """Why these bytes of this phone were refused when they had come whole; empty if they were not."""
    found: tuple[Problem, ...] = recall(_told(device, digest).get("refused", []))
    return found


def note_arrival(*, device: UUID, digest: str, size: int, picture: Mapping[str, Any], at: datetime) -> str:
    """Remember bytes that are an original now, and return the receipt for them."""
    document = {
        "format": "mingjing.receipt/1", "sha256": digest, "size": size, "device": str(device),
        "at": instant_text(at), "key": keys.public_key(),
    }  # fmt: skip
    receipt = keys.text(canonical({**document, "signature": keys.sign(canonical(document))}))
    _write(device, digest, {
        "length": size, "sha256": digest, "size": size, "at": instant_text(at), "receipt": receipt, "picture": picture,
    })  # fmt: skip
    return receipt


def tell_by_note(path: str, *, device: UUID, digest: str) -> bool:
    """Let the note of an arrival also be what is known of its upload: a second name costs less than a second file.

    False where there is no such note, or the disk gives no second names.
    """
    try:
        os.link(_path(device, digest), path)
    except OSError:
        return False
    return True


def note_refusal(*, device: UUID, digest: str, problems: Sequence[Problem], at: datetime) -> None:
    """Remember why bytes were refused, for the phone and the desk."""
    _write(device, digest, {"at": instant_text(at), "refused": keep(tuple(problems))})


def sweep_notes(*, at: datetime) -> None:
    """Forget what is older than REMEMBERED."""
    for path in folder().glob("done/*/*.json"):
        if path.stat().st_mtime < (at - REMEMBERED).timestamp():
            path.unlink(missing_ok=True)


def write_new(path: str, told: Mapping[str, Any]) -> None:
    """Write JSON where nothing is yet, and whoever reads half of it takes it for nothing; FileExistsError otherwise."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        os.write(handle, json.dumps(told).encode())
    finally:
        os.close(handle)


def _write(device: UUID, digest: str, told: Mapping[str, Any]) -> None:
    """Write a note; in the place of one that is there already whole or not at all."""
    path = _path(device, digest)
    try:
        write_new(path, told)
    except FileExistsError:
        draft = f"{path}.{os.getpid()}.{get_ident()}"
        write_new(draft, told)
        os.replace(draft, path)


def _told(device: UUID, digest: str) -> dict[str, Any]:
    if not SHA256.fullmatch(digest):
        return {}
    try:
        handle = os.open(_path(device, digest), os.O_RDONLY | os.O_CLOEXEC)
        try:
            told: dict[str, Any] = json.loads(os.read(handle, os.fstat(handle).st_size))
        finally:
            os.close(handle)
    except (FileNotFoundError, ValueError):
        return {}
    return told


def _path(device: UUID, digest: str) -> str:
    return f"{folder()}/done/{device.hex}/{digest}.json"
