"""`mingjing ledger …`: verify, checkpoint, export and proof, for a terminal or a timer."""

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext as _

from mingjing.engine import chain
from mingjing.engine.chain import Mark
from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.ledger import queries
from mingjing.kernel.ledger.checkpoints import read_checkpoint, take_checkpoint
from mingjing.kernel.ledger.exports import export
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.ledger.verify import Report, verify, verify_export


def configure_verify(parser: argparse.ArgumentParser) -> None:
    """Arguments of `mingjing ledger verify`."""
    parser.add_argument(
        "--checkpoint", action="append", default=[], type=Path, metavar="FILE", help=_("a checkpoint kept elsewhere")
    )
    parser.add_argument("--file", type=Path, metavar="EXPORT", help=_("check this exported ledger, not the database"))


def run_verify(args: argparse.Namespace) -> int:
    """Print the result, every fault on stderr; 0 when the ledger is whole."""
    marks = [read_checkpoint(path.read_bytes(), str(path)) for path in args.checkpoint]
    report = _checked(args.file, marks)
    for problem in report.problems:
        print(problem.say(_), file=sys.stderr)
    if not report.whole:
        print(_("The ledger is NOT whole: {count} facts read.").format(count=report.count))
        return 1
    words = _("The ledger is whole: {count} facts, the last hash is {hash}.")
    print(words.format(count=report.count, hash=report.end.hash))
    if report.withheld:
        words = _("Of {withheld} facts the file holds only the digest: their contents belong to other areas.")
        print(words.format(withheld=report.withheld))
    return 0


def _checked(file: Path | None, marks: Iterable[Mark]) -> Report:
    if file is None:
        return verify(marks)
    with file.open("rb") as opened:
        return verify_export(opened, marks)


def configure_checkpoint(parser: argparse.ArgumentParser) -> None:
    """`mingjing ledger checkpoint` takes no arguments."""


def run_checkpoint(args: argparse.Namespace) -> int:
    """Print a checkpoint."""
    print(json.dumps(take_checkpoint(at=timezone.now())))
    return 0


def configure_export(parser: argparse.ArgumentParser) -> None:
    """`mingjing ledger export` takes no arguments."""


def run_export(args: argparse.Namespace) -> int:
    """Print the whole ledger."""
    for line in export(at=timezone.now()):
        sys.stdout.buffer.write(line)
    return 0


def configure_proof(parser: argparse.ArgumentParser) -> None:
    """Arguments of `mingjing ledger proof`."""
    parser.add_argument("seq", type=int, metavar="SEQ", help=_("number of the fact"))


def run_proof(args: argparse.Namespace) -> int:
    """Print the proof of one fact; refuses a number the ledger does not have."""
    fact = Fact.objects.filter(seq=args.seq).first()
    if fact is None:
        text = N_("The ledger has no fact {seq}; it ends at {end}.")
        raise Refusal([Problem("ledger.proof.unknown", text, {"seq": args.seq, "end": queries.head().seq})])
    sys.stdout.buffer.write(chain.canonical(queries.proof_of(fact)) + b"\n")
    return 0
