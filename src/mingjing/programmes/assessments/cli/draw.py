"""`mingjing assessments draw commit|make|verify|show`: a draw from public files, without the database."""

import argparse
import os
import secrets
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from mingjing.engine.chain import canonical
from mingjing.engine.drawing import SEED_BYTES, Inputs
from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.faces.cli.verify import read
from mingjing.kernel.tables import read_table, replacing
from mingjing.programmes.assessments.policy import draws
from mingjing.programmes.assessments.policy.draw_tables import TableRows, parse_settings, read_inputs

TABLES = ("sites", "experts", "conflicts", "settings")
NEEDED = ("sites", "experts", "settings")


def configure_draw(parser: argparse.ArgumentParser) -> None:
    """The four steps of a draw, each with its arguments."""
    steps = parser.add_subparsers(metavar="STEP", required=True)
    commit = steps.add_parser("commit", help=_("make a secret seed, and the commitment to publish before the draw"))
    _add_inputs(commit)
    commit.add_argument("--seed", required=True, type=Path, metavar="F", help=_("where the secret seed goes (new)"))
    commit.add_argument("--commitment", required=True, type=Path, metavar="F", help=_("where the commitment goes"))
    commit.set_defaults(step=run_commit)
    make = steps.add_parser("make", help=_("draw, from the seeds revealed"))
    _add_inputs(make)
    make.add_argument("--seed", required=True, type=Path, metavar="F", action="append", help=_("a revealed seed"))
    _add_commitments(make, required=True)
    make.add_argument("--output", required=True, type=Path, metavar="O", help=_("where the draw goes"))
    make.set_defaults(step=run_make)
    verify = steps.add_parser("verify", help=_("recompute a draw, and say what differs"))
    verify.add_argument("file", type=Path, metavar="FILE", help=_("the draw"))
    _add_inputs(verify)
    _add_commitments(verify, required=False)
    verify.set_defaults(step=run_verify)
    show = steps.add_parser("show", help=_("print a draw: teams and their sites"))
    show.add_argument("file", type=Path, metavar="FILE", help=_("the draw"))
    show.add_argument("--day", metavar="D", help=_("only this day"))
    show.set_defaults(step=run_show)


def _add_inputs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--inputs", type=Path, metavar="F", help=_("the inputs as published, instead of the tables"))
    parser.add_argument("--sites", type=Path, metavar="F", help=_("table of sites (.csv, .xlsx)"))
    parser.add_argument("--experts", type=Path, metavar="F", help=_("table of experts"))
    parser.add_argument("--conflicts", type=Path, metavar="F", help=_("table of declared conflicts"))
    parser.add_argument("--settings", type=Path, metavar="F", help=_("settings (.toml)"))


def _add_commitments(parser: argparse.ArgumentParser, *, required: bool) -> None:
    parser.add_argument(
        "--commitment", required=required, default=[], type=Path, metavar="F", action="append",
        help=_("a commitment published before"),
    )  # fmt: skip


def run_draw(args: argparse.Namespace) -> int:
    """Run the step that was asked for."""
    status: int = args.step(args)
    return status


def run_commit(args: argparse.Namespace) -> int:
    """Write the seed for its owner's eyes only, never over another one, then the commitment."""
    secret, published = draws.commit(load_inputs(args), secrets.token_bytes(SEED_BYTES))
    try:
        with os.fdopen(os.open(args.seed, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(canonical(secret) + b"\n")
    except FileExistsError as error:
        text = N_("The file exists; a seed is never overwritten. Give another name.")
        raise Refusal([Problem("draw.seed_exists", text, {}, str(args.seed))]) from error
    _write(args.commitment, published)
    print(_("Inputs: {digest}").format(digest=published["inputs"]))
    print(_("Commitment: {digest}").format(digest=published["commitment"]))
    print(_("Publish {commitment} now; keep {seed} secret until the draw.").format(**vars(args)))
    return 0


def run_make(args: argparse.Namespace) -> int:
    """Draw, and write the file whole or not at all."""
    inputs = load_inputs(args)
    document = draws.make(inputs, [read(path) for path in args.seed], [read(path) for path in args.commitment])
    _write(args.output, document)
    _say_measures(document["measures"])
    print(_("{file} was written.").format(file=args.output))
    return 0


def run_verify(args: argparse.Namespace) -> int:
    """Recompute; 0 when everything in the file follows from its inputs and seeds, and both are those given."""
    content = read(args.file)
    if content.get("format") != draws.FORMAT:
        raise Refusal([Problem("draw.format", N_("This is not a draw."), {}, str(args.file))])
    found = [*_against_given(args, content), *draws.check_draw(content)]
    faults = [reason for reason in found if isinstance(reason, Problem)]
    for reason in faults or found:
        print(reason.say(_), file=sys.stderr if faults else sys.stdout)
    print(_("{file} does not hold.").format(file=args.file) if faults else _("{file} holds.").format(file=args.file))
    return 1 if faults else 0


def _against_given(args: argparse.Namespace, content: Mapping[str, Any]) -> Iterator[Problem]:
    """Whether the file was made from the tables and commitments given."""
    if args.inputs or any(getattr(args, name) for name in TABLES):
        yield from draws.compare_inputs(load_inputs(args), content)
    if args.commitment:
        yield from draws.compare_commitments([read(path) for path in args.commitment], content)


def run_show(args: argparse.Namespace) -> int:
    """Print each team-day on a line, then the measures. Nothing is checked here."""
    content = read(args.file)
    if content.get("format") != draws.FORMAT:
        raise Refusal([Problem("draw.format", N_("This is not a draw."), {}, str(args.file))])
    for entry in content["team_days"]:
        if args.day in (None, entry["day"]):
            team, experts, sites = entry["team"], "、".join(entry["experts"]), "、".join(entry["sites"])
            print(f"{entry['day']}  {team:>3}  {experts}  →  {sites}")
    if args.day is None:
        _say_measures(content["measures"])
    return 0


def _say_measures(found: Mapping[str, Any]) -> None:
    lines = (
        _("Sites of a team-day: {load[0]} to {load[1]}; duties of an expert: {duties[0]} to {duties[1]}."),
        _("Sites of an expert: {visits[0]} to {visits[1]}; {experts} experts, linked in {parts} part(s)."),
        _("Largest share a pair has of the sites of either: {pair_share}; pairs together too often: {pairs_over}."),
        _("Metres to the centres: {metres}, the least there is; without any rule it would be {metres_bound}."),
    )
    for line in lines:
        print(line.format(**found))


def load_inputs(args: argparse.Namespace) -> Inputs:
    """The inputs in the files named; raises Refusal with the faults of all of them."""
    given = [name for name in TABLES if getattr(args, name)]
    if (bool(args.inputs) and given) or not (args.inputs or set(NEEDED) <= set(given)):
        text = N_(
            "Give the inputs either as published, with --inputs, or as tables: --sites, --experts and --settings, "
            "and --conflicts where there were any."
        )
        raise Refusal([Problem("draw.inputs_incomplete", text)])
    return draws.inputs_of(read(args.inputs)) if args.inputs else _from_tables(args)


def _from_tables(args: argparse.Namespace) -> Inputs:
    try:
        settings = parse_settings(args.settings.read_text("utf-8-sig"), args.settings.name)
    except UnicodeDecodeError as error:
        text = N_("The settings are not UTF-8 text; save them as UTF-8.")
        raise Refusal([Problem("draw.encoding", text, {}, args.settings.name)]) from error
    with ExitStack() as opened:
        tables = [_table(opened, path) for path in (args.sites, args.experts, args.conflicts)]
        sites, experts, conflicts = tables
        assert sites is not None
        assert experts is not None  # load_inputs has seen to it
        return read_inputs(settings, sites, experts, conflicts)


def _table(opened: ExitStack, path: Path | None) -> TableRows | None:
    if path is None:
        return None
    table = opened.enter_context(read_table(path))
    return TableRows(path.name, table.header, table.rows)


def _write(path: Path, document: Mapping[str, Any]) -> None:
    with replacing(path) as file:
        file.write(canonical(document) + b"\n")
