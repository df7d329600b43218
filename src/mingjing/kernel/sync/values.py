"""Commands and what became of them, as sync and the programmes hand them to each other: hundreds in a request."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from mingjing.engine.outcome import Problem, Refusal

__all__ = ["APPLIED", "CONFLICT", "REFUSED", "Command", "Outcome", "refused"]

APPLIED, REFUSED, CONFLICT = "applied", "refused", "conflict"


class Command(Struct, frozen=True):
    """What a phone asks for, about one subject (`assessments.visit:12`).

    `made_at` is when it was made, by the phone's clock put right by what it was off when it sent (never later than
    now); `claimed_at` is what the phone's clock said.
    """

    id: UUID
    kind: str
    subject: str
    payload: Mapping[str, Any]
    made_at: datetime
    claimed_at: datetime


class Outcome(Struct, frozen=True):
    """What became of a command. `current` is what stands instead, in a conflict.

    `standing` tells what stands of its subject now, where the programme has it at hand (with its last word on a lot):
    asked when everything is written, instead of the manifest's `field_states`.

    `photos` are all photos of its subject, where they were looked up (with the last word on a lot): as `standing`.

    `logged`: the programme keeps the command itself and answers for it when it comes again; sync writes no row.
    """

    id: UUID
    state: str
    problems: tuple[Problem, ...] = ()
    current: Any = None
    logged: bool = False
    standing: Callable[[], Any] | None = None
    photos: Sequence[Any] | None = None


def refused(command: Command, refusal: Refusal) -> Outcome:
    """The outcome of a command that was refused."""
    return Outcome(command.id, REFUSED, refusal.problems)
