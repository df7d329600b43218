"""`mingjing inspections draw verify FILE`: makes a random draw again from what was taken away; no database."""

import argparse
import json
from pathlib import Path

from django.utils.translation import gettext as _

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.programmes.inspections.policy.lots import check

__all__ = ["configure_draw", "run_draw"]


def configure_draw(parser: argparse.ArgumentParser) -> None:
    """Arguments of `mingjing inspections draw`."""
    parser.add_argument("what", choices=["verify"], help=_("what to do"))
    parser.add_argument("file", type=Path, metavar="FILE", help=_("a draw as its page gives it"))


def run_draw(args: argparse.Namespace) -> int:
    """Say whether the draw is what its list and seeds give; 1 where it is not."""
    try:
        document = json.loads(args.file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        text = N_("“{file}” cannot be read as JSON: {cause}")
        raise Refusal([Problem("inspections.lot.read", text, {"file": args.file.name, "cause": str(error)})]) from error
    told = check(document if isinstance(document, dict) else {})
    if faults := [one for one in told if isinstance(one, Problem)]:
        raise Refusal(faults)
    for one in told:
        print(one.say(_))
    for name in ("inputs_digest", "seed_digest", "witness_digest"):
        print(f"{name}: {document[name]}")
    return 0
