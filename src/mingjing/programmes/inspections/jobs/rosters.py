"""Background work of files for the register: reading one into a preview, and applying an approved one.

At least once: an attempt at reading begins by clearing away what an earlier one stored; applying is one transaction.
"""

from contextlib import suppress

from django.utils import timezone

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.evidence.store import open_original
from mingjing.kernel.intakes import actions as way
from mingjing.kernel.jobs.worker import Run
from mingjing.programmes.inspections.actions import rosters as actions
from mingjing.programmes.inspections.models import Roster
from mingjing.programmes.inspections.queries.rosters import Lines, read_lines

__all__ = ["apply_roster", "read_roster"]


def read_roster(run: Run) -> None:
    """Read a file into the preview, or keep every problem that stands in the way."""
    asked = _asked(run)
    with suppress(way.Superseded):
        attempt = way.begin_reading(intake=asked, by=None, at=timezone.now())
        lines = Lines(asked)
        try:
            _keep_lines(run, asked, attempt, lines)
        except Refusal as refusal:
            problems = refusal.problems[:200]
            way.fail_intake(
                intake=asked, attempt=attempt, problems=problems, count=len(refusal.problems), by=None,
                at=timezone.now(),
            )  # fmt: skip
        else:
            way.complete_reading(intake=asked, attempt=attempt, counts=lines.summary(), by=None, at=timezone.now())


def apply_roster(run: Run) -> None:
    """Bring the register up to an approved file, as a whole or not at all."""
    with suppress(way.Superseded):
        actions.apply_roster(roster=_asked(run), by=None, at=timezone.now())


def _asked(run: Run) -> Roster:
    return Roster.objects.select_related("area").get(pk=run.fact.values["roster"])


def _keep_lines(run: Run, asked: Roster, attempt: int, lines: Lines) -> None:
    """Store every line that says something new. Raises Refusal with every problem of the file."""
    with open_original(asked.input_digest, verified=True) as file, read_lines(asked, file, lines) as (reader, batches):
        for batch in batches:
            way.keep_lines(intake=asked, attempt=attempt, lines=batch, by=None, at=timezone.now())
            run.progress(lines.counts["read"], 0)
        reader.log.refuse()
        if not lines.counts["read"]:
            text = N_("The file has a header and no row below it.")
            raise Refusal([Problem("intake.empty", text)])
