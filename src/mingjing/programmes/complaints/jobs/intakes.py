"""Background work of files of complaints: reading one into a preview, and taking an approved one in.

At least once: an attempt at reading begins by clearing away what an earlier one stored; taking in is one transaction.
"""

from contextlib import suppress

from django.utils import timezone

from mingjing.engine.outcome import N_, Problem
from mingjing.kernel.intakes import actions as way
from mingjing.kernel.intakes import reading
from mingjing.kernel.jobs.worker import Run
from mingjing.programmes.complaints.actions import intakes as actions
from mingjing.programmes.complaints.models import Intake
from mingjing.programmes.complaints.queries.intakes import Lines, read_lines

__all__ = ["apply_intake", "read_intake"]

EMPTY = Problem("intake.empty", N_("The file has a header and no complaint below it; check that it is the right one."))


def read_intake(run: Run) -> None:
    """Read what was kept of a file into the preview, or keep every problem that stands in the way."""
    asked = _asked(run)
    lines = Lines(asked)
    # A file without a row says of its days that there was nothing; one that is of no days says nothing at all.
    empty = None if asked.first_day else EMPTY
    reading.read_intake(run, asked, lines, lambda file: read_lines(asked, file, lines), empty)


def apply_intake(run: Run) -> None:
    """Take an approved file in, as a whole or not at all."""
    with suppress(way.Superseded):
        actions.apply_intake(intake=_asked(run), by=None, at=timezone.now())


def _asked(run: Run) -> Intake:
    return Intake.objects.select_related("area").get(pk=run.fact.values["intake"])
