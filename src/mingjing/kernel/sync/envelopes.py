"""What a phone sends in one go, read: `mingjing.sync/1`. Not here: what becomes of the commands (actions.receiving)."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, NoReturn
from uuid import UUID

from msgspec import Meta, Raw, Struct
from msgspec.json import Decoder
from msgspec.json import decode as decoded

from mingjing.engine.chain import EXACT
from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel import keys
from mingjing.kernel.sync.models import Device
from mingjing.kernel.sync.values import Command

__all__ = ["LARGEST", "MOST", "Envelope", "read_envelope"]

MOST = 500
LARGEST = 2**20
UNREADABLE = (KeyError, TypeError, ValueError, RecursionError, AttributeError, OverflowError)
_SUBJECT = r"\A[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*:[A-Za-z0-9._/-]{1,100}\Z"
_KIND = r"\A[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){1,3}\Z"
_Subject = Annotated[str, Meta(pattern=_SUBJECT)]
_Instant = Annotated[datetime, Meta(tz=True)]
_EARLIEST, _LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2201, 1, 1, tzinfo=UTC)


class _Named(Struct):
    """The least that a command must say to be refused by itself."""

    id: UUID


class _Sent(_Named):
    """A command as phones write it; how its kind and subject are written is looked at later (`_many`)."""

    kind: str
    subject: str
    at: _Instant
    payload: dict[str, Any]


class _About(Struct):
    """What an envelope says besides its commands."""

    format: str
    device: str
    sent_at: _Instant


class _Whole(_About):
    """An envelope in which every command is as it should be."""

    commands: Annotated[list[_Sent], Meta(max_length=MOST)]
    watch: Annotated[list[_Subject], Meta(max_length=MOST)] = []


class _Apart(_About):
    """An envelope whose commands are read one by one."""

    commands: Annotated[list[Raw], Meta(max_length=MOST)]
    watch: Annotated[list[_Subject], Meta(max_length=MOST)] = []


def _broken(text: str) -> NoReturn:
    raise ValueError(f"{text[:20]} is not whole")


_WHOLE, _APART = Decoder(_Whole, float_hook=_broken), Decoder(_Apart)
_ONE, _NAMED = Decoder(_Sent, float_hook=_broken), Decoder(_Named)
_IS_KIND, _IS_SUBJECT = re.compile(_KIND).match, re.compile(_SUBJECT).match


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
        plain = _without_escapes(body) if b"\\u" in body else body
        return _all_fit(plain, device, at) or _one_by_one(plain, device, at)
    except UNREADABLE as error:
        text = N_("What was sent is not as it should be ({detail}); update the app and send it again.")
        raise Refusal([Problem("sync.format", text, {"detail": str(error)[:80]})]) from error


def _without_escapes(body: bytes) -> bytes:
    """The same JSON without what no database keeps: halves of a pair, as where a text was cut in a sign, and NUL.

    Nothing without a \\u has them: JSON writes NUL in no other way, and UTF-8 no half of a pair.
    """
    return json.dumps(_mended(json.loads(body)), ensure_ascii=False).encode()


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_mended(key): _mended(one) for key, one in value.items()}
    return [_mended(one) for one in value] if isinstance(value, list) else value


def _all_fit(body: bytes, device: Device, at: datetime) -> Envelope | None:
    """What is as it should be, as nearly everything is, read in one go; None for what must be read one by one."""
    try:
        told = _WHOLE.decode(body)
        ahead = _ahead(told, device, at)
        commands = _many(told.commands, ahead, at)
    except (ValueError, RecursionError):
        return None
    order = [command.id for command in commands]
    if len(set(order)) < len(order):
        return None
    return Envelope(order, commands, {}, list(dict.fromkeys(told.watch)))


def _one_by_one(body: bytes, device: Device, at: datetime) -> Envelope:
    """Each command read by itself: what cannot be taken refuses none but itself."""
    told = _APART.decode(body)
    ahead = _ahead(told, device, at)
    read: dict[UUID, Raw] = {}
    for raw in told.commands:
        same = read.setdefault(_NAMED.decode(raw).id, raw)
        if same is not raw and decoded(same) != decoded(raw):
            raise ValueError("two commands with one id")
    fit, unfit = [], {}
    for key, raw in read.items():
        try:
            fit += _many([_ONE.decode(raw)], ahead, at)
        except (ValueError, RecursionError) as error:
            text = N_("This cannot be taken as the phone wrote it ({detail}); update the app and enter it anew.")
            unfit[key] = Problem("sync.unfit", text, {"detail": str(error)[:80]})
    return Envelope(list(read), fit, unfit, list(dict.fromkeys(told.watch)))


def _ahead(told: _About, device: Device, at: datetime) -> timedelta:
    """By how much the phone's clock was fast when it sent. Raises ValueError for what another phone wrote."""
    if told.format != "mingjing.sync/1" or told.device != str(device.pk):
        raise ValueError("format")
    if not _EARLIEST <= told.sent_at < _LATEST:
        raise ValueError("an instant")
    return told.sent_at - at


def _many(sent: Sequence[_Sent], ahead: timedelta, at: datetime) -> list[Command]:
    """The commands. Many are of few kinds and about few subjects: each of those is looked at once.

    Raises ValueError where one cannot be taken.
    """
    kinds, subjects, instants = {one.kind for one in sent}, {one.subject for one in sent}, [one.at for one in sent]
    if not all(map(_IS_KIND, kinds)):
        raise ValueError("a kind")
    if not all(map(_IS_SUBJECT, subjects)):
        raise ValueError("a subject")
    if sent and not _EARLIEST <= min(instants) <= max(instants) < _LATEST:
        raise ValueError("an instant")
    for one in sent:
        for part in one.payload.values():
            if type(part) is not str:
                _storable(part)
    return [Command(one.id, one.kind, one.subject, one.payload, min(one.at - ahead, at), one.at) for one in sent]


def _storable(value: Any) -> None:
    """Raise ValueError for a number that canonical JSON cannot say; texts were looked at before they were read."""
    kind = type(value)
    if kind is int:
        if not -EXACT < value < EXACT:
            raise ValueError("a number")
    elif kind is dict or kind is list:
        for part in value.values() if kind is dict else value:
            if type(part) is not str:
                _storable(part)
