"""Every write of a file of complaints: the way of a file (kernel.intakes), from behind the door.

The file as it came is never kept: who called leaves at the door (policy.door). Not here: reading (queries.intakes).
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, BinaryIO

from django.conf import settings
from django.utils import timezone

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.evidence.store import store
from mingjing.kernel.intakes import actions as intakes
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.programmes.complaints.actions.taking import take_in
from mingjing.programmes.complaints.models import Intake
from mingjing.programmes.complaints.policy.mapping import parse_mapping
from mingjing.programmes.complaints.policy.periods import period_problems
from mingjing.programmes.complaints.queries.intakes import passed_the_door

__all__ = ["apply_intake", "approve_intake", "discard_intake", "intake_lock", "request_intake"]


def intake_lock(area: int) -> str:
    """The lock under which complaints of an area are taken in."""
    return f"complaints.intake:{area}"


def request_intake(
    *, area: Area, file: BinaryIO, file_name: str, mapping_name: str, mapping_text: str, first_day: date | None = None,
    last_day: date | None = None, by: Person | None, at: datetime,
) -> Intake:  # fmt: skip
    """Keep what passes the door and ask for it to be read; the background work begins once this is committed.

    It has every record from `first_day` to `last_day`; only a file of the hotline may leave that open. Raises Refusal
    for a mapping with mistakes, impossible days, and a file that cannot be read as a table.
    """
    origin = parse_mapping(mapping_text).origin
    if problems := tuple(period_problems(origin, first_day, last_day, timezone.localdate(at))):
        raise Refusal(problems)
    with passed_the_door(file, file_name, mapping_text) as (kept, digest):
        original = store(kept, settings.UPLOAD_LIMIT)
    intake = Intake(
        area=area, file_name=file_name, mapping_name=mapping_name[:60], mapping_text=mapping_text,
        original_digest=digest, input_digest=original.sha256, origin=origin, first_day=first_day, last_day=last_day,
    )  # fmt: skip
    return intakes.request_intake(intake=intake, told=_told(digest, origin, first_day, last_day), by=by, at=at)


def _told(digest: str, origin: str, first: date | None, last: date | None) -> dict[str, Any]:
    days = {"first": first.isoformat(), "last": last.isoformat()} if first and last else {}
    return {"original": digest, "origin": origin, **days}


def approve_intake(*, intake: Intake, by: Person | None, at: datetime) -> None:
    """Ask for the file to be taken in. Raises Refusal where another was taken in since this one was read."""
    intakes.approve_intake(intake=intake, lock=intake_lock(intake.area_id), bars=_stale, by=by, at=at)


def discard_intake(*, intake: Intake, by: Person | None, at: datetime) -> None:
    """Nobody wants a previewed file: everything stays as it is. Raises Refusal."""
    intakes.discard_intake(intake=intake, by=by, at=at)


def apply_intake(*, intake: Intake, by: None, at: datetime) -> None:
    """Take an approved file in, all of it in this one transaction; raises intakes.Superseded when that is done."""
    lock = intake_lock(intake.area_id)
    intakes.apply_intake(intake=intake, lock=lock, bars=_stale, take=take_in, by=by, at=at)


def _stale(intake: Intake) -> Iterator[Problem]:
    later = Intake.objects.filter(area=intake.area_id, applied_at__gte=intake.read_at)
    if later.exclude(pk=intake.pk).exists():
        text = N_(
            "Another file was taken in since this one was read; hand it in again, and look at what it would change."
        )
        yield Problem("intake.stale", text)
