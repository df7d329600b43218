"""What is worked out of a phone's commands before its turn to write, so that others wait for the writing alone.

The records of its photos read, and what its first run of edits comes to. Each is used if what it was worked out of
still stands in the turn, and made anew where it does not; nothing is decided here. Not here: the turn (commands).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from mingjing.engine.geo import Position
from mingjing.engine.outcome import Refusal
from mingjing.kernel.db.prepared import Seen
from mingjing.kernel.parties.models import Person
from mingjing.kernel.sync.models import Device
from mingjing.kernel.sync.records import Signed, read_record
from mingjing.kernel.sync.values import Command
from mingjing.programmes.assessments.actions.growing import Given, Grown, grow, named_by, start_of
from mingjing.programmes.assessments.models import VisitRecord

__all__ = ["EDIT", "NOTHING", "PHOTO", "Ahead", "ahead_of", "entered_on", "given_of", "runs"]

EDIT, PHOTO = "assessments.edit", "assessments.photo"


@dataclass(frozen=True, slots=True)
class Ahead:
    """What was worked out: the row, the records of photos (or why one cannot be read), and what edits come to.

    `run` are the commands of the first run of edits, made of them for a team that entered at `entered`.
    """

    seen: Seen[VisitRecord] | None = None
    records: Mapping[UUID, Signed | Refusal] = field(default_factory=dict)
    run: Sequence[Command] = ()
    entered: datetime | None = None
    grown: Grown | None = None

    def edits(self, run: Sequence[Command], entered: datetime) -> Sequence[Given]:
        """The edits that these commands bring."""
        known = self.grown and self.entered == entered and self.run == run
        return self.grown.edits if self.grown and known else given_of(run, entered)

    def reader(self, device: Device, site: Position | None) -> Callable[[Command], Signed]:
        """Reads the record in a command of this phone, unless it was read for that site; raises its Refusal."""
        same = self.seen and self.seen.one.entry.community.site.position == site

        def read(command: Command) -> Signed:
            known = self.records.get(command.id) if same else None
            if isinstance(known, Refusal):
                raise known
            return known or read_record(command, device, site)

        return read


NOTHING = Ahead()


def ahead_of(seen: Seen[VisitRecord], commands: Sequence[Command], by: Person, device: Device, at: datetime) -> Ahead:
    """What can be worked out of commands about a record. No statement but for an undo."""
    record = seen.one
    site, entered = record.entry.community.site.position, entered_on(record, at)
    lots = [(run[0].kind, run) for run in runs(commands)]
    records = dict(_read(one, device, site) for kind, run in lots if kind == PHOTO for one in run)
    run = next((run for kind, run in lots if kind == EDIT), ())
    return Ahead(seen, records, run, entered, _grown(record, given_of(run, entered), records, by) if run else None)


def runs(commands: Sequence[Command]) -> Iterator[Sequence[Command]]:
    """Commands of one kind that follow one another."""
    for _kind, run in groupby(commands, key=lambda command: command.kind):
        yield list(run)


def given_of(run: Sequence[Command], entered: datetime) -> list[Given]:
    """The edits that commands bring: none was made before the team entered, whatever the phone says."""
    return [Given(one.id, str(one.payload.get("edit")), _plain(one.payload), max(one.made_at, entered)) for one in run]


def entered_on(record: VisitRecord, at: datetime) -> datetime:
    """When the team entered."""
    return record.visit.entered_at if record.visit else at


def _plain(payload: Mapping[str, Any]) -> dict[str, Any]:
    """An edit's payload as the policy takes it; what an undo brings back is worked out here, never sent."""
    plain = dict(payload)
    for name in ("edit", "before", "rubric"):
        plain.pop(name, None)
    return plain


def _read(command: Command, device: Device, site: Position | None) -> tuple[UUID, Signed | Refusal]:
    try:
        return command.id, read_record(command, device, site)
    except Refusal as refusal:
        return command.id, refusal


def _grown(
    record: VisitRecord, edits: Sequence[Given], records: Mapping[UUID, Signed | Refusal], by: Person
) -> Grown | None:
    """What these edits come to if all these photos are taken; None where they name others."""
    named = named_by(edits)
    promised = {one.values["sha256"] for one in records.values() if isinstance(one, Signed)}
    return None if named - promised else grow(record, start_of(record, by, named), edits, by)
