"""A round on its way to a list: every sheet is scored first, then the classes are ranked, then each gets its tier.

The scores and sheets of a round are held in memory (some 3 kB each) so that both passes see the same. Not here: where
sheets come from (queries.sheets), storing results (jobs).
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mingjing.engine.chain import canonical
from mingjing.engine.lists import Distribution, Standing, ranks, tier_of
from mingjing.engine.rules import Value
from mingjing.engine.scoring import Score, Sheet, score
from mingjing.programmes.assessments.policy.decisions import class_totals, totals_digest
from mingjing.programmes.assessments.policy.edges import Edge, edges, uses_ranks
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.policy.sheets import sheet_document

__all__ = ["Judged", "Judging"]


@dataclass(frozen=True, slots=True)
class Taken:
    """A scored sheet that waits for its rank."""

    key: str
    class_code: str
    score: Score
    ranked: bool
    attributes: Mapping[str, Value]
    sheet: bytes


@dataclass(frozen=True, slots=True)
class Judged:
    """One community with its tier; `sheet` is the canonical JSON, `edges` the nearest changes of tier by points."""

    key: str
    class_code: str
    score: Score
    tier: str
    standing: Standing | None
    sheet: bytes
    edges: tuple[Edge, ...]


class Judging:
    """Scores sheets by one scheme and makes the list of each class."""

    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme
        self.tiers: dict[str, Counter[str]] = {code: Counter() for code in scheme.classes}
        self.distributions: dict[str, Distribution] = {}
        self._totals: dict[str, Counter[int]] = {code: Counter() for code in scheme.classes}
        self._taken: list[Taken] = []
        self._by_rank = uses_ranks(scheme.list_rules)

    @property
    def count(self) -> int:
        """How many sheets were taken."""
        return len(self._taken)

    def take(self, key: str, class_code: str, sheet: Sheet) -> None:
        """First pass: score one sheet and count its total."""
        found = score(self.scheme.rubrics[class_code], sheet)
        ranked = ranks(self.scheme.list_rules, found, sheet.attributes)
        if ranked and found.total is not None:
            self._totals[class_code][found.total] += 1
        kept = canonical(sheet_document(sheet))
        self._taken.append(Taken(key, class_code, found, ranked, sheet.attributes, kept))

    def judged(self) -> Iterator[Judged]:
        """Second pass: everybody with their tier, in the order in which they were taken; fills `tiers`."""
        for code, totals in self._totals.items():
            lower = self.scheme.rubrics[code].lower_is_better
            self.distributions[code] = Distribution.of_counts(totals, lower_is_better=lower)
        self.tiers = {code: Counter() for code in self.scheme.classes}
        for taken in self._taken:
            found = self._judge(taken)
            self.tiers[found.class_code][found.tier] += 1
            yield found

    def _judge(self, taken: Taken) -> Judged:
        totals, total = self.distributions[taken.class_code], taken.score.total
        standing = totals.standing(total) if taken.ranked and total is not None else None
        tier = tier_of(self.scheme.list_rules, taken.score, taken.attributes, standing)
        moved = totals if self._by_rank and taken.ranked else None
        near = edges(self.scheme, taken.class_code, taken.score, taken.attributes, standing, moved)
        return Judged(taken.key, taken.class_code, taken.score, tier, standing, taken.sheet, near)

    def class_totals(self) -> dict[str, str]:
        """The digests of the totals of each class, as the ledger keeps them."""
        return {code: totals_digest(class_totals(self.scheme, d)) for code, d in self.distributions.items()}
