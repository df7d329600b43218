"""What is remembered of bytes that came from a phone: a line for each, at the end of a file that is there already.

    DATA_DIR/incoming/done/<device>/<first digit of the digest>.json    a JSON object on each line; the last word counts
    DATA_DIR/incoming/done/<device>/<first digit of the digest>.old     what was written before that

To make a file takes a disk a hundred times as long as to write a line. A line is written at once and read whole or not
at all, whatever a power cut left before it. Not here: what the lines say (arrivals).
"""

import os
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from msgspec import DecodeError
from msgspec.json import decode, encode

from mingjing.kernel.db.fields import instant_text

__all__ = ["folder", "forget_upload", "note", "noted", "noted_upload", "sweep_notes"]

REMEMBERED = timedelta(days=60)
"""How long at least; at most twice as long where a phone goes on sending."""


def folder() -> Path:
    """Where uploads are while they come."""
    return _below(settings.DATA_DIR)


@lru_cache(maxsize=4)
def _below(data: str | Path) -> Path:
    return Path(data) / "incoming"


def note(device: UUID, digest: str, told: Mapping[str, Any], *, at: datetime) -> None:
    """Remember what is `told` of bytes, and which upload brought them (`upload`), if one did."""
    _write(device, digest, {"sha256": digest, "at": instant_text(at), **told})


def forget_upload(device: UUID, digest: str, name: str, *, at: datetime) -> None:
    """An upload is not to be found any more by its name; what came with it stands."""
    _write(device, digest, {"at": instant_text(at), "upload": name})


def noted(device: UUID, digest: str) -> dict[str, Any]:
    """What was last told of these bytes of this phone; empty for nothing."""
    return _last(_path(device, digest), "sha256", digest)


def noted_upload(device: UUID, name: str) -> dict[str, Any]:
    """What was told of the bytes that an upload of this name brought; empty for nothing. Reads all of this phone's."""
    files = {path.with_suffix("") for path in Path(_below_done(device)).glob("*")}
    found = next((found for path in files if (found := _last(str(path), "upload", name))), {})
    return found if "sha256" in found else {}


def sweep_notes(*, at: datetime) -> None:
    """Forget what is older than REMEMBERED, and was so when its file was last swept."""
    limit = at - REMEMBERED
    for path in [*folder().glob("done/*/*.old"), *folder().glob("done/*/*.json")]:
        if path.stat().st_mtime < limit.timestamp():
            path.unlink(missing_ok=True)
        elif path.suffix == ".json" and _oldest(path) < instant_text(limit):
            path.replace(path.with_suffix(".old"))


def _write(device: UUID, digest: str, told: Mapping[str, Any]) -> None:
    path, flags = f"{_path(device, digest)}.json", os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
    try:
        handle = os.open(path, flags, 0o666)
    except FileNotFoundError:
        os.makedirs(_below_done(device), exist_ok=True)
        handle = os.open(path, flags, 0o666)
    try:
        os.write(handle, b"\n" + encode(told) + b"\n")  # half a line that a power cut left ends before it
    finally:
        os.close(handle)


def _last(path: str, key: str, value: str) -> dict[str, Any]:
    """The last line of a phone's file, or of that before it, whose `key` is `value`."""
    for suffix in (".json", ".old"):
        for line in _lines(_content(path + suffix), value.encode()):
            if line.get(key) == value:
                return line
    return {}


def _lines(raw: bytes, holding: bytes) -> Iterable[dict[str, Any]]:
    """The whole lines that hold a text, the last first."""
    place = raw.rfind(holding)
    while place >= 0:
        start, end = raw.rfind(b"\n", 0, place) + 1, raw.find(b"\n", place)
        if end >= 0 and (found := _read(raw[start:end])):
            yield found
        place = raw.rfind(holding, 0, start)


def _oldest(path: Path) -> str:
    """When the first line was written; empty where there is none."""
    with path.open("rb") as file:
        return next((str(found.get("at", "")) for line in file if (found := _read(line))), "")


def _read(line: bytes) -> dict[str, Any]:
    """An object, empty for half of one."""
    try:
        found = decode(line)
    except (DecodeError, UnicodeDecodeError):
        return {}
    return found if isinstance(found, dict) else {}


def _content(path: str) -> bytes:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return b""
    try:
        return os.read(handle, os.fstat(handle).st_size)
    finally:
        os.close(handle)


def _path(device: UUID, digest: str) -> str:
    """A phone's file for this digest, without its ending."""
    return f"{_below_done(device)}/{digest[:1]}"


def _below_done(device: UUID) -> str:
    return f"{folder()}/done/{device.hex}"
