"""The rows of a list as they are to be published now: decided, corrected, ranked, each with its reasons.

The first edition and every correction are made by the same function, so that what is due is what differs. Constant
numbers of queries, whatever the number of communities. Not here: publishing them (actions.editions), the rule by which
a correction moves a row (policy.corrections).
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from mingjing.engine.kept import keep
from mingjing.engine.lists import Decision, Distribution, Standing, decide, ranks
from mingjing.engine.outcome import N_, Reason, Titled
from mingjing.engine.quantities import points_text
from mingjing.engine.rules import Value
from mingjing.engine.scoring import Score, score
from mingjing.programmes.assessments.models import UNRANKED, Edition, Listed, Replay, Result, Round
from mingjing.programmes.assessments.policy.corrections import Placed, place
from mingjing.programmes.assessments.policy.edges import uses_ranks
from mingjing.programmes.assessments.policy.listings import adverse_tiers, without_adverse
from mingjing.programmes.assessments.policy.procedures import DROP, UPHOLD
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.queries.listings import Proposed
from mingjing.programmes.assessments.queries.restated import Restated, restated_of
from mingjing.programmes.assessments.queries.results import sheet_of
from mingjing.programmes.assessments.queries.schemes import scheme_of

__all__ = ["relisted"]


def relisted(
    round_: Round, replay: Replay, proposed: Mapping[int, Proposed], before: Edition | None, now: datetime
) -> list[Listed]:
    """The rows of the next edition, not stored; `proposed` are those of the decision by entry, `before` the newest."""
    return list(_Relisting(scheme_of(round_.scheme), replay, proposed, before, now).rows())


@dataclass
class _Relisting:
    scheme: Scheme
    replay: Replay
    proposed: Mapping[int, Proposed]
    before: Edition | None
    now: datetime

    def __post_init__(self) -> None:
        self.rules = self.scheme.list_rules
        self.adverse = adverse_tiers(self.rules)
        self.titles: Mapping[str, Titled] = {tier.code: tier.title for tier in self.rules.tiers}
        rows = self.replay.results.without_sheets().filter(entry__isnull=False).select_related("entry")
        self.results = list(rows.order_by("index"))
        self.restated = restated_of(self.replay, self.scheme, self.now)
        self.published = {row.entry_id: row for row in self.before.rows.all()} if self.before else {}
        self.reranked = {row.class_code for row in self.results if row.entry_id in self.restated}
        self.by_rank = uses_ranks(self.rules)

    def rows(self) -> Iterator[Listed]:
        """In the order of the decision."""
        for result in self.results:
            entry = result.entry
            assert entry is not None
            changed = self.restated.get(entry.pk)
            placed, numbers = self._placed(result, changed), changed.score if changed else result
            standing = self._standing(result, changed)
            row = Listed(
                entry=entry, index=result.index, class_code=result.class_code, tier=placed.tier,
                decided_tier=result.tier, adverse=placed.tier in self.adverse, base=numbers.base, bonus=numbers.bonus,
                total=numbers.total, standing=standing.rank if standing else UNRANKED, company_id=entry.company_id,
                company_name=entry.company_name, reasons=keep(placed.reasons),
            )  # fmt: skip
            if (found := self.proposed.get(entry.pk)) and found.stands:
                row.proceeding = found.stands.proceeding
            yield row

    def _placed(self, result: Result, changed: Restated | None) -> Placed:
        published = self.published.get(result.entry_id or 0)
        before = Placed(published.tier, published.told_reasons) if published else Placed(result.tier)
        why = self._why_not(result, changed)
        stands = why is None
        anew = changed is not None or (self.by_rank and result.class_code in self.reranked)
        found = self._decided(result, changed) if anew else None
        spared = self._decided(result, changed, spare=True) if before.tier in self.adverse and not stands else None
        placed = place(
            before, found, spared, self.adverse, self.titles, own=changed is not None, stands=stands, why=why
        )
        return _with_figures(placed, result, changed) if changed else placed

    def _why_not(self, result: Result, changed: Restated | None) -> Reason | None:
        """Why a row that takes rights cannot stand; None where it can."""
        found = self.proposed.get(result.entry_id or 0)
        if changed and changed.fallen:
            return Reason("correction.fallen", N_("An appeal against the listing was upheld."))
        if found is None or found.settled == UPHOLD:
            return None
        if found.settled == DROP:
            return Reason("correction.dropped", N_("It was decided not to list it."))
        return Reason("correction.unfounded", N_("The notice, hearing or decision that the listing rested on fell."))

    def _decided(self, result: Result, changed: Restated | None, *, spare: bool = False) -> Decision:
        """What the rules say of it by the corrected figures; with `spare`, without the tiers that take rights."""
        numbers, attributes = (changed.score, changed.sheet.attributes) if changed else self._known[result.pk]
        standing = self._standing(result, changed)
        if spare:
            return without_adverse(self.rules, numbers, attributes, standing)
        return decide(self.rules, numbers, attributes, standing)

    @cached_property
    def _known(self) -> Mapping[int, tuple[Score, Mapping[str, Value]]]:
        """The scores and attributes of decided results that rules are asked about again: one query."""
        wanted = set(self.reranked) if self.by_rank else set[str]()
        asked = [row.pk for row in self.results if row.class_code in wanted or row.entry_id in self.proposed]
        found: dict[int, Any] = {}
        for row in Result.objects.filter(replay=self.replay, pk__in=asked).select_related("replay"):
            sheet = sheet_of(self.scheme, row)
            found[row.pk] = score(self.scheme.rubrics[row.class_code], sheet), sheet.attributes
        return found

    @cached_property
    def _totals(self) -> Mapping[str, Distribution]:
        """By class the totals of the ranked, with corrections."""
        counts: dict[str, Counter[int]] = {code: Counter() for code in self.scheme.classes}
        for row in self.results:
            total = self._ranked_total(row, self.restated.get(row.entry_id or 0))
            if total is not None:
                counts[row.class_code][total] += 1
        return {
            code: Distribution.of_counts(found, lower_is_better=self.scheme.rubrics[code].lower_is_better)
            for code, found in counts.items()
        }

    def _ranked_total(self, result: Result, changed: Restated | None) -> int | None:
        if changed is None:
            return result.total if result.standing != UNRANKED else None
        return changed.score.total if ranks(self.rules, changed.score, changed.sheet.attributes) else None

    def _standing(self, result: Result, changed: Restated | None) -> Standing | None:
        total = self._ranked_total(result, changed)
        return None if total is None else self._totals[result.class_code].standing(total)


def _with_figures(placed: Placed, result: Result, changed: Restated) -> Placed:
    """The same, with a reason where the points are not those that were decided."""
    kept = tuple(reason for reason in placed.reasons if reason.code != "correction.figures")
    if changed.score.total == result.total and changed.score.base == result.base:
        return Placed(placed.tier, kept)
    text = N_("After an objection or an appeal the total is {after} points; {before} was decided.")
    told = {name: "—" if value is None else points_text(value)
            for name, value in (("before", result.total), ("after", changed.score.total))}  # fmt: skip
    return Placed(placed.tier, (Reason("correction.figures", text, told), *kept))
