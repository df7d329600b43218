"""The one place where facts are appended; only `actions` modules import it.

Three statements: lock the head, insert the facts, move the head. Not here: reactions (kernel.jobs
listens to the signal).
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Protocol

from django.db import transaction

from mingjing.engine import chain
from mingjing.kernel import registry
from mingjing.kernel.db.fields import instant_text
from mingjing.kernel.db.locks import in_transaction
from mingjing.kernel.db.prepared import Prepared
from mingjing.kernel.db.rows import change, insert_objects, made
from mingjing.kernel.ledger.models import Fact, Head
from mingjing.kernel.ledger.signals import fact_appended

__all__ = ["Actor", "NotRecordable", "Told", "Within", "append", "append_many"]

DATA_LIMIT = 64 * 1024  # bytes of canonical JSON; a fact says what happened, files and rows hold the rest
_SUBJECT = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*:[A-Za-z0-9._/-]{1,100}")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,64}")
_PATH = re.compile(r"[0-9]{1,60}")
_HEAD = Prepared(lambda: Head.objects.select_for_update())


class NotRecordable(ValueError):
    """The caller gave something no fact may hold: a mistake in the program, not of its user."""


class Actor(Protocol):
    """Whoever acts: known to the ledger by an opaque random token only."""

    @property
    def token(self) -> str: ...


class Within(Protocol):
    """Where something happened: anything with the path of an area (kernel.places lies above the ledger)."""

    @property
    def path(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a fact tells; see `append`. `by` is who acted where facts of several people are appended together."""

    kind: str
    subject: str
    data: Mapping[str, Any]
    area: Within | None
    by: Actor | None = None


def append(
    *, kind: str, subject: str, data: Mapping[str, Any], area: Within | None, by: Actor | None, at: datetime
) -> Fact:
    """Append a fact to the caller's transaction and return it.

    `kind` is declared by a manifest; `subject` reads `rulebooks.version:17`; `data` is a JSON object of ids, counts and
    digests, whole numbers only, never names; `by` is None for the system. `area` decides who may see the fact: those
    who read the ledger there or above. None is for what belongs to the installation as a whole, and shows to every
    reader: such a fact tells nothing about a district. Raises NotRecordable for anything else and
    TransactionManagementError outside a transaction. Until that transaction ends nobody else can append.
    """
    return append_many(facts=[Told(kind=kind, subject=subject, data=data, area=area)], by=by, at=at)[0]


def append_many(*, facts: Sequence[Told], by: Actor | None, at: datetime) -> list[Fact]:
    """Append several facts, one after the other, in three statements however many they are. As `append`."""
    if not in_transaction():
        raise transaction.TransactionManagementError("A fact is appended in the transaction of what it tells about.")
    if not facts:
        return []
    kinds = registry.fact_kinds()
    columns = [_columns(kinds, told.kind, told.subject, told.data, told.by or by, at) for told in facts]
    (head,) = _HEAD.ask()
    end, chained = head.hash, []
    for seq, (told, values) in enumerate(zip(facts, columns, strict=True), start=head.seq + 1):
        chained.append(_linked(seq, values, told.area, end, at))
        end = chained[-1].hash
    insert_objects(chained)
    head.seq, head.hash = chained[-1].seq, end
    change(head, "seq", "hash")
    fact_appended.send(sender=Fact, facts=chained)
    return chained


def _linked(seq: int, columns: dict[str, Any], area: Within | None, previous: str, at: datetime) -> Fact:
    """The fact that follows the one whose hash is `previous`."""
    digest = sha256(chain.fact_content(seq=seq, **columns)).hexdigest()
    return made(
        Fact,
        **columns | {"seq": seq, "at": at, "by": columns["by"] or ""},
        scope=_scope(area),
        digest=digest,
        previous=previous,
        hash=chain.link(previous, digest),
    )


def _columns(
    kinds: Collection[str], kind: str, subject: str, data: Mapping[str, Any], by: Actor | None, at: datetime
) -> dict[str, Any]:
    if kind not in kinds:
        raise NotRecordable(f"No manifest declares the fact kind {kind!r}.")
    if len(subject) > 160 or not _SUBJECT.fullmatch(subject):
        raise NotRecordable(f"The subject {subject!r} does not read like `rulebooks.version:17`.")
    if by is not None and not _TOKEN.fullmatch(by.token):
        raise NotRecordable("The token of a person is 8 to 64 letters, digits, - or _.")
    try:
        instant = instant_text(at)
    except ValueError as error:
        raise NotRecordable(str(error)) from error
    return {"kind": kind, "subject": subject, "data": _text(data), "at": instant, "by": by.token if by else None}


def _scope(area: Within | None) -> str:
    if area is None:
        return ""
    if not isinstance(area.path, str) or not _PATH.fullmatch(area.path):
        raise NotRecordable(f"{area.path!r} is no path of an area.")
    return area.path


def _text(data: Mapping[str, Any]) -> str:
    if not isinstance(data, dict):
        raise NotRecordable("The data of a fact is an object.")
    try:
        _plain(data, "data")
        text = chain.canonical(data)
    except (ValueError, RecursionError) as error:
        raise NotRecordable(f"The data of a fact cannot be written as canonical JSON: {error}") from error
    if len(text) > DATA_LIMIT:
        raise NotRecordable(f"The data of a fact takes {len(text)} bytes; {DATA_LIMIT} are allowed.")
    return text.decode()


def _plain(value: Any, place: str) -> None:
    """Refuse what JSON would take but a ledger must not: floats, and types that only look like JSON's."""
    match value:
        case dict():
            for key, part in value.items():
                _plain(part, f"{place}.{key}")
        case list() | tuple():
            for index, part in enumerate(value):
                _plain(part, f"{place}[{index}]")
        case str() | int() | None:
            pass
        case _:
            raise NotRecordable(f"{place} is a {type(value).__name__}; use text, whole numbers, true, false or null.")
