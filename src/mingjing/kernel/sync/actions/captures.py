"""Photos of phones: promised with a signed record, kept once their bytes are there, or given up with a reason.

That bytes are there is written down while their phone waits, with the promise or later; the exhibits are made by the
worker soon after (`settle_arrived`), of many visits at once, or by whoever needs them at once (`settle`). All of a lot
in a constant number of statements. Not here: which photo a programme takes (its handler asks first).
"""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import OuterRef, Q, Subquery

from mingjing.engine.geo import Position
from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.db.prepared import Prepared
from mingjing.kernel.db.rows import insert_objects, made
from mingjing.kernel.evidence import store
from mingjing.kernel.evidence.actions import hold_originals, record_kept
from mingjing.kernel.evidence.keeping import Kept
from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.jobs.worker import together
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.actions.people import is_line
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.sync import uploads
from mingjing.kernel.sync.models import Capture, Device
from mingjing.kernel.sync.pictures import examined, examined_original
from mingjing.kernel.sync.records import Signed, read_record
from mingjing.kernel.sync.turns import turn_to_write
from mingjing.kernel.sync.values import APPLIED, Command, Outcome, refused

__all__ = ["note_arrivals", "promise_photos", "release_capture", "rescue", "settle", "settle_arrived"]

LOT = 100
"""Photos whose exhibits are made in one transaction, and those of the same subjects: others wait no longer for it than
for a few visits."""
_KNOWN = Prepared(lambda subject, keys: Capture.objects.filter(Q(subject=subject) | Q(pk__in=keys)))
_UNSETTLED = Prepared(
    lambda subjects: (
        Capture.objects.unsettled()
        .filter(subject__in=subjects)
        .select_related("area", "person")
        .select_for_update(of=("self",))
        .order_by("id")
    )
)
_WAITED_FOR = Prepared(
    lambda keys: (
        Capture.objects.promised().filter(pk__in=keys).only("pk").select_for_update(of=("self",)).order_by("id")
    )
)
_EXHIBITS = Prepared(lambda digests: Exhibit.objects.standing().filter(sha256__in=digests).only("subject", "sha256"))
_STANDING = Exhibit.objects.standing().filter(subject=OuterRef("subject"), sha256=OuterRef("sha256")).values("pk")
STILL = timedelta(minutes=10)
"""No request is silent for so long: an upload that nobody has written to since is nobody's just now."""


def promise_photos(
    *,
    subject: str,
    area: Area,
    commands: Sequence[Command],
    site: Position | None = None,
    read: Callable[[Command], Signed] | None = None,
    allowed: Callable[[Signed], Problem | None] | None = None,
    photos: list[Capture] | None = None,
    device: Device,
    by: Person,
    at: datetime,
) -> list[Outcome]:
    """Write down the photos that `commands` promise, each applied or refused, and of which the bytes are there.

    `allowed` is the programme's word on one; `read` reads a command's record where the caller knows it already, instead
    of `read_record` for that `site`. In a transaction that holds `subject`. A look, and an insert, however many there
    are. All photos of the subject, as they stand then, are put into `photos`.
    """
    records, outcomes = _records(commands, read or partial(read_record, device=device, site=site), allowed)
    before = _KNOWN.ask(subject=subject, keys=[signed.id for signed in records.values()]) if records else []
    known = _known(subject, before)
    fresh: dict[str, Signed] = {}
    for command in commands:
        if command.id in records:
            outcomes[command.id] = _told_before(command, records[command.id], known, fresh)
    rows = [_row(subject, area, signed, device, by, at) for name, signed in fresh.items() if name == str(signed.id)]
    for row in rows:
        row.not_after = min(found.at, at) if (found := _arrived(row)) else None
    insert_objects(rows)
    if photos is not None and records:
        photos[:] = [*(row for row in before if row.subject == subject), *rows]
    return [outcomes[command.id] for command in commands]


def note_arrivals(*, captures: Iterable[Capture], at: datetime) -> None:
    """Write down of promised photos that their bytes are here, and say so in them. Two statements, or none.

    The rows are taken in the order in which `settle` takes them, or the two would wait for each other.
    """
    there = {row.pk: (row, found) for row in captures if row.waited_for and (found := _arrived(row))}
    if there:
        with turn_to_write(), transaction.atomic():
            _mark([there[row.pk] for row in _WAITED_FOR.ask(keys=list(there))], at)


def settle_arrived(*, at: datetime) -> bool:
    """The worker's chore: make exhibits of photos whose bytes are here, of a lot at a time, of many subjects together.

    The newest first: what cannot be put on record (its original is lost, say) stays, and others do not wait behind it.
    """
    waiting = Capture.objects.arrived().order_by("-not_after").values_list("subject", flat=True)[:LOT]
    return together(list(dict.fromkeys(waiting)), lambda subjects: _settled(subjects, at))


def settle(*, subjects: Collection[str] | None = None, at: datetime) -> int:
    """Make exhibits of photos (of these `subjects`, or all) whose bytes are here; returns how many.

    However they came: from their phone, or from a desk after the phone broke. Two looks, what `record_kept` takes and
    a change, however many. Who is told to have recorded them is who took them.
    """
    if subjects is None:
        subjects = set(Capture.objects.unsettled().values_list("subject", flat=True))
    with transaction.atomic():
        waiting = _UNSETTLED.ask(subjects=sorted(subjects)) if subjects else []
        there = [(row, found) for row in waiting if (found := _bytes_of(row, at))]
        if fresh := [(row, found) for row, found in there if not row.kept]:
            _mark(fresh, at)
        if there:
            _keep(there, at)
    return len(there)


def rescue(*, at: datetime) -> int:
    """After a power cut: bytes that came whole and never became an original; returns how many promises it kept.

    For the start of the worker; reads every upload that stands still.
    """
    wanted = set(Capture.objects.promised().values_list("sha256", flat=True))
    for part in uploads.stranded(older_than=at - STILL) if wanted else ():
        with suppress(FileNotFoundError, Refusal):  # it goes on just now; or it is no picture: its phone is told so
            if (digest := uploads.digest_of(part)) in wanted:
                examined(part)
                store.adopt(part, digest)
    return settle(at=at) if wanted else 0


@transaction.atomic
def release_capture(*, capture: Capture, reason: str, by: Person | None, at: datetime) -> Capture:
    """Give up a promised photo that is lost with its phone: for ever on record. Raises Refusal."""
    reason = reason.strip()
    if not is_line(reason, 300):
        text = N_("Say in 1 to 300 characters why the photo is given up: everybody who reads the record sees it.")
        raise Refusal([Problem("capture.reason", text, {}, "reason")])
    found = Capture.objects.select_for_update(of=("self",)).select_related("area").get(pk=capture.pk)
    if not found.waited_for:
        text = N_("This photo is not waited for any more; nothing was changed.")
        raise Refusal([Problem("capture.not_waited_for", text)])
    found.released_by, found.released_at, found.release_reason = by, at, reason
    found.save(update_fields=["released_by", "released_at", "release_reason"])
    data = {"capture": str(found.pk), "sha256": found.sha256, "of": found.subject}
    named = f"sync.capture:{found.pk}"
    writer.append(kind="sync.capture.released", subject=named, data=data, area=found.area, by=by, at=at)
    return found


def _records(
    commands: Sequence[Command], read: Callable[[Command], Signed], allowed: Callable[[Signed], Problem | None] | None
) -> tuple[dict[UUID, Signed], dict[UUID, Outcome]]:
    """What these commands tell of photos, and the outcomes of those whose record is not taken."""
    records: dict[UUID, Signed] = {}
    outcomes: dict[UUID, Outcome] = {}
    for command in commands:
        try:
            signed = read(command)
            if problem := allowed and allowed(signed):
                raise Refusal([problem])
            records[command.id] = signed
        except Refusal as refusal:
            outcomes[command.id] = refused(command, refusal)
    return records, outcomes


def _known(subject: str, rows: Sequence[Capture]) -> Mapping[str, Capture]:
    """The photos that stand already, by digest those of the subject, and by the id a phone gave them."""
    standing = {row.sha256: row for row in rows if row.subject == subject and row.released_at is None}
    return standing | {str(row.pk): row for row in rows}


def _told_before(command: Command, signed: Signed, known: Mapping[str, Capture], fresh: dict[str, Signed]) -> Outcome:
    """Applied for a photo that is new, or told again in the same words; refused for other words under the same name.

    Those that are new are put into `fresh`, each by its digest and by the id its phone gave it, as `known` has them.
    """
    digest, name = signed.values["sha256"], str(signed.id)
    same = known.get(digest) or known.get(name)
    other = fresh.get(digest) or fresh.get(name)
    if (same and same.record != signed.text) or (other and other.text != signed.text):
        text = N_("This photo was told of before in other words; what was told first stands.")
        return refused(command, Refusal([Problem("capture.told_before", text)]))
    if not same and not other:
        fresh[digest] = fresh[name] = signed
    return Outcome(command.id, APPLIED, logged=True)


def _row(subject: str, area: Area, signed: Signed, device: Device, by: Person, at: datetime) -> Capture:
    values, head = signed.values, signed.head
    latitude, longitude = signed.degrees or (None, None)
    return made(
        Capture, id=signed.id, subject=subject, area=area, device=device, person=by, sha256=values["sha256"],
        size=values["size"], media_type=values["media_type"], origin=values["origin"], about=values.get("about", ""),
        record=signed.text, signature=signed.signature, taken_at=signed.taken_at, accuracy=signed.accuracy,
        latitude=latitude, longitude=longitude,
        not_before=head.at if head else None, head_seq=head.mark.seq if head else None, promised_at=at,
        signals=[dict(signal) for signal in signed.signals],
    )  # fmt: skip


def _bytes_of(row: Capture, at: datetime) -> uploads.Arrived | None:
    """What is known of the bytes of a promised photo: from its phone, or of an original that came another way."""
    if found := _arrived(row):
        return found
    original = examined_original(row.sha256)
    return uploads.Arrived(row.sha256, original[0], at, original[1]) if original else None


def _arrived(row: Capture) -> uploads.Arrived | None:
    """What is known of bytes that came from its phone."""
    return uploads.arrived(row.device_id, row.sha256)


def _mark(there: Sequence[tuple[Capture, uploads.Arrived]], at: datetime) -> None:
    """Write into the rows of promised photos, and say in them, when their bytes had arrived."""
    for row, found in there:
        row.not_after = min(found.at, at)
    Capture.objects.promised().bulk_update([row for row, _ in there], ["not_after"])


def _settled(subjects: Collection[str], at: datetime) -> int:
    with turn_to_write():
        return settle(subjects=subjects, at=at)


def _keep(there: Sequence[tuple[Capture, uploads.Arrived]], at: datetime) -> None:
    """Make exhibits of photos whose bytes are here, and write so into the rows."""
    hold_originals(digests=[row.sha256 for row, _ in there])
    known = _EXHIBITS.ask(digests=[row.sha256 for row, _ in there])
    standing = {(exhibit.subject, exhibit.sha256) for exhibit in known}
    elsewhere = Counter(exhibit.sha256 for exhibit in known)
    lot = [_kept(row, found, elsewhere) for row, found in there if (row.subject, row.sha256) not in standing]
    record_kept(lot=lot, at=at)
    Capture.objects.filter(pk__in=[row.pk for row, _ in there]).update(exhibit=Subquery(_STANDING))


def _kept(row: Capture, found: uploads.Arrived, elsewhere: Counter[str]) -> Kept:
    """`facts["seen_before"]` counts exhibits of other subjects with the same bytes, as for those from a desk.

    The next of the lot with the same bytes counts this one, too.
    """
    seen = {"seen_before": elsewhere[row.sha256]} if elsewhere[row.sha256] else {}
    elsewhere[row.sha256] += 1
    picture = {**found.picture, "facts": {**found.picture.get("facts", {}), **seen}}
    return Kept.from_picture(
        picture, sha256=row.sha256, size=found.size, subject=row.subject, area=row.area, origin=row.origin,
        access=_access(row), by=row.person, file_name=f"{row.about or 'photo'}-{row.sha256[:8]}",
    )  # fmt: skip


def _access(row: Capture) -> str:
    return str(json.loads(row.record).get("access", "internal"))
