"""What is said of bytes that came whole from a phone: the receipt it was given, or why they were refused.

What is remembered of it (notes) may be lost with a power cut, the original and the receipt in the phone's hands are
not: settling looks for the original itself (actions.captures). Not here: how bytes come (uploads).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from re import compile as pattern
from typing import Any
from uuid import UUID

from mingjing.engine.chain import canonical
from mingjing.engine.kept import keep, recall
from mingjing.engine.outcome import Problem
from mingjing.kernel import keys
from mingjing.kernel.db.fields import instant_text
from mingjing.kernel.sync.notes import folder, forget_upload, note, noted, noted_upload, sweep_notes

__all__ = [
    "SHA256", "Arrived", "arrived", "folder", "forget_upload", "note_arrival", "note_refusal", "noted_upload",
    "receipt_of", "refusal_of", "sweep_notes",
]  # fmt: skip

SHA256 = pattern(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Arrived:
    """Bytes that arrived whole from a phone: when, and what the picture says of itself (pictures.examined)."""

    sha256: str
    size: int
    at: datetime
    picture: Mapping[str, Any]


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


def note_arrival(*, device: UUID, digest: str, size: int, picture: Mapping[str, Any], upload: str, at: datetime) -> str:
    """Remember bytes that are an original now, by the name of the upload too; returns the receipt for them."""
    document = {
        "format": "mingjing.receipt/1", "sha256": digest, "size": size, "device": str(device),
        "at": instant_text(at), "key": keys.public_key(),
    }  # fmt: skip
    receipt = keys.text(canonical({**document, "signature": keys.sign(canonical(document))}))
    note(device, digest, {"size": size, "receipt": receipt, "picture": picture, "upload": upload}, at=at)
    return receipt


def note_refusal(*, device: UUID, digest: str, problems: Sequence[Problem], at: datetime) -> None:
    """Remember why bytes were refused, for the phone and the desk."""
    note(device, digest, {"refused": keep(tuple(problems))}, at=at)


def _told(device: UUID, digest: str) -> dict[str, Any]:
    return noted(device, digest) if SHA256.fullmatch(digest) else {}
