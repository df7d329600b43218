"""Every write of a file of complaints: handed in, read, previewed, approved or discarded; applied whole or not at all.

Lines of a file that is being read append no fact; they count for nothing before the fact that it was read. The file as
it came is never kept: who called leaves at the door (policy.door). Not here: reading (queries.intakes).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, BinaryIO

from django.conf import settings
from django.db import transaction

from mingjing.engine.kept import keep
from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.db.locks import exclusive
from mingjing.kernel.evidence.store import store
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.programmes.complaints.actions.taking import take_in
from mingjing.programmes.complaints.models import Intake, IntakeLine
from mingjing.programmes.complaints.queries.intakes import passed_the_door

__all__ = [
    "Superseded", "apply_intake", "approve_intake", "begin_reading", "complete_reading", "discard_intake",
    "fail_intake", "intake_lock", "keep_lines", "request_intake",
]  # fmt: skip


class Superseded(Exception):
    """Another attempt at this file has begun, or it is finished: whoever gets this stops."""


def intake_lock(area: int) -> str:
    """The lock under which complaints of an area are taken in."""
    return f"complaints.intake:{area}"


def request_intake(
    *, area: Area, file: BinaryIO, file_name: str, mapping_name: str, mapping_text: str, by: Person | None, at: datetime
) -> Intake:
    """Keep what passes the door and ask for it to be read; the background work begins once this is committed.

    Raises Refusal for a mapping with mistakes, and for a file that cannot be read as a table.
    """
    with passed_the_door(file, file_name, mapping_text) as (kept, digest):
        original = store(kept, settings.UPLOAD_LIMIT)
    with transaction.atomic():
        intake = Intake.objects.create(
            area=area, file_name=file_name[-200:], mapping_name=mapping_name[:60], mapping_text=mapping_text,
            original_digest=digest, input_digest=original.sha256, requested_by=by, requested_at=at,
        )  # fmt: skip
        _tell(intake, "requested", {"original": digest}, by, at)
    return intake


@transaction.atomic
def begin_reading(*, intake: Intake, by: None, at: datetime) -> int:
    """Begin a new attempt, and return its number: what an earlier one stored goes. Raises Superseded."""
    found = _locked(intake)
    if found.state != "reading":
        raise Superseded
    found.lines.all().delete()
    found.attempt += 1
    found.save(update_fields=["attempt"])
    return found.attempt


@transaction.atomic
def keep_lines(*, intake: Intake, attempt: int, lines: Sequence[IntakeLine], by: None, at: datetime) -> None:
    """Store some lines of an attempt; raises Superseded when it is no longer the latest."""
    found = _latest(intake, attempt)
    for line in lines:
        line.intake = found
    IntakeLine.objects.bulk_create(lines)


@transaction.atomic
def complete_reading(*, intake: Intake, attempt: int, counts: Mapping[str, Any], by: None, at: datetime) -> None:
    """The preview is whole: `counts` of lines by kind, `lines` the digest over them. Raises Superseded."""
    found = _latest(intake, attempt)
    found.read_at, found.counts = at, dict(counts)
    found.save(update_fields=["read_at", "counts"])
    _tell(found, "read", _facts(counts), by, at)


@transaction.atomic
def fail_intake(
    *, intake: Intake, attempt: int, problems: Sequence[Problem], count: int, by: None, at: datetime
) -> None:
    """The file cannot be taken: keep its problems (`count` in all), and no line. Raises Superseded."""
    found = _latest(intake, attempt)
    found.lines.all().delete()
    _fail(found, problems, count, at)


def approve_intake(*, intake: Intake, by: Person | None, at: datetime) -> None:
    """Ask for the file to be taken in. Raises Refusal where another was taken in since this one was read."""
    with transaction.atomic():
        exclusive(intake_lock(intake.area_id))
        found = _previewed(intake)
        others = Intake.objects.filter(area=found.area, approved_at__isnull=False, applied_at=None, failed_at=None)
        if others.exists():
            text = N_("Another file is being taken in; wait until that is done.")
            raise Refusal([Problem("intake.another", text)])
        if problem := _stale(found):
            raise Refusal([problem])
        found.approved_by, found.approved_at = by, at
        found.save(update_fields=["approved_by", "approved_at"])
        _tell(found, "approved", _facts(found.counts), by, at)


@transaction.atomic
def discard_intake(*, intake: Intake, by: Person | None, at: datetime) -> None:
    """Nobody wants a previewed file: everything stays as it is. Raises Refusal."""
    found = _previewed(intake)
    found.discarded_by, found.discarded_at = by, at
    found.save(update_fields=["discarded_by", "discarded_at"])
    found.lines.all().delete()
    _tell(found, "discarded", {}, by, at)


def apply_intake(*, intake: Intake, by: None, at: datetime) -> None:
    """Take an approved file in, all of it in this one transaction; raises Superseded when that is done."""
    with transaction.atomic():
        exclusive(intake_lock(intake.area_id))
        found = _locked(intake)
        if found.state != "applying":
            raise Superseded
        if problem := _stale(found):
            _fail(found, [problem], 1, at)
            return
        done = take_in(found, at)
        found.applied_at = at
        found.save(update_fields=["applied_at"])
        _tell(found, "applied", {**done, "lines": found.counts["lines"]}, by, at)


def _stale(intake: Intake) -> Problem | None:
    later = Intake.objects.filter(area=intake.area_id, applied_at__gte=intake.read_at)
    if not later.exclude(pk=intake.pk).exists():
        return None
    text = N_("Another file was taken in since this one was read; hand it in again, and look at what it would change.")
    return Problem("intake.stale", text)


def _previewed(intake: Intake) -> Intake:
    found = _locked(intake)
    if found.state != "previewed":
        text = N_("The file is not waiting for a decision any more: somebody approved or discarded it.")
        raise Refusal([Problem("intake.decided", text)])
    return found


def _fail(found: Intake, problems: Sequence[Problem], count: int, at: datetime) -> None:
    found.failed_at, found.problems = at, [keep(problem) for problem in problems]
    found.save(update_fields=["failed_at", "problems"])
    codes = sorted({problem.code for problem in problems})
    _tell(found, "failed", {"problems": count, "codes": codes[:50]}, None, at)


def _facts(counts: Mapping[str, Any]) -> dict[str, int | str]:
    """What the ledger keeps of counts: numbers, and the digest over the lines; no names of columns."""
    return {name: count for name, count in counts.items() if isinstance(count, int | str)}


def _locked(intake: Intake) -> Intake:
    return Intake.objects.select_for_update(of=("self",)).select_related("area").get(pk=intake.pk)


def _latest(intake: Intake, attempt: int) -> Intake:
    found = _locked(intake)
    if found.state != "reading" or found.attempt != attempt:
        raise Superseded
    return found


def _tell(intake: Intake, what: str, more: Mapping[str, Any], by: Person | None, at: datetime) -> None:
    data = {"intake": intake.pk, "input": intake.input_digest, **more}
    kind = f"complaints.intake.{what}"
    writer.append(kind=kind, subject=intake.subject, data=data, area=intake.area, by=by, at=at)
