"""Background work of files of complaints: reading one into a preview, and taking an approved one in.

At least once: an attempt at reading begins by clearing away what an earlier one stored; taking in is one transaction.
"""

from contextlib import suppress

from django.utils import timezone

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.evidence.store import open_original
from mingjing.kernel.intakes import actions as way
from mingjing.kernel.jobs.worker import Run
from mingjing.programmes.complaints.actions import intakes as actions
from mingjing.programmes.complaints.models import Intake
from mingjing.programmes.complaints.queries.intakes import Lines, read_lines

__all__ = ["apply_intake", "read_intake"]


def read_intake(run: Run) -> None:
    """Read what was kept of a file into the preview, or keep every problem that stands in the way."""
    asked = _asked(run)
    with suppress(way.Superseded):
        attempt = way.begin_reading(intake=asked, by=None, at=timezone.now())
        lines = Lines(asked)
        try:
            _keep_lines(run, asked, attempt, lines)
        except Refusal as refusal:
            problems = refusal.problems
            way.fail_intake(
                intake=asked, attempt=attempt, problems=problems, count=len(problems), by=None, at=timezone.now()
            )
        else:
            way.complete_reading(intake=asked, attempt=attempt, counts=lines.summary(), by=None, at=timezone.now())


def apply_intake(run: Run) -> None:
    """Take an approved file in, as a whole or not at all."""
    with suppress(way.Superseded):
        actions.apply_intake(intake=_asked(run), by=None, at=timezone.now())


def _asked(run: Run) -> Intake:
    return Intake.objects.select_related("area").get(pk=run.fact.values["intake"])


def _keep_lines(run: Run, asked: Intake, attempt: int, lines: Lines) -> None:
    """Store every line that says something new. Raises Refusal with every problem."""
    with open_original(asked.input_digest, verified=True) as file, read_lines(asked, file, lines) as (reader, batches):
        for batch in batches:
            way.keep_lines(intake=asked, attempt=attempt, lines=batch, by=None, at=timezone.now())
            run.progress(lines.counts["read"], 0)
        reader.log.refuse()
        if not lines.counts["read"]:
            text = N_("The file has a header and no complaint below it; check that it is the right one.")
            raise Refusal([Problem("intake.empty", text)])
