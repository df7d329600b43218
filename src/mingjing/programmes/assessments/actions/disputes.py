"""What objections and appeals have in common: received from a company, excused when late, decided, and what that does.

Whoever acts for a company hands in now, by the clock of the server; only the office can say that something was received
before it was recorded. Not here: what may be contested and what follows (actions.objections, actions.appeals), who
holds the right (the desk, the portal).
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.mandates import acting_for
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.proceedings.actions import open_proceeding, take_step
from mingjing.kernel.proceedings.models import Proceeding, Taken
from mingjing.kernel.proceedings.queries import stands
from mingjing.programmes.assessments.models import Correction, Entry
from mingjing.programmes.assessments.policy.procedures import clocks_of
from mingjing.programmes.assessments.policy.scheme import Scheme

__all__ = ["as_read", "correct", "decide", "excuse_lateness", "receive"]


def receive(
    *,
    kind: str,
    begun: str,
    begun_at: datetime,
    subject: str,
    title: str,
    area: Area,
    organisation: Organisation,
    scheme: Scheme,
    involved: Collection[Person],
    grounds: str,
    exhibits: Iterable[UUID | str],
    received_at: datetime | None,
    on_behalf: str,
    by: Person,
    at: datetime,
) -> Proceeding:
    """Open the proceeding, whose clock `begun` started, with what was received. Later than that, it is kept as late."""
    if received_at is not None and acting_for(by, on=timezone.localdate(at)):
        text = N_("What a company hands in itself is received now; only the office dates it back.")
        raise Refusal([Problem("dispute.dated", text, {}, "received_at")])
    if Proceeding.objects.filter(programme="assessments", kind=kind, subject=subject).exists():
        text = N_("This is contested already; one objection or appeal is decided about it.")
        raise Refusal([Problem("dispute.once", text)])
    proceeding = open_proceeding(
        programme="assessments", kind=kind, subject=subject, title=title, area=area, organisation=organisation,
        clocks=clocks_of(scheme, kind), involved=involved, by=by, at=at,
    )  # fmt: skip
    begin = min(begun_at, received_at or at)
    take_step(proceeding=proceeding, step=begun, happened_at=begin if begin < at else None, by=by, at=at)
    take_step(
        proceeding=proceeding, step=kind, note=grounds, exhibits=exhibits, on_behalf=on_behalf, happened_at=received_at,
        by=by, at=at,
    )  # fmt: skip
    return proceeding


def excuse_lateness(
    *, proceeding: Proceeding, note: str, revision: int | None = None, by: Person, at: datetime
) -> Taken:
    """Somebody who had no part excuses that an objection or appeal came late; it is then decided as if in time.

    Raises Refusal where nothing is late.
    """
    found = stands(proceeding, at).standing
    if proceeding.kind not in found.late or proceeding.kind in found.done:
        text = N_("Nothing came late here; there is nothing to excuse.")
        raise Refusal([Problem("dispute.in_time", text)])
    return take_step(proceeding=as_read(proceeding, revision), step="excuse", note=note, by=by, at=at)


def decide(
    *, proceeding: Proceeding, stance: str, note: str, exhibits: Iterable[UUID | str], revision: int | None, by: Person,
    at: datetime,
) -> Taken:  # fmt: skip
    """Decide it, by somebody who had no part in what it is about."""
    return take_step(
        proceeding=as_read(proceeding, revision), step="decision", stance=stance, note=note, exhibits=exhibits, by=by,
        at=at,
    )  # fmt: skip


@transaction.atomic
def correct(correction: Correction, entry: Entry, *, by: Person, at: datetime) -> Correction:
    """Store what an upheld one changes, and tell the ledger."""
    correction.entry, correction.by, correction.at = entry, by, at
    correction.save(force_insert=True)
    told: dict[str, Any] = {
        "record": correction.record_id, "check": correction.check_code, "before": correction.steps_before,
        "after": correction.steps, "filing": correction.filing_id,
    }  # fmt: skip
    data: dict[str, Any] = {"correction": correction.pk, "entry": entry.pk, "proceeding": correction.proceeding_id}
    data |= {name: value for name, value in told.items() if value not in (None, "")}
    kind, area = "assessments.entry.corrected", entry.round.area
    writer.append(kind=kind, subject=entry.subject, data=data, area=area, by=by, at=at)
    return correction


def as_read(proceeding: Proceeding, revision: int | None) -> Proceeding:
    """The proceeding at the revision that whoever acts has read, where they say so."""
    if revision is not None:
        proceeding.revision = revision
    return proceeding
