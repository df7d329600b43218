"""What a phone sends in one go, read: `mingjing.sync/1`. Not here: what becomes of the commands (actions.receiving)."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel import keys
from mingjing.kernel.sync.models import Device
from mingjing.kernel.sync.values import Command

__all__ = ["LARGEST", "MOST", "Envelope", "read_envelope"]

MOST = 500
LARGEST = 2**20
_SUBJECT = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*:[A-Za-z0-9._/-]{1,100}")
_KIND = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){1,3}")


@dataclass(frozen=True, slots=True)
class Envelope:
    """The commands in the order in which they stand, and the subjects whose state is asked for."""

    commands: Sequence[Command]
    watch: Sequence[str]
    ahead: int  # whole seconds that the phone's clock was ahead when it sent


def read_envelope(body: bytes, signature: str, device: Device, at: datetime) -> Envelope:
    """Read what `device` sent; raises Refusal when it is too much, not signed by it, or not of this form."""
    if len(body) > LARGEST:
        text = N_("More was sent at once than is taken ({most} KB); the app sends it in smaller lots.")
        raise Refusal([Problem("sync.large", text, {"most": LARGEST // 1024})])
    if not keys.signed_by_device(body, signature, device.public_key):
        text = N_("What was sent is not signed by this phone; it was not taken. Sign in again.")
        raise Refusal([Problem("sync.forged", text)])
    try:
        return _read(_mended(json.loads(body)) if b"\\u" in body else json.loads(body.decode()), device, at)
    except (KeyError, TypeError, ValueError, RecursionError, AttributeError, OverflowError) as error:
        text = N_("What was sent is not as it should be ({detail}); update the app and send it again.")
        raise Refusal([Problem("sync.format", text, {"detail": str(error)[:80]})]) from error


def _mended(value: Any) -> Any:
    """The same without what no database keeps: halves of a pair, as where a text was cut in a sign, and NUL."""
    if isinstance(value, str):
        return value.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_mended(key): _mended(one) for key, one in value.items()}
    return [_mended(one) for one in value] if isinstance(value, list) else value


def _read(document: Mapping[str, Any], device: Device, at: datetime) -> Envelope:
    if document["format"] != "mingjing.sync/1" or document["device"] != str(device.pk):
        raise ValueError("format")
    commands, watch = document["commands"], document.get("watch", [])
    if len(commands) > MOST or len(watch) > MOST or not all(_SUBJECT.fullmatch(subject) for subject in watch):
        raise ValueError("commands")
    ahead = _instant(document["sent_at"]) - at
    read: dict[UUID, Command] = {}
    for raw in commands:
        claimed = _instant(raw["at"])
        made = min(_shifted(claimed, ahead, at), at)
        if not _KIND.fullmatch(raw["kind"]) or not _SUBJECT.fullmatch(raw["subject"]):
            raise ValueError("kind")
        if not isinstance(raw["payload"], dict):
            raise ValueError("payload")
        command = Command(UUID(raw["id"]), raw["kind"], raw["subject"], raw["payload"], made, claimed)
        if read.setdefault(command.id, command) != command:
            raise ValueError("two commands with one id")
    return Envelope(list(read.values()), list(watch), round(ahead.total_seconds()))


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("an instant without a zone")
    return at


def _shifted(claimed: datetime, ahead: timedelta, at: datetime) -> datetime:
    """The time by our clock; now where the sum leaves the calendar."""
    try:
        return claimed - ahead
    except OverflowError:
        return at
