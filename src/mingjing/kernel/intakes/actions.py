"""The way of a file: handed in, read, previewed, approved or discarded, applied; a fact for every step but the lines.

Lines of a file that is being read append no fact; they count for nothing before the fact that it was read. Not here:
whether a file may be applied to what there is now, and what applying it changes: its programme says both.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db import models, transaction

from mingjing.engine.kept import keep
from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.db.locks import exclusive
from mingjing.kernel.intakes.models import Intake
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.models import Person

__all__ = [
    "Superseded", "apply_intake", "approve_intake", "begin_reading", "being_applied", "complete_reading",
    "discard_intake", "fail_intake", "keep_lines", "locked", "request_intake", "stop_intake",
]  # fmt: skip

File = TypeVar("File", bound=Intake)


class Superseded(Exception):
    """Another attempt at this file has begun, or it is finished: whoever gets this stops."""


def request_intake(*, intake: File, told: Mapping[str, Any] | None = None, by: Person | None, at: datetime) -> File:
    """Ask for a new file to be read; the background work begins once this is committed. `told` goes into the fact."""
    intake.file_name = intake.file_name[-200:]
    intake.requested_by, intake.requested_at = by, at
    with transaction.atomic():
        intake.save(force_insert=True)
        _tell(intake, "requested", told or {}, by, at)
    return intake


@transaction.atomic
def begin_reading(*, intake: Intake, by: None, at: datetime) -> int:
    """Begin a new attempt, and return its number: what an earlier one stored goes. Raises Superseded."""
    found = locked(intake)
    if found.state != "reading":
        raise Superseded
    found.kept_lines.all().delete()
    found.attempt += 1
    found.save(update_fields=["attempt"])
    return found.attempt


@transaction.atomic
def keep_lines(*, intake: Intake, attempt: int, lines: Sequence[models.Model], by: None, at: datetime) -> None:
    """Store some lines of an attempt; raises Superseded when it is no longer the latest."""
    found = _latest(intake, attempt)
    relation = found.kept_lines
    for line in lines:
        setattr(line, relation.field.name, found)
    relation.bulk_create(lines)


@transaction.atomic
def complete_reading(
    *, intake: Intake, attempt: int, counts: Mapping[str, Any], against: Mapping[str, Any] | None = None, by: None,
    at: datetime,
) -> None:  # fmt: skip
    """The preview is whole: `counts` of lines by kind, `lines` the digest over them, `against` what it was read.

    Raises Superseded.
    """
    found = _latest(intake, attempt)
    found.read_at, found.counts = at, {**counts, **(against or {})}
    found.save(update_fields=["read_at", "counts"])
    _tell(found, "read", _facts(counts), by, at)


@transaction.atomic
def fail_intake(
    *, intake: Intake, attempt: int, problems: Sequence[Problem], count: int, by: None, at: datetime
) -> None:
    """The file cannot be taken: keep its problems (`count` in all), and no line. Raises Superseded."""
    found = _latest(intake, attempt)
    found.kept_lines.all().delete()
    _fail(found, problems, count, at)


def approve_intake(
    *, intake: File, lock: str, bars: Callable[[File], Iterable[Problem]], by: Person | None, at: datetime
) -> None:
    """Ask for a previewed file to be applied, under the `lock` of what it changes.

    Raises Refusal with what `bars`, while another file is being applied there, and for one that was decided on.
    """
    with transaction.atomic():
        exclusive(lock)
        found = _previewed(intake)
        files = type(found)._default_manager.filter(area=found.area)
        if files.filter(approved_at__isnull=False, applied_at=None, failed_at=None).exists():
            text = N_("Another file is being taken in; wait until that is done, then look at this one again.")
            raise Refusal([Problem("intake.another", text)])
        if problems := tuple(bars(found)):
            raise Refusal(problems)
        found.approved_by, found.approved_at = by, at
        found.save(update_fields=["approved_by", "approved_at"])
        _tell(found, "approved", _facts(found.counts), by, at)


@transaction.atomic
def discard_intake(*, intake: Intake, by: Person | None, at: datetime) -> None:
    """Nobody wants a previewed file: everything stays as it is, and its lines go. Raises Refusal."""
    found = _previewed(intake)
    found.discarded_by, found.discarded_at = by, at
    found.save(update_fields=["discarded_by", "discarded_at"])
    found.kept_lines.all().delete()
    _tell(found, "discarded", {}, by, at)


def apply_intake(
    *,
    intake: File,
    lock: str,
    bars: Callable[[File], Iterable[Problem]],
    take: Callable[[File, datetime], Mapping[str, Any]],
    by: None,
    at: datetime,
) -> None:
    """Apply an approved file by `take`, which returns what the fact tells, all of it in this one transaction.

    Raises Superseded when that is done. A file that something `bars` by now fails whole, with the next step.
    """
    with transaction.atomic():
        found = being_applied(intake=intake, lock=lock)
        if problems := tuple(bars(found)):
            _fail(found, problems, len(problems), at)
            return
        done = take(found, at)
        found.applied_at = at
        found.save(update_fields=["applied_at"])
        _tell(found, "applied", {**done, "lines": found.counts["lines"]}, by, at)


@transaction.atomic
def stop_intake(*, intake: Intake, lock: str, problems: Sequence[Problem], by: None, at: datetime) -> None:
    """An approved file cannot be taken in after all, for these reasons: it fails whole. Raises Superseded."""
    _fail(being_applied(intake=intake, lock=lock), problems, len(problems), at)


def being_applied(*, intake: File, lock: str) -> File:
    """An approved file that is not applied yet, under the `lock` of what it changes. Raises Superseded."""
    exclusive(lock)
    found = locked(intake)
    if found.state != "applying":
        raise Superseded
    return found


def locked(intake: File) -> File:
    """The file as it is now, nobody else's until the transaction ends."""
    return type(intake)._default_manager.select_for_update(of=("self",)).select_related("area").get(pk=intake.pk)


def _latest(intake: Intake, attempt: int) -> Intake:
    found = locked(intake)
    if found.state != "reading" or found.attempt != attempt:
        raise Superseded
    return found


def _previewed(intake: File) -> File:
    found = locked(intake)
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


def _tell(intake: Intake, what: str, more: Mapping[str, Any], by: Person | None, at: datetime) -> None:
    data = {intake.named.rpartition(".")[2]: intake.pk, "input": intake.input_digest, **more}
    writer.append(kind=f"{intake.named}.{what}", subject=intake.subject, data=data, area=intake.area, by=by, at=at)
