"""Proofs about a decision table: no two results claim one case, no case is without a result, no row is dead.

Every region the rows can tell apart contains a candidate value, so looking at the candidates is looking at everything;
each fault names a combination of values as witness, and a test replays the witness.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations, pairwise

from mingjing.engine.outcome import N_, Problem, Reason
from mingjing.engine.rules import Interval, Measure, Row, Table, Value, shown_value

__all__ = ["faults"]

SEARCH_LIMIT = 200_000
"""How many combinations are looked at before a table is called too intertwined to prove."""


def faults(table: Table) -> Iterator[Problem]:
    """Everything that keeps `table` from deciding every case in exactly one way, each with a witness.

    Codes: `rules.overlap`, `rules.gap`, `rules.dead` (a row earlier steps leave nothing to), `rules.too_intertwined`.
    """
    try:
        yield from _overlaps(table)
        yield from _dead_rows(table)
        if (gap := _uncovered(table, table.rows, _candidates(table))) is not None:
            text = N_("No rule covers {example}; add a rule for it.")
            yield Problem(
                "rules.gap",
                text,
                {"example": _example(table, gap)},
                table.rows[0].place if table.rows else "",
            )
    except _TooIntertwined:
        text = N_("The rules combine too many conditions to be proved free of gaps; use fewer or simpler conditions.")
        yield Problem("rules.too_intertwined", text, {}, table.rows[0].place)


class _TooIntertwined(Exception):
    pass


def _overlaps(table: Table) -> Iterator[Problem]:
    for one, other in combinations(table.rows, 2):
        if one.step != other.step or one.result == other.result:
            continue
        both = _restricted(_restricted(_candidates(table), one), other)
        earlier = [row for row in table.rows if row.step < one.step]
        if (free := _uncovered(table, earlier, both)) is not None:
            witness = {code: both[code][0] for code in {**one.when, **other.when}} | free
            text = N_(
                "{one} and {other} ({where}) both claim {example}; change one of them, or put them in different steps."
            )
            params = {
                "one": one.result,
                "other": other.result,
                "where": one.place,
                "example": _example(table, witness),
            }
            yield Problem("rules.overlap", text, params, other.place)


def _dead_rows(table: Table) -> Iterator[Problem]:
    for row in table.rows:
        earlier = [other for other in table.rows if other.step < row.step]
        if _uncovered(table, earlier, _restricted(_candidates(table), row)) is None:
            text = N_("This rule can never apply: earlier steps decide every case it names. Remove it or move it up.")
            yield Problem("rules.dead", text, {}, row.place)


Candidates = Mapping[str, Sequence[Value]]


def _candidates(table: Table) -> Candidates:
    """For each measure, values such that every region the rows can tell apart contains one of them."""
    return {code: _values_of(table, measure) for code, measure in table.measures.items()}


def _values_of(table: Table, measure: Measure) -> Sequence[Value]:
    if measure.choices:
        return measure.choices
    conditions = [row.when[measure.code] for row in table.rows if measure.code in row.when]
    ends = {
        end for item in conditions if isinstance(item, Interval) for end in (item.low, item.high) if end is not None
    }
    if not ends:
        return [measure.low if measure.low is not None else Fraction(0)]
    if measure.grain is None:
        ordered = sorted(ends)
        between = {(a + b) / 2 for a, b in pairwise(ordered)}
        found = ends | between | {ordered[0] - 1, ordered[-1] + 1}
    else:
        grain = measure.grain
        floors = {end // grain * grain for end in ends}
        found = {value + shift * grain for value in floors for shift in (-1, 0, 1)}
    inside = {
        v for v in found if (measure.low is None or v >= measure.low) and (measure.high is None or v <= measure.high)
    }
    return sorted(inside | ({measure.low} if measure.low is not None else set()))


def _restricted(candidates: Candidates, row: Row) -> Candidates:
    return {
        code: [value for value in values if code not in row.when or row.when[code].holds(value)]
        for code, values in candidates.items()
    }


def _uncovered(table: Table, rows: Sequence[Row], candidates: Candidates) -> dict[str, Value] | None:
    """Values from `candidates` that no row matches, or None when the rows match them all."""
    if not all(candidates.values()):
        return None
    return _Search(candidates).find([(row, frozenset(row.when)) for row in rows], {})


OpenRows = Sequence[tuple[Row, frozenset[str]]]
"""Rows that may still match, each with the measures it has yet to be asked about."""


class _Search:
    """Looks for values that no row matches, asking first about the measure most rows depend on."""

    def __init__(self, candidates: Candidates) -> None:
        self.candidates = candidates
        self.budget = SEARCH_LIMIT

    def find(self, rows: OpenRows, chosen: dict[str, Value]) -> dict[str, Value] | None:
        self.budget -= 1
        if self.budget < 0:
            raise _TooIntertwined
        if any(not left for _, left in rows):
            return None
        if not rows:
            return chosen
        counts = Counter(code for _, left in rows for code in sorted(left))
        code = counts.most_common(1)[0][0]
        tried: set[tuple[bool, ...]] = set()
        for value in self.candidates[code]:
            holds = tuple(code not in left or row.when[code].holds(value) for row, left in rows)
            if holds in tried:
                continue
            tried.add(holds)
            kept = [(row, left - {code}) for (row, left), kept in zip(rows, holds, strict=True) if kept]
            if (witness := self.find(kept, {**chosen, code: value})) is not None:
                return witness
        return None


def _example(table: Table, witness: Mapping[str, Value]) -> tuple[Reason, ...]:
    """A witness in words; measures it leaves free are not mentioned."""
    text = N_("{measure} {value}")
    parts = [
        Reason("rules.example", text, {"measure": table.measures[code].title, "value": shown_value(value)})
        for code, value in witness.items()
    ]
    return tuple(parts) or (Reason("rules.anything", N_("any values"), {}),)
