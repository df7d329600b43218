"""What a phone sends in one go, read: `mingjing.sync/1`. Not here: what becomes of the commands (actions.receiving)."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from mingjing.engine.chain import EXACT
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
    """The commands in the order in which they stand, and the subjects whose state is asked for.

    `unfit` are ids of commands that no part could take, in the order of `order`, which names all.
    """

    order: Sequence[UUID]
    commands: Sequence[Command]
    unfit: Mapping[UUID, Problem]
    watch: Sequence[str]


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
    read: dict[UUID, Any] = {}
    for raw in commands:
        if read.setdefault(UUID(raw["id"]), raw) != raw:
            raise ValueError("two commands with one id")
    fit, unfit = {}, {}
    for key, raw in read.items():
        try:
            fit[key] = _command(key, raw, ahead, at)
        except (KeyError, TypeError, ValueError, RecursionError) as error:
            text = N_("This cannot be taken as the phone wrote it ({detail}); update the app and enter it anew.")
            unfit[key] = Problem("sync.unfit", text, {"detail": str(error)[:80]})
    return Envelope(list(read), list(fit.values()), unfit, list(dict.fromkeys(watch)))


def _command(key: UUID, raw: Mapping[str, Any], ahead: timedelta, at: datetime) -> Command:
    claimed = _instant(raw["at"])
    if not _KIND.fullmatch(raw["kind"]) or not _SUBJECT.fullmatch(raw["subject"]):
        raise ValueError("kind")
    if not isinstance(raw["payload"], dict):
        raise ValueError("payload")
    _storable(raw["payload"])
    return Command(key, raw["kind"], raw["subject"], raw["payload"], min(claimed - ahead, at), claimed)


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None or not 1970 <= at.year <= 2200:
        raise ValueError("an instant")
    return at


def _storable(value: Any) -> None:
    """Raise ValueError for what a database could not keep or canonical JSON could not say."""
    kind = type(value)  # as `json` makes them: no others come
    if kind is str:
        if "\0" in value or not (value.isascii() or _whole(value)):
            raise ValueError("text")
    elif kind is dict:
        for name, part in value.items():
            if not name.isascii() or "\0" in name:
                _storable(name)
            if type(part) is not str or not part.isascii() or "\0" in part:
                _storable(part)
    elif kind is list:
        for part in value:
            _storable(part)
    elif kind is float:
        raise ValueError("a number that is not whole")
    elif kind is int and not -EXACT < value < EXACT:
        raise ValueError("a number")


def _whole(text: str) -> bool:
    """Whether no sign of it is half of a pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
