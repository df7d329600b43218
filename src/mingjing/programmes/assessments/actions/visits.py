"""The team's own writes to a visit record: it enters, records finding by finding, and submits.

An edit is a small command with a number of its own: sent twice, it is applied once; two members work on one record at
the same time, and of two who edit one finding the later is told. Edits append no fact: they are kept as rows that never
change, and the fact of the submission seals the sheet they came to. Not here: signing, reviewing.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction
from django.utils import timezone

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.db.fields import instant_text
from mingjing.kernel.db.ids import uuid7
from mingjing.kernel.db.rows import change
from mingjing.kernel.evidence.actions import record_exhibits
from mingjing.kernel.evidence.models import Access, Origin
from mingjing.kernel.evidence.queries import exhibits_of
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.models import Person
from mingjing.kernel.visits.actions import end_visit, start_visit
from mingjing.kernel.visits.models import Part as VisitPart
from mingjing.programmes.assessments.actions.growing import Given, Grown, exhibits_named, grow, start_of
from mingjing.programmes.assessments.actions.orders import Turned, follow_critical
from mingjing.programmes.assessments.actions.records import Held, enough_staff, hold, live, not_assessed, team_only
from mingjing.programmes.assessments.models import Part, TeamMember, VisitRecord
from mingjing.programmes.assessments.policy.answers import lacking, terms_of
from mingjing.programmes.assessments.queries.schemes import scheme_of
from mingjing.programmes.assessments.queries.sourced import company_on
from mingjing.programmes.assessments.queries.visits import evidence_of

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

__all__ = ["attach_files", "begin_visit", "edit_sheet", "edit_sheet_many", "submit_record"]


def begin_visit(
    *,
    record: VisitRecord,
    entered_at: datetime,
    people: Collection[Person] = (),
    arrival: Mapping[str, Any] | None = None,
    by: Person | None,
    at: datetime,
) -> None:
    """The team has entered: from now on it records. `people` are those who came, the whole team unless given;
    `arrival` is what a phone said on entering (kernel.visits).

    Needs the assignment opened. However late it is recorded, it is taken; the visit then shows as late. Raises Refusal.
    """
    with transaction.atomic():
        current = hold(record, at)
        members = team_only(current, by)
        _may_begin(current, entered_at, at)
        present = _present(members, people)
        enough_staff(scheme_of(current.round.scheme), present)
        parts = {Part.STAFF: VisitPart.MEMBER, Part.EXPERT: VisitPart.ASSISTANT}
        current.visit = start_visit(
            programme="assessments", purpose=current.purpose, subject=current.subject, area=current.round.area,
            site=current.entry.community.site, organisation=company_on(current.entry, current.team_day.day, at),
            people=[(member.person, parts[Part(member.part)].value) for member in present],
            joint=_joint(current), arrival=arrival, entered_at=entered_at, by=by, at=at,
        )  # fmt: skip
        current.started_by, current.started_at = by, at
        current.save(update_fields=["visit", "started_by", "started_at"])
        data = {"record": current.pk, "visit": str(current.visit.pk), "entered": instant_text(entered_at)}
        _told("started", current, data, by, at)


def edit_sheet(
    *,
    record: VisitRecord,
    kind: str,
    payload: Mapping[str, Any],
    expected: int | None = None,
    command: UUID | None = None,
    by: Person | None,
    at: datetime,
) -> int:
    """Apply one edit (policy.recording) and return the revision it made; a command that was applied is not again.

    `expected` is the version of the finding that the editor saw. A finding on a critical check opens an order at once;
    when the last one there is taken back, the order falls. Raises Refusal (policy.recording.Conflict among them).
    """
    given = dict(payload) | ({} if expected is None else {"expected": expected})
    edit = Given(command or uuid7(), kind, given, at)
    (answer,) = edit_sheet_many(record=record, edits=[edit], by=by, at=at)
    if isinstance(answer, Refusal):
        raise answer
    return answer


def edit_sheet_many(
    *, record: VisitRecord, edits: Sequence[Given], held: Held | None = None, by: Person | None, at: datetime
) -> list[int | Refusal]:
    """Apply edits in order, each by itself; for each, in that order, the revision it made, or why it was refused.

    A command that was applied is not again. The statements do not grow with the edits; `held` is the record where the
    caller has its row already: then the worker gives the orders that follow (actions.orders). Raises Refusal where
    nothing of this record can be edited by this person now.
    """
    with nullcontext() if held else transaction.atomic():  # nothing is refused once anything is written
        current = held.record if held else hold(record, at)
        live(current, at)
        found = _applied_before(current, edits, held)
        fresh = [edit for edit in edits if edit.command not in found] if found else edits
        answers: Sequence[int | Refusal] = ()
        if fresh:
            if not (held and held.of_team):
                team_only(current, by)
            _may_edit(current)
            answers = _applied(current, fresh, held, by, at)
    record.sheet, record.revision = current.sheet, current.revision
    if not found:
        return list(answers)
    rest = iter(answers)
    return [found[edit.command] if edit.command in found else next(rest) for edit in edits]


def _applied_before(record: VisitRecord, edits: Sequence[Given], held: Held | None) -> dict[UUID, int]:
    commands = [edit.command for edit in edits]
    if held and held.none_applied(commands):
        return {}
    return dict(record.edits.filter(command__in=commands).values_list("command", "revision"))


def _applied(
    record: VisitRecord, edits: Sequence[Given], held: Held | None, by: Person | None, at: datetime
) -> Sequence[int | Refusal]:
    """Apply what is new, and write down what was taken: the sheet, its edits, the orders that follow.

    Where the caller holds the record (a phone's commands), the orders are left to the worker.
    """
    grown = _grown(record, edits, held, by)
    if grown.rows:
        record.sheet, record.revision = grown.sheet, grown.revision
        if held:
            held.sheet = grown.after
            record.following = _following(record, grown.turned, by)
        change(record, "sheet", "revision", "following")
        grown.rows.insert()
        if not held:
            follow_critical(turned=[Turned(record, code, by) for code in sorted(grown.turned)], at=at)
    return grown.answers


def _following(record: VisitRecord, turned: Collection[str], by: Person | None) -> dict[str, int | None] | None:
    """What is to follow by the worker, these checks among it."""
    waiting = (record.following or {}) | dict.fromkeys(sorted(turned), by.pk if by else None)
    return waiting or None


def _grown(record: VisitRecord, edits: Sequence[Given], held: Held | None, by: Person | None) -> Grown:
    """What the edits come to: as it was worked out ahead, where all that decides it is the same now."""
    evidence, ahead = (held.evidence, held.ahead) if held else ((), None)
    taken = ahead is not None and ahead.start.exhibits.issubset(evidence) and ahead.edits == edits
    if ahead and taken and ahead.start == start_of(record, by, ahead.start.exhibits):
        return ahead
    return grow(record, start_of(record, by, exhibits_named(record, edits, evidence)), edits, by)


def attach_files(
    *,
    record: VisitRecord,
    files: Sequence["UploadedFile[Any]"],
    holder: Mapping[str, str],
    access: str = Access.INTERNAL,
    command: UUID | None = None,
    by: Person | None,
    at: datetime,
) -> None:
    """Record files as exhibits of the record and put them to `holder`: {"finding": id}, or {"check": code} for one
    that does not apply. A file the record has already is put there too. Raises Refusal.

    The files are kept first, each whole; should the sheet refuse them after all, they stay with the record, unbound.
    """
    if command and record.edits.filter(command=command).exists():
        return
    with transaction.atomic():  # asked before anything is kept, and again by the edit
        current = hold(record, at)
        team_only(current, by)
        _may_edit(current)
    digests = {_digest(file): file for file in files}
    known = set(exhibits_of(record.subject).filter(sha256__in=digests).values_list("sha256", flat=True))
    if fresh := [file for digest, file in digests.items() if digest not in known]:
        usual: dict[str, Any] = {"origin": Origin.UPLOAD, "access": access, "by": by, "at": at}
        record_exhibits(files=fresh, subject=record.subject, area=current.round.area, **usual)
    payload = {**holder, "evidence": list(digests)}
    edit_sheet(record=record, kind="attach", payload=payload, command=command, by=by, at=at)


def submit_record(*, record: VisitRecord, left_at: datetime, by: Person | None, at: datetime) -> bool:
    """Hand the record in, with when the team left. Late is allowed, and shown. False when it was handed in before.

    Every check must be answered, and every deduction say where and bring evidence. Raises Refusal, naming each check.
    """
    with transaction.atomic():
        current = hold(record, at)
        team_only(current, by)
        _begun(current)
        if current.submitted_at:
            return False
        current.entry.refresh_from_db(fields=["not_assessed_at", "not_assessed_reason"])  # declared while we waited?
        if current.entry.not_assessed_at:
            raise not_assessed(current)
        scheme = scheme_of(current.round.scheme)
        terms = terms_of(scheme, scheme.rubrics[current.entry.class_code])
        standing = evidence_of(current)
        if problems := list(lacking(terms, current.sheet_document, standing)):
            raise Refusal(problems)
        if current.visit and current.visit.left_at is None:
            end_visit(visit=current.visit, left_at=left_at, by=by, at=at)
        current.submitted_by, current.submitted_at = by, at
        current.save(update_fields=["submitted_by", "submitted_at"])
        late = max((timezone.localdate(at) - current.team_day.day).days, 0)
        data = {"record": current.pk, "revision": current.revision, "sheet": current.sheet_digest, "late_days": late}
        _told("submitted", current, data, by, at)
    record.submitted_by, record.submitted_at = by, at
    return True


def _digest(file: "UploadedFile[Any]") -> str:
    digest = sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def _may_begin(record: VisitRecord, entered_at: datetime, at: datetime) -> None:
    if record.started_at:
        text = N_("This visit was begun already at {time}; open the record and go on.")
        local = timezone.localtime(record.started_at)
        raise Refusal([Problem("visit.begun", text, {"time": f"{local:%H:%M}"})])
    if record.round.state != "fieldwork":
        raise Refusal([Problem("visit.no_fieldwork", N_("The round is not in fieldwork; no visit begins now."))])
    if record.team_day.opened_at is None:
        text = N_("The assignment of this day is still sealed; open the day first.")
        raise Refusal([Problem("visit.not_opened", text)])
    if entered_at > at:
        text = N_("This time lies in the future; write when the team entered.")
        raise Refusal([Problem("visit.future", text, {}, "entered_at")])
    if timezone.localdate(entered_at) < record.team_day.day:
        text = N_("The team was drawn for {day}; it cannot have entered before.")
        raise Refusal([Problem("visit.too_early", text, {"day": record.team_day.day.isoformat()}, "entered_at")])


def _present(members: list[TeamMember], people: Collection[Person]) -> list[TeamMember]:
    """The members who came; raises Refusal for somebody who is not of the team."""
    wanted = {person.pk for person in people}
    known = {member.person_id for member in members}
    if strangers := [person.display_name for person in people if person.pk not in known]:
        text = N_("{names} is not on this team; the lead replaces a member before somebody else goes.")
        raise Refusal([Problem("visit.stranger", text, {"names": tuple(strangers)}, "people")])
    return [member for member in members if not wanted or member.person_id in wanted]


def _joint(record: VisitRecord) -> UUID | None:
    """What visits to one group of communities on one day have in common."""
    group = record.entry.group
    return uuid5(NAMESPACE_URL, f"mingjing:{record.team_day.subject}/{group}") if group else None


def _begun(record: VisitRecord) -> None:
    if record.started_at is None:
        text = N_("The visit has not begun; record first when the team entered.")
        raise Refusal([Problem("visit.not_begun", text)])


def _may_edit(record: VisitRecord) -> None:
    _begun(record)
    if record.submitted_at:
        text = N_("The record was submitted; it can be changed once a reviewer has sent it back.")
        raise Refusal([Problem("visit.submitted", text)])


def _told(verb: str, record: VisitRecord, data: Mapping[str, Any], by: Person | None, at: datetime) -> None:
    kind, area = f"assessments.visit.{verb}", record.round.area
    writer.append(kind=kind, subject=record.subject, data=dict(data), area=area, by=by, at=at)
