"""Every write of a roster: the way of a file (kernel.intakes), held to the register it would change.

Not here: reading the file (queries.rosters), the change to the register itself (actions.registering).
"""

from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO

from django.conf import settings
from django.db import transaction

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.evidence.store import store
from mingjing.kernel.intakes import actions as intakes
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.programmes.assessments.actions.registering import bring_up_to_date, register_lock
from mingjing.programmes.assessments.models import Roster
from mingjing.programmes.assessments.queries.communities import register_version

__all__ = ["apply_roster", "approve_roster", "discard_roster", "read_again", "request_roster"]


def request_roster(*, area: Area, file: BinaryIO, file_name: str, by: Person | None, at: datetime) -> Roster:
    """Keep the original and ask for it to be read; the background work begins once this is committed.

    Raises Refusal for a file that is too large.
    """
    kept = store(file, settings.UPLOAD_LIMIT).sha256
    roster = Roster(area=area, file_name=file_name, input_digest=kept)
    return intakes.request_intake(intake=roster, by=by, at=at)


def read_again(*, roster: Roster, by: Person | None, at: datetime) -> Roster:
    """Read the same original against the register as it is now; a preview that nobody decided on is discarded."""
    with transaction.atomic():
        found = intakes.locked(roster)
        if found.state == "previewed":
            intakes.discard_intake(intake=found, by=by, at=at)
        elif found.state not in ("failed", "discarded", "applied"):
            text = N_("The roster is still being worked on; wait until that is done.")
            raise Refusal([Problem("roster.busy", text)])
        again = Roster(area=found.area, file_name=found.file_name, input_digest=found.input_digest)
        return intakes.request_intake(intake=again, by=by, at=at)


def approve_roster(*, roster: Roster, renames_confirmed: bool = False, by: Person | None, at: datetime) -> None:
    """Ask for the roster to be applied. Raises Refusal where the register is another than the preview was made of.

    Communities that have another name in the file must be said to be the same (`renames_confirmed`).
    """

    def bars(found: Roster) -> Iterator[Problem]:
        stale = tuple(_stale(found))
        yield from stale
        if not stale and found.counts.get("renamed") and not renames_confirmed:
            text = N_("{count} communities have another name in the file; confirm that they are the same ones.")
            yield Problem("roster.renames", text, {"count": found.counts["renamed"]}, "renames_confirmed")

    intakes.approve_intake(intake=roster, lock=register_lock(roster.area_id), bars=bars, by=by, at=at)


def discard_roster(*, roster: Roster, by: Person | None, at: datetime) -> None:
    """Nobody wants a previewed roster: the register stays as it is. Raises Refusal."""
    intakes.discard_intake(intake=roster, by=by, at=at)


def apply_roster(*, roster: Roster, by: None, at: datetime) -> None:
    """Bring the register up to an approved roster, all of it in this one transaction; raises intakes.Superseded.

    A roster that was read against another register is refused whole, with the next step.
    """
    lock = register_lock(roster.area_id)
    intakes.apply_intake(intake=roster, lock=lock, bars=_stale, take=bring_up_to_date, by=by, at=at)


def _stale(roster: Roster) -> Iterator[Problem]:
    if register_version(roster.area) != roster.counts.get("register"):
        text = N_("The register has changed since this file was read; read it again, and look at what it would change.")
        yield Problem("roster.stale", text)
