"""`mingjing assessments check-round`: a round compared with the ledger and with itself, for an auditor."""

import argparse
import sys
from collections import Counter

from django.utils.translation import gettext as _

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.programmes.assessments.models import Round
from mingjing.programmes.assessments.queries.checks import check_round

__all__ = ["configure_check_round", "run_check_round"]


def configure_check_round(parser: argparse.ArgumentParser) -> None:
    """Arguments of `mingjing assessments check-round`."""
    parser.add_argument("code", metavar="CODE", help=_("the code of the round"))
    parser.add_argument("--area", required=True, metavar="AREA", help=_("the code of the area that holds it"))


def run_check_round(args: argparse.Namespace) -> int:
    """Print every fault on stderr and what was checked; 0 when nothing is wrong. Raises Refusal."""
    round_ = _round(args.code, args.area)
    counts: Counter[str] = Counter()
    faults = 0
    for reason in check_round(round_, counts):
        fault = isinstance(reason, Problem)
        faults += fault
        print(reason.say(_), file=sys.stderr if fault else sys.stdout)
    text = _(
        "Checked: {entries} communities, {draws} draws, {team_days} team-days, {records} records with {edits} edits "
        "and {signatures} signatures, {orders} orders, {filings} filings, {results} results."
    )
    names = ("entries", "draws", "team_days", "records", "edits", "signatures", "orders", "filings", "results")
    print(text.format(**{name: counts[name] for name in names}))
    if faults:
        text = _("Round {code} does NOT agree with the ledger and with itself: {count} faults.")
        print(text.format(code=round_.code, count=faults))
        return 1
    print(_("Round {code} agrees with the ledger and with itself.").format(code=round_.code))
    return 0


def _round(code: str, area: str) -> Round:
    found = Round.objects.select_related("area", "scheme__rulebook").filter(code=code, area__code=area).first()
    if found is None:
        text = N_("Area {area} has no round {code}; correct the codes, as the page of the round shows them.")
        raise Refusal([Problem("check.round", text, {"area": area, "code": code})])
    if found.frozen_at is None:
        text = N_("Round {code} is a draft: nothing of it is frozen yet, so there is nothing to compare.")
        raise Refusal([Problem("check.draft", text, {"code": code})])
    return found
