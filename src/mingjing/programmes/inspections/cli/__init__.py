"""`mingjing inspections warnings`: the warnings of a rule pack over a file of visits; touches no database of ours."""

import argparse
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from itertools import chain
from pathlib import Path

from django.utils.translation import gettext as _

from mingjing.engine.outcome import N_, Problem, Refusal, spoken
from mingjing.kernel.tables import fill_table, replacing
from mingjing.programmes.inspections.policy.answerable import APPLIED, silent
from mingjing.programmes.inspections.policy.conduct import Report
from mingjing.programmes.inspections.policy.mapping import Mapping
from mingjing.programmes.inspections.policy.reading import Reader
from mingjing.programmes.inspections.policy.rules import Level, Pack, Rule
from mingjing.programmes.inspections.policy.visits import Visit
from mingjing.programmes.inspections.policy.warnings import Warning
from mingjing.programmes.inspections.queries.columns import Columns, opened
from mingjing.programmes.inspections.queries.files import load_mapping, load_rules, open_table

__all__ = ["COLUMNS", "configure_warnings", "run_warnings"]

COLUMNS = (
    "rule", "level", "authority", "firm", "first", "last", "count", "records", "about", "title", "reason", "source",
    "avoid",
)  # fmt: skip
BETWEEN = "; "
Tally = Counter[tuple[str, Level]]


def configure_warnings(parser: argparse.ArgumentParser) -> None:
    """Arguments of `mingjing inspections warnings`."""
    parser.add_argument("--rules", default="default", metavar="R", help=_("rules that ship, or their file"))
    parser.add_argument("--mapping", required=True, metavar="M", help=_("a mapping that ships, or its file"))
    parser.add_argument(
        "--input", required=True, type=Path, metavar="F", help=_("a .csv, .csv.gz, .xlsx or .parquet file")
    )
    told = _("a file of reports of visits and of penalties, of which each needs an entry (C1)")
    parser.add_argument("--reports", type=Path, metavar="F", help=told)
    parser.add_argument("--reports-mapping", metavar="M", help=_("their mapping, where it is another"))
    parser.add_argument("--output", required=True, type=Path, metavar="O", help=_("where the warnings go"))


def run_warnings(args: argparse.Namespace) -> int:
    """Write one row for each warning, whole or not at all, and say how many there are of each rule and level."""
    started = time.perf_counter()
    with telling(args.rules):
        pack = load_rules(args.rules)
    with telling(args.mapping):
        mapping = load_mapping(args.mapping)
    _refuse_what_cannot_be(args, pack)
    with opened() as columns:
        reader, given = _take_in(columns, args, mapping)
        mute = list(silent(pack, given))
        speaking = replace(pack, rules=tuple(rule for rule in pack.rules if rule not in [one for one, _facts in mute]))
        tally: Tally = Counter()
        with replacing(args.output) as file:
            fill_table(file, args.output.name, _rows(columns.warnings(speaking), tally))
    _tell(pack, tally, reader, args.output, time.perf_counter() - started)
    _tell_what_is_not_judged(pack, mute)
    return 0


def _take_in(columns: Columns, args: argparse.Namespace, mapping: Mapping) -> tuple[Reader, set[str]]:
    """Read the visits, and the reports where there are some; gives also what facts are known."""
    with ExitStack() as stack:
        reader, visits = _opened(stack, args.input, mapping, args.mapping)
        readers, streams = {args.input: reader}, [visits]
        if args.reports:
            named = args.reports_mapping or args.mapping
            with telling(named):
                theirs = load_mapping(named)
            readers[args.reports], told = _opened(stack, args.reports, theirs, named, reports=True)
            streams.append(told)
        columns.add(chain.from_iterable(streams), latest=mapping.repeated == "last")
        for path, one in readers.items():
            with telling(path):
                one.log.refuse()
    return reader, reader.given | {"report"} if args.reports else reader.given


def _opened(
    stack: ExitStack, path: Path, mapping: Mapping, named: str, *, reports: bool = False
) -> tuple[Reader, Iterator[Visit | Report]]:
    """A file with its reader and the visits in it; what is wrong with its columns is a fault of the mapping `named`."""
    with telling(path):
        table = stack.enter_context(open_table(path, mapping))
    with telling(named):
        reader = Reader(mapping, table.header, reports=reports)
    return reader, _within(path, reader.visits(table.rows))


def _within(path: Path, visits: Iterator[Visit | Report]) -> Iterator[Visit | Report]:
    with telling(path):
        yield from visits


@contextmanager
def telling(file: Path | str) -> Iterator[None]:
    """Put the name of a file before the places of what is refused in it: there are several files in a run."""
    name = Path(file).name
    try:
        yield
    except Refusal as refusal:
        placed = [
            one if name in one.say() else replace(one, place=f"{name}, {one.place}" if one.place else name)
            for one in refusal.problems
        ]
        raise Refusal(placed) from refusal


def _refuse_what_cannot_be(args: argparse.Namespace, pack: Pack) -> None:
    if args.output.resolve() in {
        Path(path).resolve() for path in (args.input, args.mapping, args.rules, args.reports or args.input)
    }:
        text = N_("The warnings must go to another file than what they are made from.")
        raise Refusal([Problem("inspections.same_file", text, {}, str(args.output))])
    if not any(pack.of(*APPLIED)):
        text = N_("The pack has rules for the gate only; there is nothing to do.")
        raise Refusal([Problem("inspections.nothing_to_do", text, {}, str(args.rules))])


def _rows(warnings: Iterator[Warning], tally: Tally) -> Iterator[tuple[str, ...]]:
    yield COLUMNS
    for one in warnings:
        tally[one.rule.code, one.level] += 1
        yield _row(one)


def _row(one: Warning) -> tuple[str, ...]:
    about = BETWEEN.join(f"{name} {value}" for name, value in one.key if value and name != "authority")
    return (
        one.rule.code, one.level.code, BETWEEN.join(one.authorities), one.firm, one.first.isoformat(),
        one.last.isoformat(), str(one.count), BETWEEN.join(one.records), about, spoken(one.rule.title, _),
        one.because.say(_), one.rule.source, spoken(one.rule.avoid, _),
    )  # fmt: skip


def _tell(pack: Pack, tally: Tally, reader: Reader, output: Path, seconds: float) -> None:
    text = _("Rows read: {rows}, in {seconds} s. Warnings in {file}: {count}.")
    print(text.format(rows=reader.rows, seconds=f"{seconds:.2f}", count=tally.total(), file=output))
    if reader.again:
        text = _("Rows that say word for word what another says, and count (values.repeated_rows): {count}.")
        if reader.mapping.rows == "once":
            text = _("Rows left out that say word for word what another says: {count}.")
        print(text.format(count=reader.again))
    if reader.nobody:
        print(_("Rows left out that name no firm: {count}.").format(count=reader.nobody))
    if reader.by_violation:
        text = _(
            "Rows about the same firm, authority and day as the row above: {count}. Each counts as a visit. "
            "Where a row is a violation, name the column with the number of the visit (record) and say "
            "repeated_records = “joint”."
        )
        print(text.format(count=reader.beside))
    for code in dict.fromkeys(rule.code for rule in pack.of(*APPLIED)):
        told = [f"{level.code} {tally[code, level]}" for level in reversed(Level) if tally[code, level]]
        if told:
            print(f"  {code}: {_(', ').join(told)}")


def _tell_what_is_not_judged(pack: Pack, mute: list[tuple[Rule, tuple[str, ...]]]) -> None:
    for rule, facts in mute:
        text = _("  {code}: cannot warn, the mapping gives no {facts}")
        print(text.format(code=rule.code, facts=_(", ").join(facts)))
    if other := sorted({rule.code for rule in pack.rules} - {rule.code for rule in pack.of(*APPLIED)}):
        print(_("Not applied to files: {codes}").format(codes=_(", ").join(other)))
