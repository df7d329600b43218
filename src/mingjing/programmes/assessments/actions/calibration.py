"""Notes on how checks are judged in a round, as its teams agreed: written for everybody, or withdrawn, never rewritten.

Phones bring them along and pages show them beside the check. Facts hold no text: a note may name a place or a person.
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.guard import may
from mingjing.kernel.parties.models import Person
from mingjing.programmes.assessments.models import CalibrationNote, Round
from mingjing.programmes.assessments.queries.schemes import scheme_of

__all__ = ["LONGEST", "add_note", "withdraw_note"]

MANAGE = "assessments.round.manage"
LONGEST = 1000
"""Characters of a note."""


@transaction.atomic
def add_note(*, round: Round, check_code: str, text: str, by: Person | None, at: datetime) -> CalibrationNote:
    """Write down how `check_code` (empty: every check) is judged in this round. Raises Refusal."""
    found, text = _held(round, by, at), text.strip().replace("\r\n", "\n")
    problems = []
    if not text or len(text) > LONGEST or not text.replace("\n", "").isprintable():
        words = N_("Say in 1 to {longest} characters of plain text how it is judged.")
        problems.append(Problem("calibration.text", words, {"longest": LONGEST}, "text"))
    if check_code and check_code not in scheme_of(found.scheme).checks:
        words = N_("{code} is no check of this round; choose one from the list.")
        problems.append(Problem("calibration.check", words, {"code": check_code}, "check_code"))
    if problems:
        raise Refusal(problems)
    note = CalibrationNote.objects.create(round=found, check_code=check_code, text=text, by=by, at=at)
    _tell("noted", note, by, at)
    return note


@transaction.atomic
def withdraw_note(*, note: CalibrationNote, by: Person | None, at: datetime) -> None:
    """Nobody goes by this note any more; it stays on record. Raises Refusal."""
    _held(note.round, by, at)
    found = CalibrationNote.objects.select_for_update(of=("self",)).select_related("round__area").get(pk=note.pk)
    if found.withdrawn_at:
        raise Refusal([Problem("calibration.withdrawn", N_("This note was withdrawn already; it stays so."))])
    found.withdrawn_by, found.withdrawn_at = by, at
    found.save(update_fields=["withdrawn_by", "withdrawn_at"])
    _tell("note_withdrawn", found, by, at)


def _held(round_: Round, by: Person | None, at: datetime) -> Round:
    """The round as it is now, nobody else's until the transaction ends, for somebody who may run it."""
    held = Round.objects.select_for_update(of=("self",), no_key=True).select_related("area", "scheme")
    found = held.get(pk=round_.pk)
    if by is not None and not may(by, MANAGE, area=found.area, on=timezone.localdate(at)):
        text = N_("You may not do this for {area}; whoever runs its rounds may.")
        raise Refusal([Problem("calibration.not_yours", text, {"area": found.area.name})])
    if found.decided_at or found.deciding_at:
        text = N_("The round is decided, or being decided; how its checks were judged stays as it is.")
        raise Refusal([Problem("calibration.over", text)])
    return found


def _tell(what: str, note: CalibrationNote, by: Person | None, at: datetime) -> None:
    round_ = note.round
    data = {"round": round_.pk, "note": note.pk, "check": note.check_code}
    kind = f"assessments.calibration.{what}"
    writer.append(kind=kind, subject=round_.subject, data=data, area=round_.area, by=by, at=at)
