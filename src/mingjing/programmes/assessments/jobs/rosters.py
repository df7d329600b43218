"""Background work of rosters: reading a file into a preview, and applying an approved one.

At least once: an attempt at reading begins by clearing away what an earlier one stored; applying is one transaction.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import sha256
from typing import Any, BinaryIO

from django.utils import timezone

from mingjing.engine.chain import canonical
from mingjing.engine.outcome import N_, Problem
from mingjing.kernel.intakes import actions as way
from mingjing.kernel.intakes.reading import read_intake
from mingjing.kernel.jobs.worker import Run
from mingjing.programmes.assessments.actions import rosters as actions
from mingjing.programmes.assessments.models import Roster, RosterLine
from mingjing.programmes.assessments.queries.communities import absent_from, register_version
from mingjing.programmes.assessments.queries.rosters import Reading, read_lines

__all__ = ["apply_roster", "read_roster"]

EMPTY = Problem("roster.empty", N_("The file has a header and no community below it; check that it is the right one."))


def read_roster(run: Run) -> None:
    """Read the file of a roster into the preview, or keep every problem that stands in the way."""
    asked = _asked(run)
    lines = _Lines(asked)
    read_intake(run, asked, lines, lines.of, EMPTY, {"register": register_version(asked.area)})


def apply_roster(run: Run) -> None:
    """Bring the register up to an approved roster, as a whole or not at all."""
    with suppress(way.Superseded):
        actions.apply_roster(roster=_asked(run), by=None, at=timezone.now())


def _asked(run: Run) -> Roster:
    return Roster.objects.select_related("area").get(pk=run.fact.values["roster"])


class _Lines:
    """The lines of one roster, those that change nothing too, and the digest over them."""

    def __init__(self, asked: Roster) -> None:
        self.asked, self.reading = asked, Reading(asked.area, timezone.localdate())
        self.digest = sha256()

    @property
    def counts(self) -> Mapping[str, int]:
        return self.reading.counts

    @contextmanager
    def of(self, file: BinaryIO) -> Iterator[tuple[Reading, Iterator[list[RosterLine]]]]:
        """The reading, and the lines of a file a chunk at a time."""
        yield self.reading, self._told(read_lines(file, self.asked.file_name, self.reading))

    def _told(self, chunks: Iterator[list[RosterLine]]) -> Iterator[list[RosterLine]]:
        for lines in chunks:
            for line in lines:
                self.digest.update(canonical({"kind": line.kind, "number": line.number, "values": line.values}))
            yield lines

    def summary(self) -> dict[str, Any]:
        """What is kept of the reading, once every line is."""
        names = ("added", "changed", "same", "warned", "renamed")
        counts: dict[str, Any] = {name: self.reading.counts[name] for name in names}
        counts["absent"] = absent_from(self.asked).count()
        return counts | {"unread": list(self.reading.unread), "lines": self.digest.hexdigest()}
