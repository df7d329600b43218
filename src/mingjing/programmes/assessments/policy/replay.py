"""Scores a whole file and makes its list by a published scheme, streaming, without a database.

First pass: rows become scores, which are spilled to a file, while the totals of each class are counted. Second pass:
with the ranks known, each visit gets its tier. Memory holds eight bytes a visit, besides what a long table needs to
gather its rows. Not here: opening and writing files, decision files.
"""

import marshal
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import IO

from mingjing.engine.accounts import Line, explain
from mingjing.engine.bulk import Bulk, repeated
from mingjing.engine.lists import Distribution, Standing, ranks, score_values, tier_of
from mingjing.engine.mappings.columns import Log
from mingjing.engine.mappings.texts import normal, parse_number
from mingjing.engine.outcome import N_, Problem, Reason, Refusal, in_language
from mingjing.engine.quantities import HUNDREDTHS, points_text
from mingjing.engine.rules import Value
from mingjing.engine.scoring import Finding, Score, Sheet, score
from mingjing.programmes.assessments.policy.batches import Batch, InputRow, sheets, wide_batches
from mingjing.programmes.assessments.policy.intake import Intake
from mingjing.programmes.assessments.policy.long import long_batches
from mingjing.programmes.assessments.policy.regions import Regions
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.policy.sides import Side

__all__ = [
    "COLUMNS", "LINE_COLUMNS", "Difference", "Replay", "Summary", "Visit", "batches", "explained", "replay", "visits",
]  # fmt: skip

COLUMNS = ("key", "class", "base", "bonus", "total", "tier", "rank", "checks")
"""The columns of the output."""

LINE_COLUMNS = (
    "key", "class", "kind", "code", "title", "steps", "points", "reason", "fact", "place", "note", "by", "at",
)  # fmt: skip
"""The columns of the account, which has a row for every line of every visit."""

MEMO = 1 << 14
SHOWN = 20

Scored = tuple[int | None, int, int | None, int, int, int]
"""Base, bonus, total, checks counted, veto level, open critical checks."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit of a file: the row it (first) stands in, its key and class, its score sheet, and its published result.

    `published` are a total and a tier code, empty where the file has none.
    """

    row: int
    key: str
    class_code: str
    sheet: Sheet
    published: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """A visit whose published result is another than the scheme gives."""

    row: int
    key: str
    published: tuple[str, str]
    found: tuple[str, str]


@dataclass(slots=True)
class Summary:
    """What a replay came to: visits by class and tier, and how far published results agree (the first that do not)."""

    visits: int = 0
    tiers: dict[str, Counter[str]] = field(default_factory=dict)
    compared: int = 0
    agreed: int = 0
    differences: list[Difference] = field(default_factory=list)


def batches(intake: Intake, rows: Iterable[InputRow], log: Log) -> Iterator[Batch]:
    """The visits of `rows` in batches, by the layout of the mapping."""
    return (long_batches if intake.long else wide_batches)(intake, rows, log)


def visits(intake: Intake, rows: Iterable[InputRow]) -> Iterator[Visit]:
    """The visits of `rows` one by one; raises Refusal at the end if any row had a problem."""
    log = Log()
    for batch in batches(intake, rows, log):
        for position, class_code, sheet in sheets(intake, batch):
            key, published = batch.keys[position], batch.expected[position]
            yield Visit(batch.rows[position], key, class_code, sheet, published)
    log.refuse()


def explained(intake: Intake, rows: Iterable[InputRow], translate: Callable[[str], str] = str) -> Iterator[list[str]]:
    """A row of LINE_COLUMNS for every line of every visit's account, in the language of `translate`."""
    for visit in visits(intake, rows):
        if visit.sheet.assessed:
            for line in explain(intake.scheme.rubrics[visit.class_code], visit.sheet).lines:
                yield [visit.key, visit.class_code, *_line(line, translate)]


def _line(line: Line, translate: Callable[[str], str]) -> list[str]:
    title = in_language(line.title.texts, translate("language-code"))
    said = [line.kind.value, line.code, title, str(line.steps), points_text(line.points), line.reason.say(translate)]
    return [*said, line.fact, line.place, line.note, line.by, line.at]


def replay(intake: Intake, rows: Iterable[InputRow], spill: IO[bytes]) -> "Replay":
    """Score the visits of `rows`; raises Refusal with everything that is wrong with them.

    `spill` is an empty binary file that holds the scores between the passes; it must stay open while rows are taken
    from the result.
    """
    log = Log()
    made = Replay(intake, spill)
    for batch in batches(intake, rows, log):
        if not log.count:
            made.take(batch)
    made.note_repeats(log)
    log.refuse()
    if not made.count:
        text = N_("The file names its columns but has no row below them; export it again, with its rows.")
        raise Refusal([Problem("replay.no_rows", text)])
    made.rank()
    return made


class Replay:
    """The scores of a file on their way to a list."""

    def __init__(self, intake: Intake, spill: IO[bytes]) -> None:
        self.intake = intake
        self.scheme = intake.scheme
        self.summary = Summary()
        self.distributions: dict[str, Distribution] = {}
        self._spill = spill
        self._bulks = {code: Bulk(r) for code, r in self.scheme.rubrics.items() if Bulk.fits(r)}
        self._totals: dict[str, Counter[int]] = {code: Counter() for code in self.scheme.classes}
        self._hashes = array("q")
        self._tiers = _Tiers(self.scheme)
        self._published = intake.total is not None or intake.tier is not None

    @property
    def count(self) -> int:
        """How many visits were scored or found not to be assessed."""
        return len(self._hashes)

    def take(self, batch: Batch) -> None:
        """First pass: score a batch, count its totals and spill it."""
        said = {id(side): self._side(side) for side in batch.sides}
        scores = self._scores(batch, said)
        profiles = [said[id(side)][2] for side in batch.sides]
        for code, totals in self._totals.items():
            totals.update(
                entry[2]
                for entry, side, profile in zip(scores, batch.sides, profiles, strict=True)
                if side.class_code == code and entry[2] is not None and self._tiers.ranked[profile]
            )
        self._hashes.extend(map(hash, batch.keys))
        classes = [side.class_code for side in batch.sides]
        published = batch.expected if self._published else []
        marshal.dump((batch.rows, batch.keys, classes, scores, profiles, published), self._spill)

    def _side(self, side: Side) -> tuple[int, int, int]:
        """Bonus, veto level and profile of a side."""
        if not side.claims and not side.vetoes:
            return 0, 0, self._tiers.profile(side)
        found = score(self.scheme.rubrics[side.class_code], side.sheet())
        return found.bonus, found.veto, self._tiers.profile(side)

    def _scores(self, batch: Batch, said: Mapping[int, tuple[int, int, int]]) -> list[Scored]:
        found: list[Scored] = [(None, 0, None, 0, said[id(side)][1], 0) for side in batch.sides]
        for code, group in batch.groups.items():
            if code not in self._bulks:
                continue
            sides = [said[id(batch.sides[at])] for at in group.positions]
            bonus = [side[0] for side in sides]
            for at, side, row in zip(
                group.positions, sides, self._bulks[code].score(group.columns, bonus).rows(), strict=True
            ):
                base, total, checks, critical = row
                found[at] = (base, side[0], total, checks, side[1], critical - self._met(batch, at))
        odd = {at for at, findings in batch.details.items() if _repeats_a_fact(findings)}
        if odd or len(self._bulks) < len(self.scheme.rubrics):
            self._score_singly(batch, odd, found)
        return found

    def _met(self, batch: Batch, at: int) -> int:
        """How many critical checks of a visit have findings, all of which were put right."""
        resolved = batch.resolved.get(at)
        if not resolved:
            return 0
        class_code = batch.sides[at].class_code
        group, checks = batch.groups[class_code], self.scheme.rubrics[class_code].checks
        index = group.positions.index(at)
        steps = zip(self.intake.own[class_code], group.columns, strict=True)
        return sum(column[index] > 0 and code in resolved and checks[code].critical for code, column in steps)

    def _score_singly(self, batch: Batch, odd: Set[int], found: list[Scored]) -> None:
        """What is beyond the bulk kernel, one sheet at a time: some rubrics, and visits (`odd`) that repeat a fact."""
        for at, code, sheet in sheets(self.intake, batch):
            if at in odd or (code not in self._bulks and sheet.assessed):
                one = score(self.scheme.rubrics[code], sheet)
                found[at] = (one.base, one.bonus, one.total, one.checks, one.veto, one.open_critical)

    def note_repeats(self, log: Log) -> None:
        """Log the keys that stand in several rows, unless the mapping allows them."""
        if self.intake.mapping.key.repeats or log.count:
            return
        wanted = {at for group in repeated(self._hashes) for at in group}
        first: dict[str, int] = {}
        for row, key in (found for at, found in enumerate(self._spilled_keys() if wanted else ()) if at in wanted):
            if first.setdefault(key, row) != row:
                text = N_("The key {key} was already in row {row}; the mapping allows repeats if they are meant.")
                log.at(row, Reason("row.repeated_key", text, {"key": key, "row": first[key]}))

    def rank(self) -> None:
        """Between the passes: make the ranks of each class."""
        for code, totals in self._totals.items():
            lower = self.scheme.rubrics[code].lower_is_better
            self.distributions[code] = Distribution.of_counts(totals, lower_is_better=lower)

    def rows(self) -> Iterator[tuple[str, ...]]:
        """Second pass: the rows of the output, in the order of the file; fills the summary."""
        self.summary = Summary(tiers={code: Counter() for code in self.scheme.classes})
        place = lru_cache(MEMO)(self._place)
        for numbers, keys, classes, scores, profiles, expected in self._spilled():
            for number, key, code, entry, profile, published in zip(
                numbers, keys, classes, scores, profiles, expected or [("", "")] * len(keys), strict=True
            ):
                shown = place(code, entry, profile)
                self.summary.tiers[code][shown[3]] += 1
                if published != ("", ""):
                    self._compare(number, key, published, entry[2], shown)
                yield (key, code, *shown)
            self.summary.visits += len(numbers)

    def _spilled(
        self,
    ) -> Iterator[tuple[list[int], list[str], list[str], list[Scored], list[int], list[tuple[str, str]]]]:
        self._spill.seek(0)
        while True:
            try:
                yield marshal.load(self._spill)  # noqa: S302 - our own bytes of a moment ago
            except EOFError:
                return

    def _spilled_keys(self) -> Iterator[tuple[int, str]]:
        for numbers, keys, *_ in self._spilled():
            yield from zip(numbers, keys, strict=True)

    def _place(self, class_code: str, entry: Scored, profile: int) -> tuple[str, str, str, str, str, str]:
        """Base, bonus, total, tier, rank and checks as they are written."""
        base, bonus, total, checks, veto, critical = entry
        if base is None or total is None:
            return "", "", "", self._tiers.of_unscored(veto, profile), "", "0"
        ranked = self._tiers.ranked[profile]
        standing = self.distributions[class_code].standing(total) if ranked else None
        tier = self._tiers.of(Score(0, 0, base, bonus, total, checks, veto, critical), profile, standing)
        text = self.scheme.rounding.text
        return text(base), text(bonus), text(total), tier, str(standing.rank) if standing else "", str(checks)

    def agrees(self, published: tuple[str, str], total: int | None, tier: str) -> bool:
        """Whether a published total and tier (each empty: not known) are those found; `total` in hundredths."""
        number = parse_number(normal(published[0]), self.intake.mapping.values.decimal)
        same_total = not published[0] or (total is not None and number == Fraction(total, HUNDREDTHS))
        return same_total and published[1] in ("", tier)

    def _compare(
        self, row: int, key: str, published: tuple[str, str], total: int | None, shown: tuple[str, ...]
    ) -> None:
        """Count a published result, and keep it where it is not the one found."""
        same = self.agrees(published, total, shown[3])
        self.summary.compared += 1
        self.summary.agreed += same
        if not same and len(self.summary.differences) < SHOWN:
            self.summary.differences.append(Difference(row, key, published, (shown[2], shown[3])))


def _repeats_a_fact(findings: Iterable[Finding]) -> bool:
    facts = [finding.fact for finding in findings if finding.fact]
    return len(set(facts)) < len(facts)


class _Tiers:
    """Decides tiers, once for every combination of conditions that can be told apart.

    A profile is a number for attributes that no rule of the scheme tells apart; `ranked` says whether it takes part in
    the ranks.
    """

    def __init__(self, scheme: Scheme) -> None:
        self.rules = scheme.list_rules
        self.regions = Regions([self.rules.table])
        self.attributes: list[Mapping[str, Value]] = []
        self.ranked: list[bool] = []
        self.profiles: dict[object, int] = {}
        self.decided: dict[object, str] = {}

    def profile(self, side: Side) -> int:
        """The profile of the attributes of `side`."""
        found = self.profiles.setdefault(side.region, len(self.attributes))
        if found == len(self.attributes):
            self.attributes.append(side.attributes)
            anyone = Score(0, 0, 0, 0, 0, 0, 0, 0)
            self.ranked.append(ranks(self.rules, anyone, side.attributes))
        return found

    def of(self, found: Score, profile: int, standing: Standing | None) -> str:
        """The tier of an assessed site."""
        attributes = self.attributes[profile]
        values = self.rules.table.complete(score_values(found, attributes) | (standing.values() if standing else {}))
        region = self.regions.of_all(values)
        if region not in self.decided:
            self.decided[region] = tier_of(self.rules, found, attributes, standing)
        return self.decided[region]

    def of_unscored(self, veto: int, profile: int) -> str:
        """The tier of a site where nothing was scored."""
        if (veto, profile) not in self.decided:
            nothing = Score(0, 0, None, 0, None, 0, veto, 0)
            self.decided[veto, profile] = tier_of(self.rules, nothing, self.attributes[profile], None)
        return self.decided[veto, profile]
