"""What stands near a cut-off: the fewest points that would change a tier, and how totals crowd around a cut-off.

The cut-offs are those the list rules name for the total and the base; no number of any scheme is known here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from msgspec.structs import replace

from mingjing.engine.lists import RANK_MEASURES, Distribution, ListRules, Standing, score_values
from mingjing.engine.quantities import HUNDREDTHS
from mingjing.engine.rules import Interval, Undetermined, Value
from mingjing.engine.scoring import Check, Rubric, Score, Sheet, counted_steps, improved
from mingjing.programmes.assessments.policy.scheme import Scheme

__all__ = ["Crowd", "Edge", "crowds", "cut_offs", "edges", "one_more", "uses_ranks"]

MEASURES = ("total", "base")


@dataclass(frozen=True, slots=True)
class Edge:
    """With `points` (hundredths) more, or fewer where negative, the site would be in `tier`; `better` or worse.

    `measure` is the one whose cut-off `at` (hundredths) lies there.
    """

    points: int
    tier: str
    better: bool
    measure: str
    at: int

    @property
    def distance(self) -> int:
        """The points between, whichever way."""
        return abs(self.points)


def cut_offs(rules: ListRules, measure: str) -> tuple[int, ...]:
    """The bounds that the list rules name for a measure, in hundredths, ascending."""
    return tuple(sorted({bound for _split, bound in _splits(rules, measure, 1)}))


def uses_ranks(rules: ListRules) -> bool:
    """Whether any rule asks for a rank."""
    return any(code in RANK_MEASURES for row in rules.table.rows for code in row.when)


def edges(
    scheme: Scheme,
    class_code: str,
    found: Score,
    attributes: Mapping[str, Value],
    standing: Standing | None,
    totals: Distribution | None = None,
) -> tuple[Edge, ...]:
    """The nearest edge to a better tier and the nearest to a worse one, as far as there are any.

    Everything but points stays as it is; the rank moves with the total where `totals` of the class are given.
    """
    rules, base, total = scheme.list_rules, found.base, found.total
    if base is None or total is None:
        return ()
    full = scheme.rubrics[class_code].full_marks

    def tier_with(points: int) -> str | None:
        then = replace(found, base=base + points, total=total + points)
        place = totals.if_moved(total, total + points) if totals and standing else standing
        values = score_values(then, attributes) | (place.values() if place else {})
        chosen = rules.table.decide(rules.table.complete(values))
        return None if isinstance(chosen, Undetermined) else chosen[0].result

    now = tier_with(0)
    if now is None or not rules.tiers[rules.place(now)].ranked:
        return ()
    nearest: dict[bool, Edge] = {}
    for points, measure, at in _steps(scheme, base, total):
        if not 0 <= base + points <= full or total + points < 0 or len(nearest) == 2:
            continue
        then = tier_with(points)
        if then is not None and then != now:
            better = rules.place(then) < rules.place(now)
            nearest.setdefault(better, Edge(points, then, better, measure, at))
    return tuple(nearest[better] for better in (True, False) if better in nearest)


def _steps(scheme: Scheme, base: int, total: int) -> Iterator[tuple[int, str, int]]:
    """The changes in points that just pass a cut-off, one for each, the smallest first."""
    unit = scheme.rounding.unit
    found = {
        (split - value if value < split else split - unit - value, measure, bound)
        for measure, value in zip(MEASURES, (total, base), strict=True)
        for split, bound in _splits(scheme.list_rules, measure, unit)
    }
    return iter(sorted(found, key=lambda step: (abs(step[0]), step)))


def _splits(rules: ListRules, measure: str, unit: int) -> set[tuple[int, int]]:
    """For each bound the least value beyond it, and the bound: 90.00 for ≥ 90 and < 90, 90.01 for > 90 and ≤ 90."""
    found = set()
    for row in rules.table.rows:
        condition = row.when.get(measure)
        if isinstance(condition, Interval):
            if condition.low is not None:
                low = int(condition.low * HUNDREDTHS)
                found.add((low if condition.low_included else low + unit, low))
            if condition.high is not None:
                high = int(condition.high * HUNDREDTHS)
                found.add((high + unit if condition.high_included else high, high))
    return found


def one_more(rubric: Rubric, sheet: Sheet, found: Score, edge: Edge) -> tuple[Check, ...]:
    """The checks on which one more step would be enough to reach a worse tier's edge, the cheapest first."""
    steps, _critical = counted_steps(rubric, sheet)
    absent = {entry.check for entry in sheet.not_applicable}
    enough = []
    for code, check in rubric.checks.items():
        before = steps.get(code, 0)
        lost = check.rule.lost(before + 1) - check.rule.lost(before)
        then = improved(rubric, sheet, found, -lost, found.open_critical)
        known = lost and code not in absent and then.total is not None and found.total is not None
        if known and (then.total or 0) - (found.total or 0) <= edge.points:
            enough.append((lost, code, check))
    return tuple(check for _lost, _code, check in sorted(enough, key=lambda entry: entry[:2]))


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many totals lie just below a cut-off (hundredths) and how many at it or just above.

    Whether that says anything is for policy.alarms.
    """

    at: int
    below: int
    above: int


def crowds(rules: ListRules, counts: Mapping[int, int], within: int) -> tuple[Crowd, ...]:
    """The crowd around each cut-off of the total, `within` so many hundredths; `counts` are sites by total."""
    return tuple(
        Crowd(
            at,
            sum(count for total, count in counts.items() if at - within <= total < at),
            sum(count for total, count in counts.items() if at <= total < at + within),
        )
        for at in cut_offs(rules, "total")
    )
