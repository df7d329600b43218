"""What a phone sends: each command is handed to its programme once, in order, and answered.

One bad one stops no other. Every subject has its own transaction. What the programme does not keep itself is kept here,
so that a command that comes again is answered as before. Not here: what a command means, and who may give it (the
programmes' handlers).
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Protocol
from uuid import UUID

from django.utils.module_loading import import_string
from django.utils.translation import gettext

from mingjing.engine.kept import keep, recall
from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel import registry
from mingjing.kernel.db.fields import instant_text
from mingjing.kernel.db.prepared import Prepared
from mingjing.kernel.db.rows import insert_objects
from mingjing.kernel.ledger.heads import signed_head
from mingjing.kernel.parties.models import Person
from mingjing.kernel.sync.actions.captures import note_arrivals
from mingjing.kernel.sync.envelopes import read_envelope
from mingjing.kernel.sync.models import Capture, Device, Received
from mingjing.kernel.sync.queries import told_of
from mingjing.kernel.sync.turns import turn_of, turn_to_work, written
from mingjing.kernel.sync.values import APPLIED, REFUSED, Command, Outcome, refused

__all__ = ["receive"]

log = logging.getLogger(__name__)
_RECEIVED = Prepared(lambda keys: Received.objects.filter(pk__in=keys))
_CAPTURES = Prepared(
    lambda subjects: Capture.objects.filter(subject__in=subjects).only(
        "subject", "sha256", "about", "device_id", "exhibit_id", "not_after", "released_at", "promised_at"
    )
)


class Handler(Protocol):
    """A programme's `field_commands`: it may read and work out what it will need, and writes nothing.

    What it returns is called in the turn to write, in a transaction: what it read may be otherwise by then.
    """

    def __call__(
        self, subject: str, commands: Sequence[Command], /, *, by: Person, device: Device, at: datetime
    ) -> Callable[[], Sequence[Outcome]]: ...


def receive(*, body: bytes, signature: str, device: Device, at: datetime) -> dict[str, Any]:
    """Take what `device` sent, and answer. Raises Refusal for what could not be read at all: then nothing was done."""
    with turn_of(device.pk), turn_to_work():  # in this order: who is at work must not wait for one that is to go on
        return _received(body, signature, device, at)


def _received(body: bytes, signature: str, device: Device, at: datetime) -> dict[str, Any]:
    envelope = read_envelope(body, signature, device, at)
    commands, outcomes = envelope.commands, {key: _unfit(key, why) for key, why in envelope.unfit.items()}
    outcomes |= _answered_before(commands)
    fresh = [command for command in commands if command.id not in outcomes] if outcomes else commands
    last = dict[str, Outcome]()
    for subject, lot in _by_subject(fresh).items():
        found = _handed_over(subject, lot, device, at)
        outcomes |= {one.id: one for one in found}
        last[subject] = found[-1]
    subjects = list(dict.fromkeys([*(command.subject for command in commands), *envelope.watch]))
    photos = _photos(subjects, last, at)
    states = {subject: one.standing() for subject, one in last.items() if one.standing}
    states |= _states([subject for subject in subjects if subject not in states], device.person, at)
    for subject, state in states.items():
        state["captures"] = photos.get(subject, {})
    return {
        "now": instant_text(at),
        "head": signed_head(at=at, end=device.ledger_end),
        "outcomes": [_told(outcomes[key]) for key in envelope.order],
        "states": states,
        "captures": {digest: one["state"] for told in photos.values() for digest, one in told.items()},
    }


def _unfit(key: UUID, why: Problem) -> Outcome:
    return Outcome(key, REFUSED, (why,), logged=True)


def _answered_before(commands: Sequence[Command]) -> dict[UUID, Outcome]:
    """The commands that came before and are kept here, with the same answer; one statement."""
    if not commands:
        return {}
    rows, found = _RECEIVED.ask(keys=[command.id for command in commands]), {}
    by_id = {command.id: command for command in commands} if rows else {}
    for row in rows:
        same = by_id[row.pk]
        if (row.kind, row.subject, row.payload) == (same.kind, same.subject, dict(same.payload)):
            problems: tuple[Problem, ...] = recall(row.problems)
            found[row.pk] = Outcome(row.pk, row.state, problems, row.current)
        else:
            text = N_("This number was used for another command; nothing was done. Enter it anew.")
            found[row.pk] = refused(same, Refusal([Problem("sync.reused", text)]))
    return found


def _by_subject(commands: Iterable[Command]) -> dict[str, list[Command]]:
    lots: dict[str, list[Command]] = {}
    for command in commands:
        lots.setdefault(command.subject, []).append(command)
    return lots


def _handed_over(subject: str, lot: Sequence[Command], device: Device, at: datetime) -> Sequence[Outcome]:
    """What becomes of one subject's commands; a fault of ours is told, logged, and tried again when they come again."""
    try:
        try:
            outcomes = written(partial(_prepared, subject, lot, device, at))
        except Refusal as refusal:  # of all of them: whatever was written before is undone
            outcomes = [refused(command, refusal) for command in lot]
            _write_down(lot, outcomes, device, at)
        return outcomes
    except Exception:
        log.exception("commands about %s failed", subject)
        text = N_("Something went wrong here, and nothing of this was done. The app tries again by itself.")
        problem = Problem("sync.failed", text)
        return [Outcome(command.id, REFUSED, (problem,), logged=True) for command in lot]


def _prepared(subject: str, lot: Sequence[Command], device: Device, at: datetime) -> Callable[[], Sequence[Outcome]]:
    """What is to be done in the turn to write."""
    work = _handler_of(subject)(subject, lot, by=device.person, device=device, at=at)

    def done() -> Sequence[Outcome]:
        outcomes = _answered(lot, work())
        _write_down(lot, outcomes, device, at)
        return outcomes

    return done


def _handler_of(subject: str) -> Handler:
    """What its programme takes commands with. Raises Refusal where nobody takes any."""
    owner = registry.owner_of(subject)
    if owner is None or not owner.field_commands:
        text = N_("Nothing here takes this command; update the app.")
        raise Refusal([Problem("sync.unknown", text)])
    handler: Handler = import_string(owner.field_commands)
    return handler


def _answered(lot: Sequence[Command], outcomes: Sequence[Outcome]) -> Sequence[Outcome]:
    """The outcomes, one for each command; anything else is a fault of the programme's."""
    asked, answered = [command.id for command in lot], [one.id for one in outcomes]
    if asked != answered and set(asked) != set(answered):
        raise RuntimeError(f"Not every command about {lot[0].subject} was answered.")
    return outcomes


def _write_down(commands: Sequence[Command], outcomes: Sequence[Outcome], device: Device, at: datetime) -> None:
    by_id = {one.id: one for one in outcomes if not one.logged}
    if not by_id:
        return
    rows = [
        Received(
            id=command.id, device=device, person=device.person, kind=command.kind, subject=command.subject,
            payload=dict(command.payload), claimed_at=command.claimed_at, received_at=at, state=by_id[command.id].state,
            problems=keep(by_id[command.id].problems), current=by_id[command.id].current,
        )
        for command in commands
        if command.id in by_id
    ]  # fmt: skip
    insert_objects(rows)


def _photos(subjects: Sequence[str], last: Mapping[str, Outcome], at: datetime) -> dict[str, dict[str, dict[str, str]]]:
    """The photos of these subjects, those whose bytes have arrived since written down as kept.

    A statement, and one more where some have; none where the last outcomes tell of all.
    """
    captures: list[Capture] = [photo for one in last.values() for photo in one.photos or ()]
    if asked := [subject for subject in subjects if subject not in last or last[subject].photos is None]:
        captures += _CAPTURES.ask(subjects=asked)
    note_arrivals(captures=captures, at=at)
    return told_of(captures)


def _states(subjects: Sequence[str], person: Person, at: datetime) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for code, lot in _by_owner(subjects).items():
        if asked := registry.manifests()[code].field_states:
            found |= import_string(asked)(lot, person, at)
    return found


def _by_owner(subjects: Sequence[str]) -> dict[str, list[str]]:
    lots: dict[str, list[str]] = {}
    for subject in subjects:
        if owner := registry.owner_of(subject):
            lots.setdefault(owner.code, []).append(subject)
    return lots


def _told(outcome: Outcome) -> dict[str, Any]:
    if outcome.state == APPLIED and not outcome.problems:
        return {"id": outcome.id, "state": APPLIED, "problems": [], "current": None}
    problems = [
        {"code": problem.code, "text": problem.say(gettext), "place": problem.place} for problem in outcome.problems
    ]
    current = None if outcome.state == APPLIED else outcome.current
    return {"id": outcome.id, "state": outcome.state, "problems": problems, "current": current}
