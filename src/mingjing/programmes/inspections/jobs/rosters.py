"""Background work of files for the register: reading one into a preview, and applying an approved one.

At least once: an attempt at reading begins by clearing away what an earlier one stored; applying is one transaction.
"""

from contextlib import suppress

from django.utils import timezone

from mingjing.engine.outcome import N_, Problem
from mingjing.kernel.intakes import actions as way
from mingjing.kernel.intakes import reading
from mingjing.kernel.jobs.worker import Run
from mingjing.programmes.inspections.actions import rosters as actions
from mingjing.programmes.inspections.models import Roster
from mingjing.programmes.inspections.queries.rosters import Lines, read_lines

__all__ = ["apply_roster", "read_roster"]

EMPTY = Problem("intake.empty", N_("The file has a header and no row below it."))


def read_roster(run: Run) -> None:
    """Read a file into the preview, or keep every problem that stands in the way."""
    asked = _asked(run)
    lines = Lines(asked)
    reading.read_intake(run, asked, lines, lambda file: read_lines(asked, file, lines), EMPTY)


def apply_roster(run: Run) -> None:
    """Bring the register up to an approved file, as a whole or not at all."""
    with suppress(way.Superseded):
        actions.apply_roster(roster=_asked(run), by=None, at=timezone.now())


def _asked(run: Run) -> Roster:
    return Roster.objects.select_related("area").get(pk=run.fact.values["roster"])
