"""Background work of files for the register: reading one into a preview, and applying an approved one.

At least once: an attempt at reading begins by clearing away what an earlier one stored; one at applying goes on after
the last part that is recorded, and ends with one transaction.
"""

import time
from contextlib import suppress

from django.utils import timezone

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.intakes import actions as way
from mingjing.kernel.intakes import reading
from mingjing.kernel.jobs.worker import Run
from mingjing.programmes.inspections.actions import rosters as actions
from mingjing.programmes.inspections.models import Roster
from mingjing.programmes.inspections.queries.rosters import Lines, read_lines

__all__ = ["apply_roster", "read_roster"]

REST_SECONDS = 0.15  # who waits to write to SQLite looks every tenth of a second, and is to find it free
EMPTY = Problem("intake.empty", N_("The file has a header and no row below it."))


def read_roster(run: Run) -> None:
    """Read a file into the preview, or keep every problem that stands in the way."""
    asked = _asked(run)
    lines = Lines(asked)
    reading.read_intake(run, asked, lines, lambda file: read_lines(asked, file, lines), EMPTY)


def apply_roster(run: Run) -> None:
    """Bring the register up to an approved file, as a whole or not at all."""
    asked = _asked(run)
    with suppress(way.Superseded):
        try:
            if asked.kind == "firms":
                _take_parts(run, asked)
        except Refusal as refusal:
            actions.stop_roster(roster=asked, problems=refusal.problems, by=None, at=timezone.now())
        else:
            actions.apply_roster(roster=asked, by=None, at=timezone.now())
    while actions.forget_part(roster=asked, by=None, at=timezone.now()):
        _rest(run, 0)


def _take_parts(run: Run, asked: Roster) -> None:
    """Look at every line first, and tell all that is wrong; then record the new firms. Raises Refusal, Superseded."""
    last, problems = 0, list[Problem]()
    while True:
        row, wrong = actions.try_part(roster=asked, after=last, by=None, at=timezone.now())
        problems += wrong
        if row == last:
            break
        last = row
        if asked.counts["changed"]:  # these were tried, which holds others up
            _rest(run, last)
        else:
            run.progress(last, 0)
    if problems:
        raise Refusal(problems)
    while actions.take_part(roster=asked, by=None, at=timezone.now()):
        _rest(run, last)


def _rest(run: Run, row: int) -> None:
    run.progress(row, 0)
    time.sleep(REST_SECONDS)


def _asked(run: Run) -> Roster:
    return Roster.objects.select_related("area").get(pk=run.fact.values["roster"])
