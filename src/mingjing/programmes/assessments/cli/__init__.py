"""`mingjing assessments …`: schemes and replays at the terminal."""

import argparse
import tempfile
import time
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from mingjing.engine.outcome import N_, Problem, Refusal, spoken
from mingjing.kernel.rulebooks.models import Version
from mingjing.kernel.tables import fill_table, replacing, replacing_folder
from mingjing.programmes.assessments.cli.decisions import must_be_empty, write_decisions
from mingjing.programmes.assessments.policy.changes import changes
from mingjing.programmes.assessments.policy.intake import bind
from mingjing.programmes.assessments.policy.mapping import Mapping
from mingjing.programmes.assessments.policy.mapping_file import parse_mapping
from mingjing.programmes.assessments.policy.replay import COLUMNS, LINE_COLUMNS, Summary, explained, replay
from mingjing.programmes.assessments.policy.scheme import Scheme, compile_scheme
from mingjing.programmes.assessments.policy.workbook import write_workbook
from mingjing.programmes.assessments.queries.schemes import (
    KIND,
    open_table,
    read_scheme,
    shipped_mappings,
    shipped_schemes,
)

LANGUAGES = ("zh-Hans", "en")


def configure_replay(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--scheme", required=True, metavar="S", help=_("a scheme that ships, or its file"))
    parser.add_argument("--mapping", required=True, metavar="M", help=_("a mapping that ships, or its file"))
    parser.add_argument("--input", required=True, type=Path, metavar="F", help=_("a .csv, .csv.gz or .xlsx file"))
    parser.add_argument("--output", required=True, type=Path, metavar="O", help=_("where the results go"))
    parser.add_argument("--lines", type=Path, metavar="L", help=_("where every line of every result goes"))
    parser.add_argument(
        "--decisions", type=Path, metavar="DIR", help=_("a new or empty folder for a decision file of every visit")
    )


def run_replay(args: argparse.Namespace) -> int:
    """Score a file and write its list; whatever is wrong with it is said, and then nothing is written."""
    started = time.perf_counter()
    scheme, mapping = load_scheme(args.scheme), load_mapping(args.mapping)
    _refuse_overwriting(args)
    if args.decisions:
        must_be_empty(args.decisions)
    with tempfile.TemporaryFile() as spill, ExitStack() as outputs:
        with open_table(args.input, mapping) as table:
            intake = bind(mapping, scheme, table.header)
            scored = replay(intake, table.rows, spill)
        fill_table(outputs.enter_context(replacing(args.output)), args.output.name, chain([COLUMNS], scored.rows()))
        if args.lines:
            with open_table(args.input, mapping) as table:
                rows = explained(intake, table.rows, _)
                fill_table(outputs.enter_context(replacing(args.lines)), args.lines.name, chain([LINE_COLUMNS], rows))
        if args.decisions:
            with open_table(args.input, mapping) as table:
                write_decisions(outputs.enter_context(replacing_folder(args.decisions)), scored, intake, table.rows)
    _tell(scored.summary, args.output, time.perf_counter() - started)
    return 0


def load_scheme(name: str) -> Scheme:
    """The scheme that ships under `name`, or the one in the file of that name; raises Refusal."""
    return compile_scheme(load_document(name))


def load_document(name: str) -> dict[str, Any]:
    """The document of the scheme that ships under `name`, or of the file of that name; raises Refusal."""
    path = shipped_schemes().get(name, Path(name))
    _must_exist(path, name, sorted(shipped_schemes()))
    with path.open("rb") as file:
        return read_scheme(file, path.name)


def load_mapping(name: str) -> Mapping:
    """The mapping that ships under `name`, or the one in the file of that name; raises Refusal."""
    path = shipped_mappings().get(name, Path(name))
    _must_exist(path, name, sorted(shipped_mappings()))
    try:
        return parse_mapping(path.read_text("utf-8-sig"), path.name)
    except UnicodeDecodeError as error:
        text = N_("The mapping is not UTF-8 text; save it as UTF-8.")
        raise Refusal([Problem("mapping.encoding", text, {}, path.name)]) from error


def _must_exist(path: Path, name: str, shipped: list[str]) -> None:
    if not path.is_file():
        text = N_("{name} is neither a file nor one of those that ship: {shipped}.")
        raise Refusal([Problem("replay.not_found", text, {"name": name, "shipped": tuple(shipped)})])


def _refuse_overwriting(args: argparse.Namespace) -> None:
    """Results must not take the place of what they come from, nor of each other."""
    rules = (
        shipped_schemes().get(args.scheme, Path(args.scheme)),
        shipped_mappings().get(args.mapping, Path(args.mapping)),
    )
    read = {path.resolve() for path in (args.input, *rules)}
    written = [path.resolve() for path in (args.output, args.lines, args.decisions) if path]
    if len({*written} - read) < len(written):
        text = N_("Results, lines and decisions must be different files, and not what they are made from.")
        raise Refusal([Problem("replay.same_file", text, {}, str(args.output))])


def _tell(summary: Summary, output: Path, seconds: float) -> None:
    text = _("{count} visits scored in {seconds} s; the list is in {file}.")
    print(text.format(count=summary.visits, seconds=f"{seconds:.2f}", file=output))
    for code, tiers in summary.tiers.items():
        for tier, count in tiers.most_common():
            print(f"  {code}  {tier}: {count}")
    if not summary.compared:
        return
    text = _("{agreed} of {compared} published results agree.")
    print(text.format(agreed=summary.agreed, compared=summary.compared))
    for entry in summary.differences:
        text = _("  row {row}, {key}: published {published}, found {found}")
        published, found = (" · ".join(part or "–" for part in pair) for pair in (entry.published, entry.found))
        print(text.format(row=entry.row, key=entry.key, published=published, found=found))


def configure_schemes(parser: argparse.ArgumentParser) -> None:
    """No arguments: there are few."""


def run_schemes(args: argparse.Namespace) -> int:
    """List the schemes that ship, then the versions of this installation."""
    for code in shipped_schemes():
        scheme = load_scheme(code)
        print(f"{code}  {spoken(scheme.title, _)}  {scheme.digest[:10]}")
    versions = Version.objects.filter(rulebook__kind=KIND).select_related("rulebook").without_documents()
    for version in versions.order_by("rulebook__code", "number"):
        state = _("published, in force from {day}") if version.is_published else _("withdrawn")
        state = _("draft") if version.is_draft else state
        said = state.format(day=version.effective_from)
        print(f"  {version.rulebook.code} {version.number}  {said}  {version.digest[:10]}")
    return 0


def configure_scheme_export(parser: argparse.ArgumentParser) -> None:
    """Arguments of `mingjing assessments scheme-export`."""
    parser.add_argument("scheme", metavar="S", help=_("a scheme that ships, or its file"))
    parser.add_argument("output", type=Path, metavar="O", help=_("the workbook to write (.xlsx)"))
    parser.add_argument("--language", choices=LANGUAGES, default=LANGUAGES[0], help=_("language of the sheets' names"))


def run_scheme_export(args: argparse.Namespace) -> int:
    """Write a scheme as a workbook, whole or not at all."""
    content = write_workbook(load_document(args.scheme), args.language)
    with replacing(args.output) as file:
        file.write(content)
    print(_("{file} was written.").format(file=args.output))
    return 0


def configure_scheme_check(parser: argparse.ArgumentParser) -> None:
    """Arguments of `mingjing assessments scheme-check`."""
    parser.add_argument("scheme", metavar="S", help=_("a scheme that ships, or its file (.json or .xlsx)"))


def run_scheme_check(args: argparse.Namespace) -> int:
    """Say that a scheme can be published, or name every mistake."""
    scheme = load_scheme(args.scheme)
    text = _("{code} has no mistakes: {classes} classes, {checks} checks, digest {digest}.")
    counts = {"classes": len(scheme.classes), "checks": len(scheme.checks)}
    print(text.format(code=scheme.code, digest=scheme.digest, **counts))
    return 0


def configure_scheme_diff(parser: argparse.ArgumentParser) -> None:
    """Arguments of `mingjing assessments scheme-diff`."""
    parser.add_argument("old", metavar="A", help=_("a scheme that ships, or its file"))
    parser.add_argument("new", metavar="B", help=_("a scheme that ships, or its file"))


def run_scheme_diff(args: argparse.Namespace) -> int:
    """Say in words what changed from one scheme to another, a line for each change."""
    found = changes(load_document(args.old), load_document(args.new))
    for change in found:
        print(change.say(_))
    if not found:
        print(_("The two say the same."))
    return 0
