"""Proofs about tables, held against looking at every case of a grid; each witness is replayed."""

from collections.abc import Mapping
from fractions import Fraction
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from mingjing.engine.outcome import Phrase, Problem, Titled
from mingjing.engine.proofs import faults
from mingjing.engine.rules import Condition, Interval, Measure, OneOf, Row, Table, Undetermined, Value

MEASURES = {
    "whole": Measure("whole", Titled({"en": "whole"}), grain=Fraction(1), high=Fraction(6)),
    "fine": Measure("fine", Titled({"en": "fine"}), low=None),
    "flag": Measure("flag", Titled({"en": "flag"}), ("yes", "no")),
    "fuel": Measure("fuel", Titled({"en": "fuel"}), ("gas", "oil", "coal")),
}
GRID: Mapping[str, list[Value]] = {
    "whole": [Fraction(n) for n in range(7)],
    "fine": [Fraction(n, 2) for n in range(-2, 14)],
    "flag": ["yes", "no"],
    "fuel": ["gas", "oil", "coal"],
}
"""Every region the rows can tell apart contains one of these: the rows' bounds are whole numbers from 0 to 6."""
CASES = [dict(zip(GRID, case, strict=True)) for case in product(*GRID.values())]

bounds = st.none() | st.integers(0, 6).map(Fraction)


@st.composite
def conditions(draw: st.DrawFn, code: str) -> Condition:
    if choices := MEASURES[code].choices:
        return OneOf(tuple(draw(st.lists(st.sampled_from(choices), min_size=1, max_size=2, unique=True))))
    return Interval(draw(bounds), draw(bounds), draw(st.booleans()), draw(st.booleans()))


@st.composite
def tables(draw: st.DrawFn) -> Table:
    rows = []
    for place in range(draw(st.integers(1, 5))):
        asked = draw(st.lists(st.sampled_from(sorted(MEASURES)), max_size=2, unique=True))
        when = {code: draw(conditions(code)) for code in asked}
        rows.append(Row(draw(st.sampled_from("AB")), when, draw(st.integers(1, 3)), place=str(place)))
    return Table(MEASURES, tuple(rows))


def results(table: Table, case: Mapping[str, Value]) -> set[str]:
    decided = table.decide(case)
    return set() if isinstance(decided, Undetermined) else {row.result for row in decided}


@given(tables())
@settings(max_examples=200)
def test_a_table_without_faults_decides_every_case_one_way_and_a_faulty_one_does_not(table: Table) -> None:
    found = {problem.code for problem in faults(table)}
    counts = {len(results(table, case)) for case in CASES}
    assert ("rules.gap" in found) == (0 in counts)
    assert ("rules.overlap" in found) == (2 in counts)
    assert ("rules.dead" in found) == bool({row.place for row in table.rows} - alive(table))


def alive(table: Table) -> set[str]:
    """The rows that decide some case of the grid."""
    found = set()
    for case in CASES:
        decided = table.decide(case)
        found |= set() if isinstance(decided, Undetermined) else {row.place for row in decided}
    return found


@given(tables(), st.data())
@settings(max_examples=200)
def test_every_witness_is_what_it_is_said_to_be(table: Table, data: st.DataObject) -> None:
    for problem in faults(table):
        if problem.code not in {"rules.gap", "rules.overlap"}:
            continue
        free = {code: data.draw(st.sampled_from(cases)) for code, cases in GRID.items()}
        case = {**free, **witness(problem)}
        if problem.code == "rules.gap":
            assert table.decide(case) == Undetermined(())
        else:
            assert results(table, case) == {"A", "B"}


def witness(problem: Problem) -> dict[str, Value]:
    """The values an example names; what it leaves out may be anything."""
    found: dict[str, Value] = {}
    for part in problem.params["example"]:
        if part.params:
            code, value = part.params["measure"].texts["en"], part.params["value"]
            text = value.text if isinstance(value, Phrase) else value
            found[code] = text if MEASURES[code].choices else Fraction(text)
    return found


def interval(low: int | None = None, high: int | None = None) -> Interval:
    """From `low` on, below `high`."""
    return Interval(None if low is None else Fraction(low), None if high is None else Fraction(high), True, False)


def test_a_hair_between_two_rules_is_a_gap_for_fine_numbers_but_not_for_whole_ones() -> None:
    for code, gaps in (("fine", True), ("whole", False)):
        below, above = Interval(high=Fraction(4)), Interval(low=Fraction(5))
        rows = (Row("A", {code: below}), Row("B", {code: above}))
        assert any(problem.code == "rules.gap" for problem in faults(Table({code: MEASURES[code]}, rows))) is gaps


def test_two_rows_with_one_result_may_overlap() -> None:
    rows = (Row("A", {"whole": interval(high=5)}), Row("A", {"whole": interval(2)}))
    assert not list(faults(Table({"whole": MEASURES["whole"]}, rows)))


def test_an_overlap_names_both_rows() -> None:
    rows = (Row("A", {"whole": interval(high=5)}, place="x/0"), Row("B", {"whole": interval(2)}, place="x/1"))
    (problem,) = faults(Table({"whole": MEASURES["whole"]}, rows))
    assert (problem.code, problem.place, problem.params["where"]) == ("rules.overlap", "x/1", "x/0")


def test_a_row_that_can_never_apply_is_dead() -> None:
    rows = (Row("A", {}, 1, place="x/0"), Row("B", {"whole": interval(2)}, 2, place="x/1"))
    assert [(p.code, p.place) for p in faults(Table({"whole": MEASURES["whole"]}, rows))] == [("rules.dead", "x/1")]


def test_no_rows_at_all_is_a_gap() -> None:
    assert [problem.code for problem in faults(Table({}, ()))] == ["rules.gap"]


def test_a_table_past_proving_is_called_that() -> None:
    measures = {str(n): Measure(str(n), Titled({"en": str(n)}), tuple("abcdef")) for n in range(14)}
    rows = tuple(
        Row("A", {str(n): OneOf((a,)), str((n * 5 + 3) % 14): OneOf((b,))})
        for n in range(14)
        for a, b in product("abcde", "bcdef")
    )
    found = list(faults(Table(measures, rows)))
    assert {problem.code for problem in found} <= {"rules.too_intertwined", "rules.gap"}
    assert found
