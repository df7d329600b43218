"""From scores to a list: ranks within a class, a tier with its reasons, and what a better tier would have taken.

Order of deciding: tiers without a rank first (too new to be listed, and the like), then ranks among the rest, then the
other tiers, which may ask for a rank. Not here: whose list it is, notices, publication.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from mingjing.engine.outcome import N_, Phrase, Reason, Titled
from mingjing.engine.quantities import HUNDREDTHS
from mingjing.engine.rules import Measure, Row, Table, Undetermined, Value
from mingjing.engine.scoring import Score

__all__ = [
    "RANK_MEASURES",
    "SCORE_MEASURES",
    "UNDETERMINED",
    "Decision",
    "Distribution",
    "ListRules",
    "Standing",
    "Tier",
    "decide",
    "measured",
    "overtaken",
    "tier_of",
]

UNDETERMINED = "UNDETERMINED"
"""The state of a site whose tier cannot be decided because a value the rules ask for is not known."""

SCORE_MEASURES = {
    "total": N_("total"),
    "base": N_("base"),
    "bonus": N_("bonus"),
    "veto": N_("veto level"),
    "open_critical": N_("open critical checks"),
    "checks": N_("checks counted"),
}
"""Measures every scheme has, computed from the score."""

RANK_MEASURES = {
    "rank": N_("rank"),
    "rank_share": N_("rank in percent of the class"),
    "bottom_rank": N_("rank from the bottom"),
    "bottom_share": N_("rank from the bottom in percent of the class"),
}
"""Measures that exist once everybody of the class is scored."""


def measured(decimals: int) -> dict[str, Measure]:
    """The score and rank measures as a table sees them; totals are whole multiples of the last kept decimal."""
    grain = Fraction(1, 10**decimals)
    grains = {"total": grain, "base": grain, "bonus": grain, "rank_share": None, "bottom_share": None}
    highest = {"veto": Fraction(2), "rank_share": Fraction(100), "bottom_share": Fraction(100)}
    lowest = {"rank": Fraction(1), "bottom_rank": Fraction(1)}
    return {
        code: Measure(
            code,
            Phrase(title),
            (),
            lowest.get(code, Fraction(0)),
            highest.get(code),
            grains.get(code, Fraction(1)),
        )
        for code, title in {**SCORE_MEASURES, **RANK_MEASURES}.items()
    }


@dataclass(frozen=True, slots=True)
class Tier:
    """A tier of a list (best first within `ListRules.tiers`); one not `ranked` keeps its sites out of the ranking.

    One that is `adverse` takes rights: nobody is published in it without notice and hearing.
    """

    code: str
    title: Titled
    ranked: bool = True
    adverse: bool = False


@dataclass(frozen=True, slots=True)
class ListRules:
    """The list rules of a scheme: the tiers, the table that chooses among them, and the tier of the unassessed."""

    tiers: tuple[Tier, ...]
    table: Table
    unassessed: str

    def place(self, tier: str) -> int:
        """0 for the best tier; a tier that is not of this list comes last."""
        return next((index for index, entry in enumerate(self.tiers) if entry.code == tier), len(self.tiers))

    def early(self) -> Table:
        """The rows that keep a site out of the ranking."""
        unranked = {tier.code for tier in self.tiers if not tier.ranked}
        return Table(self.table.measures, tuple(row for row in self.table.rows if row.result in unranked))


@dataclass(frozen=True, slots=True)
class Standing:
    """A place among the ranked of a class. Ties share the better rank; from the bottom they share the less bad one.

    So a tie at a cut-off of the best enters whole, and a tie at a cut-off of the worst forces nobody in.
    """

    rank: int
    bottom_rank: int
    of: int

    def values(self) -> dict[str, Value]:
        """The rank measures."""
        shares = {
            "rank_share": Fraction(100 * self.rank, self.of),
            "bottom_share": Fraction(100 * self.bottom_rank, self.of),
        }
        return {"rank": Fraction(self.rank), "bottom_rank": Fraction(self.bottom_rank), **shares}


class Distribution:
    """How many of a class have each total; answers the standing of any total in constant time.

    >>> found = Distribution([9000, 8500, 8500, 8000])
    >>> [found.standing(total).rank for total in (9000, 8500, 8000)]
    [1, 2, 4]
    """

    def __init__(self, totals: Iterable[int], *, lower_is_better: bool = False) -> None:
        self.counts: dict[int, int] = {}
        for total in totals:
            self.counts[total] = self.counts.get(total, 0) + 1
        self.lower_is_better = lower_is_better
        self._standings = self._build()

    @classmethod
    def of_counts(cls, counts: Mapping[int, int], *, lower_is_better: bool = False) -> "Distribution":
        """A distribution from its counts."""
        made = cls((), lower_is_better=lower_is_better)
        made.counts = dict(counts)
        made._standings = made._build()
        return made

    def _build(self) -> dict[int, Standing]:
        everybody = sum(self.counts.values())
        standings, better = {}, 0
        self._best_first = sorted(map(self._place, self.counts))
        self._better = [0]
        for total in sorted(self.counts, key=self._place):
            standings[total] = Standing(better + 1, everybody - better, everybody)
            better += self.counts[total]
            self._better.append(better)
        return standings

    def _place(self, total: int) -> int:
        """The better, the smaller."""
        return total if self.lower_is_better else -total

    def standing(self, total: int) -> Standing:
        """The standing of one that has this total; raises KeyError when nobody has it."""
        return self._standings[total]

    def if_moved(self, old: int, new: int) -> Standing:
        """The standing of one that has `old`, had it `new` instead and the others what they have.

        Found in the sorted totals, for who looks for a way out asks it of many scores. Raises KeyError when nobody has
        `old`.
        """
        everybody = self._standings[old].of
        better = self._better[bisect_left(self._best_first, self._place(new))] - (self._place(old) < self._place(new))
        return Standing(better + 1, everybody - better, everybody)


@dataclass(frozen=True, slots=True)
class Decision:
    """A tier, why it was chosen, and for each better tier what kept the site out of it."""

    tier: str
    reasons: tuple[Reason, ...]
    short_of: tuple[tuple[Tier, tuple[Reason, ...]], ...] = ()
    standing: Standing | None = None


def score_values(score: Score, attributes: Mapping[str, Value]) -> dict[str, Value]:
    """All measures of a scored site but its rank; points as exact numbers."""
    numbers = {"veto": score.veto, "open_critical": score.open_critical, "checks": score.checks}
    values: dict[str, Value] = {**attributes, **{code: Fraction(number) for code, number in numbers.items()}}
    points = {"total": score.total, "base": score.base, "bonus": score.bonus}
    return values | {code: Fraction(number, HUNDREDTHS) for code, number in points.items() if number is not None}


def ranks(rules: ListRules, score: Score, attributes: Mapping[str, Value]) -> bool:
    """Whether a site takes part in the ranking of its class."""
    if not score.assessed:
        return False
    early = rules.early()
    return not isinstance(early.decide(early.complete(attributes)), tuple)


def decide(rules: ListRules, score: Score, attributes: Mapping[str, Value], standing: Standing | None) -> Decision:
    """The tier of one site. `standing` is its place among the ranked of its class, None for one that is not ranked."""
    if not score.assessed:
        return _decide_unscored(rules, score, attributes)
    values = _values(rules, score, attributes, standing)
    chosen = rules.table.decide(values)
    if isinstance(chosen, Undetermined):
        missing = tuple(rules.table.measures[code].title for code in chosen.measures)
        text = N_("not known, but asked for by the list rules: {measures}")
        return Decision(UNDETERMINED, (Reason("list.undetermined", text, {"measures": missing}),), (), standing)
    tier = chosen[0].result
    return Decision(tier, _reasons(rules, chosen, values), tuple(_short_of(rules, tier, values)), standing)


def tier_of(rules: ListRules, score: Score, attributes: Mapping[str, Value], standing: Standing | None) -> str:
    """The tier that `decide` gives, without its reasons: for those who try many scores."""
    if not score.assessed:
        return _decide_unscored(rules, score, attributes).tier
    chosen = rules.table.decide(_values(rules, score, attributes, standing))
    return UNDETERMINED if isinstance(chosen, Undetermined) else chosen[0].result


def _values(
    rules: ListRules, score: Score, attributes: Mapping[str, Value], standing: Standing | None
) -> Mapping[str, Value]:
    return rules.table.complete(score_values(score, attributes) | (standing.values() if standing else {}))


def _decide_unscored(rules: ListRules, score: Score, attributes: Mapping[str, Value]) -> Decision:
    """The tier where nothing was scored: by the rules that say they hold even then, else that of the unassessed."""
    table = Table(rules.table.measures, tuple(row for row in rules.table.rows if row.unscored))
    values = table.complete(score_values(score, attributes))
    chosen = table.decide(values)
    if not isinstance(chosen, Undetermined):
        return Decision(chosen[0].result, _reasons(rules, chosen, values))
    return Decision(rules.unassessed, (Reason("list.unassessed", N_("nothing was scored, so nothing is decided")),))


def _reasons(rules: ListRules, rows: tuple[Row, ...], values: Mapping[str, Value]) -> tuple[Reason, ...]:
    return tuple(reason for row in rows for reason in (_title(row), *rules.table.reasons(row, values)) if reason)


def _title(row: Row) -> Reason | None:
    named = row.title != Phrase("") and row.title != Titled({})
    return Reason("list.rule", N_("{rule}:"), {"rule": row.title}) if named else None


def _short_of(rules: ListRules, tier: str, values: Mapping[str, Value]) -> Iterable[tuple[Tier, tuple[Reason, ...]]]:
    """For each ranked tier better than a ranked one, the unmet conditions of the rule that came nearest."""
    if not rules.tiers[rules.place(tier)].ranked:
        return
    for better in rules.tiers[: rules.place(tier)]:
        unmet = [rules.table.unmet(row, values) for row in rules.table.rows if row.result == better.code]
        if better.ranked and unmet and (nearest := min(unmet, key=len)):
            yield better, nearest


def overtaken(rules: ListRules, tier: str, rank: int, last: Mapping[str, int]) -> Tier | None:
    """The nearest better tier in which somebody of a worse rank stands; None where nobody does.

    `last` are the worst ranks of the tiers of a class.

    >>> rules = ListRules((Tier("RED", Titled({})), Tier("PLAIN", Titled({}))), Table({}, ()), "PLAIN")
    >>> overtaken(rules, "PLAIN", 3, {"RED": 5, "PLAIN": 9}).code, overtaken(rules, "PLAIN", 6, {"RED": 5, "PLAIN": 9})
    ('RED', None)
    """
    better = rules.tiers[: rules.place(tier)]
    return next((one for one in reversed(better) if last.get(one.code, 0) > rank), None)


TierOf = Callable[[Score], str]
"""Decides the tier of a score, everything else being equal."""
