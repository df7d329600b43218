"""The background work of reading a file into its preview, alike for every part that takes files in.

At least once: an attempt begins by clearing away what an earlier one stored. Not here: what a line says, taking in.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from typing import Any, BinaryIO, Protocol

from django.db import models
from django.utils import timezone

from mingjing.engine.outcome import Problem, Refusal
from mingjing.kernel.evidence.store import open_original
from mingjing.kernel.intakes import actions as way
from mingjing.kernel.intakes.models import Intake
from mingjing.kernel.jobs.worker import Run

__all__ = ["Lines", "read_intake"]


class Lines(Protocol):
    """What is counted while a file is read: `counts["read"]` are its rows."""

    @property
    def counts(self) -> Mapping[str, int]: ...
    def summary(self) -> Mapping[str, Any]: ...


Opened = Callable[[BinaryIO], AbstractContextManager[tuple[Any, Iterator[Sequence[models.Model]]]]]
"""Opens the file: its reader, whose `log` refuses with every problem, and the lines that say something new."""


def read_intake(
    run: Run, asked: Intake, lines: Lines, opened: Opened, empty: Problem | None,
    against: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """Store the lines of a file, or keep every problem that stands in the way.

    `empty` says that it has no row, where that is a problem.
    `against` names what the file was read against, for whoever asks whether that is still so (actions.apply_intake).
    """
    with suppress(way.Superseded):
        attempt, found = way.begin_reading(intake=asked, by=None, at=timezone.now()), 0
        try:
            with open_original(asked.input_digest, verified=True) as file, opened(file) as (reader, batches):
                for batch in batches:
                    way.keep_lines(intake=asked, attempt=attempt, lines=batch, by=None, at=timezone.now())
                    run.progress(lines.counts["read"], 0)
                found = reader.log.count
                reader.log.refuse()
                if empty and not lines.counts["read"]:
                    raise Refusal([empty])
        except Refusal as refusal:
            problems, count = refusal.problems, max(found, len(refusal.problems))
            way.fail_intake(intake=asked, attempt=attempt, problems=problems, count=count, by=None, at=timezone.now())
        else:
            way.complete_reading(
                intake=asked, attempt=attempt, counts=lines.summary(), against=against, by=None, at=timezone.now()
            )
