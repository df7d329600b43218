"""Rows of a wide table (one visit each) become batches of steps, ready for the bulk kernel or for single sheets.

Each distinct text of a column is read once; a cell costs a look-up. Not here: long tables (`policy.long`), scoring.
"""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress, islice
from typing import TypeAlias

from msgspec.structs import replace

from mingjing.engine.mappings.columns import Log
from mingjing.engine.mappings.texts import normal
from mingjing.engine.outcome import N_, Problem, Reason
from mingjing.engine.scoring import Finding, NotApplicable, Sheet
from mingjing.programmes.assessments.policy.cells import ABSENT, BAD, CheckCell
from mingjing.programmes.assessments.policy.intake import Intake
from mingjing.programmes.assessments.policy.sides import Faults, Side

__all__ = ["CHUNK", "Batch", "Group", "InputRow", "Steps", "sheets", "wide_batches"]

InputRow: TypeAlias = "tuple[int, Sequence[str]] | Problem"
"""A row's number with its cells, or why the row could not be read."""

Steps: TypeAlias = "array[int]"
"""Steps of one check, of several visits."""

CHUNK = 2048
SEPARATORS = str.maketrans(dict.fromkeys("、,;/|", " "))
NO_KEY = Reason("row.no_key", N_("The row has no key."))


@dataclass(slots=True)
class Group:
    """The scored visits of one class in a batch: their positions, and one array of steps per check of the rubric."""

    positions: list[int]
    columns: list[Steps]


@dataclass(slots=True)
class Batch:
    """Some visits, in order. Those in no group were not assessed.

    `names` are shown beside the keys; `made` are the day of each visit and who made it; `resolved` and `details`
    hold, by position, the checks whose orders were met, and findings with their particulars.
    """

    rows: list[int]
    keys: list[str]
    names: list[str]
    sides: list[Side]
    groups: dict[str, Group]
    expected: list[tuple[str, str]]
    made: list[tuple[str, str]]
    resolved: dict[int, frozenset[str]] = field(default_factory=dict)
    details: Mapping[int, tuple[Finding, ...]] = field(default_factory=dict)


def wide_batches(intake: Intake, rows: Iterable[InputRow], log: Log) -> Iterator[Batch]:
    """Batches of the visits in `rows`; what is wrong with a row goes to `log`, and its visit means nothing then."""
    good = good_rows(intake, rows, log)
    while chunk := list(islice(good, CHUNK)):
        yield _batch(intake, chunk, log)


def good_rows(intake: Intake, rows: Iterable[InputRow], log: Log) -> Iterator[tuple[int, Sequence[str]]]:
    """The rows that could be read and are not to be skipped."""
    for row in rows:
        if isinstance(row, Problem):
            log.add(row)
        elif not intake.skips or not intake.skipped(row[1]):
            yield row


def _batch(intake: Intake, chunk: list[tuple[int, Sequence[str]]], log: Log) -> Batch:
    cells = [row[1] for row in chunk]
    batch = Batch(
        rows=[row[0] for row in chunk],
        keys=[intake.key(row) for row in cells],
        names=[intake.shown_name(row) for row in cells],
        sides=[intake.sides.of(row) for row in cells],
        groups={},
        expected=[expected(intake, row) for row in cells],
        made=[when_and_who(intake, number, row, log) for number, row in chunk],
    )
    for number, key, side in zip(batch.rows, batch.keys, batch.sides, strict=True):
        note_side(number, key, side, log)
    columns = list(zip(*cells, strict=True))
    for class_code in intake.own:
        positions = [at for at, side in enumerate(batch.sides) if side.class_code == class_code]
        if positions:
            batch.groups[class_code] = _group(intake, batch, class_code, positions, columns, log)
    return batch


def note_side(number: int, key: str, side: Side, log: Log) -> None:
    """Log what is wrong with a row besides its checks."""
    if not key:
        log.at(number, NO_KEY)
    for column, reason in side.faults:
        log.at(number, reason, column)


def expected(intake: Intake, cells: Sequence[str]) -> tuple[str, str]:
    """The published total and tier code of a row; empty where there is none to compare with."""
    total = cells[intake.total].strip() if intake.total is not None else ""
    tier = normal(cells[intake.tier]) if intake.tier is not None else ""
    return total, intake.tiers.get(tier, tier)


def when_and_who(intake: Intake, number: int, cells: Sequence[str], log: Log) -> tuple[str, str]:
    """The day of a visit (ISO 8601) and who made it."""
    faults: Faults = []
    found = intake.sides.when_and_who(cells, faults)
    for column, reason in faults:
        log.at(number, reason, column)
    return found


def _group(
    intake: Intake, batch: Batch, class_code: str, positions: list[int], columns: Sequence[Sequence[str]], log: Log
) -> Group:
    """The visits of one class; those with no check filled in are left out, for they were not assessed.

    Unless blank means not applicable: then a row of blanks is a visit at which no check applied.
    """
    own = [intake.checks[code] for code in intake.own[class_code]]
    steps, texts = [], []
    for place in own:
        found: Sequence[str] = () if place.at is None else columns[place.at]
        if place.at is not None and len(positions) < len(found):
            found = [found[at] for at in positions]
        texts.append(found)
        read = map(place.cell.__getitem__, found) if place.at is not None else [place.fixed] * len(positions)
        steps.append(array("h", read))
    _note_foreign(intake, batch, class_code, positions, columns, log)
    filled = [(text, place.cell.blanks) for place, text in zip(own, texts, strict=True) if place.at is not None]
    keep = [
        batch.sides[at].assessed
        and (any(text[index] not in blanks for text, blanks in filled) or all(step[index] == ABSENT for step in steps))
        for index, at in enumerate(positions)
    ]
    if not all(keep):
        steps = [array("h", compress(column, keep)) for column in steps]
    group = Group(list(compress(positions, keep)), steps)
    _add_lists(intake, batch, group, class_code, columns, log)
    for place, column in zip(own, steps, strict=True):
        if place.cell.bad and BAD in column and place.at is not None:
            _note_bad(batch, group, column, columns[place.at], place.cell, place.column, log)
    return group


def _note_bad(
    batch: Batch, group: Group, steps: Steps, texts: Sequence[str], cell: CheckCell, name: str, log: Log
) -> None:
    for position, code in zip(group.positions, steps, strict=True):
        if code == BAD:
            log.at(batch.rows[position], cell.why(texts[position]), name)


def _note_foreign(
    intake: Intake, batch: Batch, class_code: str, positions: list[int], columns: Sequence[Sequence[str]], log: Log
) -> None:
    """Findings on checks of another class would be lost in silence: they are problems."""
    own = intake.own[class_code]
    taken = {intake.checks[code].at for code in own}
    for code, place in intake.checks.items():
        if code in own or place.at is None or place.at in taken:
            continue
        texts = columns[place.at]
        odd = {text for text in set(texts) if text and place.cell[text] not in (0, ABSENT)} - place.cell.blanks
        for position in positions if odd else ():
            if texts[position] in odd:
                text = N_("{check} is not a check of class {class_code}.")
                reason = Reason("row.foreign_check", text, {"check": code, "class_code": class_code})
                log.at(batch.rows[position], reason, place.column)


def _add_lists(
    intake: Intake, batch: Batch, group: Group, class_code: str, columns: Sequence[Sequence[str]], log: Log
) -> None:
    """Apply the columns that list check codes: what does not apply, and which orders were met."""
    own = intake.own[class_code]
    if intake.resolved is not None:
        name = intake.mapping.checks.resolved
        for position in group.positions:
            if text := columns[intake.resolved][position].strip():
                codes = listed(text, own, batch.rows[position], name, log)
                batch.resolved[position] = frozenset(codes)
    if intake.not_applicable is None:
        return
    name = intake.mapping.checks.not_applicable
    for index, position in enumerate(group.positions):
        if text := columns[intake.not_applicable][position].strip():
            for code in listed(text, own, batch.rows[position], name, log):
                _leave_out(intake, batch.rows[position], code, group.columns[own.index(code)], index, log)


def listed(text: str, own: Sequence[str], row: int, column: str, log: Log) -> list[str]:
    """The check codes in a cell that lists several."""
    parts = normal(text).translate(SEPARATORS).split()
    for code in parts:
        if code not in own:
            said = N_("{code} is not a check of this class.")
            log.at(row, Reason("row.unknown_check", said, {"code": code}), column)
    return [code for code in parts if code in own]


def _leave_out(intake: Intake, row: int, code: str, steps: Steps, index: int, log: Log) -> None:
    place = intake.checks[code]
    name = intake.mapping.checks.not_applicable
    if not place.cell.check.na:
        text = N_("{check} cannot be marked as not applicable: the scheme does not allow it.")
        log.at(row, Reason("row.not_applicable", text, {"check": code}), name)
    elif steps[index] > 0:
        text = N_("{check} is marked as not applicable and yet has a finding; keep one of the two.")
        log.at(row, Reason("row.contradiction", text, {"check": code}), name)
    steps[index] = ABSENT


def sheets(intake: Intake, batch: Batch) -> Iterator[tuple[int, str, Sheet]]:
    """The same visits one by one: position, class and score sheet, in order."""
    where = {at: (group, index) for group in batch.groups.values() for index, at in enumerate(group.positions)}
    for position, side in enumerate(batch.sides):
        if position not in where:
            yield position, side.class_code, replace(side.sheet(), assessed=False)
            continue
        group, index = where[position]
        steps = {code: column[index] for code, column in zip(intake.own[side.class_code], group.columns, strict=True)}
        yield position, side.class_code, _sheet(batch, position, side, steps)


def _sheet(batch: Batch, position: int, side: Side, steps: Mapping[str, int]) -> Sheet:
    at, by = batch.made[position]
    resolved = batch.resolved.get(position, frozenset())
    findings = batch.details.get(position) or tuple(
        Finding(code, count, by=by, at=at, resolved="yes" if code in resolved else "")
        for code, count in steps.items()
        if count > 0
    )
    absent = tuple(NotApplicable(code, by=by, at=at) for code, count in steps.items() if count == ABSENT)
    return Sheet(findings, absent, side.claims, side.vetoes, side.attributes, side.period)
