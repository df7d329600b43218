"""A programme as sync meets one: subjects `parties.organisation:N`, commands that are taken, refused, or go wrong.

What it applied is in DONE, in order. Not here: tests.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from mingjing.engine.outcome import Problem, Refusal
from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.sync.actions import promise_photos
from mingjing.kernel.sync.models import Device
from mingjing.kernel.sync.values import APPLIED, CONFLICT, Command, Outcome, refused

DONE: list[Command] = []
AREA = "430202"


def apply(
    subject: str, commands: Sequence[Command], *, by: Person, device: Device, at: datetime
) -> Callable[[], list[Outcome]]:
    """The manifest's `field_commands`."""
    return partial(_applied, subject, commands, by, device, at)


def _applied(subject: str, commands: Sequence[Command], by: Person, device: Device, at: datetime) -> list[Outcome]:
    if subject.endswith(":404"):
        raise Refusal([Problem("office.unknown", "There is no such office.")])
    photos = [command for command in commands if command.kind == "parties.photo"]
    area = Area.objects.get(code=AREA) if photos else None
    outcomes = promise_photos(subject=subject, area=area, commands=photos, device=device, by=by, at=at) if area else []
    return outcomes + [_one(command, subject, at) for command in commands if command not in photos]


def _one(command: Command, subject: str, at: datetime) -> Outcome:
    if command.kind == "parties.refuse":
        return refused(command, Refusal([Problem("office.closed", "It is {n} o'clock.", {"n": 7}, "door")]))
    if command.kind == "parties.conflict":
        return Outcome(command.id, CONFLICT, (Problem("office.other", "Another stands."),), {"count": 3})
    if command.kind == "parties.crash":
        Exhibit.objects.all().update(caption="half done")
        raise RuntimeError("a fault of ours")
    DONE.append(command)
    return Outcome(command.id, APPLIED, logged=command.kind == "parties.log")


def states(subjects: Sequence[str], person: Person, now: datetime) -> dict[str, Any]:
    """The manifest's `field_states`."""
    return {subject: {"done": sum(one.subject == subject for one in DONE)} for subject in subjects}
