"""Every write to evidence: record, withdraw, change who may see it, note who held it, verify.

Each is one transaction with its line of custody and (all but a look at what is not sealed) its fact. Facts hold the
digest and what the exhibit belongs to, never file names, captions or reasons. Not here: who may do what (access).
"""

import re
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from django.conf import settings
from django.db import transaction
from django.utils.timezone import get_default_timezone

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel import registry
from mingjing.kernel.db.locks import exclusive
from mingjing.kernel.evidence import photos, store
from mingjing.kernel.evidence.media import IMAGES, media_type_of
from mingjing.kernel.evidence.models import Access, Custody, CustodyKind, Exhibit, Origin
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area

__all__ = ["change_access", "note_custody", "record_exhibit", "verify_exhibit", "withdraw_exhibit"]

LONGEST = 300  # characters of a caption or a reason
FILE_NAME = 200
_SUBJECT = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*:[A-Za-z0-9._/-]{1,100}")


def record_exhibit(
    *,
    file: BinaryIO,
    file_name: str,
    subject: str,
    area: Area,
    origin: str,
    access: str = Access.INTERNAL,
    caption: str = "",
    by: Person | None,
    at: datetime,
) -> Exhibit:
    """Keep what is left of `file` (which must be able to seek) untouched, as evidence of `subject`.

    What a photo says of itself goes into `taken_at`, the position and `facts`; `facts["seen_before"]` counts exhibits
    of other subjects with the same bytes. Raises Refusal for files that are empty, too large, of a kind that is not
    kept, or there already for the same subject (withdrawn ones aside); and ValueError for a subject, origin or access
    that a program made up. Killed in the middle, it leaves no row, and an original whole or not at all.
    """
    _known(subject)
    origin, access = Origin(origin), Access(access)
    name, caption = _file_name(file_name), _line(caption, "caption")
    start = file.tell()
    media_type, size = media_type_of(file, name), _size(file, start, name)
    digest = _digest(file, start)
    read = photos.read(file, get_default_timezone()) if media_type in IMAGES else photos.Read()
    file.seek(start)
    _first(subject, digest, name)  # before anything is kept; asked again below, where nobody comes between
    original = store.store(file, size)
    if original.sha256 != digest:
        raise RuntimeError("The file changed while it was being read.")
    with transaction.atomic():
        exclusive(f"evidence {digest}")
        _first(subject, digest, name)
        others = Exhibit.objects.filter(sha256=digest).exclude(subject=subject).count()
        exhibit = Exhibit.objects.create(
            sha256=digest, size=size, media_type=media_type, file_name=name, area=area, subject=subject, access=access,
            origin=origin, caption=caption, taken_at=read.taken_at, latitude=read.latitude, longitude=read.longitude,
            facts={**read.facts, **({"seen_before": others} if others else {})}, recorded_by=by, recorded_at=at,
        )  # fmt: skip
        _held(exhibit, CustodyKind.RECORDED, "", by, at)
        data = {"sha256": digest, "size": size, "of": subject, "origin": origin.value, "access": access.value}
        _told("recorded", exhibit, data, by, at)
    return exhibit


@transaction.atomic
def withdraw_exhibit(*, exhibit: Exhibit, reason: str, by: Person | None, at: datetime) -> Exhibit:
    """Take `exhibit` out of what counts; it and its original stay. Raises Refusal without a reason, or if it was."""
    found, reason = _locked(exhibit), _reason(reason)
    found.withdrawn_by, found.withdrawn_at, found.withdrawal_reason = by, at, reason
    found.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawal_reason"])
    _held(found, CustodyKind.WITHDRAWN, reason, by, at)
    _told("withdrawn", found, {"sha256": found.sha256, "of": found.subject}, by, at)
    return found


@transaction.atomic
def change_access(*, exhibit: Exhibit, access: str, reason: str, by: Person | None, at: datetime) -> Exhibit:
    """Give `exhibit` another access class. Raises Refusal without a reason, for no change, or if it was withdrawn."""
    found, reason, wanted = _locked(exhibit), _reason(reason), Access(access)
    if found.access == wanted:
        text = N_("The exhibit has this access already. Choose another, or leave it as it is.")
        raise Refusal([Problem("evidence.access_same", text, {}, "access")])
    data = {"from": found.access, "to": wanted.value, "of": found.subject}
    found.access = wanted
    found.save(update_fields=["access"])
    _held(found, CustodyKind.RECLASSED, reason, by, at)
    _told("reclassed", found, data, by, at)
    return found


@transaction.atomic
def note_custody(*, exhibit: Exhibit, kind: str, note: str = "", by: Person | None, at: datetime) -> Custody:
    """Write down that somebody viewed, downloaded or exported `exhibit`. Sealed ones take a reason (Refusal).

    A look at what is not sealed is a line of custody and no fact: there are many, and they change nothing.
    """
    kind = CustodyKind(kind)
    if kind not in (CustodyKind.VIEWED, CustodyKind.DOWNLOADED, CustodyKind.EXPORTED):
        raise ValueError(f"{kind} is written by the action that does it.")
    sealed = exhibit.access == Access.SEALED
    line = _held(exhibit, kind, _reason(note) if sealed else _line(note, "note"), by, at)
    if sealed or kind != CustodyKind.VIEWED:
        data = {"kind": kind.value, "access": exhibit.access, "of": exhibit.subject}
        _told("handled", exhibit, data, by, at)
    return line


def verify_exhibit(*, exhibit: Exhibit, by: Person | None, at: datetime) -> bool:
    """Read the original again and compare it with its digest; whether it is as it came. Either is written down."""
    try:
        store.open_original(exhibit.sha256, verified=True).close()
        kind = CustodyKind.VERIFIED
    except (store.Damaged, FileNotFoundError):
        kind = CustodyKind.DAMAGED
    with transaction.atomic():
        _held(exhibit, kind, "", by, at)
        _told(kind.value, exhibit, {"sha256": exhibit.sha256, "of": exhibit.subject}, by, at)
    return kind == CustodyKind.VERIFIED


def _known(subject: str) -> None:
    if len(subject) > 160 or not _SUBJECT.fullmatch(subject) or registry.owner_of(subject) is None:
        raise ValueError(f"{subject!r} names nothing of any part of the house, as `assessments.visit:7` would.")


def _size(file: BinaryIO, start: int, name: str) -> int:
    size = file.seek(0, 2) - start
    file.seek(start)
    if size > settings.EVIDENCE_LIMIT:
        text = N_("The file has {size} MB; at most {limit} MB are kept. Send a smaller picture or a shorter film.")
        params = {"size": -(-size // 2**20), "limit": settings.EVIDENCE_LIMIT // 2**20}
        raise Refusal([Problem("evidence.file_size", text, params, name)])
    return size


def _digest(file: BinaryIO, start: int) -> str:
    digest = sha256()
    while chunk := file.read(store.CHUNK):
        digest.update(chunk)
    file.seek(start)
    return digest.hexdigest()


def _first(subject: str, digest: str, name: str) -> None:
    """Refuse bytes that stand for `subject` already, naming when and as what they came."""
    if first := Exhibit.objects.standing().filter(subject=subject, sha256=digest).first():
        text = N_("The same file is here already: {file}, recorded on {day}. Use that one, or send another file.")
        params = {"file": str(first), "day": first.recorded_at.astimezone(get_default_timezone()).date().isoformat()}
        raise Refusal([Problem("evidence.duplicate", text, params, name)])


def _locked(exhibit: Exhibit) -> Exhibit:
    """The row as it is now, nobody else's until the transaction ends."""
    found = Exhibit.objects.select_for_update(of=("self",)).select_related("area").get(pk=exhibit.pk)
    if found.withdrawn_at is not None:
        text = N_("The exhibit was withdrawn. It stays as it is; record the file again if it is needed.")
        raise Refusal([Problem("evidence.withdrawn", text)])
    return found


def _held(exhibit: Exhibit, kind: CustodyKind, note: str, by: Person | None, at: datetime) -> Custody:
    return Custody.objects.create(exhibit=exhibit, kind=kind, note=note, by=by, at=at)


def _told(verb: str, exhibit: Exhibit, data: dict[str, Any], by: Person | None, at: datetime) -> None:
    writer.append(
        kind=f"evidence.exhibit.{verb}", subject=exhibit.ledger_subject, data=data, area=exhibit.area, by=by, at=at
    )


def _reason(text: str) -> str:
    if not (reason := _line(text, "reason")):
        raise Refusal([Problem("evidence.reason", N_("Say why: the reason stays with the exhibit."), {}, "reason")])
    return reason


def _line(text: str, place: str) -> str:
    """`text` as one line of what can be printed; raises Refusal when it is too long."""
    line = " ".join(_printable(text).split())
    if len(line) > LONGEST:
        problem = N_("This has {length} characters; at most {longest} are kept. Say it shorter.")
        raise Refusal([Problem("evidence.long", problem, {"length": len(line), "longest": LONGEST}, place)])
    return line


def _file_name(given: str) -> str:
    """The last part of a name as some device gave it, shortened before its ending."""
    name = "".join(_printable(given).replace("\\", "/").rsplit("/", 1)[-1:]).strip()
    ending = PurePosixPath(name).suffix[:10]
    return name if len(name) <= FILE_NAME else name[: FILE_NAME - len(ending)] + ending


def _printable(text: str) -> str:
    return "".join(_signs(text))


def _signs(text: str) -> Iterator[str]:
    for sign in text:
        yield sign if sign.isprintable() else " "
