"""`mingjing assessments roster-check`: what a roster would do to the register, or every mistake in it."""

import argparse
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext as _

from mingjing.engine.kept import recall
from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.places.models import Area
from mingjing.programmes.assessments.queries.rosters import Reading, read_lines

__all__ = ["configure_roster_check", "run_roster_check"]

SHOWN = 50
"""Warnings that are printed; the last line says how many there are."""


def configure_roster_check(parser: argparse.ArgumentParser) -> None:
    """Arguments of `mingjing assessments roster-check`."""
    parser.add_argument("file", type=Path, metavar="F", help=_("a roster: .xlsx, .csv or .csv.gz"))
    parser.add_argument("--area", required=True, metavar="CODE", help=_("the district whose register it is for"))


def run_roster_check(args: argparse.Namespace) -> int:
    """Say what the roster would change, or raise Refusal with its mistakes; nothing is written."""
    area = Area.objects.filter(code=args.area).first()
    if area is None:
        text = N_("No area has the code {code}; import the areas first, or correct it.")
        raise Refusal([Problem("roster.area", text, {"code": args.area})])
    reading, shown = Reading(area, timezone.localdate()), 0
    for lines in read_lines(args.file, args.file.name, reading):
        for line in lines:
            for kept in line.warnings:
                shown += 1
                if shown <= SHOWN:
                    row = _("row {row}, {number}").format(row=line.row, number=line.number)
                    print(f"  {row}: {recall(kept).say(_)}")
    reading.log.refuse()
    if reading.unread:
        print(_("columns not read: {names}").format(names=_(", ").join(reading.unread)))
    text = _("{added} new, {changed} changed, {same} unchanged; {warned} lines with warnings. Nothing was written.")
    print(text.format(**{name: reading.counts[name] for name in ("added", "changed", "same", "warned")}))
    return 0
