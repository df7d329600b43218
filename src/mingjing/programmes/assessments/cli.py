"""`mingjing assessments …`: schemes and replays at the terminal."""

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.utils.translation import gettext as _

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.tables import Table, fill_table, read_table, replacing
from mingjing.programmes.assessments.policy.intake import bind
from mingjing.programmes.assessments.policy.mapping import Mapping
from mingjing.programmes.assessments.policy.mapping_file import parse_mapping
from mingjing.programmes.assessments.policy.replay import COLUMNS, LINE_COLUMNS, Summary, explained, replay
from mingjing.programmes.assessments.policy.scheme import Scheme, compile_scheme
from mingjing.programmes.assessments.queries import read_scheme, shipped_schemes

MAPPINGS = Path(__file__).parent / "mappings"


def configure_replay(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--scheme", required=True, metavar="S", help=_("a scheme that ships, or its file"))
    parser.add_argument("--mapping", required=True, metavar="M", help=_("a mapping that ships, or its file"))
    parser.add_argument("--input", required=True, type=Path, metavar="F", help=_("a .csv, .csv.gz or .xlsx file"))
    parser.add_argument("--output", required=True, type=Path, metavar="O", help=_("where the results go"))
    parser.add_argument("--lines", type=Path, metavar="L", help=_("where every line of every result goes"))


def run_replay(args: argparse.Namespace) -> int:
    """Score a file and write its list; whatever is wrong with it is said, and then nothing is written."""
    started = time.perf_counter()
    scheme, mapping = load_scheme(args.scheme), load_mapping(args.mapping)
    _refuse_overwriting(args)
    with tempfile.TemporaryFile() as spill, ExitStack() as outputs:
        with _opened(args.input, mapping) as table:
            intake = bind(mapping, scheme, table.header)
            scored = replay(intake, table.rows, spill)
        fill_table(outputs.enter_context(replacing(args.output)), args.output.name, (COLUMNS, *scored.rows()))
        if args.lines:
            with _opened(args.input, mapping) as table:
                rows = explained(intake, table.rows, _)
                fill_table(outputs.enter_context(replacing(args.lines)), args.lines.name, (LINE_COLUMNS, *rows))
    _tell(scored.summary, args.output, time.perf_counter() - started)
    return 0


def load_scheme(name: str) -> Scheme:
    """The scheme that ships under `name`, or the one in the file of that name; raises Refusal."""
    path = shipped_schemes().get(name, Path(name))
    _must_exist(path, name, sorted(shipped_schemes()))
    with path.open("rb") as file:
        return compile_scheme(read_scheme(file, path.name))


def load_mapping(name: str) -> Mapping:
    """The mapping that ships under `name`, or the one in the file of that name; raises Refusal."""
    shipped = {path.stem: path for path in sorted(MAPPINGS.glob("*.toml"))}
    path = shipped.get(name, Path(name))
    _must_exist(path, name, sorted(shipped))
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
    written = [path.resolve() for path in (args.output, args.lines) if path]
    if len({*written, args.input.resolve()}) <= len(written):
        text = N_("Input, output and lines must be different files.")
        raise Refusal([Problem("replay.same_file", text, {}, str(args.output))])


@contextmanager
def _opened(path: Path, mapping: Mapping) -> Iterator[Table]:
    form = mapping.file
    with read_table(
        path,
        encoding=form.encoding,
        delimiter=form.delimiter,
        sheet=form.sheet,
        header_row=form.header,
        merged=form.merged,
    ) as table:
        yield table


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
