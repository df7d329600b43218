"""Background work of rosters: reading a file into a preview, and applying an approved one.

At least once: an attempt at reading begins by clearing away what an earlier one stored; applying is one transaction.
"""

from contextlib import suppress
from hashlib import sha256
from typing import Any

from django.utils import timezone

from mingjing.engine.chain import canonical
from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.evidence.store import open_original
from mingjing.kernel.intakes import actions as way
from mingjing.kernel.jobs.worker import Run
from mingjing.programmes.assessments.actions import rosters as actions
from mingjing.programmes.assessments.models import Roster
from mingjing.programmes.assessments.queries.communities import absent_from, register_version
from mingjing.programmes.assessments.queries.rosters import Reading, read_lines

__all__ = ["apply_roster", "read_roster"]


def read_roster(run: Run) -> None:
    """Read the file of a roster into the preview, or keep every problem that stands in the way."""
    asked = _asked(run)
    with suppress(way.Superseded):
        attempt = way.begin_reading(intake=asked, by=None, at=timezone.now())
        against = {"register": register_version(asked.area)}
        reading = Reading(asked.area, timezone.localdate())
        try:
            digest = _keep_lines(run, asked, attempt, reading)
        except Refusal as refusal:
            problems, count = refusal.problems, max(reading.log.count, len(refusal.problems))
            way.fail_intake(intake=asked, attempt=attempt, problems=problems, count=count, by=None, at=timezone.now())
        else:
            counts = _counts(asked, reading) | {"lines": digest}
            way.complete_reading(
                intake=asked, attempt=attempt, counts=counts, against=against, by=None, at=timezone.now()
            )


def apply_roster(run: Run) -> None:
    """Bring the register up to an approved roster, as a whole or not at all."""
    with suppress(way.Superseded):
        actions.apply_roster(roster=_asked(run), by=None, at=timezone.now())


def _asked(run: Run) -> Roster:
    return Roster.objects.select_related("area").get(pk=run.fact.values["roster"])


def _keep_lines(run: Run, asked: Roster, attempt: int, reading: Reading) -> str:
    """Store every line; the digest over them. Raises Refusal with every problem of the file."""
    digest = sha256()
    with open_original(asked.input_digest, verified=True) as file:
        for lines in read_lines(file, asked.file_name, reading):
            for line in lines:
                digest.update(canonical({"kind": line.kind, "number": line.number, "values": line.values}))
            way.keep_lines(intake=asked, attempt=attempt, lines=lines, by=None, at=timezone.now())
            run.progress(reading.rows, 0)
    reading.log.refuse()
    if not reading.counts.total():
        text = N_("The file has a header and no community below it; check that it is the right one.")
        raise Refusal([Problem("roster.empty", text)])
    return digest.hexdigest()


def _counts(asked: Roster, reading: Reading) -> dict[str, Any]:
    names = ("added", "changed", "same", "warned", "renamed")
    counts = {name: reading.counts[name] for name in names} | {"absent": absent_from(asked).count()}
    return counts | {"unread": list(reading.unread)}
