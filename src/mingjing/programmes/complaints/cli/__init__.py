"""`mingjing complaints …`: ranking a file, and scoring how repeats are found; neither touches the database."""

import argparse
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

from django.utils.translation import gettext as _

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.tables import fill_table, replacing
from mingjing.programmes.complaints.policy.mapping import Mapping, parse_mapping
from mingjing.programmes.complaints.policy.ranking import Outcome, Ranking, Standing, Tally
from mingjing.programmes.complaints.policy.rules import Rules, read_rules
from mingjing.programmes.complaints.policy.scores import score
from mingjing.programmes.complaints.queries.files import (
    load_document,
    read_households,
    reading,
    shipped_mappings,
    shipped_rules,
)

__all__ = ["COLUMNS", "configure_duplicates", "configure_rank", "run_duplicates", "run_rank"]

COLUMNS = (
    "rank", "community", "households", "raw", "valid", "counted", "repeat", "invalid", "other", "undecided", "rate",
    "suppressed", "top", "median_days", "p90_days", "still_open", "categories",
)  # fmt: skip


def configure_rank(parser: argparse.ArgumentParser) -> None:
    """Arguments of `mingjing complaints rank`."""
    _shared(parser)
    parser.add_argument("--households", type=Path, metavar="H", help=_("a table of communities and their households"))
    parser.add_argument("--from", dest="first", type=date.fromisoformat, metavar="DAY", help=_("the first day"))
    parser.add_argument("--to", dest="last", type=date.fromisoformat, metavar="DAY", help=_("the last day"))
    parser.add_argument("--output", required=True, type=Path, metavar="O", help=_("where the ranking goes"))
    parser.add_argument("--cases", type=Path, metavar="C", help=_("where every complaint goes, with what became of it"))


def configure_duplicates(parser: argparse.ArgumentParser) -> None:
    """Arguments of `mingjing complaints duplicates`."""
    _shared(parser)


def _shared(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--mapping", required=True, metavar="M", help=_("a mapping that ships, or its file"))
    parser.add_argument("--input", required=True, type=Path, metavar="F", help=_("a .csv, .csv.gz or .xlsx file"))
    parser.add_argument("--rules", default="default", metavar="R", help=_("rules that ship, or their file"))


def run_rank(args: argparse.Namespace) -> int:
    """Rank the communities of a file by what the file says of validity and duty; write it whole or not at all."""
    started = time.perf_counter()
    mapping = load_mapping(args.mapping)
    rules = _fitted(load_rules(args.rules), mapping)
    _refuse_overwriting(args)
    households = read_households(args.households, mapping) if args.households else {}
    told: list[tuple[str, ...]] = []

    def say(number: str, community: str, outcome: Outcome, first: str) -> None:
        if args.cases:
            told.append((number, community, str(outcome), first))

    tally = Tally(rules, args.first or date.min, args.last or date.max, say)
    count = _add_all(tally, args.input, mapping)
    ranking = tally.ranking(households)
    with replacing(args.output) as file:
        fill_table(file, args.output.name, _rows(ranking, rules))
    if args.cases:
        with replacing(args.cases) as file:
            fill_table(file, args.cases.name, [("number", "community", "outcome", "repeats"), *sorted(told)])
    _tell(ranking, count, args.output, time.perf_counter() - started)
    return 0


def _add_all(tally: Tally, source: Path, mapping: Mapping) -> int:
    count = 0
    with reading(source, mapping) as (reader, records):
        for record in records:
            tally.add(record.complaint(record.community))
            count += 1
        reader.log.refuse()
    return count


def run_duplicates(args: argparse.Namespace) -> int:
    """Say how the repeats that the rules find agree with those that the source marked: precision and recall."""
    mapping = load_mapping(args.mapping)
    if not mapping.duplicate.source:
        text = N_("The mapping names no column of marks (decided.duplicate); there is nothing to compare with.")
        raise Refusal([Problem("duplicates.no_marks", text, {}, str(args.mapping))])
    found: dict[str, bool] = {}
    marked: set[str] = set()
    rules = _fitted(load_rules(args.rules), mapping)
    tally = Tally(rules, date.min, date.max, lambda number, _community, outcome, _first: found.update(
        {number: outcome is Outcome.REPEAT}
    ))  # fmt: skip
    with reading(args.input, mapping) as (reader, records):
        for record in records:
            if record.duplicate:
                marked.add(record.number)
            tally.add(replace(record.complaint(record.community or "–"), valid=True, duty="company"))
        reader.log.refuse()
    tally.ranking({})
    result = score((repeat, number in marked) for number, repeat in found.items())
    print(_("{count} complaints; the source marks {marked} as repeats.").format(count=len(found), marked=len(marked)))
    print(_("both: {both}; only the rules: {ours}; only the source: {theirs}").format(
        both=result.both, ours=result.ours, theirs=result.theirs
    ))  # fmt: skip
    print(_("precision {precision}, recall {recall}").format(
        precision=_share(result.precision), recall=_share(result.recall)
    ))  # fmt: skip
    return 0


def load_mapping(name: str) -> Mapping:
    """The mapping that ships under `name`, or the one in the file of that name; raises Refusal."""
    path = shipped_mappings().get(name, Path(name))
    _must_exist(path, name, sorted(shipped_mappings()))
    try:
        return parse_mapping(path.read_text("utf-8-sig"), path.name)
    except UnicodeDecodeError as error:
        text = N_("The mapping is not UTF-8 text; save it as UTF-8.")
        raise Refusal([Problem("mapping.encoding", text, {}, path.name)]) from error


def load_rules(name: str) -> Rules:
    """The rules that ship under `name`, or those in the file of that name; raises Refusal."""
    path = shipped_rules().get(name, Path(name))
    _must_exist(path, name, sorted(shipped_rules()))
    return read_rules(load_document(path))


def _fitted(rules: Rules, mapping: Mapping) -> Rules:
    """The rules, with the way of finding repeats that the mapping has for its source."""
    return replace(rules, repeats=mapping.repeats) if mapping.repeats else rules


def _must_exist(path: Path, name: str, shipped: list[str]) -> None:
    if not path.is_file():
        text = N_("{name} is neither a file nor one of those that ship: {shipped}.")
        raise Refusal([Problem("complaints.not_found", text, {"name": name, "shipped": tuple(shipped)})])


def _refuse_overwriting(args: argparse.Namespace) -> None:
    read = {Path(path).resolve() for path in (args.input, args.households, args.mapping, args.rules) if path}
    written = [path.resolve() for path in (args.output, args.cases) if path]
    if len({*written} - read) < len(written):
        text = N_("The ranking and the cases must be different files, and not what they are made from.")
        raise Refusal([Problem("complaints.same_file", text, {}, str(args.output))])


def _rows(ranking: Ranking, rules: Rules) -> Iterator[tuple[str, ...]]:
    yield COLUMNS
    for one in ranking.standings:
        yield _row(one, rules)


def _row(one: Standing, rules: Rules) -> tuple[str, ...]:
    outcomes = (one.outcomes.get(name, 0) for name in (Outcome.REPEAT, Outcome.INVALID, Outcome.OTHER,
                                                       Outcome.UNDECIDED))  # fmt: skip
    counts = (one.households, one.raw, one.valid, one.counted, *outcomes)
    return (
        _text(one.rank), one.community, *map(_text, counts), _decimals(one.rate, rules.decimals),
        " ".join(reason.say(_) for reason in one.suppressed), "yes" if one.top else "", _decimals(one.median_days, 1),
        _text(one.p90_days), str(one.still_open), "; ".join(f"{name} {count}" for name, count in one.categories),
    )  # fmt: skip


def _text(value: int | None) -> str:
    return "" if value is None else str(value)


def _decimals(value: Fraction | None, decimals: int) -> str:
    return "" if value is None else f"{float(value):.{decimals}f}"


def _share(value: Fraction | None) -> str:
    return "–" if value is None else f"{float(value):.4f}"


def _tell(ranking: Ranking, count: int, output: Path, seconds: float) -> None:
    text = _("{count} complaints read in {seconds} s; the ranking is in {file}.")
    print(text.format(count=count, seconds=f"{seconds:.2f}", file=output))
    text = _("{ranked} communities ranked, {suppressed} suppressed; {unplaced} complaints lie nowhere.")
    suppressed = len(ranking.standings) - len(ranking.ranked)
    print(text.format(ranked=len(ranking.ranked), suppressed=suppressed, unplaced=ranking.unplaced))
    tenth = -(-len(ranking.standings) // 10)
    if tenth and (share := ranking.raw_share(tenth)) is not None:
        text = _("The {first} communities with most complaints of {all} have {percent}% of them.")
        percent = f"{float(share * 100):.1f}"
        print(text.format(first=tenth, all=len(ranking.standings), percent=percent))
