"""Every write to evidence: record, withdraw, change who may see it, cover for the public, note who held it, verify.

Each is one transaction with its line of custody and (all but a look at what is not sealed) its fact. Facts hold the
digest and what the exhibit belongs to, never file names, captions or reasons. Not here: who may do what (access).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.timezone import get_default_timezone

from mingjing.engine.chain import canonical
from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel import registry
from mingjing.kernel.db.locks import exclusive
from mingjing.kernel.db.rows import insert, insert_objects, made
from mingjing.kernel.evidence import photos, store
from mingjing.kernel.evidence.honesty import lies
from mingjing.kernel.evidence.keeping import Kept
from mingjing.kernel.evidence.media import IMAGES, media_type_of
from mingjing.kernel.evidence.models import Access, Custody, CustodyKind, Exhibit, Mask, Origin
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area

__all__ = [
    "change_access",
    "hold_originals",
    "note_custody",
    "note_look",
    "record_exhibit",
    "record_exhibits",
    "record_kept",
    "set_masks",
    "verify_exhibit",
    "withdraw_exhibit",
]

LONGEST = 300  # characters of a caption or a reason
FILE_NAME = 200
BOXES, WHOLE = 50, 10_000  # boxes of a mask, and the parts of a picture that their edges are counted in
LOOK = timedelta(minutes=10)  # a page, its picture and a reload are one look
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
    place = _Place(_known(subject), area, Origin(origin), Access(access))
    caption = _line(caption, "caption")
    kept = _keep(file, file_name, subject)
    with transaction.atomic():
        return _enter(kept, place, caption, by, at)


def record_exhibits(
    *,
    files: Iterable["UploadedFile[Any]"],
    subject: str,
    area: Area,
    origin: str,
    access: str = Access.INTERNAL,
    by: Person | None,
    at: datetime,
) -> list[Exhibit]:
    """Record several files as evidence of `subject`: all of them, or none and a Refusal with what each is refused for.

    What somebody uploads is what its name says, or is refused (`honesty.lies`).
    The files are read and kept before the transaction begins, so that nobody waits for photos; originals of a refused
    lot stay in the store, where nothing names them.
    """
    place = _Place(_known(subject), area, Origin(origin), Access(access))
    lot: list[_Kept] = []
    with _gathered() as tried:
        for file in files:
            with tried():
                upload, name = cast(BinaryIO, file), file.name or ""
                if problems := tuple(lies(upload, name)):
                    raise Refusal(problems)
                lot.append(_keep(upload, name, subject))
    recorded: list[Exhibit] = []
    with transaction.atomic(), _gathered() as tried:
        # All before the first fact: who sends the same files in another order waits here.
        hold_originals(digests=[kept.original.sha256 for kept in lot])
        for kept in lot:
            with tried():
                recorded.append(_enter(kept, place, "", by, at))
    return recorded


def hold_originals(*, digests: Iterable[str]) -> None:
    """Wait for whoever records the same bytes just now; until this transaction ends nobody else does. One statement."""
    exclusive(*map(_lock, digests))


def record_kept(*, lot: Sequence[Kept], at: datetime) -> list[Exhibit]:
    """Record originals that are in the store already, in five statements however many: rows, custody, facts.

    Each by whoever it says, nobody for the system. The caller holds the originals (`hold_originals`) and has looked
    since that none of them stands there yet. Raises IntegrityError otherwise, and ValueError for a subject that a
    program made up.
    """
    if not lot:
        return []
    exhibits = [
        made(
            Exhibit, sha256=kept.sha256, size=kept.size, media_type=kept.media_type, file_name=kept.file_name,
            area=kept.area, subject=_known(kept.subject), access=Access(kept.access), origin=Origin(kept.origin),
            caption=kept.caption, taken_at=kept.taken_at, latitude=kept.latitude, longitude=kept.longitude,
            facts=dict(kept.facts), recorded_by=kept.by, recorded_at=at,
        )
        for kept in lot
    ]  # fmt: skip
    insert_objects(exhibits)
    recorded = ((one.pk, CustodyKind.RECORDED.value, one.recorded_by_id, at, "") for one in exhibits)
    insert(Custody, ("exhibit_id", "kind", "by_id", "at", "note"), recorded)
    writer.append_many(facts=list(map(_recorded, exhibits)), by=None, at=at)
    return exhibits


def _recorded(exhibit: Exhibit) -> writer.Told:
    data = {"sha256": exhibit.sha256, "size": exhibit.size, "of": exhibit.subject}
    data |= {"origin": str(exhibit.origin), "access": str(exhibit.access)}
    kind, by = "evidence.exhibit.recorded", exhibit.recorded_by
    return writer.Told(kind=kind, subject=exhibit.ledger_subject, data=data, area=exhibit.area, by=by)


@contextmanager
def _gathered() -> Iterator[Callable[[], AbstractContextManager[None]]]:
    """Gives a context in which each refusal is gathered; all of them are raised as one at the end."""
    problems: list[Problem] = []

    @contextmanager
    def tried() -> Iterator[None]:
        try:
            yield
        except Refusal as refusal:
            problems.extend(refusal.problems)

    yield tried
    if problems:
        raise Refusal(problems)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an exhibit belongs, how it came and who may see it."""

    subject: str
    area: Area
    origin: Origin
    access: Access


@dataclass(frozen=True, slots=True)
class _Kept:
    """An original that is in the store, and what it says of itself."""

    original: store.Original
    media_type: str
    name: str
    read: photos.Read


def _keep(file: BinaryIO, file_name: str, subject: str) -> _Kept:
    """Look at a file and put it into the store; asks here already whether it is there, to keep nothing for nothing."""
    start, name = file.tell(), _file_name(file_name)
    media_type, size = media_type_of(file, name), _size(file, start, name)
    digest = store.digest_of(file)
    _first(subject, digest, name)
    file.seek(start)
    read = photos.read(file, get_default_timezone()) if media_type in IMAGES else photos.Read()
    file.seek(start)
    original = store.store(file, size)
    if original.sha256 != digest:
        raise RuntimeError("The file changed while it was being read.")
    return _Kept(original, media_type, name, read)


def _enter(kept: _Kept, place: _Place, caption: str, by: Person | None, at: datetime) -> Exhibit:
    """The row, its first line of custody and its fact; of several with the same bytes at once, one after the other."""
    digest, read = kept.original.sha256, kept.read
    exclusive(_lock(digest))
    _first(place.subject, digest, kept.name)
    others = Exhibit.objects.filter(sha256=digest).exclude(subject=place.subject).count()
    exhibit = Exhibit.objects.create(
        sha256=digest, size=kept.original.size, media_type=kept.media_type, file_name=kept.name, area=place.area,
        subject=place.subject, access=place.access, origin=place.origin, caption=caption, taken_at=read.taken_at,
        latitude=read.latitude, longitude=read.longitude, recorded_by=by, recorded_at=at,
        facts={**read.facts, **({"seen_before": others} if others else {})},
    )  # fmt: skip
    _held(exhibit, CustodyKind.RECORDED, "", by, at)
    data = {"sha256": digest, "size": exhibit.size, "of": place.subject}
    _told("recorded", exhibit, data | {"origin": place.origin.value, "access": place.access.value}, by, at)
    return exhibit


@transaction.atomic
def note_look(*, exhibit: Exhibit, by: Person, at: datetime) -> None:
    """Write down that somebody looks at a restricted `exhibit`: once while they do, not for every reload."""
    if exhibit.access != Access.RESTRICTED:
        return
    looked = exhibit.custody.filter(kind=CustodyKind.VIEWED, by=by, at__gt=at - LOOK)
    if not looked.exists():
        note_custody(exhibit=exhibit, kind=CustodyKind.VIEWED, by=by, at=at)


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
def set_masks(*, exhibit: Exhibit, boxes: Sequence[Sequence[int]], by: Person | None, at: datetime) -> Mask:
    """Decide what is covered on the copy that the public sees: these boxes (as Mask holds them), and nothing else.

    No box at all is a decision too. The original stays as it is. Raises Refusal for boxes that leave the picture, are
    too many or the ones that stand, and for what is no picture or was withdrawn.
    """
    found, wanted = _locked(exhibit), [list(box) for box in boxes]
    if not found.is_picture:
        text = N_("Only pictures can be masked: of this file the public sees no copy.")
        raise Refusal([Problem("evidence.mask_no_picture", text)])
    if len(wanted) > BOXES or not all(map(_box_fits, wanted)):
        text = N_("Each box lies within the picture, at most {most} of them: left and top, width and height.")
        raise Refusal([Problem("evidence.mask_box", text, {"most": BOXES}, "boxes")])
    newest = found.masks.order_by("-id").first()
    if newest and newest.boxes == wanted:
        raise Refusal([Problem("evidence.mask_same", N_("These boxes are set already; nothing was changed."))])
    mask = Mask.objects.create(exhibit=found, boxes=wanted, by=by, at=at)
    _held(found, CustodyKind.MASKED, "", by, at)
    digest = sha256(canonical(wanted)).hexdigest()
    _told(
        "masked", found, {"sha256": found.sha256, "boxes": len(wanted), "digest": digest, "of": found.subject}, by, at
    )
    return mask


def _box_fits(box: Sequence[int]) -> bool:
    whole = len(box) == 4 and all(type(part) is int for part in box)
    return whole and min(box[:2]) >= 0 and min(box[2:]) > 0 and max(box[0] + box[2], box[1] + box[3]) <= WHOLE


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


def _known(subject: str) -> str:
    if len(subject) > 160 or not _SUBJECT.fullmatch(subject) or registry.owner_of(subject) is None:
        raise ValueError(f"{subject!r} names nothing of any part of the house, as `assessments.visit:7` would.")
    return subject


def _size(file: BinaryIO, start: int, name: str) -> int:
    size = file.seek(0, 2) - start
    file.seek(start)
    if size > settings.EVIDENCE_LIMIT:
        text = N_("The file has {size} MB; at most {limit} MB are kept. Send a smaller picture or a shorter film.")
        params = {"size": -(-size // 2**20), "limit": settings.EVIDENCE_LIMIT // 2**20}
        raise Refusal([Problem("evidence.file_size", text, params, name)])
    return size


def _lock(digest: str) -> str:
    return f"evidence {digest}"


def _first(subject: str, digest: str, name: str) -> None:
    """Refuse bytes that stand for `subject` already, naming when and as what they came."""
    if first := Exhibit.objects.standing().filter(subject=subject, sha256=digest).first():
        text = N_("The same file is here already: {file}, recorded on {day}. Use that one, or send another file.")
        params = {"file": str(first), "day": first.recorded_at.astimezone(get_default_timezone()).date().isoformat()}
        raise Refusal([Problem("evidence.duplicate", text, params, name)])


def _locked(exhibit: Exhibit) -> Exhibit:
    """The row as it is now, nobody else's until the transaction ends."""
    found = Exhibit.objects.select_for_update(of=("self",), no_key=True).select_related("area").get(pk=exhibit.pk)
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
