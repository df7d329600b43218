"""Every write of a roster: handed in, read, previewed, approved or discarded; applied as a whole or not at all.

Lines of a roster that is being read append no fact; they count for nothing before the fact that it was read. Not here:
reading the file (queries.rosters), the change to the register itself (actions.registering).
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
from mingjing.programmes.assessments.actions.registering import bring_up_to_date, register_lock
from mingjing.programmes.assessments.models import Roster, RosterLine
from mingjing.programmes.assessments.queries.communities import register_version

__all__ = [
    "Superseded", "apply_roster", "approve_roster", "begin_reading", "complete_reading", "discard_roster",
    "fail_roster", "keep_lines", "read_again", "request_roster",
]  # fmt: skip


class Superseded(Exception):
    """Another attempt at this roster has begun, or it is finished: whoever gets this stops."""


def request_roster(*, area: Area, file: BinaryIO, file_name: str, by: Person | None, at: datetime) -> Roster:
    """Keep the original and ask for it to be read; the background work begins once this is committed.

    Raises Refusal for a file that is too large.
    """
    return _requested(area, file_name, store(file, settings.UPLOAD_LIMIT).sha256, by, at)


def read_again(*, roster: Roster, by: Person | None, at: datetime) -> Roster:
    """Read the same original against the register as it is now; a preview that nobody decided on is discarded."""
    with transaction.atomic():
        found = _locked(roster)
        if found.state == "previewed":
            _discard(found, by, at)
        elif found.state not in ("failed", "discarded", "applied"):
            text = N_("The roster is still being worked on; wait until that is done.")
            raise Refusal([Problem("roster.busy", text)])
        return _requested(found.area, found.file_name, found.input_digest, by, at)


@transaction.atomic
def _requested(area: Area, file_name: str, digest: str, by: Person | None, at: datetime) -> Roster:
    roster = Roster.objects.create(
        area=area, file_name=file_name[-200:], input_digest=digest, requested_by=by, requested_at=at
    )
    _tell(roster, "requested", {}, by, at)
    return roster


@transaction.atomic
def begin_reading(*, roster: Roster, by: None, at: datetime) -> tuple[int, int]:
    """Begin a new attempt: what an earlier one stored goes.

    Returns its number and the version of the register it reads against; raises Superseded when it was read already.
    """
    found = _locked(roster)
    if found.state != "reading":
        raise Superseded
    found.lines.all().delete()
    found.attempt += 1
    found.save(update_fields=["attempt"])
    return found.attempt, register_version(found.area)


@transaction.atomic
def keep_lines(*, roster: Roster, attempt: int, lines: Sequence[RosterLine], by: None, at: datetime) -> None:
    """Store some lines of an attempt; raises Superseded when it is no longer the latest."""
    found = _latest(roster, attempt)
    for line in lines:
        line.roster = found
    RosterLine.objects.bulk_create(lines)


@transaction.atomic
def complete_reading(
    *, roster: Roster, attempt: int, counts: Mapping[str, Any], register: int, by: None, at: datetime
) -> None:
    """The preview is whole: `counts` of lines by kind (`lines` is the digest over them), read against `register`.

    Raises Superseded.
    """
    found = _latest(roster, attempt)
    found.read_at, found.counts = at, {**counts, "register": register}
    found.save(update_fields=["read_at", "counts"])
    _tell(found, "read", _facts(counts), by, at)


@transaction.atomic
def fail_roster(
    *, roster: Roster, attempt: int, problems: Sequence[Problem], count: int, by: None, at: datetime
) -> None:
    """The file cannot be taken: keep its problems (`count` in all), and no line. Raises Superseded."""
    found = _latest(roster, attempt)
    found.lines.all().delete()
    _fail(found, problems, count, at)


def approve_roster(*, roster: Roster, renames_confirmed: bool = False, by: Person | None, at: datetime) -> None:
    """Ask for the roster to be applied. Raises Refusal where the register is another than the preview was made of.

    Where communities would be renamed, somebody must have confirmed that they are the same (`renames_confirmed`).
    """
    with transaction.atomic():
        exclusive(register_lock(roster.area_id))
        found = _previewed(roster)
        others = Roster.objects.filter(area=found.area, approved_at__isnull=False, applied_at=None, failed_at=None)
        if others.exists():
            text = N_("Another roster is being applied to this register; wait, then read this file again.")
            raise Refusal([Problem("roster.another", text)])
        if problem := _stale(found):
            raise Refusal([problem])
        if found.counts.get("renamed") and not renames_confirmed:
            text = N_("{count} communities have another name in the file; confirm that they are the same ones.")
            raise Refusal([Problem("roster.renames", text, {"count": found.counts["renamed"]}, "renames_confirmed")])
        found.approved_by, found.approved_at = by, at
        found.save(update_fields=["approved_by", "approved_at"])
        _tell(found, "approved", _facts(found.counts), by, at)


@transaction.atomic
def discard_roster(*, roster: Roster, by: Person | None, at: datetime) -> None:
    """Nobody wants a previewed roster: the register stays as it is. Raises Refusal."""
    _discard(_previewed(roster), by, at)


def apply_roster(*, roster: Roster, by: None, at: datetime) -> None:
    """Bring the register up to an approved roster, all of it in this one transaction; raises Superseded when done.

    A roster that was read against another register is refused whole, with the next step.
    """
    with transaction.atomic():
        exclusive(register_lock(roster.area_id))
        found = _locked(roster)
        if found.state != "applying":
            raise Superseded
        if problem := _stale(found):
            _fail(found, [problem], 1, at)
            return
        done = bring_up_to_date(found, at)
        found.applied_at = at
        found.save(update_fields=["applied_at"])
        _tell(found, "applied", {**done, "lines": found.counts["lines"]}, by, at)


def _stale(roster: Roster) -> Problem | None:
    if register_version(roster.area) == roster.counts.get("register"):
        return None
    text = N_("The register has changed since this file was read; read it again, and look at what it would change.")
    return Problem("roster.stale", text)


def _previewed(roster: Roster) -> Roster:
    found = _locked(roster)
    if found.state != "previewed":
        text = N_("The roster is not waiting for a decision any more: somebody approved or discarded it.")
        raise Refusal([Problem("roster.decided", text)])
    return found


def _discard(found: Roster, by: Person | None, at: datetime) -> None:
    found.discarded_by, found.discarded_at = by, at
    found.save(update_fields=["discarded_by", "discarded_at"])
    _tell(found, "discarded", {}, by, at)


def _fail(found: Roster, problems: Sequence[Problem], count: int, at: datetime) -> None:
    found.failed_at, found.problems = at, [keep(problem) for problem in problems]
    found.save(update_fields=["failed_at", "problems"])
    codes = sorted({problem.code for problem in problems})
    _tell(found, "failed", {"problems": count, "codes": codes[:50]}, None, at)


def _facts(counts: Mapping[str, Any]) -> dict[str, int | str]:
    """What the ledger keeps of counts: numbers, and the digest over the lines; no names of columns."""
    return {name: count for name, count in counts.items() if isinstance(count, int | str)}


def _locked(roster: Roster) -> Roster:
    return Roster.objects.select_for_update(of=("self",)).select_related("area").get(pk=roster.pk)


def _latest(roster: Roster, attempt: int) -> Roster:
    found = _locked(roster)
    if found.state != "reading" or found.attempt != attempt:
        raise Superseded
    return found


def _tell(roster: Roster, what: str, more: Mapping[str, Any], by: Person | None, at: datetime) -> None:
    data = {"roster": roster.pk, "input": roster.input_digest, **more}
    kind = f"assessments.roster.{what}"
    writer.append(kind=kind, subject=roster.subject, data=data, area=roster.area, by=by, at=at)
