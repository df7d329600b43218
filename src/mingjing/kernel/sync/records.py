"""The record of a photo as a phone signed it, read and checked. The form: docs/reference/field-protocol.md.

Not here: rows (actions.captures), the bytes (uploads).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from mingjing.engine.chain import canonical
from mingjing.engine.geo import Position, distance
from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel import keys
from mingjing.kernel.evidence.media import IMAGES
from mingjing.kernel.evidence.models import Access, Origin
from mingjing.kernel.ledger.heads import SignedHead, read_head
from mingjing.kernel.sync.models import Device
from mingjing.kernel.sync.uploads import LIMIT
from mingjing.kernel.sync.values import Command

__all__ = ["CLOCK", "FAR", "VAGUE", "Signed", "read_record"]

FORMAT = "mingjing.capture/1"
CLOCK = 120
"""Seconds by which a phone's clock may be off before a reviewer is told: as it sent, or as it took the photo."""
FAR, VAGUE = 300, 100
"""Metres from the site, and of accuracy, beyond which a reviewer is told."""
_SHA256 = re.compile(r"[0-9a-f]{64}")
SMALLEST = Decimal("1e-7")
"""Degrees that are kept: a centimetre."""
ORIGINS = {Origin.CAMERA.value, Origin.GALLERY.value}
ACCESSES = {one.value for one in Access}
KNOWN = {
    "format", "id", "device", "subject", "about", "sha256", "size", "media_type", "origin", "taken_at", "position",
    "clock", "challenge", "head", "access",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Signed:
    """A record that its phone signed, and what a reviewer should look at in it."""

    id: UUID
    text: str
    signature: str
    values: Mapping[str, Any]
    taken_at: datetime
    position: Position | None
    degrees: tuple[Decimal, Decimal] | None
    accuracy: int | None
    head: SignedHead | None
    signals: tuple[Mapping[str, Any], ...]


def read_record(command: Command, device: Device, site: Position | None = None) -> Signed:
    """The record in a command of this phone. Raises Refusal, saying what is wrong with it and what to do."""
    record, signature = command.payload.get("record"), command.payload.get("signature")
    try:
        if not isinstance(record, Mapping) or set(record) - KNOWN or record["format"] != FORMAT:
            raise ValueError("format")
        message = canonical(dict(record))
        signed = _read(record, message.decode(), str(signature))
        degrees, accuracy = _position(record.get("position"))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError, InvalidOperation) as error:
        text = N_("The record of the photo is not as it should be ({detail}); update the app and send it again.")
        raise Refusal([Problem("capture.record", text, {"detail": str(error)[:80]})]) from error
    _owned(record, command, device, message, str(signature))
    head, position = read_head(record.get("head")), Position(*map(float, degrees)) if degrees else None
    signals = tuple(_signals(record, command, head, position, accuracy, site))
    return Signed(**signed, position=position, degrees=degrees, accuracy=accuracy, head=head, signals=signals)


def _read(record: Mapping[str, Any], text: str, signature: str) -> dict[str, Any]:
    if not _SHA256.fullmatch(record["sha256"]):
        raise ValueError("sha256")
    if type(record["size"]) is not int or not 0 < record["size"] <= LIMIT:
        raise ValueError("size")
    for name, allowed in (("origin", ORIGINS), ("media_type", IMAGES), ("access", ACCESSES)):
        if record.get(name, "internal" if name == "access" else None) not in allowed:
            raise ValueError(name)
    if not isinstance(record.get("about", ""), str) or len(record.get("about", "")) > 60:
        raise ValueError("about")
    taken = datetime.fromisoformat(record["taken_at"])
    if taken.tzinfo is None or not 1980 < taken.year < 2200:
        raise ValueError("taken_at")
    for name in ("position", "clock", "challenge"):
        if record.get(name) is not None and not isinstance(record[name], Mapping):
            raise ValueError(name)
    if type((record.get("clock") or {}).get("offset", 0)) is not int:
        raise ValueError("clock")
    return {"id": UUID(record["id"]), "text": text, "signature": signature, "values": record, "taken_at": taken}


def _position(given: Any) -> tuple[tuple[Decimal, Decimal] | None, int | None]:
    if given is None:
        return None, None
    latitude, longitude = (Decimal(str(given[name])).quantize(SMALLEST) for name in ("latitude", "longitude"))
    accuracy = given["accuracy"]
    if not (abs(latitude) <= 90 and abs(longitude) <= 180) or type(accuracy) is not int or not 0 <= accuracy <= 10**7:
        raise ValueError("position")
    return (latitude, longitude), accuracy


def _owned(record: Mapping[str, Any], command: Command, device: Device, message: bytes, signature: str) -> None:
    """Raise Refusal for a record of another phone, about something else, or that its phone did not sign."""
    if record["device"] != str(device.pk) or not keys.signed_by_device(message, signature, device.public_key):
        text = N_("The record of the photo was not signed by this phone; it is not taken.")
        raise Refusal([Problem("capture.signature", text)])
    if record["subject"] != command.subject:
        text = N_("The record of the photo belongs to another visit; it is not taken for this one.")
        raise Refusal([Problem("capture.subject", text)])


def _signals(
    record: Mapping[str, Any],
    command: Command,
    head: SignedHead | None,
    position: Position | None,
    accuracy: int | None,
    site: Position | None,
) -> Any:
    off = round((command.claimed_at - command.made_at).total_seconds())
    off = max(off, (record.get("clock") or {}).get("offset", 0), key=abs)
    if abs(off) > CLOCK:
        yield {"code": "clock", "seconds": off}
    if record["origin"] == Origin.GALLERY:
        yield {"code": "gallery"}
    challenge = record.get("challenge")
    if isinstance(challenge, Mapping) and not challenge.get("answered"):
        yield {"code": "challenge_missed"}
    if head is None:
        yield {"code": "head_unknown" if record.get("head") else "head_missing"}
    if position is None or accuracy is None:
        yield {"code": "position_missing"}
        return
    if accuracy > VAGUE:
        yield {"code": "position_vague", "metres": accuracy}
    if site is not None and (metres := round(distance(position, site))) > FAR + accuracy:
        yield {"code": "position_far", "metres": metres}
