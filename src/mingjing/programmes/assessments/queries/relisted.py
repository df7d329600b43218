"""The rows of a list as they are to be published now: decided, corrected, ranked, each with its reasons.

The first edition and every correction are made by the same function, so that what is due is what differs. Constant
numbers of queries, whatever the number of communities. Not here: publishing them (actions.editions), the rule by which
a correction moves a row (policy.corrections).
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
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
from mingjing.kernel.proceedings.models import Proceeding
from mingjing.programmes.assessments.models import (
    UNRANKED,
    Edition,
    Engagement,
    Listed,
    Reopening,
    Replay,
    Result,
    Round,
)
from mingjing.programmes.assessments.policy.corrections import HEARD, Placed, place
from mingjing.programmes.assessments.policy.edges import uses_ranks
from mingjing.programmes.assessments.policy.listings import adverse_tiers, without_adverse
from mingjing.programmes.assessments.policy.procedures import DROP, UPHOLD
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.queries.listings import Proposed
from mingjing.programmes.assessments.queries.restated import Restated, restated_of
from mingjing.programmes.assessments.queries.results import sheet_of
from mingjing.programmes.assessments.queries.schemes import scheme_of
from mingjing.programmes.assessments.queries.sourced import changed_of

__all__ = ["relisted"]


def relisted(
    round_: Round, replay: Replay, proposed: Mapping[int, Proposed], before: Edition | None, now: datetime
) -> list[Listed]:
    """The rows of the next edition, not stored; `proposed` are those of the decision by entry, `before` the newest."""
    return list(_Relisting(round_, scheme_of(round_.scheme), replay, proposed, before, now).rows())


@dataclass
class _Relisting:
    round: Round
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
        self.restated = restated_of(self.replay, self.scheme, self.now, late=True)
        self.published = {row.entry_id: row for row in self.before.rows.all()} if self.before else {}
        self.reranked = {row.class_code for row in self.results if row.entry_id in self.restated}
        self.by_rank = uses_ranks(self.rules)
        self.changed = changed_of(self.round, self.scheme)
        late_ones = Reopening.objects.filter(entry__round=self.replay.round_id, at__lte=self.now)
        self.late = set(late_ones.values_list("proceeding", flat=True))

    def rows(self) -> Iterator[Listed]:
        """In the order of the decision."""
        for result in self.results:
            entry = result.entry
            assert entry is not None
            changed = self.restated.get(entry.pk)
            placed, numbers = self._placed(result, changed), changed.score if changed else result
            standing = self._standing(result, changed)
            heard = self._heard_in(entry.pk, placed, changed)
            row = Listed(
                entry=entry, index=result.index, class_code=result.class_code, tier=placed.tier,
                decided_tier=result.tier, adverse=placed.tier in self.adverse, base=numbers.base, bonus=numbers.bonus,
                total=numbers.total, standing=standing.rank if standing else UNRANKED, company_id=entry.company_id,
                company_name=entry.company_name, reasons=keep(placed.reasons),
            )  # fmt: skip
            row.proceeding = heard
            if heard and row.adverse and heard.organisation:  # whoever was told and heard answers for it
                row.company, row.company_name = heard.organisation, heard.organisation.name
            elif there := self.changed.get(entry.pk):
                row.company, row.company_name = there.company, there.company_name
                row.reasons = keep((*_others(placed.reasons, "list.company"), _company(entry.company_name, there)))
            yield row

    def _heard_in(self, entry: int, placed: Placed, changed: Restated | None) -> Proceeding | None:
        """The proceeding in which the company of a row was told and heard: about its listing, or what came later."""
        found = self.proposed.get(entry)
        listing = found.stands.proceeding if found and found.stands else None
        stands = found is not None and found.settled == UPHOLD and placed.tier in self.adverse
        late = changed.heard.proceeding if changed and changed.heard else None
        return listing if stands and not (changed and changed.fallen) else late or listing

    def _placed(self, result: Result, changed: Restated | None) -> Placed:
        published = self.published.get(result.entry_id or 0)
        before = Placed(published.tier, published.told_reasons) if published else Placed(result.tier)
        undone = self._undone(result, changed)
        why = self._why_not(result, changed)
        stands = why is None
        anew = changed is not None or undone or (self.by_rank and result.class_code in self.reranked)
        found = self._decided(result, changed) if anew else None
        spared = self._decided(result, changed, spare=True) if before.tier in self.adverse and not stands else None
        placed = place(
            before, found, spared, self.adverse, self.titles, own=changed is not None or undone, stands=stands,
            why=why, heard=changed.heard.tier if changed and changed.heard else "",
        )  # fmt: skip
        return _with_figures(placed, result, changed) if changed else placed

    def _undone(self, result: Result, changed: Restated | None) -> bool:
        """Whether the row rested on something established later that counts no longer."""
        published = self.published.get(result.entry_id or 0)
        late = published is not None and published.proceeding_id in self.late
        return late and not (changed and changed.heard)

    def _why_not(self, result: Result, changed: Restated | None) -> Reason | None:
        """Why a row that takes rights cannot stand; None where it can."""
        found = self.proposed.get(result.entry_id or 0)
        if changed and changed.fallen:
            return Reason("correction.fallen", N_("An appeal against the listing was upheld."))
        if (changed and changed.heard) or (found and found.settled == UPHOLD):
            return None
        if self._undone(result, changed):
            text = N_("What was established later, or what it rested on, counts no longer.")
            return Reason("correction.undone", text)
        if found is None:
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
        late = {row.entry_id for row in self.published.values() if row.proceeding_id in self.late}
        beside = self.proposed.keys() | late
        asked = [row.pk for row in self.results if row.class_code in wanted or row.entry_id in beside]
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
    kept = _others(placed.reasons, "correction.figures")
    if changed.score.total == result.total and changed.score.base == result.base:
        return Placed(placed.tier, kept)
    text = N_("After a correction the total is {after} points; {before} was decided.")
    told = {name: "—" if value is None else points_text(value)
            for name, value in (("before", result.total), ("after", changed.score.total))}  # fmt: skip
    why = (HEARD,) if changed.heard and HEARD.code not in {reason.code for reason in kept} else ()
    return Placed(placed.tier, (Reason("correction.figures", text, told), *why, *kept))


def _others(reasons: Sequence[Reason], code: str) -> tuple[Reason, ...]:
    """The reasons without those of a code, which is told anew."""
    return tuple(reason for reason in reasons if reason.code != code)


def _company(frozen: str, there: Engagement) -> Reason:
    """Why a row names another company than the roster of the round."""
    text = N_("{company} looked after it on the day of the visit; the roster of the round still named {before}.")
    return Reason("list.company", text, {"company": there.company_name, "before": frozen or "—"})
