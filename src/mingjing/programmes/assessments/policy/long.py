"""Rows of a long table (one finding or mark each) are gathered by key, wherever they stand, and become batches.

Memory grows with the number of visits: two bytes for each check of the scheme, and the findings' particulars where the
mapping names columns for them.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from mingjing.engine.mappings.columns import Log
from mingjing.engine.mappings.texts import normal
from mingjing.engine.outcome import N_, Reason
from mingjing.engine.scoring import Finding
from mingjing.programmes.assessments.policy.batches import (
    CHUNK,
    SEPARATORS,
    Batch,
    Group,
    InputRow,
    Steps,
    expected,
    good_rows,
    note_side,
    when_and_who,
)
from mingjing.programmes.assessments.policy.cells import ABSENT, BAD
from mingjing.programmes.assessments.policy.intake import Intake, LongPlaces
from mingjing.programmes.assessments.policy.sides import Side

__all__ = ["long_batches"]

UNSEEN = -3
"""The code of a check that no row has named yet."""


def long_batches(intake: Intake, rows: Iterable[InputRow], log: Log) -> Iterator[Batch]:
    """Batches of the visits that `rows` speak of, in the order in which they first appear."""
    assert intake.long is not None
    gathered = _Gathered(intake, intake.long, log)
    for number, cells in good_rows(intake, rows, log):
        gathered.take(number, cells)
    yield from gathered.batches()


@dataclass(slots=True)
class _Gathered:
    """Everything known of the visits so far; `steps` holds a stretch of codes for each, one per check of the scheme."""

    intake: Intake
    long: LongPlaces
    log: Log
    codes: list[str] = field(default_factory=list)
    visits: dict[str, int] = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    sides: list[Side] = field(default_factory=list)
    expected: list[tuple[str, str]] = field(default_factory=list)
    made: list[tuple[str, str]] = field(default_factory=list)
    filled: bytearray = field(default_factory=bytearray)
    steps: Steps = field(default_factory=lambda: array("h"))
    facts: set[tuple[int, str]] = field(default_factory=set)
    details: dict[int, list[Finding]] = field(default_factory=dict)
    at: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.codes = list(self.intake.checks)
        self.at = {code: index for index, code in enumerate(self.codes)}

    def take(self, number: int, cells: Sequence[str]) -> None:
        """Add a row to its visit."""
        visit = self._visit(number, cells)
        said = self.long.check.of(cells)
        if not said.strip():
            self.filled[visit] = 1
            return
        code = self.long.codes.get(normal(said).casefold())
        if code is None or code not in self.intake.own.get(self.sides[visit].class_code, ()):
            text = N_("{found} is not a check of this class.")
            self.log.at(number, Reason("row.unknown_check", text, {"found": repr(said)}), self.long.check.column)
            return
        self._count(number, visit, code, cells)

    def _visit(self, number: int, cells: Sequence[str]) -> int:
        key, side = self.intake.key(cells), self.intake.sides.of(cells)
        visit = self.visits.setdefault(key, len(self.rows))
        if visit == len(self.rows):
            note_side(number, key, side, self.log)
            self.rows.append(number)
            self.names.append("")
            self.sides.append(side)
            self.expected.append(expected(self.intake, cells))
            self.made.append(when_and_who(self.intake, number, cells, self.log))
            self.filled.append(0)
            self.steps.extend([UNSEEN] * len(self.codes))
        elif side is not self.sides[visit] and side != self.sides[visit]:
            text = N_("The columns about the visit say something else than in row {row}, which has the same key.")
            self.log.at(number, Reason("row.differs", text, {"row": self.rows[visit]}))
        self.names[visit] = self.names[visit] or self.intake.shown_name(cells)
        return visit

    def _count(self, number: int, visit: int, code: str, cells: Sequence[str]) -> None:
        """Add the finding or mark of a row to its check."""
        place = self.intake.checks[code]
        amount = self.long.amount.of(cells) if self.long.amount else "1"
        steps = place.cell[amount]
        if steps == BAD:
            self.log.at(number, place.cell.why(amount), place.column)
            return
        self.filled[visit] |= amount not in place.cell.blanks
        if not self._repeated_fact(visit, code, steps, cells):
            at = visit * len(self.codes) + self.at[code]
            self.steps[at] = self._together(number, code, self.steps[at], steps)

    def _together(self, number: int, code: str, before: int, steps: int) -> int:
        """The steps of a check in several rows: instances add up, the worst grade counts, a mark stands alone."""
        if before == UNSEEN:
            return steps
        cell = self.intake.checks[code].cell
        if cell.way not in ("steps", "points_lost") or ABSENT in (before, steps):
            text = N_("{check} is given twice for this key; keep one of the rows.")
            self.log.at(number, Reason("row.twice", text, {"check": code}), self.long.check.column)
            return before
        return min(before + steps, 1 << 14) if cell.check.rule.added else max(before, steps)

    def _repeated_fact(self, visit: int, code: str, steps: int, cells: Sequence[str]) -> bool:
        """Keep the finding's particulars, where there are columns for them; true if its fact was counted before."""
        if not self.long.details or steps <= 0:
            return False
        found = {name: place.of(cells).strip() for name, place in self.long.details.items()}
        finding = Finding(
            code,
            steps,
            found.get("fact", ""),
            found.get("place", ""),
            found.get("note", ""),
            tuple(normal(found.get("evidence", "")).translate(SEPARATORS).split()),
            self.made[visit][1],
            self.made[visit][0],
            found.get("resolved", ""),
        )
        self.details.setdefault(visit, []).append(finding)
        fact = (visit, finding.fact)
        repeated = bool(finding.fact) and fact in self.facts
        self.facts.add(fact)
        return repeated

    def batches(self) -> Iterator[Batch]:
        """The visits, once every row has been taken."""
        keys = list(self.visits)
        for start in range(0, len(keys), CHUNK):
            yield self._batch(start, keys[start : start + CHUNK])

    def _batch(self, start: int, keys: list[str]) -> Batch:
        span = slice(start, start + len(keys))
        details = {
            visit - start: tuple(self.details[visit]) for visit in range(start, span.stop) if visit in self.details
        }
        batch = Batch(
            self.rows[span], keys, self.names[span], self.sides[span], {}, self.expected[span], self.made[span],
            {at: settled(findings) for at, findings in details.items()}, details,
        )  # fmt: skip
        for class_code in self.intake.own:
            positions = [at for at, side in enumerate(batch.sides) if side.class_code == class_code]
            nothing = self._may_be_nothing(class_code)
            scored = [at for at in positions if batch.sides[at].assessed and (nothing or self.filled[start + at])]
            if scored:
                columns = [self._column(start, scored, code) for code in self.intake.own[class_code]]
                batch.groups[class_code] = Group(scored, columns)
        return batch

    def _may_be_nothing(self, class_code: str) -> bool:
        """Whether a visit of which no row names a check is one at which no check applied."""
        checks = (self.intake.checks[code].cell.check for code in self.intake.own[class_code])
        return self.long.form.unlisted == "not_applicable" and all(check.na for check in checks)

    def _column(self, start: int, positions: list[int], code: str) -> Steps:
        """The steps of one check; visits that never name it have what the mapping says of such checks."""
        width, at = len(self.codes), self.at[code]
        found = array("h", (self.steps[(start + position) * width + at] for position in positions))
        if UNSEEN not in found:
            return found
        check = self.intake.checks[code].cell.check
        if self.long.form.unlisted == "refused" or (self.long.form.unlisted == "not_applicable" and not check.na):
            text = N_("{check} is not named by any row of this key, and the scheme or the mapping does not allow that.")
            for position, steps in zip(positions, found, strict=True):
                if steps == UNSEEN:
                    self.log.at(self.rows[start + position], Reason("row.unlisted", text, {"check": code}))
        instead = ABSENT if self.long.form.unlisted == "not_applicable" else 0
        return array("h", (instead if steps == UNSEEN else steps for steps in found))


def settled(findings: Sequence[Finding]) -> frozenset[str]:
    """The checks whose every counted finding has been resolved."""
    facts: dict[str, Finding] = {}
    counted = [entry for entry in findings if not entry.fact or facts.setdefault(entry.fact, entry) is entry]
    return frozenset(entry.check for entry in counted) - {entry.check for entry in counted if not entry.resolved}
